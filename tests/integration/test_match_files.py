"""What `alianza match` reads from its files, and the clear words it has for every fault in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.support.matching_files import CAPACITY, NEED, Folder, Row, sheet, supplied


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize("holder", ["", ":N1", ":Mercado Central", ":Unión del Valle", ":C1"])
def test_certificates_name_their_holder(folder: Folder, holder: str) -> None:
    capacity = CAPACITY | {"union": "Unión del Valle", "certificates": f"globalgap{holder}; bpa_ica"}
    ran = folder.run([NEED | {"certificates": "globalgap"}], [capacity])
    assert supplied(ran)


def test_a_certificate_of_another_buyer_does_not_count(folder: Folder) -> None:
    other = NEED | {"id": "N2", "buyer": "Otro Mercado"}
    ran = folder.run(
        [NEED | {"certificates": "globalgap"}, other], [CAPACITY | {"certificates": "globalgap:N2"}]
    )
    assert ran.plan is not None
    assert [a["need"] for a in ran.plan["allocations"]] == ["N2"]
    assert "Lacks GlobalG.A.P." in ran.plan["candidates"][0]["text"]


@pytest.mark.parametrize(
    ("need", "capacity", "told"),
    [
        ({"quantity": "-5"}, {}, "line 3, column “quantity”: “-5” is below zero."),
        ({"quantity": "1.500,5"}, {}, "line 3, column “quantity”: “1.500,5” uses the other decimal sign."),
        ({"unit": "furlong"}, {}, "line 3, column “unit”: We do not know the unit “furlong”."),
        ({"unit": "quintal"}, {}, "line 3, column “unit_kg”: “quintal” is read in more than one way"),
        ({"unit": "furlong"}, {}, "Used here: kilogram, gram, "),
        ({"product": "plátano"}, {}, "The nearest names here: "),
        ({"product": "mango"}, {}, "White maize"),
        ({"quantity": "0.0000001", "unit": "kg"}, {}, "line 3, column “quantity”: That would be 0 kg."),
        ({}, {"quantity": "0.0000001", "unit": "kg"}, "line 3, column “quantity”: That would be 0 kg."),
        ({"quantity": "5000000000"}, {}, "column “quantity”: It cannot be more than 1,000,000,000."),
        ({"start": "0001-01-01"}, {}, "line 3, column “start”: Write a year between 2000 and 2100."),
        ({"start": "9999-01-01", "end": "9999-12-31"}, {}, "column “end”: Write a year between 2000"),
        ({"currency": "JPY"}, {}, "line 3, column “currency”: We do not know the currency “JPY”."),
        ({"currency": "EUR"}, {}, "line 3, column “currency”: There is no exchange rate for EUR."),
        ({"id": "N1"}, {}, "line 3, column “id”: The id “N1” stands already on line 2."),
        ({"id": ""}, {}, "line 3, column “id”: Fill this in."),
        ({"buyer": ""}, {}, "line 3, column “buyer”: Fill this in."),
        ({"end": "2026-11-01"}, {}, "line 3, column “end”: The end lies before the start."),
        ({"price": ""}, {}, "line 3, column “price”: This kind of price needs this figure."),
        ({}, {"quantity": ""}, "line 3, column “quantity”: Say what can be delivered"),
        ({}, {"readiness": "140"}, "line 3, column “readiness”: It must lie between 0 and 100."),
        ({}, {"certificates": "foo"}, "line 3, column “certificates”: We do not know the certificate “foo”."),
        ({}, {"certificates": "globalgap:X9"}, "line 3, column “certificates”: Neither file names “X9”."),
        ({}, {"max_wait_days": ""}, "line 3, column “max_wait_days”: Fill this in."),
        (
            {},
            {"organization": "Los Guaduales", "readiness": "60"},
            "line 3, column “readiness”: Another row of this",
        ),
        (
            {},
            {"elsewhere_kg_year": "400000"},
            "line 3, column “elsewhere_kg_year”: More is promised elsewhere",
        ),
    ],
)
def test_a_faulty_row_is_named_and_left_out(folder: Folder, need: Row, capacity: Row, told: str) -> None:
    needs, capacities = [NEED], [CAPACITY]
    if need:
        needs.append(NEED | {"id": "N2"} | need)
    if capacity:
        capacities.append(CAPACITY | {"id": "C2", "organization": "Otra"} | capacity)
    ran = folder.run(needs, capacities)
    assert ran.code == 1
    assert told in ran.err.replace("\n", " ")
    assert "1 row left out." in ran.err
    assert list(supplied(ran)) == ["C1"]


def test_each_fault_is_told_once(folder: Folder) -> None:
    ran = folder.run([NEED, NEED | {"id": "N2", "end": "2026-11-01"}], [CAPACITY])
    assert ran.err.count("The end lies before the start.") == 1


def test_a_formula_is_told_once(folder: Folder) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    for line in (list(NEED), list(NEED.values()), list((NEED | {"id": "N2", "quantity": "=5+5"}).values())):
        page.append(line)
    book.save(folder.path / "needs.xlsx")
    (folder.path / "capacities.csv").write_bytes(sheet([CAPACITY]))
    ran = folder.run_files("needs.xlsx", "capacities.csv")
    assert (ran.code, ran.err.count("line 3")) == (1, 1)
    assert "holds a formula" in ran.err


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("klingon", "There is no encoding “klingon”."),
        ("rot13", "There is no encoding “rot13”."),
        ("utf-16", "not written in utf-16 (line 1)"),
        ("ascii", "not written in ascii (line 2)"),
    ],
)
def test_a_wrong_encoding_is_told(folder: Folder, encoding: str, told: str) -> None:
    ran = folder.run([NEED | {"buyer": "Plátanos"}], [CAPACITY], "--encoding", encoding)
    assert (ran.code, ran.plan) == (2, None)
    assert told in ran.err.replace("\n", " ")


def test_a_cell_too_many_is_told_alone(folder: Folder) -> None:
    broken = (
        sheet([NEED])
        + b"N2,Otro,plantain_harton,1.500,5,t,week,2026-12-07,2027-03-07,50,1,,100,8,2000,COP\r\n"
    )
    ran = folder.run(broken, [CAPACITY])
    assert ran.code == 1
    assert ran.err.count("line 3") == 1
    assert "16 cells" in ran.err


@pytest.mark.parametrize(
    ("needs", "told"),
    [
        (
            sheet([{k: v for k, v in NEED.items() if k != "payment_days"}]),
            "These columns are missing: payment_days.",
        ),
        (sheet([NEED | {"cantidad": "4"}]), "These columns stand twice: quantity, cantidad."),
        (sheet([NEED | {"buyer": "Plátanos"}]).decode().encode("cp1252"), "not Unicode (line 2)"),
        (b"", "The file has no rows."),
        (sheet([NEED | {"quantity": "x"}]), "not one row can be used."),
    ],
)
def test_a_file_that_cannot_be_used_stops_everything(folder: Folder, needs: bytes, told: str) -> None:
    ran = folder.run(needs, [CAPACITY])
    assert (ran.code, ran.plan) == (2, None)
    assert told in ran.err


def test_windows_letters_are_read_when_named(folder: Folder) -> None:
    needs = sheet([NEED | {"buyer": "Plátanos"}]).decode().encode("cp1252")
    ran = folder.run(needs, [CAPACITY], "--encoding", "cp1252")
    assert ran.code == 0
    assert "Plátanos" in ran.out


def test_decimal_comma_with_spanish_words(folder: Folder) -> None:
    words = {
        "product": "producto",
        "quantity": "cantidad",
        "unit": "unidad",
        "period": "periodo",
        "price": "precio",
    }
    need = {words.get(name, name): text for name, text in (NEED | {"quantity": "2,5"}).items()}
    capacity = {
        words.get(name, name): text
        for name, text in (CAPACITY | {"quantity": "1.500,5", "unit": "kg"}).items()
    }
    ran = folder.run([need], [capacity], "--decimal", ",")
    assert supplied(ran) == {"C1": pytest.approx([1500.5] * 13, abs=0.01)}


def test_a_fault_is_told_in_the_words_of_the_file(folder: Folder) -> None:
    need = {
        {"quantity": "cantidad"}.get(name, name): text for name, text in (NEED | {"quantity": "-1"}).items()
    }
    assert "column “cantidad”" in folder.run([need], [CAPACITY]).err


def test_xlsx_is_read_too(folder: Folder) -> None:
    for name, row in (("needs", NEED), ("capacities", CAPACITY)):
        book = Workbook()
        book.active.append(list(row))
        book.active.append([float(text) if text.isdigit() else text for text in row.values()])
        book.save(folder.path / f"{name}.xlsx")
    assert supplied(folder.run_files("needs.xlsx", "capacities.xlsx")) == {"C1": [6000.0] * 13}


def test_own_rates_and_quotes(folder: Folder) -> None:
    (folder.path / "rates.csv").write_text("currency,per_usd\nCOP,4000\nEUR,0.9\n")
    (folder.path / "quotes.csv").write_text("series,value,unit,date\nICE C,284,usc_lb,2026-11-20\n")
    need = NEED | {
        "product": "coffee_green",
        "currency": "USD",
        "price": "",
        "price_method": "index_differential",
    }
    need |= {"index_series": "ICE C", "differential": "18"}
    capacity = CAPACITY | {"product": "coffee_green", "ask_price": ""}
    options = [f"--{name}={folder.path / name}.csv" for name in ("rates", "quotes")]
    ran = folder.run([need], [capacity], *options)
    assert ran.plan is not None
    # (284 + 18) / 100 x 2.20462262 USD/kg
    assert ran.plan["allocations"][0]["price_proposed"] == 6.658
    assert "demonstration" not in ran.out


def test_faulty_rates_stop_everything(folder: Folder) -> None:
    (folder.path / "rates.csv").write_text("currency,per_usd\nCOP,-1\n")
    ran = folder.run([NEED], [CAPACITY], f"--rates={folder.path / 'rates.csv'}")
    assert ran.code == 2
    assert "rates.csv, line 2, column “per_usd”: “-1” is below zero." in ran.err
