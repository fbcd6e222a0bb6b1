"""The clause library: every clause an agreement needs, well formed and in both languages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from broker.agreements.assembly import assemble, summarize
from broker.agreements.clause_library import HOUSE, BadClause, house_library, load_library, read_clause
from broker.agreements.clause_sets import clause_sets, read_set
from broker.agreements.facts import DraftFacts
from broker.agreements.negotiable import changed
from broker.agreements.paths import exists, holds
from broker.documents.content import plain_text
from tests.unit.agreements.story import amended, bare, coffee, full, story_1

# The table of the five parts and what stands around them.
NAMES = """
    product variety grade size quality_limits certification packing_label traceability
    quantity schedule tolerance surplus_shortfall forecast exclusivity
    site practices delivery transport grading inspection risk_title reception
    price price_review payment deductions late_interest
    technical_assistance inputs prefinance reimbursement
    parties representatives mandate_fee purpose term renewal termination force_majeure hardship remedies cure
    disputes committee language annexes personal_data signature
"""
REQUIRED = set(NAMES.split())
# Those of an amendment, of a renewal, and of an agreement through a union.
AT_TIMES = {"amendment", "continuation", "union_members"}

CLAUSE = """---
id: sample
version: 1
part: 6
order: 10
title: {es: Muestra, en: Sample}
placeholders:
  days: {path: payment.days, format: days, owner: buyer, ask: {es: a, en: b}}
---
## es
Paga en {{ days }}.

## en
Pays in {{ days }}.
"""


def test_every_clause_is_there() -> None:
    assert {clause.id for clause in house_library().clauses} >= REQUIRED


def test_a_full_agreement_uses_every_clause() -> None:
    used = {name.partition(".")[0] for name in assemble(amended(), "es").clause_versions}
    assert used == REQUIRED | {"summary"} | AT_TIMES | {"harvest_handling", "payment_law"}


def test_sets_add_what_a_product_and_a_country_need() -> None:
    assert {one.id for one in clause_sets()} == {"co", "coffee", "dry", "eudr", "fresh"}

    def added(facts: DraftFacts) -> set[str]:
        return {*assemble(facts, "es").clause_versions} - {
            *assemble(facts, "es", house_library()).clause_versions
        }

    assert added(full()) == {"harvest_handling", "payment_law"}
    assert added(coffee()) == {"storage", "approval_sample", "deforestation", "payment_law"}
    abroad = replace(coffee(), organization=replace(coffee().organization, country="BO"))
    assert added(abroad) == {"storage", "approval_sample", "deforestation"}
    assert added(bare()) == {"payment_law"}


def test_a_set_says_what_is_usual_there() -> None:
    def usual(facts: DraftFacts, path: str) -> object:
        points = {point.path: point for point in assemble(facts, "es").open_points}
        return points[path].recommended_value

    fresh = story_1()
    dry = replace(fresh, product=replace(fresh.product, fresh=False))
    assert usual(fresh, "modalities.dispute_hours") == 24
    assert usual(dry, "modalities.dispute_hours") == 48
    assert usual(bare(), "modalities.dispute_hours") is None
    assert usual(fresh, "modalities.harvest_hours") == 24


def test_a_set_that_cannot_be_used_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for raw, what in (("version: 1\n", "applies to nothing"), ("version: 1\napplies: {moon: [x]}\n", "moon")):
        folder = tmp_path / what.replace(" ", "")
        folder.mkdir()
        (folder / "set.yml").write_text(raw, encoding="utf-8")
        with pytest.raises(BadClause, match=what):
            read_set(folder)


@pytest.mark.parametrize(
    ("days", "language", "said"),
    [
        (0, "es", "De contado, al momento de la recepción"), (0, "en", "At once, on receipt"),
        (8, "es", "8 días desde la recepción"), (8, "en", "8 days after receipt"),
    ],
)  # fmt: skip
def test_money_that_comes_at_once_is_not_said_in_days(days: int, language: str, said: str) -> None:
    facts = changed(full(), {"payment.days": days})
    for text in (plain_text(assemble(facts, language).document), plain_text(summarize(facts, language))):
        plain = text.replace("\u00a0", " ")
        assert not re.search(r"\b0 (día|day)", plain)
    assert said in plain_text(assemble(facts, language).document).replace("\u00a0", " ")


def test_exactly_one_variant_of_a_clause_applies() -> None:
    variants = [clause for clause in house_library().clauses if clause.variant]
    methods = {clause.variant for clause in variants if clause.id == "price"} - {"open"}
    for method in methods:
        facts = full(method)
        fitting = [each.variant for each in variants if each.applies_when and holds(facts, each.applies_when)]
        assert fitting == [method]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("payment.days", True),
        ("schedule.even_kg", True),
        ("schedule.first_period.start", True),
        ("derived.packs_per_period", True),
        ("contributions.*.value", True),
        ("contributions.0.value", True),
        ("price.params.whatever", True),
        ("mandate.fee_pct", True),
        ("payment.dayz", False),
        ("payment.days.more", False),
        ("derived.nothing", False),
        ("contributions.value", False),
        ("payment.__class__", False),
        ("", False),
    ],
)
def test_paths_are_known_before_there_are_facts(path: str, expected: bool) -> None:
    assert exists(path) is expected


def test_a_sample_clause_is_read() -> None:
    clause = read_clause("sample", CLAUSE)
    assert (clause.id, clause.version, clause.part) == ("sample", "1", 6)
    assert clause.bodies["es"][0].kind == "paragraph"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("id: sample", "id: other"),
        ("part: 6", "part: 9"),
        ("owner: buyer", "owner: nobody"),
        ("format: days", "format: telepathy"),
        ("path: payment.days", "path: payment.daze"),
        ("order: 10\n", "order: 10\nconditions: {late: {known: payment.late}}\n"),
        ("Pays in {{ days }}", "Pays in {{ weeks }}"),
        ("Pays in {{ days }}", "Pays"),
        ("Pays in {{ days }}", "[if late] Pays in {{ days }}"),
        ("## en\n", "## fr\n"),
        ("ask: {es: a, en: b}", "ask: {es: a}"),
        ("order: 10\n", "order: 10\napplies_when: {eval: x}\n"),
        ("order: 10\n", "order: 10\napplies_when: {known: a, unknown: b}\n"),
        ("version: 1\n", ""),
        ("title: {", "title: ["),
        ("---\n", ""),
    ],
)
def test_a_clause_with_a_fault_is_refused(old: str, new: str) -> None:
    assert old in CLAUSE
    with pytest.raises(BadClause, match="sample"):
        read_clause("sample", CLAUSE.replace(old, new))


def test_a_house_replaces_and_adds_clauses(tmp_path: Path) -> None:
    (tmp_path / "sample.md").write_text(CLAUSE, encoding="utf-8")
    own = (HOUSE / "annexes.md").read_text(encoding="utf-8").replace("version: 1", "version: 1-house")
    (tmp_path / "annexes.md").write_text(own, encoding="utf-8")
    (tmp_path / "vocabulary.yml").write_text("unit: {t: {es: toneladas, en: tonnes}}", encoding="utf-8")
    draft = assemble(story_1(), "es", load_library((HOUSE, tmp_path)))
    assert draft.clause_versions["sample"] == "1"
    assert draft.clause_versions["annexes"] == "1-house"
    assert "14,62\u00a0toneladas" in plain_text(draft.document)
    assert "sample" not in assemble(story_1(), "es").clause_versions


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"known": "product.grade"}, True),
        ({"known": "mandate.base"}, False),
        ({"unknown": "contributions"}, True),
        ({"empty": "payment.milestones"}, True),
        ({"is_true": "mandate.disclosed"}, True),
        ({"equals": ["price.method", "fixed_reviewed"]}, True),
        ({"equals": ["contributions", "x"]}, False),
        ({"above": ["payment.days", 7]}, True),
        ({"above": ["payment.days", 8]}, False),
        ({"above": ["price.params.band_pct", 7]}, True),
        ({"above": ["price.params.series", 7]}, False),
        ({"has": ["derived.contribution_types", "seed"]}, False),
        ({"not": {"known": "product.grade"}}, False),
        ({"all": [{"known": "need"}, {"known": "variety"}]}, None),
        ({"any": [{"known": "suggestion"}, {"known": "mandate.base"}]}, True),
    ],
)
def test_conditions(condition: dict[str, object], expected: bool | None) -> None:
    if expected is None:
        with pytest.raises(KeyError):
            holds(story_1(), condition)
    else:
        assert holds(story_1(), condition) is expected
