"""CSV and XLSX files as rows of cells, whoever made them: sizes, encodings and separators checked, nothing
guessed that would change a value."""

from __future__ import annotations

import csv
import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from broker.errors import RuleBroken
from broker.listings.cells import Cell

MOST_BYTES = 8 * 1024 * 1024
MOST_UNZIPPED = 50 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
MOST_CELL = 10_000
MOST_RATIO = 200
"""Compression of a sheet never passes this; what does was made to fill the memory."""
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Line:
    """One row with its number in the file; `formulas` are the places of cells that hold a formula."""

    number: int
    cells: list[Cell]
    formulas: list[int] = field(default_factory=list)


def read_lines(data: bytes, filename: str, encoding: str | None = None) -> Iterator[Line]:
    """The rows that are not empty, of a CSV file or of the first sheet of an XLSX file. `encoding` is wanted
    for a CSV file that is not Unicode ("cp1252").

    Raises RuleBroken: file_empty, file_too_large, file_kind, file_broken, file_unzipped_too_large,
    encoding_unknown, encoding_wrong, csv_broken, too_many_rows, too_many_columns, cell_too_long.
    """
    if not data:
        raise RuleBroken("file_empty")
    if len(data) > MOST_BYTES:
        raise RuleBroken("file_too_large", most=MOST_BYTES // 2**20)
    if data[:4] == b"PK\x03\x04":
        lines = _xlsx_lines(data)
    elif filename.lower().endswith((".xlsx", ".xls", ".ods", ".numbers")) or data[:4] == b"\xd0\xcf\x11\xe0":
        raise RuleBroken("file_kind")
    else:
        lines = _csv_lines(decoded(data, encoding))
    return _limited(lines)


def decoded(data: bytes, encoding: str | None = None) -> str:
    """The text of a CSV file. Raises RuleBroken('encoding_unknown') where the bytes do not say how they are
    meant, and RuleBroken('encoding_wrong') where they are not written as it was said."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    # Without a NUL these letters are not two bytes wide, though nearly any bytes could be read so.
    elif encoding and encoding.lower().startswith(("utf-16", "utf-32", "utf_16", "utf_32")) and 0 not in data:
        raise RuleBroken("encoding_wrong", encoding=encoding, line=1)
    try:
        text = data.decode(encoding or "utf-8-sig")
    except (UnicodeDecodeError, LookupError) as fault:
        line = data[: getattr(fault, "start", 0)].count(b"\n") + 1
        if encoding:
            raise RuleBroken("encoding_wrong", encoding=encoding, line=line) from None
        raise RuleBroken("encoding_unknown", line=line) from None
    if "\x00" in text:
        raise RuleBroken("encoding_unknown", line=1)
    return text


def _limited(lines: Iterator[Line]) -> Iterator[Line]:
    count = 0
    for line in lines:
        while line.cells and line.cells[-1] == "":
            line.cells.pop()
        if not line.cells:
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise RuleBroken("too_many_rows", most=MOST_ROWS)
        if len(line.cells) > MOST_COLUMNS:
            raise RuleBroken("too_many_columns", most=MOST_COLUMNS, line=line.number)
        if any(isinstance(cell, str) and len(cell) > MOST_CELL for cell in line.cells):
            raise RuleBroken("cell_too_long", most=MOST_CELL, line=line.number)
        yield line


def _csv_lines(text: str) -> Iterator[Line]:
    delimiter, first = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if number >= first:
                yield Line(number, [cell.strip() for cell in cells])
            number = reader.line_num + 1
    except csv.Error:
        raise RuleBroken("csv_broken", line=number) from None


def _delimiter(text: str) -> tuple[str, int]:
    """The sign between the columns, and the line on which the header stands: Excel may say the sign first."""
    head = text[:20_000].splitlines()
    if head and head[0][:4].lower() == "sep=" and head[0][4:5] in _DELIMITERS:
        return head[0][4], 2
    header = next((line for line in head if line.strip()), "")
    outside = "".join(header.split('"')[::2])
    return max(_DELIMITERS, key=outside.count), 1


def _xlsx_lines(data: bytes) -> Iterator[Line]:
    _check_archive(data)
    # Imported here: the web must start without it.
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            # openpyxl warns of parts that it does not read, such as validations.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 1000), 1):
                if len(row) > MOST_COLUMNS:
                    raise RuleBroken("too_many_columns", most=MOST_COLUMNS, line=number)
                yield _xlsx_line(number, row)
            book.close()
    except RuleBroken:
        raise
    except Exception as fault:
        # A damaged archive or wrong XML shows itself in openpyxl in many ways.
        raise RuleBroken("file_broken") from fault


def _check_archive(data: bytes) -> None:
    """Refuse before unpacking; zipfile never hands out more than the size that is declared here."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise RuleBroken("file_broken") from None
    total = sum(part.file_size for part in parts)
    if total > MOST_UNZIPPED or len(parts) > 1000:
        raise RuleBroken("file_unzipped_too_large", most=MOST_UNZIPPED // 2**20)
    if any(p.file_size > 2**20 and p.file_size > MOST_RATIO * max(1, p.compress_size) for p in parts):
        raise RuleBroken("file_unzipped_too_large", most=MOST_UNZIPPED // 2**20)
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise RuleBroken("file_kind")


def _xlsx_line(number: int, row: tuple[Any, ...]) -> Line:
    cells = [_xlsx_cell(cell.value) for cell in row]
    return Line(number, cells, [place for place, cell in enumerate(row) if cell.data_type == "f"])


def _xlsx_cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        # Excel itself shows 15 digits of its binary numbers.
        return Decimal(f"{value:.15g}")
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    return str(value).strip()
