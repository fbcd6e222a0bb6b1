"""Files that are written: no cell in them can run, and what is read from them again is unchanged."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from broker.listings import spreadsheets, writing
from tests.factories.listings import NEED
from tests.unit.listings.moments import TODAY

COLUMNS = ["id", *NEED]
ROW = ["N1", *NEED.values()]


def read_again(data: bytes, name: str) -> str:
    """The description of the only need in a file."""
    found = spreadsheets.preview("needs", spreadsheets.read_rows(data, name), ".", "CO", TODAY)
    return found.good[0].data.description


DANGEROUS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_written_cell_can_run(text: str) -> None:
    written = writing.write_csv([text], [{text: text}]).decode("utf-8-sig")
    lines = written.replace('"', "").split("\r\n")
    assert lines[0].startswith("'") and lines[1].startswith("'")
    sheet = load_workbook(io.BytesIO(writing.write_xlsx(["a"], [{"a": text}]))).worksheets[0]
    assert sheet["A2"].data_type == "s"
    assert str(sheet["A2"].value).startswith("'")


def test_the_apostrophe_is_gone_when_it_is_read_again() -> None:
    columns = [*COLUMNS, "description"]
    rows = [dict(zip(columns, [*ROW, "=1+1"], strict=True))]
    for format in ("csv", "xlsx"):
        data = writing.write(format, columns, rows, ".")
        assert read_again(data, f"needs.{format}") == "=1+1"


def test_negative_numbers_stay_numbers() -> None:
    assert b"\r\n-5,5\r\n" in writing.write_csv(["differential"], [{"differential": Decimal("-5.5")}], ",")
    assert b"\r\n-40\r\n" in writing.write_csv(["quantity"], [{"quantity": "-40"}])


def test_control_characters_do_not_break_a_workbook() -> None:
    data = writing.write_xlsx(["a"], [{"a": "one\x00two\x0b"}])
    assert load_workbook(io.BytesIO(data)).worksheets[0]["A2"].value == "onetwo"
