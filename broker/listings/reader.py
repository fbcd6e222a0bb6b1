"""Reads what people type: one field at a time, every fault kept, so that forms and imports say all of it at
once."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

from broker.catalogue import units
from broker.errors import Faults, NotFound, RuleBroken
from broker.numerals import Separator, parse_decimal
from broker.quantity import GRAM

YES = ("1", "yes", "true", "sí", "si", "on", "x", "y", "s")
NO = ("", "0", "no", "false", "off", "n")
_DMY = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
# Nobody types these; PostgreSQL, XML and spreadsheets refuse some of them.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
YEARS = (2000, 2100)
"""A year outside is a slip, and near the ends of the calendar nothing can be reckoned."""
_LIST = re.compile(r"[;,|\n]")


class Reader:
    """Typed access to raw text fields. A faulty field reads as None (or its default) and is noted in
    `faults`."""

    def __init__(self, raw: Mapping[str, str], *, decimal_separator: Separator) -> None:
        self.raw = raw
        self.separator = decimal_separator
        self.faults = Faults()

    def has(self, name: str) -> bool:
        return bool(self.raw.get(name, "").strip())

    def text(self, name: str, *, required: bool = False, most: int = 200) -> str:
        value = unicodedata.normalize("NFC", _CONTROL.sub("", self.raw.get(name, ""))).strip()
        if required and not value:
            self.faults.add("required", name)
        if len(value) > most:
            self.faults.add("too_long", name, most=most)
        return value[:most]

    def decimal(
        self,
        name: str,
        *,
        required: bool = False,
        above: Decimal | int | None = None,
        low: Decimal | int | None = None,
        high: Decimal | int | None = None,
    ) -> Decimal | None:
        text = self.raw.get(name, "").strip()
        if not text:
            if required:
                self.faults.add("required", name)
            return None
        try:
            value = parse_decimal(text, self.separator, allow_negative=True)
        except RuleBroken as fault:
            self.faults.add(fault.code, name, **fault.params)
            return None
        if value < 0 and (above == 0 or low == 0):
            self.faults.add("number_negative", name, text=text)
            return None
        if above is not None and value <= above:
            self.faults.add("must_be_above", name, limit=above)
            return None
        if low is None and high is not None and value > high:
            self.faults.add("attribute_above", name, limit=high)
            return None
        if low is not None and not (low <= value <= (value if high is None else high)):
            self.faults.add("out_of_range", name, low=low, high=high)
            return None
        return value

    def whole(
        self,
        name: str,
        *,
        required: bool = False,
        low: int = 0,
        high: int = 10**9,
        default: int | None = None,
    ) -> int | None:
        value = self.decimal(name, required=required and default is None, low=low, high=high)
        if value is None:
            return default
        if value != value.to_integral_value():
            self.faults.add("whole_number", name)
            return default
        return int(value)

    def date(self, name: str, *, required: bool = False) -> dt.date | None:
        """ISO (2026-12-07) or day/month/year (7/12/2026), in a year of this century."""
        text = self.raw.get(name, "").strip()
        if not text:
            if required:
                self.faults.add("required", name)
            return None
        try:
            if match := _DMY.fullmatch(text):
                day, month, year = map(int, match.groups())
                found = dt.date(year, month, day)
            else:
                found = dt.date.fromisoformat(text[:10])
        except ValueError:
            self.faults.add("date_format", name, value=text[:20])
            return None
        if not YEARS[0] <= found.year <= YEARS[1]:
            self.faults.add("date_year", name, first=str(YEARS[0]), last=str(YEARS[1]))
            return None
        return found

    def choice(self, name: str, options: Sequence[str], *, default: str | None = None) -> str:
        text = self.raw.get(name, "").strip()
        if not text and default is not None:
            return default
        if text not in options:
            self.faults.add("choice_unknown" if text else "required", name, value=text, options=list(options))
            return default or options[0]
        return text

    def several(self, name: str) -> list[str]:
        """Words separated by ; , | or new lines."""
        return [word.strip() for word in _LIST.split(self.raw.get(name, "")) if word.strip()]

    def flag(self, name: str) -> bool | None:
        text = self.raw.get(name, "").strip().lower()
        if text not in YES and text not in NO:
            self.faults.add("yes_or_no", name)
        return None if not text else text in YES

    def unit(self, name: str, kg_name: str, country: str, product: str) -> tuple[str, Decimal] | None:
        """A unit of mass and its kg. Where the unit is read in several ways, or weighs what the person says,
        the kg of one unit stand in the field `kg_name`."""
        text = self.raw.get(name, "").strip()
        declared = self.decimal(kg_name, low=GRAM, high=100_000) if self.has(kg_name) else None
        try:
            found = units.resolve(text, country, product)
        except (RuleBroken, NotFound) as fault:
            # Who has slipped is told what may stand here.
            usual = [one.code for one in units.for_country(country, product) if one.dimension != "area"]
            self.faults.add(fault.code, name, **fault.params, units=usual)
            return None
        if isinstance(found, units.Ambiguous):
            return self._chosen_reading(found, kg_name, declared)
        unit = found.unit if isinstance(found, units.DeclareKg) else found
        if unit.dimension == "area":
            self.faults.add("unit_not_a_mass", name, unit=text)
            return None
        if unit.factor is not None:
            if declared is not None and declared != unit.factor:
                self.faults.add("unit_factor_is_fixed", kg_name, unit=text, factor=unit.factor)
            return unit.code, unit.factor
        if declared is None:
            self.faults.add("unit_must_be_declared", kg_name, unit=text)
            return None
        return unit.code, declared

    def _chosen_reading(
        self, found: units.Ambiguous, kg_name: str, declared: Decimal | None
    ) -> tuple[str, Decimal] | None:
        for unit in found.choices:
            if unit.factor is not None and unit.factor == declared:
                return unit.code, unit.factor
        open_reading = next((unit for unit in found.choices if unit.factor is None), None)
        if open_reading is not None and declared is not None:
            return open_reading.code, declared
        choices = [unit.factor for unit in found.choices if unit.factor is not None]
        self.faults.add("unit_ambiguous", kg_name, text=found.text, choices=choices)
        return None
