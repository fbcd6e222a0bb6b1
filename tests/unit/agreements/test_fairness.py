"""What leans to one side is flagged to both, at the level where it starts and not before."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from broker.agreements.assembly import assemble
from broker.agreements.facts import DraftFacts
from broker.agreements.negotiable import changed
from broker.documents.content import plain_text
from tests.unit.agreements.story import full, story_1


def flagged(facts: DraftFacts) -> set[str]:
    return {flag.code for flag in assemble(facts, "es").flags}


def test_story_1_is_balanced() -> None:
    assert flagged(story_1()) == set()
    assert flagged(full()) == set()


@pytest.mark.parametrize(
    ("path", "just_below", "above", "code"),
    [
        ("payment.days", 10, 11, "wait"),
        ("payment.days", 15, 16, "fresh"),
        ("payment.days", 45, 46, "colombia"),
        ("payment.deductions_cap_pct", "30", "30.1", "deductions"),
        ("mandate.fee_pct", "5", "5.1", "fee"),
        ("mandate.disclosed", True, False, "undisclosed"),
        ("certificates.0.holder_is_buyer", False, True, "buyer_certificate"),
        ("quantity_rules.exclusivity", "free", "exclusive", "exclusive"),
        ("rules.organization_remedy_pct", None, "5", "one_sided_remedy_organization"),
        ("rules.buyer_remedy_pct", None, "5", "one_sided_remedy_buyer"),
    ],
)
def test_a_flag_rises_just_above_its_level(path: str, just_below: object, above: object, code: str) -> None:
    assert code not in flagged(changed(story_1(), {path: just_below}))
    assert code in flagged(changed(story_1(), {path: above}))


def test_an_advance_shortens_the_wait() -> None:
    late = changed(story_1(), {"payment.days": 15})
    assert "wait" in flagged(late)
    # 15 days with a third paid in advance is a wait of 10 days.
    assert "wait" not in flagged(changed(late, {"payment.advance_pct": "33.4"}))


def test_remedies_of_different_size_are_flagged() -> None:
    facts = full()
    assert "unequal_remedies" in flagged(changed(facts, {"rules.buyer_remedy_pct": "4"}))
    assert "unequal_remedies" not in flagged(changed(facts, {"rules.buyer_remedy_pct": "5.0"}))


def test_reimbursements_add_up_to_the_cap() -> None:
    facts = full()
    assert "reimbursement" in flagged(changed(facts, {"contributions.1.cap_pct": "11"}))
    assert "reimbursement" not in flagged(changed(facts, {"contributions.1.cap_pct": "10"}))


def test_colombian_law_is_cited_for_colombia_only_and_nothing_is_called_legal() -> None:
    late = changed(story_1(), {"payment.days": 60})
    flag = next(flag for flag in assemble(late, "es").flags if flag.code == "colombia")
    assert "Ley 2024 de 2020" in flag.message and "abogado" in flag.message
    honduran = replace(late, organization=replace(late.organization, country="HN"))
    assert "colombia" not in flagged(honduran)


def test_a_dry_product_may_wait_longer() -> None:
    facts = changed(changed(story_1(), {"payment.days": 30}), {"product.fresh": False})
    assert "fresh" not in flagged(facts)


@pytest.mark.parametrize(("language", "words"), [("es", "el aviso empieza en 5 %"), ("en", "starts at 5%")])
def test_flags_are_printed_for_both_with_their_clause(language: str, words: str) -> None:
    facts = replace(story_1(), mandate=replace(story_1().mandate, fee_pct=Decimal(7)))  # type: ignore[type-var]
    draft = assemble(facts, language)
    text = " ".join(plain_text(draft.document).split())
    assert words in text
    number = next(
        section.number
        for part in draft.document.sections
        for section in part.sections
        if section.anchor == "clause-mandate_fee"
    )
    assert f"({number})" in text
