"""Money, quantities, states and moments: the small things everything else rests on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from broker.clock import local_date
from broker.errors import Conflict, NotAllowed, RuleBroken
from broker.money import KgPrice, Money, UnitPrice
from broker.quantity import Quantity
from broker.states import StateTable, transition


def test_money_is_whole_minor_units() -> None:
    assert Money.of("2150.50", "COP") == Money(215050, "COP")
    assert Money.rounded(Decimal("0.125"), "USD").minor == 12  # ties to even
    assert Money(1, "USD") + Money(2, "USD") == Money(3, "USD")
    with pytest.raises(RuleBroken, match="money_too_fine"):
        Money.of("0.001", "USD")
    with pytest.raises(ValueError, match="cannot add"):
        Money(1, "USD") + Money(1, "COP")
    with pytest.raises(RuleBroken, match="currency_unknown"):
        Money.of(1, "XXX")


def test_prices_per_unit_and_per_kg() -> None:
    price = UnitPrice(Money.of("850", "BOB"), "qq_bo", Decimal(46))
    per_kg = KgPrice.rounded(price.per_kg, "BOB")
    assert per_kg.amount == Decimal("18.4783")
    assert Money.rounded(per_kg.per(Decimal(46)), "BOB") == price.money
    assert per_kg.total(Decimal(1000)) == Money.of("18478.30", "BOB")


def test_a_quantity_keeps_what_was_said() -> None:
    said = Quantity(Decimal(15000), "lb", Decimal("0.45359237"))
    assert said.kg == Decimal("6803.886")
    assert (said.original, said.unit) == (Decimal(15000), "lb")


@dataclass
class Thing:
    state: str


TABLE = StateTable(
    "thing",
    [transition("open", "new", "open", "owner"), transition("close", "open|late", "closed", "owner|system")],
)


def test_a_transition_moves_only_from_its_sources_and_by_its_role() -> None:
    thing = Thing("new")
    assert [row.name for row in TABLE.available("new", "owner")] == ["open"]
    with pytest.raises(NotAllowed):
        TABLE.move(thing, "open", "system")
    TABLE.move(thing, "open", "owner")
    assert thing.state == "open"
    with pytest.raises(Conflict) as moved:
        TABLE.move(thing, "open", "owner")
    assert moved.value.params["state"] == "open"
    with pytest.raises(KeyError):
        TABLE.move(thing, "burn", "owner")


def test_papers_bear_the_day_of_those_who_sign() -> None:
    midnight = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
    assert local_date(midnight, "America/Bogota") == dt.date(2026, 11, 23)
