"""The demonstration market, exported as two spreadsheets and matched, gives the plans computed by hand."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest

import broker.models  # noqa: F401  (the entities refer to each other by name)
from broker.demo.export import export
from broker.demo.quotes import demonstration_rates, demonstration_series
from broker.listings.spreadsheets import read_rows
from broker.matchmaking.compute import Outcome
from broker.matchmaking.findings import NeedFinding
from broker.matchmaking.standalone import SheetMarket, match_market, read_market, reasons_of
from broker.prices.quotes import Quotes
from matching.policy import Policy

TODAY = dt.date(2026, 11, 23)
CENT = Decimal("0.01")
# Computed independently of this code: the plan in units of the need per period, and per cent covered.
PLANS = {
    "B01": (("3.34 P06", "8.43 P02", "14.62 P01", "4.31 P05", "9.30 P03"), "100.0"),
    "B02": ((), "0.0"),
    "B03": (("158.32 P07", "90.14 P08", "61.11 P09"), "77.4"),
    "B04": (("3.67 P11", "4.33 P10"), "100.0"),
    "B05": (("4.51 P13", "4.06 P12"), "40.8"),
    "B06": (("38.40 P15",), "100.0"),
    "B07": (("7.31 P18", "16.26 P17"), "58.9"),
    "B08": (("2.25 P20", "3.69 P19"), "87.4"),
    "B09": ((), "0.0"),
    "B10": (("6.84 P26",), "48.9"),
    "B11": (("27.60 P25",), "100.0"),
}
CARGA = Decimal(125)
CLOSED = {
    "B01": {"P04": ["readiness"]},
    "B02": {
        "P01": ["grade", "payment_days 12 > 10", "price"],
        "P02": ["grade", "price"],
        "P03": ["grade", "price"],
        "P04": ["grade", "readiness", "payment_days 12 > 8", "price"],
        "P05": ["grade", "payment_days 12 > 8", "price"],
        "P06": ["grade", "payment_days 12 > 8", "price"],
    },
    "B05": {"P14": ["readiness", "payment_days 15 > 10", "certificate globalgap"]},
    "B06": {"P21": ["origin", "payment_days 18 > 10"], "P25": ["origin", "payment_days 18 > 10"]},
    "B09": {"P23": ["payment_days 30 > 20"], "P24": ["payment_days 30 > 15"]},
    "B11": {"P15": ["origin"], "P16": ["origin"], "P21": ["origin"]},
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return export(tmp_path_factory.mktemp("demo"), TODAY)


@pytest.fixture(scope="module")
def market(files: list[Path]) -> SheetMarket:
    return _read(files)


@pytest.fixture(scope="module")
def outcome(market: SheetMarket) -> Outcome:
    return match_market(market.inputs, Policy())


@pytest.fixture(scope="module")
def found(outcome: Outcome) -> dict[str, NeedFinding]:
    return {finding.need.reference: finding for finding in outcome.needs}


def test_every_row_and_column_of_the_export_is_read(market: SheetMarket) -> None:
    assert (len(market.inputs.needs), len(market.inputs.capacities)) == (11, 26)
    assert not market.bad["needs"] and not market.bad["capacities"]
    assert not market.unknown["needs"] and not market.unknown["capacities"]


def test_numbers_of_the_export_are_plain_numbers(files: list[Path]) -> None:
    for path in files:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert next(iter(rows[0])) == "id"
        assert all(-90 < float(row["lat"]) < 90 and -180 < float(row["lon"]) < 0 for row in rows)


@pytest.mark.parametrize("need", PLANS)
def test_plan(found: dict[str, NeedFinding], need: str) -> None:
    plan, covered_pct = PLANS[need]
    finding = found[need]
    factor = CARGA if need == "B03" else Decimal(1000)
    for period in range(len(finding.periods)):
        planned = {
            f"{(pair.periods[period] / factor).quantize(CENT, ROUND_HALF_EVEN)} {pair.capacity.reference}"
            for pair in finding.pairs
            if pair.kind == "chosen"
        }
        assert planned == set(plan)
    assert finding.covered_pct == Decimal(covered_pct)


@pytest.mark.parametrize("need", PLANS)
def test_closed_conditions(found: dict[str, NeedFinding], need: str) -> None:
    closed = {
        pair.capacity.reference: [
            _said(gate.gate, gate.want, gate.have, gate.missing) for gate in pair.closed
        ]
        for pair in found[need].pairs
        if pair.closed
    }
    assert closed == CLOSED.get(need, {})


def test_prices_lie_in_their_corridor(outcome: Outcome) -> None:
    chosen = [pair for finding in outcome.needs for pair in finding.pairs if pair.kind == "chosen"]
    assert len(chosen) == 19
    for pair in chosen:
        assert pair.low and pair.high and pair.proposed
        assert pair.low <= pair.proposed <= pair.high


def test_mean_landed_cost_of_story_1(found: dict[str, NeedFinding]) -> None:
    chosen = [pair for pair in found["B01"].pairs if pair.kind == "chosen"]
    cost = sum((pair.landed.amount * pair.total for pair in chosen if pair.landed), Decimal(0))
    mean = cost / sum((pair.total for pair in chosen), Decimal(0))
    assert mean.quantize(Decimal("0.1")) == Decimal("2024.8")


def test_longer_payment_leaves_less_to_buy(found: dict[str, NeedFinding]) -> None:
    eligible = {days: round(kg / 1000, 1) for days, kg, _ in found["B01"].payment_curve}
    assert (eligible[10], eligible[15]) == (34.8, 11.8)


@pytest.mark.parametrize("days", [10, 15])
def test_payment_days_are_named_as_what_closes_it(files: list[Path], tmp_path: Path, days: int) -> None:
    later = _with_cell(files[0], tmp_path, "B01", "payment_days", str(days))
    outcome = match_market(_read([later, files[1]]).inputs, Policy())
    first = reasons_of(outcome.needs[0])[0]
    assert (first["code"], first["gate"]) == ("gate", "payment_days")
    assert outcome.needs[0].covered_pct == 0


def test_panama_is_closed_by_payment_days_alone(found: dict[str, NeedFinding]) -> None:
    assert [(r["code"], r["gate"]) for r in reasons_of(found["B09"])] == [("gate_alone", "payment_days")]


def test_second_grade_plantain_is_offered_by_nobody(found: dict[str, NeedFinding]) -> None:
    assert reasons_of(found["B02"])[0]["code"] == "no_capacity_of_grade"


def test_cardamom_has_no_buyer(market: SheetMarket) -> None:
    assert [(c.reference, c.product) for c in market.unasked] == [("P22", "cardamom")]


def test_certificate_of_the_buyer_is_marked(found: dict[str, NeedFinding]) -> None:
    relying = [pair.capacity.reference for pair in found["B06"].pairs if pair.reliance]
    assert relying == ["P15"]


def _said(gate: str, want: str | None, have: str | None, missing: tuple[str, ...]) -> str:
    if gate == "payment_days":
        return f"{gate} {want} > {have}"
    return f"{gate} {' '.join(missing)}" if missing else gate


def _read(files: list[Path]) -> SheetMarket:
    needs, capacities = (read_rows(path.read_bytes(), path.name) for path in files)
    return read_market(needs, capacities, ".", Quotes(demonstration_rates(), demonstration_series()), TODAY)


def _with_cell(path: Path, folder: Path, name: str, column: str, text: str) -> Path:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["id"] == name:
            row[column] = text
    changed = folder / path.name
    with changed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return changed
