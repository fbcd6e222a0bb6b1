"""Candidates of one need side by side, for the broker: what the run found, who holds which certificate, readiness."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, true
from sqlalchemy.orm import Session, joinedload

from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.matchmaking.latest import latest_runs
from broker.matchmaking.models import Candidate
from broker.parties.actor import Actor
from broker.parties.models import Certificate
from broker.readiness.scores import Readiness
from broker.readiness.services import readiness_by_organization

MOST = 4
"""So many stand side by side and can still be read."""


@dataclass(frozen=True)
class Compared:
    """One candidate; `certificates` cover its produce today, `readiness` is None where nobody assessed it."""

    candidate: Candidate
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
    need, candidates = _candidates(session, actor, need_id, capacities)
    candidates = candidates if capacities else candidates[:MOST]
    organizations = [candidate.capacity.organization_id for candidate in candidates]
    held = _certificates(session, organizations)
    readiness = readiness_by_organization(session, organizations, today)
    return Comparison(
        need,
        [
            Compared(
                candidate,
                _in_force(held.get(candidate.capacity.organization_id, ()), candidate.capacity, today),
                readiness.get(candidate.capacity.organization_id),
            )
            for candidate in candidates
        ],
    )


def _candidates(
    session: Session, actor: Actor, need_id: int, capacities: Collection[int]
) -> tuple[Need, list[Candidate]]:
    latest = latest_runs(actor)
    query = (
        select(Need, Candidate)
        .outerjoin(latest, latest.c.need_id == Need.id)
        .outerjoin(
            Candidate,
            and_(
                Candidate.need_id == Need.id,
                Candidate.run_id == latest.c.run_id,
                Candidate.capacity_id.in_(capacities) if capacities else true(),
            ),
        )
        .where(Need.id == need_id, Need.buyer_id.in_(actor.clients))
        .options(joinedload(Need.buyer), joinedload(Candidate.capacity).joinedload(Capacity.organization))
        .order_by(Candidate.id)
    )
    found = session.execute(query).all()
    if not found:
        raise NotFound("not_found")
    candidates: list[Candidate | None] = [candidate for _, candidate in found]
    # A client whose mandate has ended is none of the house's business any more.
    known = [c for c in candidates if c and c.capacity.organization_id in actor.clients]
    return found[0][0], known


def _certificates(session: Session, organizations: Sequence[int]) -> Mapping[int, list[Certificate]]:
    query = select(Certificate).where(Certificate.covers_id.in_(organizations))
    query = query.options(joinedload(Certificate.holder)).order_by(Certificate.scheme, Certificate.id)
    found: dict[int, list[Certificate]] = {}
    for certificate in session.scalars(query):
        found.setdefault(certificate.covers_id, []).append(certificate)
    return found


def _in_force(certificates: Sequence[Certificate], capacity: Capacity, today: dt.date) -> list[Certificate]:
    return [c for c in certificates if c.valid_on(today) and c.product in (None, capacity.product)]
