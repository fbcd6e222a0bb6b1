"""An agreement's price clause as plain values, and what is known on a day, dated and with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from broker.errors import RuleBroken
from broker.prices.formulas import Quote

BY_CALL = ("seller_call", "buyer_call")


@dataclass(frozen=True)
class Terms:
    """An agreement's price clause as plain values: `unit_price` in `currency` per `unit` of `unit_kg` kg.

    `params` by method, decimals as text: series, differential, differential_unit, base_factor, pasilla, floor,
    premium, organic_diff, low, high, margin_pct, band_pct, share_pct, cost_deductions, liquidation_date or
    liquidation_days. A parameter that is empty counts as not agreed.
    """

    method: str
    currency: str
    unit: str
    unit_kg: Decimal
    unit_price: Decimal | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return bool(self.params.get(name, "").strip())

    def text(self, name: str) -> str:
        """A parameter that must be there. Raises RuleBroken('price_method_needs')."""
        if not self.has(name):
            raise self.lacks(name)
        return self.params[name].strip()

    def number(self, name: str, default: Decimal | None = None) -> Decimal:
        """A parameter as a number. Raises RuleBroken('price_method_needs') where there is none, or no number."""
        if default is not None and not self.has(name):
            return default
        try:
            value = Decimal(self.text(name))
        except InvalidOperation:
            raise self.lacks(name) from None
        if not value.is_finite():
            raise self.lacks(name)
        return value

    @property
    def is_by_call(self) -> bool:
        """Whether a side fixes the index, on a date that it chooses."""
        return self.params.get("fixation") in BY_CALL

    def lacks(self, name: str) -> RuleBroken:
        """The error that names what the clause, or the day, does not say."""
        return RuleBroken("price_method_needs", field=name, method=self.method)


@dataclass(frozen=True)
class Rate:
    """Units of `currency` for one US dollar on an ISO date, as `source` published it."""

    currency: str
    per_usd: Decimal
    date: str
    source: str


@dataclass(frozen=True)
class Cost:
    """The audited cost of production of one unit, in the clause's currency, from the sheet of an ISO date."""

    sheet: str
    per_unit: Decimal
    date: str


@dataclass(frozen=True)
class Inputs:
    """What is known on the day. `quotes` by series; `measured_factor` is the lot's yield: kg of parchment for 70 kg of
    excelso; `fixed_quote` is the fixation that a side called, in whose place the day's quotation would stand."""

    quotes: Mapping[str, Quote] = field(default_factory=dict)
    per_usd: Rate | None = None
    audited_cost: Cost | None = None
    measured_factor: Decimal | None = None
    fixed_quote: Quote | None = None
