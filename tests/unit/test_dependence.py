"""Which side would dominate an alliance, at the levels of the domain model and just below them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.matchmaking.dependence import Dependence


@pytest.mark.parametrize(
    ("sales", "purchases", "others", "certificate", "kind"),
    [
        ("60", "100", 1, False, "buyer_dominated"),
        ("60", "100", 2, False, "balanced"),
        ("60", "100", 2, True, "buyer_dominated"),
        ("59.9", "100", 0, True, "balanced"),
        ("39.9", "50", 0, False, "producer_dominated"),
        ("40", "50", 0, False, "balanced"),
        ("39.9", "49.9", 0, False, "balanced"),
    ],
)
def test_who_dominates(sales: str, purchases: str, others: int, certificate: bool, kind: str) -> None:
    assert Dependence(Decimal(sales), Decimal(purchases), others, certificate).kind == kind
