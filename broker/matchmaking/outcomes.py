"""How the open needs stand to one capacity, for its organization: asked, fitting, not chosen, or what is missing.

The published conditions are judged as they are today. What only a matching knows (distance, readiness, variety, a pair
that was set aside) comes from the newest run that looked at both as they are now. Nobody learns from it what another
party keeps to itself: a price is compared with what the buyer has published, and whom a plan has chosen is told only
once the broker has sent it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from broker.listings.conditions import Closed, closed_conditions
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_NEEDS
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.money import KgPrice
from broker.parties.models import Certificate
from broker.prices.quotes import Quotes
from broker.prices.worth import Worth, worth_today

STANDINGS = ("asked", "fits", "not_chosen", "missing")
FROM_RUN = ("variety", "radius", "readiness", "excluded")
"""Closed conditions that the published ones do not tell."""
TOLD = ("enough_suppliers", "lot_too_small", "need_not_served")
"""Why a fitting pair was not used, where the reason gives no rival away; any other is "others_fit_better"."""
MOST = 50
"""Needs on one page, those that begin first."""


@dataclass(frozen=True)
class Outcome:
    """One need as it stands to the capacity. `standing` is one of STANDINGS, `closed` what is missing, `reason` why it
    was not chosen, `suggestion_id` what lies before the organization; `worth` what a kg is worth today, None where a
    quotation is missing; `computed_at` when a matching looked at it."""

    need: Need
    standing: str
    closed: tuple[Closed, ...] = ()
    reason: str | None = None
    suggestion_id: int | None = None
    worth: Worth | None = None
    computed_at: dt.datetime | None = None


def outcomes(
    session: Session, capacity: Capacity, certificates: Sequence[Certificate], today: dt.date, quotes: Quotes
) -> list[Outcome]:
    """Every open need of the product that the organization may see, the nearest to a deal first, and of those the one
    that is worth most today; `certificates` are those that cover its produce."""
    found = [_outcome(row, capacity, certificates, today, quotes) for row in _rows(session, capacity)]
    return sorted(found, key=_place)


def _place(one: Outcome) -> tuple[int, int, Decimal]:
    worth = one.worth.today if one.worth else Decimal(0)
    return STANDINGS.index(one.standing), len(one.closed), -worth


def _outcome(
    row: Any, capacity: Capacity, certificates: Sequence[Certificate], today: dt.date, quotes: Quotes
) -> Outcome:
    need, pair = row.Need, row.pair or {}
    about = Outcome(
        need, "fits", worth=worth_today(need, capacity, capacity.country, quotes), computed_at=row.finished_at
    )
    if row.own is not None:
        return replace(about, standing="asked", suggestion_id=row.own)
    gates = {gate["gate"]: gate for gate in pair.get("closed", ())}
    closed = closed_conditions(need, capacity, certificates, today)
    closed += [_from_run(gates[name]) for name in FROM_RUN if name in gates]
    closed += _above_published(need, pair)
    if closed:
        return replace(about, standing="missing", closed=tuple(closed))
    if row.others:
        code = pair["why"]["code"] if pair else ""
        return replace(about, standing="not_chosen", reason=code if code in TOLD else "others_fit_better")
    return about


def _from_run(gate: dict[str, Any]) -> Closed:
    return Closed(gate["gate"], {"want": gate["want"], "have": gate["have"]})


def _above_published(need: Need, pair: dict[str, Any]) -> list[Closed]:
    """Compared with the published price only, whether or not the buyer would pay more."""
    landed, price = pair.get("landed"), need.price
    if landed is None or price is None:
        return []
    published = KgPrice.rounded(price.money.amount / price.unit_kg, need.currency)
    if landed <= published.points:
        return []
    return [Closed("price", {"landed": KgPrice(landed, need.currency), "published": published})]


def _rows(session: Session, capacity: Capacity) -> Sequence[Any]:
    """Open needs of the product: public ones, and those about which the organization was asked.

    Beside each: `own`, the suggestion of this capacity that parties have before them; `others`, whether there is any;
    and what the newest run found that looked at both as they are now.
    """
    standing = (
        Suggestion.need_id == Need.id,
        Suggestion.sent_at.is_not(None),
        Suggestion.state != "stale",
    )
    own = select(func.max(Suggestion.id)).where(*standing, Suggestion.capacity_id == capacity.id)
    latest = (
        select(func.max(Candidate.id))
        .join(MatchingRun, MatchingRun.id == Candidate.run_id)
        # A what-if that the broker has not kept is nobody else's business.
        .join(NeedResult, and_(NeedResult.run_id == MatchingRun.id, NeedResult.need_id == Candidate.need_id))
        .where(
            NeedResult.in_force_at.is_not(None),
            Candidate.capacity_id == capacity.id,
            Candidate.need_id == Need.id,
            MatchingRun.finished_at >= Need.updated_at,
            MatchingRun.finished_at >= capacity.updated_at,
        )
    )
    mine = select(Capacity.id).where(Capacity.organization_id == capacity.organization_id)
    asked = exists().where(
        Suggestion.need_id == Need.id, Suggestion.sent_at.is_not(None), Suggestion.capacity_id.in_(mine)
    )
    query = (
        select(
            Need,
            own.correlate(Need).scalar_subquery().label("own"),
            exists().where(*standing).correlate(Need).label("others"),
            Candidate.pair,
            MatchingRun.finished_at,
        )
        .select_from(Need)
        .outerjoin(Candidate, Candidate.id == latest.correlate(Need).scalar_subquery())
        .outerjoin(MatchingRun, MatchingRun.id == Candidate.run_id)
        .where(
            Need.product == capacity.product,
            Need.state.in_(OPEN_NEEDS),
            or_(Need.visibility == "public", asked),
        )
    )
    return session.execute(
        query.options(joinedload(Need.buyer)).order_by(Need.starts_on, Need.id).limit(MOST)
    ).all()
