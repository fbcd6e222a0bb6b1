"""Spreadsheets: what is read, what is refused and why, and that what is written cannot run."""

from __future__ import annotations

import io
import re
import time
import tracemalloc
import zipfile
from decimal import Decimal

import pytest
from openpyxl import Workbook

from broker.errors import RuleBroken
from broker.listings import spreadsheets, workbook
from broker.listings.capacity_input import CAPACITY_FIELDS
from broker.listings.columns import FIXED, column_named, columns_of
from broker.listings.need_input import NEED_FIELDS
from broker.listings.spreadsheets import Preview
from broker.numerals import Separator
from tests.factories.listings import CAPACITY, NEED
from tests.support.tree import ROOT
from tests.unit.listings.moments import TODAY

COLUMNS = ["id", *NEED]
ROW = ["N1", *NEED.values()]


def csv_of(*rows: list[str], columns: list[str] = COLUMNS, delimiter: str = ",") -> bytes:
    return "\n".join(delimiter.join(cells) for cells in (columns, *rows)).encode()


def check(data: bytes, name: str = "needs.csv", separator: Separator = ".", **more: object) -> Preview:
    encoding = more.pop("encoding", None)
    assert encoding is None or isinstance(encoding, str)
    sheet = spreadsheets.read_rows(data, name, encoding)
    return spreadsheets.preview("needs", sheet, separator, "CO", TODAY, **more)  # type: ignore[arg-type]


def refused(data: bytes, name: str = "needs.csv", encoding: str | None = None) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        spreadsheets.read_rows(data, name, encoding)
    return caught.value


def codes(found: Preview) -> list[set[tuple[str, str | None]]]:
    return [{(fault.code, fault.field) for fault in bad.faults} for bad in found.bad]


def with_field(name: str, text: str) -> list[str]:
    return ["N1", *({**NEED, name: text}).values()]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_every_usual_csv_is_read(delimiter: str, encoding: str) -> None:
    text = csv_of(with_field("product", "Plátano dominico-hartón verde"), delimiter=delimiter).decode()
    found = check(text.encode(encoding))
    assert [(good.line, good.data.product) for good in found.good] == [(2, "plantain_dom_harton")]
    assert found.unknown == []


def test_excel_may_say_the_separator_first() -> None:
    found = check(b"sep=;\n" + csv_of(ROW, delimiter=";"))
    assert [good.line for good in found.good] == [3]


def test_windows_letters_are_refused_until_the_reader_names_them() -> None:
    data = csv_of(with_field("product", "Plátano hartón verde")).decode().encode("cp1252")
    fault = refused(data)
    assert (fault.code, fault.params["line"]) == ("encoding_unknown", 2)
    assert check(data, encoding="cp1252").good[0].data.product == "plantain_harton"


def test_utf_16_without_its_mark_is_refused() -> None:
    assert refused(csv_of(ROW).decode().encode("utf-16-le")).code == "encoding_unknown"


@pytest.mark.parametrize(
    ("field", "text", "separator", "fault"),
    [
        ("quantity", "1.500,5", ".", ("number_wrong_separator", "quantity")),
        ("quantity", "-40", ".", ("number_negative", "quantity")),
        ("unit", "fanega", ".", ("unit_unknown", "unit")),
        ("unit", "quintal", ".", ("unit_ambiguous", "unit_kg")),
        ("period", "lustro", ".", ("choice_unknown", "period")),
        ("reply_by", "2026-11-22", ".", ("reply_in_past", "reply_by")),
    ],
)
def test_each_row_says_what_is_wrong(
    field: str, text: str, separator: Separator, fault: tuple[str, str]
) -> None:
    row = [f'"{cell}"' for cell in with_field(field, text)]
    found = check(csv_of(row, ["N2", *ROW[1:]]), separator=separator)
    assert [good.line for good in found.good] == [3]
    assert codes(found) == [{fault}]


def test_the_two_ways_to_write_a_number() -> None:
    comma = check(csv_of(with_field("quantity", "1.500,5"), delimiter=";"), separator=",")
    point = check(csv_of(with_field("quantity", '"1,500.5"')), separator=".")
    assert comma.good[0].data.quantity == point.good[0].data.quantity == Decimal("1500.5")


def test_spanish_headers_and_words() -> None:
    columns = [
        "Código", "Producto", "Cantidad", "Unidad", "Período", "Inicio", "Fin", "Municipio", "Días de pago",
        "Precio",
        "Categoría", "Peso por dedo mín",
    ]  # fmt: skip
    row = [
        "1",
        "plátano hartón",
        "22",
        "toneladas",
        "semanal",
        "7/12/2026",
        "6/6/2027",
        "Pereira",
        "8",
        "2150",
    ]
    found = check(csv_of([*row, "Primera", "270"], columns=columns))
    assert (found.unknown, codes(found)) == ([], [])
    data = found.good[0].data
    assert data.attributes == {"grade": {"one_of": ["primera"]}, "finger_weight_g": {"low": "270"}}


def test_columns_that_nobody_reads_are_named() -> None:
    found = check(csv_of([*ROW, "blue", "x"], columns=[*COLUMNS, "favourite colour", "spec_height"]))
    assert found.unknown == ["favourite colour", "spec_height"]
    assert len(found.good) == 1


def test_a_column_that_no_row_can_do_without() -> None:
    with pytest.raises(RuleBroken) as caught:
        check(csv_of(["N1", "t"], columns=["id", "unit"]))
    assert caught.value.code == "columns_missing"
    assert {"product", "quantity", "payment_days"} <= set(caught.value.params["columns"])


def test_ids_used_twice_or_before() -> None:
    found = check(csv_of(ROW, ROW, ["N2", *ROW[1:]], ["", *ROW[1:]], ["", *ROW[1:]]), taken={"N2"})
    assert [good.line for good in found.good] == [2, 5, 6]
    assert codes(found) == [{("id_twice", "id")}, {("id_taken", "id")}]
    assert found.bad[0].faults[0].params == {"id": "N1", "line": 2}


def test_rows_of_another_party_are_refused() -> None:
    columns = [*COLUMNS, "buyer"]
    found = check(
        csv_of([*ROW, "Somebody else"], ["N2", *ROW[1:], "compras s.a."], columns=columns), owner="Compras SA"
    )
    assert [good.line for good in found.good] == [3]
    assert codes(found) == [{("other_party", "buyer")}]


def test_crooked_rows() -> None:
    found = check(csv_of([*ROW, "more"], ROW[:3]))
    assert ("more_cells_than_columns", None) in codes(found)[0]
    assert ("required", "start") in codes(found)[1]
    assert refused(csv_of(ROW, columns=[*COLUMNS[:-1], "id"])).code == "column_twice"
    assert refused(csv_of(["N1", '"open'])).code == "csv_broken"


@pytest.mark.parametrize("data", [b"", b"\n\n", csv_of()])
def test_empty_files(data: bytes) -> None:
    assert refused(data).code == "file_empty"


def test_line_numbers_count_lines_within_cells() -> None:
    data = csv_of(
        ["N1", *NEED.values(), '"two\nlines"'], ["N2", *NEED.values(), "x"], columns=[*COLUMNS, "description"]
    )
    assert [good.line for good in check(data).good] == [2, 4]


def xlsx_of(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_xlsx_numbers_and_dates_need_no_separator() -> None:
    row: list[object] = ["N1", *NEED.values()]
    row[COLUMNS.index("quantity")] = 1500.5
    row[COLUMNS.index("start")] = TODAY.replace(month=12, day=7)
    for separator in (",", "."):
        found = check(xlsx_of([list(COLUMNS), row]), "needs.xlsx", separator=separator)  # type: ignore[arg-type]
        assert found.good[0].data.quantity == Decimal("1500.5")
        assert found.good[0].data.start.isoformat() == "2026-12-07"


def test_a_formula_is_refused_by_its_name() -> None:
    row: list[object] = list(ROW)
    row[COLUMNS.index("quantity")] = "=20+20"
    found = check(xlsx_of([list(COLUMNS), row]), "needs.xlsx")
    assert ("cell_is_formula", "quantity") in codes(found)[0]


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xd0\xcf\x11\xe0 old excel", "needs.xls"),
        (b"anything", "needs.xlsx"),
        (b"PK\x03\x04 broken", "needs.xlsx"),
    ],
)
def test_what_is_no_spreadsheet(data: bytes, name: str) -> None:
    assert refused(data, name).code in ("file_kind", "file_broken")


def bomb(kind: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        size = 60 if kind == "large" else 20
        archive.writestr("xl/sharedStrings.xml", b"<si><t>a</t></si>" * (size * 2**20 // 17))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["large", "dense"])
def test_a_bomb_is_refused_before_it_is_unpacked(kind: str) -> None:
    data = bomb(kind)
    assert len(data) < 2**20
    tracemalloc.start()
    before = time.process_time()
    fault = refused(data, "needs.xlsx")
    spent, (_, peak) = time.process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert fault.code == "file_unzipped_too_large"
    assert spent < 1
    assert peak < 64 * 2**20


def test_limits() -> None:
    assert refused(b"a" * (workbook.MOST_BYTES + 1)).code == "file_too_large"
    assert refused(b"a\n" + b"1\n" * (workbook.MOST_ROWS + 1)).code == "too_many_rows"
    assert refused(b"a\n" + b",".join([b"1"] * 300)).code == "too_many_columns"
    assert refused(b"a\n" + b"x" * 20_000).code == "cell_too_long"


def test_ten_thousand_rows_fit_into_little_memory() -> None:
    data = csv_of(*(["", *NEED.values()] for _ in range(10_000)))
    assert len(check(data).good) == 10_000
    # Watching the memory is slow, and a fifth of the rows takes a fifth of it.
    tracemalloc.start()
    kept = check(csv_of(*(["", *NEED.values()] for _ in range(2_000))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(kept.good) == 2_000
    assert peak < 30 * 2**20


def test_every_field_is_a_column_of_its_own_name() -> None:
    for kind, fields in (("needs", NEED_FIELDS), ("capacities", CAPACITY_FIELDS)):
        assert [column_named(kind, name) for name in FIXED[kind]] == list(FIXED[kind])
        assert set(fields) <= set(columns_of(kind, []))


def test_capacities_are_read_the_same_way() -> None:
    columns = ["id", "organization", *CAPACITY, "readiness", "union", "certificates"]
    data = csv_of(["C1", "P01", *CAPACITY.values(), "76", "", "bpa_ica"], columns=columns)
    found = spreadsheets.preview("capacities", spreadsheets.read_rows(data, "c.csv"), ".", "CO", TODAY)
    assert found.unknown == []
    assert (found.good[0].data.area_ha, found.good[0].raw["readiness"]) == (130, "76")  # type: ignore[union-attr]


def test_every_column_is_described() -> None:
    text = (ROOT / "docs" / "spreadsheets.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", text))
    assert {name for columns in FIXED.values() for name in columns} <= words
