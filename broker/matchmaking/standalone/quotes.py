"""Exchange rates and quotations for a match of files, from two small sheets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from broker.errors import RuleBroken
from broker.listings.cells import as_text
from broker.listings.reader import Reader
from broker.listings.spreadsheets import Bad, Sheet
from broker.money import MINOR_DIGITS
from broker.numerals import Separator
from broker.prices.formulas import Quote

QUOTE_UNITS = ("usc_lb",)
"""What price clauses can read: US cents per pound."""


class FaultyRows(Exception):
    """A sheet of which every row must be right; `bad` says which are not."""

    def __init__(self, bad: list[Bad]) -> None:
        super().__init__(f"{len(bad)} faulty rows")
        self.bad = bad


def read_rates(sheet: Sheet, separator: Separator) -> dict[str, Decimal]:
    """Units per US dollar by currency. Raises RuleBroken('columns_missing') and FaultyRows."""
    found: dict[str, Decimal] = {}

    def row(reader: Reader) -> None:
        currency = reader.choice("currency", tuple(MINOR_DIGITS))
        value = reader.decimal("per_usd", required=True, above=0, high=10**9)
        if value is not None:
            found[currency] = value

    _each_row(sheet, ("currency", "per_usd"), separator, row)
    return found


def read_series(sheet: Sheet, separator: Separator) -> dict[str, Quote]:
    """The last quotation of each series. Raises RuleBroken('columns_missing') and FaultyRows."""
    found: dict[str, Quote] = {}

    def row(reader: Reader) -> None:
        series = reader.text("series", required=True)
        value = reader.decimal("value", required=True, above=0, high=10**9)
        reader.choice("unit", QUOTE_UNITS)
        date = reader.date("date", required=True)
        if value is not None and date is not None:
            quote = Quote(series, value, date.isoformat())
            found[series] = max(found.get(series, quote), quote, key=lambda one: one.date)

    _each_row(sheet, ("series", "value", "unit", "date"), separator, row)
    return found


def _each_row(
    sheet: Sheet, columns: tuple[str, ...], separator: Separator, read: Callable[[Reader], None]
) -> None:
    missing = [column for column in columns if column not in sheet.columns]
    if missing:
        raise RuleBroken("columns_missing", columns=missing)
    bad = []
    for row in sheet.rows:
        text = as_text(row.cells, separator)
        reader = Reader(text, decimal_separator=separator)
        read(reader)
        if faults := [*row.faults, *reader.faults.found]:
            bad.append(Bad(row.line, text, faults))
    if bad:
        raise FaultyRows(bad)
