"""Candidates of one need side by side, for the broker: what the run found, who holds which certificate, readiness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session, contains_eager, joinedload

from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.matchmaking.dependence import Dependence, dependence_of, other_buyers
from broker.matchmaking.latest import latest_runs
from broker.matchmaking.models import LIVE_STATES, Candidate, Suggestion
from broker.parties.actor import Actor
from broker.parties.models import Certificate
from broker.readiness.scores import Readiness
from broker.readiness.services import readiness_by_organization

MOST = 4
"""So many stand side by side and can still be read."""


@dataclass(frozen=True)
class Compared:
    """One candidate with the suggestion that stands for it, if any, and who would depend on whom; `certificates`
    cover its produce today, `readiness` is None where nobody assessed it."""

    candidate: Candidate
    suggestion: Suggestion | None
    dependence: Dependence
    certificates: Sequence[Certificate]
    readiness: Readiness | None


@dataclass(frozen=True)
class Comparison:
    """A client's need and those of the chosen candidates that the newest run knows, in the order of the run."""

    need: Need
    compared: Sequence[Compared]


def compare(
    session: Session, actor: Actor, today: dt.date, need_id: int, capacities: Collection[int]
) -> Comparison:
    """The candidates of a client's need that stand for some capacities of clients, or the first `MOST` of the run when
    none is named. Raises NotFound."""
    need, found = _candidates(session, actor, need_id, capacities)
    found = found if capacities else found[:MOST]
    organizations = [candidate.capacity.organization_id for candidate, _, _ in found]
    held = _certificates(session, organizations)
    readiness = readiness_by_organization(session, organizations, today)
    return Comparison(
        need,
        [
            Compared(
                candidate,
                suggestion,
                dependence_of(candidate, need, others),
                _in_force(held.get(candidate.capacity.organization_id, ()), candidate.capacity, today),
                readiness.get(candidate.capacity.organization_id),
            )
            for candidate, suggestion, others in found
        ],
    )


def _candidates(
    session: Session, actor: Actor, need_id: int, capacities: Collection[int]
) -> tuple[Need, list[tuple[Candidate, Suggestion | None, int]]]:
    latest = latest_runs(actor)
    query = (
        select(Need, Candidate, Suggestion, other_buyers())
        .outerjoin(latest, latest.c.need_id == Need.id)
        .outerjoin(
            Candidate,
            and_(
                Candidate.need_id == Need.id,
                Candidate.run_id == latest.c.run_id,
                Candidate.capacity_id.in_(capacities) if capacities else true(),
            ),
        )
        .outerjoin(Capacity, Capacity.id == Candidate.capacity_id)
        .outerjoin(
            Suggestion,
            and_(
                Suggestion.need_id == Candidate.need_id,
                Suggestion.capacity_id == Candidate.capacity_id,
                Suggestion.broker_id == actor.organization_id,
                Suggestion.state != "stale",
            ),
        )
        .where(Need.id == need_id, Need.buyer_id.in_(actor.clients))
        .options(joinedload(Need.buyer), contains_eager(Candidate.capacity).joinedload(Capacity.organization))
        .order_by(Candidate.id, Suggestion.state.in_(LIVE_STATES), Suggestion.id)
    )
    found = session.execute(query).all()
    if not found:
        raise NotFound("not_found")
    # The newest suggestion of a pair counts, what is under way before it. A client whose mandate has ended is none of
    # the house's business any more.
    known: dict[int, tuple[Candidate, Suggestion | None, int]] = {}
    for row in found:
        candidate: Candidate | None = row[1]
        if candidate is not None and candidate.capacity.organization_id in actor.clients:
            known[candidate.id] = (candidate, row[2], row[3])
    return found[0][0], list(known.values())


def _certificates(session: Session, organizations: Sequence[int]) -> Mapping[int, list[Certificate]]:
    query = select(Certificate).where(Certificate.covers_id.in_(organizations))
    query = query.options(joinedload(Certificate.holder)).order_by(Certificate.scheme, Certificate.id)
    found: dict[int, list[Certificate]] = {}
    for certificate in session.scalars(query):
        found.setdefault(certificate.covers_id, []).append(certificate)
    return found


def _in_force(certificates: Sequence[Certificate], capacity: Capacity, today: dt.date) -> list[Certificate]:
    return [c for c in certificates if c.valid_on(today) and c.product in (None, capacity.product)]
