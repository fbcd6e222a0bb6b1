"""Who would depend on whom in a proposed alliance (domain model 2.9, AllianceType): by shares, by other buyers within
reach, and by whose name the certificate is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Candidate, MatchingRun

MUCH_OF_SALES, LITTLE_OF_SALES, HALF_OF_PURCHASES = Decimal(60), Decimal(40), Decimal(50)
FEW_BUYERS = 1
REACH_DEGREES = 0.8
"""Three hours by road at 40 km/h are 120 km, or 89 km as the crow flies."""
DAYS_OF_YEAR = 365


@dataclass(frozen=True)
class Dependence:
    """Per cent of what the organization can sell in a year that this buyer would take, and of what the buyer asks for
    that it would bring; other buyers of the product with open needs within reach."""

    of_sales: Decimal
    of_purchases: Decimal
    other_buyers: int
    buyer_holds_certificate: bool

    @property
    def kind(self) -> str:
        """'buyer_dominated', 'producer_dominated' or 'balanced'."""
        bound = self.buyer_holds_certificate or self.other_buyers <= FEW_BUYERS
        if self.of_sales >= MUCH_OF_SALES and bound:
            return "buyer_dominated"
        if self.of_purchases >= HALF_OF_PURCHASES and self.of_sales < LITTLE_OF_SALES:
            return "producer_dominated"
        return "balanced"


def candidates_for(
    session: Session, run: MatchingRun | None, need: Need
) -> Sequence[tuple[Candidate, Dependence]]:
    """All pairs that a run looked at for a need, in the order in which they were found, chosen first; each with the
    dependence that its quantity would make."""
    if run is None:
        return []
    query = (
        select(Candidate, other_buyers())
        .join(Candidate.capacity)
        .join(Need, Need.id == Candidate.need_id)
        .where(Candidate.run_id == run.id, Candidate.need_id == need.id)
        .options(joinedload(Candidate.capacity).joinedload(Capacity.organization))
        .order_by(Candidate.id)
    )
    return [
        (candidate, dependence_of(candidate, need, others)) for candidate, others in session.execute(query)
    ]


def dependence_of(candidate: Candidate, need: Need, others: int) -> Dependence:
    """What the quantity of a candidate would make of the two, with so many other buyers within reach."""
    days = Decimal((need.ends_on - need.starts_on).days + 1)
    a_year = candidate.quantity_kg * min(Decimal(1), DAYS_OF_YEAR / days)
    return Dependence(
        of_sales=min(Decimal(100), 100 * a_year / candidate.capacity.volume_kg_year),
        of_purchases=min(Decimal(100), 100 * candidate.quantity_kg / need.total_kg),
        other_buyers=others,
        buyer_holds_certificate=bool(candidate.pair["reliance"]),
    )


def other_buyers() -> ScalarSelect[int]:
    """Of the product of the row's need, near its capacity, with a need that everybody sees."""
    other = aliased(Need)
    return (
        select(func.count(other.buyer_id.distinct()))
        .where(
            other.product == Need.product,
            other.buyer_id != Need.buyer_id,
            other.state.in_(("open", "partially_covered")),
            other.visibility == "public",
            func.abs(other.lat - Capacity.lat) <= REACH_DEGREES,
            func.abs(other.lon - Capacity.lon) <= REACH_DEGREES,
        )
        .correlate(Need, Capacity)
        .scalar_subquery()
    )
