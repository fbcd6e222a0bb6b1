"""Two plans of a need side by side: what changes per organization and per period adds up to what changes in all."""

from __future__ import annotations

from decimal import Decimal

from broker.matchmaking.differences import Part, Plan, differences
from broker.money import KgPrice

STARTS = ("2026-12-07", "2026-12-14")


def part(capacity: int, *kg: int, price: int = 20_000, freight: int = 1_000) -> Part:
    return Part(
        capacity, f"Grupo {capacity}", tuple(map(Decimal, kg)), KgPrice(price, "COP"), KgPrice(freight, "COP")
    )


def plan(*parts: Part) -> Plan:
    return Plan("COP", STARTS, (Decimal(100), Decimal(100)), parts)


def test_changes_add_up_and_the_largest_stands_first() -> None:
    before = plan(part(1, 40, 40), part(2, 60, 60, price=22_000))
    after = plan(part(2, 50, 60, price=23_000), part(3, 50, 10))
    found = differences(before, after)
    assert [(one.either.name, one.kg, one.price) for one in found.parts] == [
        ("Grupo 1", -80, None),
        ("Grupo 3", 60, None),
        ("Grupo 2", -10, Decimal("0.1")),
    ]
    assert [(one.before, one.after, one.kg) for one in found.periods] == [(100, 100, 0), (100, 70, -30)]
    change = after.kg - before.kg
    assert change == sum(one.kg for one in found.parts) == sum(one.kg for one in found.periods) == -30
    assert (found.before_pct, found.after_pct) == (100, 85)
    for one in (before, after):
        assert one.goods + one.transport == one.cost
        assert sum(p.goods.minor + p.transport.minor for p in one.parts) == one.cost.minor
    assert before.price == KgPrice(21_200, "COP")
    assert not found.none


def test_a_plan_beside_nothing_and_beside_itself() -> None:
    nothing, something = Plan("COP", (), (), ()), plan(part(1, 40, 0))
    assert [one.kg for one in differences(nothing, something).periods] == [40, 0]
    assert [one.kg for one in differences(something, plan()).periods] == [-40, 0]
    assert plan().price is None
    assert differences(something, something).none
    assert differences(something, plan()).after_pct == 0
