"""There is a sentence, with its figures, for every code by which the matching explains itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import configure_mappers

import broker.models  # noqa: F401  (the entities refer to each other by name)
from broker.listings.models import Capacity, Need
from matching.explain import CHOSEN_LIMITS, NOT_USED
from matching.features import FEATURES
from matching.gates import GATE_NAMES
from tests.support.tree import ROOT
from web.explanation_texts import (
    REASONS,
    WHY,
    gate_sentence,
    reason_sentence,
    relaxation_sentence,
    term_sentence,
    why_sentence,
)
from web.offline import speaking

BEHIND = {"pairs": 2, "kg_per_period": 5000.0, "alone_pairs": 1, "alone_kg_per_period": 2000.0}
# The numbers that matching.coverage gives with each reason.
PARAMS: dict[str, dict[str, float]] = {
    "no_capacity": {},
    "no_capacity_of_grade": BEHIND,
    "gate_alone": BEHIND,
    "gate_all": BEHIND,
    "gate": BEHIND,
    "supply_short": {"eligible_kg": 9000.0, "usable_kg": 8000.0, "wanted_kg": 10000.0},
    "max_share": {"share": 0.4, "reachable_kg": 4000.0, "eligible_kg": 9000.0},
    "min_suppliers": {"needed": 3, "eligible": 1},
    "min_fill": {"needed_share": 0.9, "reachable_share": 0.5},
    "max_suppliers": {"allowed": 1, "eligible": 3},
    "competition": {"kg_elsewhere": 500.0},
    "no_surplus": {"pairs": 1, "kg_per_period": 5000.0},
    "quote_missing": {},
    "rate_missing": {},
    "price_unusable": {},
    "pin_closed": {"need": 0, "capacity": 1},
    "pin_cannot_hold": {"need": 0, "capacity": 1},
}
WHY_PARAMS = {
    "kg": 500.0, "share_of_need": 0.25, "share_of_capacity": 0.5, "kg_elsewhere": 100.0, "dearest_used": 0.5,
    "difference": 0.01, "allowed": 2.0, "kg_left": 10.0, "lot_kg": 100.0,
}  # fmt: skip
GATE_FIGURES = {
    "variety": (None, None), "grade": ("primera", "segunda"), "spec": (None, "1"), "origin": ("BO, HN", "CO"),
    "readiness": ("55", "52"), "payment_days": ("15", "8"), "certificate": (None, None),
    "calendar": (None, None),
    "price": ("2000", "2150.5"), "radius": (None, "12.5"), "min_lot": (None, "300"), "excluded": (None, None),
}  # fmt: skip


@pytest.fixture(autouse=True, params=["es", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


@pytest.fixture
def need() -> Need:
    # Only what sentences read; the object never meets a database. In a process of its own nothing has mapped it yet.
    configure_mappers()
    made = Need.__new__(Need)
    Need.__mapper__.class_manager.setup_instance(made)
    values: dict[str, Any] = {
        "product": "plantain_dom_harton", "period": "week", "payment_days": 15, "advance_pct": 0,
        "currency": "COP",
        "attributes": {"grade": {"one_of": ["primera"]}, "finger_weight_g": {"low": "250"}},
    }  # fmt: skip
    for name, value in values.items():
        setattr(made, name, value)
    return made


def test_every_reason_of_the_library_has_its_sentence() -> None:
    written = {code for name in ("coverage.py", "solve.py") for code in _codes(ROOT / "matching" / name)}
    ours = {"pin_cannot_hold", "quote_missing", "rate_missing", "price_unusable"}
    assert written | ours == set(REASONS) == set(PARAMS)


def test_every_explanation_of_a_pair_has_its_sentence() -> None:
    assert set(WHY) == {*CHOSEN_LIMITS, *NOT_USED}


@pytest.mark.parametrize("code", PARAMS)
def test_reason(need: Need, code: str) -> None:
    stored = {"code": code, "params": PARAMS[code], "gate": "payment_days"}
    for sentence in (
        reason_sentence(stored),
        reason_sentence(stored, need),
        reason_sentence({**stored, "gate": ""}),
    ):
        _is_sentence(sentence)


@pytest.mark.parametrize("code", [*CHOSEN_LIMITS, *NOT_USED, *GATE_NAMES])
@pytest.mark.parametrize("currency", ["USD", "COP", ""])
def test_why(code: str, currency: str) -> None:
    _is_sentence(why_sentence({"code": code, "params": WHY_PARAMS}, currency))


@pytest.mark.parametrize("gate", GATE_NAMES)
def test_gate(need: Need, gate: str) -> None:
    want, have = GATE_FIGURES[gate]
    _is_sentence(gate_sentence({"gate": gate, "want": want, "have": have, "missing": ["globalgap"]}, need))


def test_payment_days_are_said_with_both_figures(need: Need, language: str) -> None:
    gate = {"gate": "payment_days", "want": "15", "have": "8", "missing": []}
    assert "15" in gate_sentence(gate, need) and "8" in gate_sentence(gate, need)
    need.advance_pct = 20
    figures = gate_sentence({**gate, "want": "12"}, need)
    assert all(figure in figures for figure in ("15", "20", "12", "8"))


@pytest.mark.parametrize("gate", ["readiness", "price"])
def test_a_gate_without_figures(need: Need, gate: str) -> None:
    _is_sentence(gate_sentence({"gate": gate, "want": None, "have": None, "missing": []}, need))


def test_a_missed_specification_names_the_attribute(need: Need) -> None:
    capacity = Capacity.__new__(Capacity)
    Capacity.__mapper__.class_manager.setup_instance(capacity)
    need.attributes = {"moisture_pct": {"high": "12"}}
    need.product, capacity.attributes = "coffee_parch_co", {"moisture_pct": "13.5"}
    said = gate_sentence({"gate": "spec", "want": None, "have": "1", "missing": []}, need, capacity)
    assert "13" in said and "%" in said


@pytest.mark.parametrize("gate", [name for name in GATE_NAMES if name != "excluded"])
@pytest.mark.parametrize("distance", [2.0, None])
def test_relaxation(need: Need, gate: str, distance: float | None) -> None:
    step = {"gate": gate, "distance": distance, "kg_per_period": 1000.0, "capacities": [1]}
    _is_sentence(relaxation_sentence(step))
    _is_sentence(relaxation_sentence(step, need))


@pytest.mark.parametrize(
    ("reason", "params"), [(reason, feature.params) for feature in FEATURES for reason in feature.reasons]
)
def test_term(reason: str, params: tuple[str, ...]) -> None:
    said = term_sentence({"feature": "", "reason": reason, "params": dict.fromkeys(params, 3.0)})
    assert said and "%(" not in said


def _is_sentence(text: str) -> None:
    assert text.endswith(".") and "%(" not in text and "–" not in text.replace(" – ", "")


def _codes(path: Path) -> Iterator[str]:
    """First arguments of every Reason(...) in a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Reason":
            for part in ast.walk(node.args[0]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value
