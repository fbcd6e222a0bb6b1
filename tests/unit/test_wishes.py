"""The broker's wishes: read as typed, kept as plain values, stricter or wider than the need's own terms."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.listings.models import Need
from broker.listings.reader import Reader
from broker.listings.services import need_values
from broker.matchmaking.wishes import Wishes, read_wishes
from matching.policy import Policy
from tests.factories.listings import need_input
from tests.unit.listings.moments import NOW

TYPED = {
    "price_pct": "80", "fit_pct": "1,5", "risk_pct": "2", "radius_km": "", "payment_days": "8", "min_suppliers": "3",
    "max_share_pct": "30", "highest_price": "2150", "choice-7": "pin", "choice-8": "exclude", "cap-7": "9.000",
    "cap-8": "1",
}  # fmt: skip


def need() -> Need:
    values = need_values(need_input(reserve_price="2150"))
    return Need(**values, buyer_id=1, reference="R001", created_at=NOW, updated_at=NOW)


def read(**typed: str) -> tuple[Wishes, list[tuple[str, str | None]]]:
    reader = Reader(TYPED | typed, decimal_separator=",")
    wishes = read_wishes(reader, need(), [7, 8, 9])
    return wishes, [(fault.code, fault.field) for fault in reader.faults.found]


def test_what_is_typed_as_the_need_has_it_is_no_wish() -> None:
    wishes, faults = read()
    assert faults == []
    assert wishes == Wishes(
        price_pct=Decimal(80), fit_pct=Decimal("1.5"), risk_pct=Decimal(2), max_share_pct=30, pins=(7,),
        exclusions=(8,), caps={7: Decimal(9000)},
    )  # fmt: skip
    assert Wishes.from_dict(wishes.as_dict()) == wishes
    assert (wishes.policy.price_weight, wishes.policy.fit_weight, wishes.policy.risk_weight) == (
        0.8,
        0.015,
        0.02,
    )
    assert Wishes().policy == Policy()


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("price_pct", "101", "out_of_range"),
        ("radius_km", "-1", "number_negative"),
        ("payment_days", "366", "out_of_range"),
        ("min_suppliers", "0", "out_of_range"),
        ("min_suppliers", "2,5", "whole_number"),
        ("max_share_pct", "ten", "number_format"),
        ("cap-7", "0", "must_be_above"),
        ("choice-9", "perhaps", "choice_unknown"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(name: str, typed: str, code: str) -> None:
    assert read(**{name: typed})[1] == [(code, name)]


def test_only_wider_terms_need_the_buyer() -> None:
    stricter = Wishes(payment_days=15, min_suppliers=4, max_share_pct=30, highest_price=Decimal(2000))
    assert stricter.beyond(need()) == []
    wider = Wishes(payment_days=7, min_suppliers=2, max_share_pct=41, highest_price=Decimal(2151))
    assert wider.beyond(need()) == ["payment_days", "min_suppliers", "max_share_pct", "highest_price"]
    asked = need()
    wider.put_into(asked)
    assert (asked.payment_days, asked.min_suppliers, asked.max_share_pct) == (7, 2, 41)
    assert asked.reserve_price is not None and asked.reserve_price.money.amount == 2151
