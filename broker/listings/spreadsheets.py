"""Needs and capacities as spreadsheets: read with every fault at its row, and written so that no cell
runs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from broker.catalogue.wording import key
from broker.errors import Invalid, RuleBroken
from broker.listings.capacity_input import CapacityInput, read_capacity
from broker.listings.cells import Cell, as_text, capacity_cells, need_cells
from broker.listings.columns import REQUIRED, column_named, columns_of, value_meant
from broker.listings.models import Capacity, Need
from broker.listings.need_input import NeedInput, read_need
from broker.listings.rules import check_capacity, check_need
from broker.listings.workbook import Line, read_lines
from broker.numerals import Separator

Kind = Literal["needs", "capacities"]
PARTY: dict[Kind, str] = {"needs": "buyer", "capacities": "organization"}
_PREFIXED = ("'=", "'+", "'-", "'@", "'\t", "'\r")


@dataclass(frozen=True)
class SheetRow:
    """A row as it stands in the file: its line, its filled cells by column, and what is wrong with it as a
    row."""

    line: int
    cells: dict[str, Cell]
    faults: list[RuleBroken] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """`columns` in the words of the file, `rows` by those words; line numbers count from 1, the header
    included."""

    columns: list[str]
    rows: list[SheetRow]


class Good(NamedTuple):
    """A row that can be imported: line, typed input, and the text of every known column (its `id`, for
    instance)."""

    line: int
    data: NeedInput | CapacityInput
    raw: dict[str, str]


class Bad(NamedTuple):
    """A row that cannot: line, its text by the columns of the file, and every fault, each naming its
    field."""

    line: int
    raw: dict[str, str]
    faults: list[RuleBroken]


@dataclass(frozen=True)
class Preview:
    """What an import would do. `unknown` are columns that nobody reads."""

    good: list[Good]
    bad: list[Bad]
    columns: list[str]
    unknown: list[str]


def read_rows(data: bytes, filename: str, encoding: str | None = None) -> Sheet:
    """The header and the rows of a CSV or XLSX file; see `workbook.read_lines` for what is refused.

    Raises RuleBroken also for file_empty (no row below the header) and column_twice.
    """
    lines = read_lines(data, filename, encoding)
    header = next(lines, None)
    if header is None:
        raise RuleBroken("file_empty")
    columns = [str(cell).strip() for cell in header.cells]
    twice = [name for name, count in Counter(filter(None, columns)).items() if count > 1]
    if twice:
        raise RuleBroken("column_twice", columns=twice)
    rows = [_row(columns, line) for line in lines]
    if not rows:
        raise RuleBroken("file_empty")
    return Sheet(columns, rows)


def preview(
    kind: Kind,
    sheet: Sheet,
    decimal_separator: Separator,
    home: str,
    now: dt.date,
    *,
    taken: Iterable[str] = (),
    owner: str = "",
) -> Preview:
    """Read every row as a need or a capacity. `home` is the country where a row names none; `now` the day, or the
    moment, by which a need is judged; `taken` are ids that the owner has already used; with `owner`, rows that name
    another party are refused.

    Raises RuleBroken('columns_missing') when a column that no row can do without is not there.
    """
    named = {column: column_named(kind, column) for column in sheet.columns if column}
    missing = [name for name in REQUIRED[kind] if name not in named.values()]
    if missing:
        raise RuleBroken("columns_missing", columns=missing)
    read = _reader(kind, decimal_separator, home, now)
    seen, used = _first_lines(sheet, named), set(taken)
    result = Preview([], [], sheet.columns, [column for column, name in named.items() if name is None])
    for row in sheet.rows:
        raw = {
            named[column]: text for column, text in _text(row, decimal_separator).items() if named.get(column)
        }
        known = {name: value_meant(name, _unprefixed(text)) for name, text in raw.items() if name is not None}
        faults = [*row.faults, *_id_faults(row.line, known.get("id", ""), seen, used)]
        faults += _owner_faults(known, PARTY[kind], owner)
        try:
            data = read(known)
        except Invalid as fault:
            faults += fault.faults
        if faults:
            result.bad.append(Bad(row.line, _text(row, decimal_separator), _formulas_alone(kind, faults)))
        else:
            result.good.append(Good(row.line, data, known))
    return result


def needs_as_rows(needs: Iterable[Need]) -> tuple[list[str], list[dict[str, Cell]]]:
    """Columns and cells of needs. Holds reserve prices: only for their owner and his broker."""
    rows = [{"id": n.reference, "buyer": n.buyer.legal_name} | need_cells(n) for n in needs]
    return columns_of("needs", rows), rows


def capacities_as_rows(capacities: Iterable[Capacity]) -> tuple[list[str], list[dict[str, Cell]]]:
    """Columns and cells of capacities. Holds reserve prices: only for their owner and its broker."""
    rows = [
        {"id": c.reference, "organization": c.organization.legal_name} | capacity_cells(c) for c in capacities
    ]
    return columns_of("capacities", rows), rows


def _reader(
    kind: Kind, separator: Separator, home: str, now: dt.date
) -> Callable[[Mapping[str, str]], NeedInput | CapacityInput]:
    def need(raw: Mapping[str, str]) -> NeedInput:
        data = read_need(raw, decimal_separator=separator, home=home)
        check_need(data, now)
        return data

    def capacity(raw: Mapping[str, str]) -> CapacityInput:
        data = read_capacity(raw, decimal_separator=separator, home=home)
        check_capacity(data)
        return data

    return need if kind == "needs" else capacity


def _row(columns: list[str], line: Line) -> SheetRow:
    faults = []
    if len(line.cells) > len(columns):
        faults.append(RuleBroken("more_cells_than_columns", columns=len(columns), cells=len(line.cells)))
    for place in line.formulas:
        if place < len(columns):
            faults.append(RuleBroken("cell_is_formula", field=columns[place], column=columns[place]))
    cells = {column: cell for column, cell in zip(columns, line.cells, strict=False) if cell != ""}
    nameless = [str(cell) for column, cell in cells.items() if not column]
    if nameless:
        faults.append(RuleBroken("cell_without_column", text=nameless[0]))
    return SheetRow(line.number, cells, faults)


def _formulas_alone(kind: Kind, faults: list[RuleBroken]) -> list[RuleBroken]:
    """Of a cell with a formula only that is said: it was never read, so it is neither missing nor no number."""
    columns = [fault.field for fault in faults if fault.code == "cell_is_formula" and fault.field]
    unread = {*columns, *(column_named(kind, column) for column in columns)} - {None}
    return [fault for fault in faults if fault.code == "cell_is_formula" or fault.field not in unread]


def _text(row: SheetRow, separator: Separator) -> dict[str, str]:
    return as_text(row.cells, separator)


def _unprefixed(text: str) -> str:
    """The apostrophe that an export puts before a cell that would run is not part of the text."""
    return text[1:] if text.startswith(_PREFIXED) else text


def _first_lines(sheet: Sheet, named: Mapping[str, str | None]) -> dict[str, int]:
    """The line on which each id first stands."""
    column = next((column for column, name in named.items() if name == "id"), None)
    found: dict[str, int] = {}
    if column is not None:
        for row in sheet.rows:
            found.setdefault(_id_text(row.cells.get(column, "")), row.line)
    return found


def _id_faults(line: int, name: str, seen: dict[str, int], used: set[str]) -> list[RuleBroken]:
    if not name:
        return []
    if seen.get(name, line) != line:
        return [RuleBroken("id_twice", field="id", id=name, line=seen[name])]
    return [RuleBroken("id_taken", field="id", id=name)] if name in used else []


def _owner_faults(raw: Mapping[str, str], column: str, owner: str) -> list[RuleBroken]:
    name = raw.get(column, "")
    if not owner or not name or key(name) == key(owner):
        return []
    return [RuleBroken("other_party", field=column, name=name)]


def _id_text(cell: Any) -> str:
    return _unprefixed(as_text({"id": cell}, ".")["id"])
