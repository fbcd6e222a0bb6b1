"""Rows of cells as CSV and XLSX files in which no cell can run when a spreadsheet program opens it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from broker.listings.cells import Cell, cell_text
from broker.numerals import Separator

_RUNS = ("=", "+", "-", "@", "\t", "\r")
# What XML cannot hold.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NEGATIVE = re.compile(r"-[0-9]+(?:[.,][0-9]+)*")
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(
    format: str, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], separator: Separator
) -> bytes:
    """The rows as a file of a format in `FORMATS`."""
    return write_csv(columns, rows, separator) if format == "csv" else write_xlsx(columns, rows)


def write_csv(
    columns: Sequence[str], rows: Iterable[Mapping[str, Cell]], separator: Separator = "."
) -> bytes:
    """UTF-8 with its mark, so that Excel reads the accents; `;` between columns where decimals have a
    comma."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if separator == "," else ",", lineterminator="\r\n")
    writer.writerow([inert(column) for column in columns])
    for row in rows:
        writer.writerow([inert(cell_text(row.get(column, ""), separator)) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """One sheet: numbers as numbers, everything else as text, never a formula."""
    # Imported here: the web must start without it.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Cell) -> Any:
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, dt.date):
            return value
        made = WriteOnlyCell(sheet, value=inert(_CONTROL.sub("", value)))
        made.data_type = "s"
        return made

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Alianza")
    sheet.append([cell(column) for column in columns])
    for row in rows:
        sheet.append([cell(row.get(column, "")) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def inert(text: str) -> str:
    """With an apostrophe before what a spreadsheet program would take for a formula; a negative number is
    none, and must stay a number when it is read again."""
    return f"'{text}" if text.startswith(_RUNS) and not _NEGATIVE.fullmatch(text) else text
