"""Facts survive their canonical JSON, and equal facts have one text."""

from __future__ import annotations

import dataclasses
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.agreements.facts import (
    DraftFacts,
    Price,
    Product,
    Schedule,
    from_json,
    to_json,
)
from broker.agreements.negotiable import changed
from broker.documents.canonical import NotCanonical, decimal_text, dumps, sha256
from broker.errors import RuleBroken
from tests.unit.agreements.story import bare, full, story_1, weeks


@pytest.mark.parametrize("facts", [story_1(), full(), bare()], ids=["story", "full", "bare"])
def test_round_trip(facts: DraftFacts) -> None:
    text = to_json(facts)
    assert from_json(text) == facts
    assert to_json(from_json(text)) == text


def test_json_is_sorted_and_holds_no_float() -> None:
    text = to_json(full())
    parsed = json.loads(text, parse_float=lambda number: pytest.fail(f"a float: {number}"))
    assert text == json.dumps(parsed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert parsed["price"]["unit_price"] == "2150"
    assert parsed["schedule"]["periods"][0]["start"] == "2026-12-07"


def test_equal_amounts_give_one_hash() -> None:
    plain, padded = Price("fixed", "COP", Decimal("2150")), Price("fixed", "COP", Decimal("2150.00"))
    assert sha256(plain) == sha256(padded)
    assert sha256(plain) != sha256(Price("fixed", "COP", Decimal("2150.01")))


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimal_text_keeps_the_value(value: Decimal) -> None:
    assert Decimal(decimal_text(value)) == value
    assert "E" not in decimal_text(value)


@pytest.mark.parametrize("value", [1.5, Decimal("NaN"), Decimal("Infinity"), {1: "a"}, object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        dumps(value)


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("payment.days", "8"),
        ("payment.days", True),
        ("payment.advance_pct", 20),
        ("payment.advance_pct", "many"),
        ("payment.advance_pct", "NaN"),
        ("payment.basis", "someday"),
        ("price.method", "guess"),
        ("price.unit_price", None),
        ("delivery.term", "by_air"),
        ("schedule.factor", "0"),
        ("created", "7/12/2026"),
        ("certificates.7.holder", "x"),
        ("nobody.name", "x"),
        ("payment.secret", "x"),
        ("buyer", None),
    ],
)
def test_a_value_that_does_not_fit_is_refused(path: str, raw: object) -> None:
    facts = bare() if path == "price.unit_price" else story_1()
    if path == "price.unit_price":
        path, raw = "price.unit_price", "10"
    with pytest.raises(RuleBroken, match="term_unreadable"):
        changed(facts, {path: raw})


def test_one_fact_is_changed_only() -> None:
    before = story_1()
    after = changed(before, {"delivery.unloading_payer": "buyer"})
    assert after.delivery.unloading_payer == "buyer"
    assert dataclasses.replace(after, delivery=before.delivery) == before


def test_a_change_reaches_into_lists_and_unknown_mappings() -> None:
    facts = changed(bare(), {"price.params.band_pct": "8"})
    assert facts.price.params == {"band_pct": "8"}
    assert changed(full(), {"contributions.1.cap_pct": "15"}).contributions[1].cap_pct == Decimal(15)  # type: ignore[index]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"created": "2026-11-23"}', "null"])
def test_text_that_is_no_draft_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        from_json(text)


def test_total_and_even_quantity_of_story_1() -> None:
    schedule = story_1().schedule
    assert (schedule.count, schedule.even_kg, schedule.total_kg) == (26, Decimal(14620), Decimal(380120))
    assert (str(schedule.start), str(schedule.end)) == ("2026-12-07", "2027-06-06")


def test_uneven_periods_have_no_even_quantity() -> None:
    assert Schedule("week", (*weeks(1), *weeks(1, "100"))).even_kg is None
    assert Schedule("week", ()).start is None


def test_no_field_can_hold_a_reserve_price() -> None:
    names = {field.name for kind in (DraftFacts, Price, Product) for field in dataclasses.fields(kind)}
    assert not [name for name in names if "reserve" in name or "corridor" in name]
