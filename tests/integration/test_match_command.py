"""`alianza match` as a person runs it: files in; table, plan.json and drafts out; clear words for faults."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl import Workbook
from pypdf import PdfReader

from tests.support.tree import ROOT
from web.cli import main

NEED = {
    "id": "N1", "buyer": "Mercado Central", "product": "plantain_harton", "quantity": "10", "unit": "t",
    "period": "week", "start": "2026-12-07", "end": "2027-03-07", "min_fill_pct": "50", "min_suppliers": "1",
    "max_suppliers": "", "max_share_pct": "100", "payment_days": "8", "price": "2000", "currency": "COP",
}  # fmt: skip
CAPACITY = {
    "id": "C1", "organization": "Los Guaduales", "product": "plantain_harton", "ask_price": "1800",
    "max_wait_days": "10", "readiness": "70", "quantity": "6", "unit": "t", "period": "week",
}  # fmt: skip
Row = dict[str, str]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str
    plan: dict[str, Any] | None


class Folder:
    """A folder in which the command is run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, needs: Sequence[Row] | bytes, capacities: Sequence[Row] | bytes, *options: str) -> Ran:
        for name, content in (("needs.csv", needs), ("capacities.csv", capacities)):
            data = content if isinstance(content, bytes) else sheet(content)
            (self.path / name).write_bytes(data)
        return self.run_files("needs.csv", "capacities.csv", *options)

    def run_files(self, needs: str, capacities: str, *options: str) -> Ran:
        out = self.path / "plan.json"
        out.unlink(missing_ok=True)
        result = CliRunner().invoke(
            main,
            ["match", "--needs", str(self.path / needs), "--capacities", str(self.path / capacities),
             "--out", str(out), "--language", "en", *options],
        )  # fmt: skip
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        plan = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return Ran(result.exit_code, result.stdout, result.stderr, plan)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def sheet(rows: Sequence[Row]) -> bytes:
    """CSV with the columns of all rows."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def supplied(ran: Ran) -> dict[str, list[float]]:
    assert ran.plan is not None
    return {a["capacity"]: a["quantity_kg"] for a in ran.plan["allocations"]}


def test_fixed_columns_and_a_stated_quantity_are_enough(folder: Folder) -> None:
    ran = folder.run([NEED], [CAPACITY])
    assert (ran.code, ran.err) == (0, "")
    assert supplied(ran) == {"C1": [6000.0] * 13}
    assert ran.plan is not None
    allocation = ran.plan["allocations"][0]
    assert (allocation["need"], allocation["organization"]) == ("N1", "Los Guaduales")
    assert allocation["price_low"] <= allocation["price_proposed"] <= allocation["price_high"]
    assert (allocation["landed_cost"], allocation["freight"], allocation["km"]) == (1800.0, 0.0, None)
    assert allocation["currency"] == "COP"


def test_uncovered_needs_say_why(folder: Folder) -> None:
    ran = folder.run(
        [NEED], [CAPACITY, CAPACITY | {"id": "C2", "organization": "Tarde", "max_wait_days": "5"}]
    )
    assert ran.plan is not None
    (uncovered,) = ran.plan["uncovered"]
    assert (uncovered["need"], uncovered["covered_pct"]) == ("N1", 60.0)
    assert uncovered["reason_codes"] == ["gate.payment_days", "supply_short"]
    assert uncovered["reasons"][0].startswith("Held back by payment days: 1 offer with 6")
    assert "C2: Pays at 8 days; it can wait 5 days." in ran.out
    assert "60.0%" in ran.out


def test_a_covered_need_is_not_among_the_uncovered(folder: Folder) -> None:
    ran = folder.run([NEED | {"quantity": "6"}], [CAPACITY])
    assert ran.plan is not None
    assert ran.plan["uncovered"] == []


def test_the_same_files_give_the_same_plan(folder: Folder) -> None:
    assert folder.run([NEED], [CAPACITY]).plan == folder.run([NEED], [CAPACITY]).plan


@pytest.mark.parametrize(
    ("stated", "kg_per_week"),
    [
        ({"quantity": "12", "period": "fortnight"}, 6000.0),
        ({"quantity": "26", "period": "month"}, 6000.0),
        ({"quantity": "312", "period": "season"}, 6000.0),
        ({"quantity": "6", "period": "", "months": "10-4"}, 6000.0),
        ({"quantity": "6000", "unit": "kg"}, 6000.0),
        ({"quantity": "6", "elsewhere_kg_year": "52000"}, 5000.0),
    ],
)
def test_a_quantity_is_stated_per_period(folder: Folder, stated: Row, kg_per_week: float) -> None:
    (quantities,) = supplied(folder.run([NEED], [CAPACITY | stated])).values()
    assert quantities == pytest.approx([kg_per_week] * 13, abs=0.01)


def test_a_storable_quantity_flows_all_year(folder: Folder) -> None:
    coffee = {"product": "coffee_green", "currency": "COP"}
    ran = folder.run(
        [NEED | coffee | {"price": "30000"}], [CAPACITY | coffee | {"months": "9-12", "ask_price": "20000"}]
    )
    (quantities,) = supplied(ran).values()
    assert quantities == pytest.approx([6000.0] * 13, abs=0.01)


def test_area_counts_before_a_stated_quantity(folder: Folder) -> None:
    area = {
        "area_ha": "52",
        "yield_t_ha_year": "10",
        "grade_share_pct": "50",
        "loss_pct": "0",
        "delivery_share_pct": "50",
    }
    (quantities,) = supplied(folder.run([NEED | {"min_fill_pct": "10"}], [CAPACITY | area])).values()
    assert quantities == pytest.approx([2500.0] * 13, abs=0.01)


def test_freight_is_counted_between_known_places_only(folder: Folder) -> None:
    near = {"country": "CO", "municipality": "Pereira", "currency": "COP"}
    capacities = [
        CAPACITY | near | {"municipality": "Armenia"},
        CAPACITY | near | {"id": "C2", "municipality": "Nada"},
    ]
    placed = folder.run([NEED | near], capacities).plan
    nowhere = folder.run([NEED], capacities).plan
    assert placed is not None and nowhere is not None
    landed = {a["capacity"]: (a["landed_cost"] > 1800, a["km"] is None) for a in placed["allocations"]}
    assert landed == {"C1": (True, False), "C2": (False, True)}
    assert {(a["landed_cost"], a["km"]) for a in nowhere["allocations"]} == {(1800.0, None)}


def test_readiness_left_blank_is_not_assessed(folder: Folder) -> None:
    ran = folder.run([NEED], [CAPACITY | {"readiness": ""}])
    assert ran.plan is not None
    assert ran.plan["uncovered"][0]["reason_codes"] == ["gate_alone.readiness"]
    assert (
        ran.plan["candidates"][0]["closed"][0]["text"]
        == "Its readiness is not assessed; 55 points are required."
    )


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


def test_a_capacity_that_nobody_asks_for_is_told(folder: Folder) -> None:
    ran = folder.run([NEED], [CAPACITY, CAPACITY | {"id": "C2", "product": "cardamom"}])
    assert ran.plan is not None
    assert ran.plan["unasked"] == [{"capacity": "C2", "organization": "Los Guaduales", "product": "cardamom"}]
    assert "Nobody asks for:" in ran.out


def test_explain_gives_a_reason_for_every_pair(folder: Folder) -> None:
    others = [
        CAPACITY | {"id": f"C{n}", "organization": f"Org {n}", "ask_price": "1900"} for n in range(2, 6)
    ]
    ran = folder.run([NEED], [CAPACITY, *others], "--explain")
    assert "+ C1 Los Guaduales: Gives all it has: 78" in ran.out
    assert ran.out.count("\n  - C") + ran.out.count("\n  + C") == 5
    assert "It would fit, but" in ran.out


@pytest.mark.parametrize("width", [60, 100, 140])
def test_the_table_keeps_to_the_width(folder: Folder, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = folder.run(
        [NEED], [CAPACITY | {"organization": "Asociación de nombre muy largo " * 5}], "--explain"
    )
    table = ran.out.partition("Exchange rates")[0]
    assert max(len(line) for line in table.splitlines()) <= width


def test_drafts_say_what_the_plan_says(folder: Folder) -> None:
    drafts = folder.path / "drafts"
    second = NEED | {"id": "N2", "municipality": "Pereira", "country": "CO"}
    ran = folder.run([NEED, second], [CAPACITY | {"quantity": "14"}], "--draft", str(drafts))
    assert ran.code == 0
    assert [path.name for path in sorted(drafts.iterdir())] == [
        "n1-los-guaduales.pdf",
        "n2-los-guaduales.pdf",
    ]
    text = "".join(page.extract_text() for page in PdfReader(drafts / "n2-los-guaduales.pdf").pages)
    assert "Los Guaduales" in text and "Mercado Central" in text and "Pereira" in text
    assert "9999" not in text


def test_help_explains_the_exit_codes() -> None:
    shown = " ".join(CliRunner().invoke(main, ["match", "--help"]).stdout.split())
    assert "2 when a file could not be used" in shown


def test_the_command_line_starts_without_solvers() -> None:
    slow = {"ortools", "highspy", "sklearn", "scipy"}
    code = f"import sys, web.matching_table; print(*({slow} & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert loaded.stdout.split() == []
