"""`alianza match` as a person runs it: two files in; table, plan.json and drafts out."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from matching.policy import Policy
from tests.support.matching_files import CAPACITY, NEED, Folder, Row, sheet, supplied
from tests.support.tree import ROOT
from web import matching_table
from web.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


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


def test_a_draft_asks_for_places_that_nobody_named(folder: Folder) -> None:
    drafts = folder.path / "drafts"
    folder.run([NEED], [CAPACITY], "--draft", str(drafts))
    text = "".join(page.extract_text() for page in PdfReader(drafts / "n1-los-guaduales.pdf").pages)
    assert "Mercado Central, of open point" in " ".join(text.split())


def test_a_reader_of_the_table_may_stop_reading(folder: Folder) -> None:
    drafts = folder.path / "drafts"
    for name, rows in (("needs", [NEED]), ("capacities", [CAPACITY])):
        (folder.path / f"{name}.csv").write_bytes(sheet(rows))
    command = [sys.executable, "-m", "web.cli", "match", "--needs", str(folder.path / "needs.csv")]
    command += ["--capacities", str(folder.path / "capacities.csv"), "--out", str(folder.path / "plan.json")]
    with subprocess.Popen(
        [*command, "--draft", str(drafts)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout and running.stderr
        running.stdout.close()
        told = running.stderr.read()
    assert told == ""
    assert (folder.path / "plan.json").exists() and len(list(drafts.iterdir())) == 1


def test_a_large_market_lists_who_misses_one_condition_and_counts_the_others(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = CAPACITY | {"id": "C2", "organization": "Tarde", "max_wait_days": "5"}
    unready = late | {"id": "C3", "organization": "Tarde y sin preparar", "readiness": "40"}
    whole = folder.run([NEED], [CAPACITY, late, unready])
    monkeypatch.setattr(matching_table, "Policy", lambda: Policy(keep_closed=2))
    large = folder.run([NEED], [CAPACITY, late, unready], "--explain")
    assert whole.plan is not None and large.plan is not None
    assert [whole.plan[name] for name in ("allocations", "uncovered")] == [
        large.plan[name] for name in ("allocations", "uncovered")
    ]
    assert (whole.plan["listed"], large.plan["listed"]) == ("all", "some")
    assert [pair["capacity"] for pair in whole.plan["candidates"]] == ["C1", "C2", "C3"]
    assert [pair["capacity"] for pair in large.plan["candidates"]] == ["C1", "C2"]
    assert (whole.plan["needs"][0]["unlisted"], large.plan["needs"][0]["unlisted"]) == (0, 1)
    assert "1 more offer misses several conditions" in large.out


def test_a_draft_bears_the_day_it_is_at_the_buyers(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    evening = dt.datetime(2026, 11, 24, 1, 18, tzinfo=dt.UTC)
    monkeypatch.setattr(matching_table, "system_clock", lambda: evening)
    drafts = folder.path / "drafts"
    folder.run([NEED], [CAPACITY], "--draft", str(drafts))
    text = "".join(page.extract_text() for page in PdfReader(drafts / "n1-los-guaduales.pdf").pages)
    assert "23 November 2026" in text and "24 November 2026" not in text


def test_freight_is_part_of_the_landed_cost_also_where_the_buyer_fetches(folder: Folder) -> None:
    landed = []
    for term in ("buyer_plant", "farm_gate"):
        ran = folder.run(
            [NEED | {"municipality": "Pereira", "delivery_term": term}],
            [CAPACITY | {"municipality": "Quimbaya"}],
        )
        assert ran.plan is not None
        (pair,) = ran.plan["candidates"]
        assert pair["freight"] > 28
        landed.append(pair["landed_cost"] - pair["freight"])
    assert landed == [pytest.approx(1800)] * 2
