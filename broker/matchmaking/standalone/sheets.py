"""A sheet of needs or capacities made complete, so that it can be read as an import is read.

An import knows the organization behind every row and refuses what is missing; a match of two files says
what it can with what they hold. So three things are filled in here, and remembered to be taken out again: the
place of a row without one (distance unknown), the currency of a capacity, and the area of a capacity that
states its quantity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from broker.catalogue import places, products
from broker.errors import NotFound, RuleBroken
from broker.listings.cells import Cell, as_text
from broker.listings.columns import column_named, value_meant
from broker.listings.fields import read_country, read_mass, read_product
from broker.listings.models import PERIODS
from broker.listings.periods import WEEKS_PER_MONTH
from broker.listings.reader import Reader
from broker.listings.spreadsheets import Kind, Sheet, SheetRow
from broker.numerals import Separator

HOME = "CO"
"""The country of rows that name none."""
ESSENTIAL: dict[Kind, tuple[str, ...]] = {
    "needs": (
        "id", "buyer", "product", "quantity", "unit", "period", "start", "end", "min_fill_pct",
        "min_suppliers", "max_suppliers", "max_share_pct", "payment_days", "price", "currency",
    ),
    "capacities": ("id", "organization", "product", "ask_price", "max_wait_days", "readiness"),
}  # fmt: skip
"""The columns that must be there. Cells of some may be empty; docs/spreadsheets.md says what that means."""
FILLED: dict[Kind, tuple[str, ...]] = {
    "needs": ("id", "buyer"),
    "capacities": ("id", "organization"),
}
"""What every row must fill in beyond what an import asks."""
AREA = ("area_ha", "yield_t_ha_year", "grade_share_pct", "delivery_share_pct")
STATED = ("quantity", "unit", "unit_kg", "period")
NOWHERE = "?"
_NO_PLACE: dict[str, Cell] = {"lat": "0", "lon": "0"}
# So large that nothing committed elsewhere exceeds it while the stated quantity is not yet counted.
_ANY_AREA: dict[str, Cell] = {
    "area_ha": "1000000", "yield_t_ha_year": "1", "grade_share_pct": "100", "loss_pct": "0",
    "delivery_share_pct": "100",
}  # fmt: skip
_WEEKS = {"week": Decimal(1), "fortnight": Decimal(2), "month": WEEKS_PER_MONTH}


@dataclass(frozen=True)
class Stated:
    """What a capacity says it can deliver: kg per period ('week', 'fortnight', 'month', or 'once' and 'season'
    for all there is in a year)."""

    kg: Decimal
    period: str

    def volume(self, calendar: list[int], *, storable: bool) -> Decimal:
        """kg a year that deliver this per period: in the months of its season, or all year when storable."""
        if self.period not in _WEEKS:
            return self.kg
        weeks = Decimal(52) if storable else sum(calendar) * WEEKS_PER_MONTH
        return self.kg / _WEEKS[self.period] * weeks


@dataclass
class Completed:
    """A sheet under fixed names with nothing missing. By line: rows without place, stated quantities, and the
    text of the cells as they came; `words` gives the file's word of a fixed name, `unknown` the columns nobody
    reads."""

    sheet: Sheet
    words: Mapping[str, str]
    unknown: list[str]
    unplaced: set[int] = field(default_factory=set)
    stated: dict[int, Stated] = field(default_factory=dict)
    given: dict[int, dict[str, str]] = field(default_factory=dict)


def complete(
    kind: Kind, sheet: Sheet, separator: Separator, currencies: Mapping[str, str] | None = None
) -> Completed:
    """The sheet with what a match can do without filled in. `currencies` by product are taken where a capacity
    names neither currency nor country.

    Raises RuleBroken('columns_missing') and RuleBroken('column_twice') (two words for one column).
    """
    names = {column: _name(kind, column) for column in sheet.columns if column}
    _check_columns(kind, names)
    words = {name: column for column, name in names.items() if name}
    done = Completed(Sheet([], []), words, [column for column, name in names.items() if name is None])
    for row in sheet.rows:
        cells = {names[column]: cell for column, cell in row.cells.items() if names.get(column)}
        known = {str(name): cell for name, cell in cells.items()}
        done.sheet.rows.append(_row(kind, row, known, done, separator, currencies or {}))
    done.sheet.columns.extend(
        dict.fromkeys([*words, *(name for row in done.sheet.rows for name in row.cells)])
    )
    # Columns that an import asks for, whether or not a row fills them.
    done.sheet.columns.extend(name for name in ("municipality", *AREA) if name not in done.sheet.columns)
    return done


def _name(kind: Kind, column: str) -> str | None:
    name = column_named(kind, column)
    if name is None and kind == "capacities" and column_named("needs", column) in STATED:
        return column_named("needs", column)
    return name


def _check_columns(kind: Kind, names: Mapping[str, str | None]) -> None:
    missing = [name for name in ESSENTIAL[kind] if name not in names.values()]
    if missing:
        raise RuleBroken("columns_missing", columns=missing)
    counts = Counter(name for name in names.values() if name)
    twice = [column for column, name in names.items() if name and counts[name] > 1]
    if twice:
        raise RuleBroken("column_twice", columns=twice)


def _row(
    kind: Kind,
    row: SheetRow,
    cells: dict[str, Cell],
    done: Completed,
    separator: Separator,
    currencies: Mapping[str, str],
) -> SheetRow:
    text = {name: value_meant(name, text) for name, text in as_text(cells, separator).items()}
    done.given[row.line] = text
    # Faults of these two are found again when the row is read as a whole.
    reader = Reader(text, decimal_separator=separator)
    country, product = read_country(reader, HOME), read_product(reader)
    faults = [
        *row.faults,
        *(RuleBroken("required", field=name) for name in FILLED[kind] if not text.get(name)),
    ]
    if not _is_placed(reader, country):
        done.unplaced.add(row.line)
        cells |= _NO_PLACE
    if not reader.has("municipality"):
        cells["municipality"] = NOWHERE
    if kind == "capacities":
        if not reader.has("currency") and not reader.has("country") and product in currencies:
            cells["currency"] = currencies[product]
        if not any(reader.has(name) for name in ("kg_week", *AREA)):
            cells |= _ANY_AREA
            faults += _stated(text, country, product, done, row.line, separator)
    return SheetRow(row.line, cells, faults)


def _is_placed(reader: Reader, country: str) -> bool:
    if reader.has("lat") and reader.has("lon"):
        return True
    try:
        places.find(country, reader.text("municipality"))
    except NotFound:
        return False
    return True


def _stated(
    text: Mapping[str, str], country: str, product: str, done: Completed, line: int, separator: Separator
) -> list[RuleBroken]:
    reader = Reader(text, decimal_separator=separator)
    if not reader.has("quantity"):
        return [RuleBroken("volume_zero", field="quantity")]
    period = reader.choice("period", PERIODS, default="week")
    unit = reader.unit("unit", "unit_kg", country, product) if product else None
    quantity = read_mass(reader, "quantity", unit)
    if quantity is not None and unit is not None:
        done.stated[line] = Stated(quantity * unit[1], period)
    return reader.faults.found


def is_storable(product: str) -> bool:
    return products.get(product).storable
