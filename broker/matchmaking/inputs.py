"""Collects from the database what a run over a broker's market looks at: his clients' open needs and capacities."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.queries import OPEN_CAPACITIES, OPEN_NEEDS
from broker.matchmaking.grid import need_periods
from broker.matchmaking.models import Suggestion
from broker.matchmaking.snapshot import Inputs
from broker.matchmaking.what_if import taken_for_others
from broker.parties.models import Certificate, Organization
from broker.parties.queries import clients_of
from broker.prices.quotes import quotes_on
from broker.readiness.services import readiness_by_organization

AGREED = ("accepted_both", "converted")


def collect(session: Session, broker_id: int, today: dt.date, need_id: int | None = None) -> Inputs:
    """The market of a broker house today, or that of one need of it beside the plans for the others. Only clients with
    a mandate in force take part: their reserve prices and readiness decide, and nobody else's may be read."""
    clients = list(clients_of(session, broker_id, today))
    wanted = select(Need).where(Need.buyer_id.in_(clients), Need.state.in_(OPEN_NEEDS))
    offered = select(Capacity).where(
        Capacity.organization_id.in_(clients), Capacity.state.in_(OPEN_CAPACITIES)
    )
    if need_id is not None:
        wanted = wanted.where(Need.id == need_id)
        offered = offered.join(Need, Need.product == Capacity.product).where(Need.id == need_id)
    needs = session.scalars(wanted.options(joinedload(Need.buyer)).order_by(Need.id)).all()
    capacities = session.scalars(
        offered.options(joinedload(Capacity.organization)).order_by(Capacity.id)
    ).all()
    organizations = [capacity.organization_id for capacity in capacities]
    promised, partners = _agreed(session, [need.id for need in needs])
    return Inputs(
        needs=needs,
        capacities=capacities,
        quotes=quotes_on(session, today, broker_id),
        today=today,
        readiness=readiness_by_organization(session, organizations, today),
        certificates=_certificates(session, organizations),
        unions=_unions(session, organizations),
        slots=_slots(session, [capacity.id for capacity in capacities]),
        promised=promised,
        partners=partners,
        taken={}
        if need_id is None
        else taken_for_others(session, broker_id, need_id, [capacity.id for capacity in capacities]),
    )


def _certificates(session: Session, organizations: list[int]) -> dict[int, list[Certificate]]:
    found: dict[int, list[Certificate]] = defaultdict(list)
    query = select(Certificate).where(Certificate.covers_id.in_(organizations)).order_by(Certificate.id)
    for certificate in session.scalars(query):
        found[certificate.covers_id].append(certificate)
    return dict(found)


def _unions(session: Session, organizations: list[int]) -> dict[int, int]:
    query = select(Organization.id, Organization.union_id).where(
        Organization.id.in_(organizations), Organization.union_id.is_not(None)
    )
    return {organization: union for organization, union in session.execute(query) if union is not None}


def _slots(session: Session, capacities: list[int]) -> dict[int, list[CapacitySlot]]:
    found: dict[int, list[CapacitySlot]] = defaultdict(list)
    for slot in session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id.in_(capacities))):
        found[slot.capacity_id].append(slot)
    return dict(found)


def _agreed(session: Session, needs: list[int]) -> tuple[dict[int, list[Decimal]], dict[int, int]]:
    """kg per period already agreed, and how many organizations agreed, by need."""
    promised: dict[int, list[Decimal]] = {}
    partners: dict[int, int] = defaultdict(int)
    query = (
        select(Suggestion)
        .where(Suggestion.need_id.in_(needs), Suggestion.state.in_(AGREED))
        .options(joinedload(Suggestion.need))
    )
    for suggestion in session.scalars(query):
        need = suggestion.need
        rows = promised.setdefault(need.id, [Decimal(0)] * len(need_periods(need)))
        by_start = {row["start"]: Decimal(row["kg"]) for row in suggestion.periods}
        for index, period in enumerate(need_periods(need)):
            rows[index] += by_start.get(period.start.isoformat(), Decimal(0))
        partners[need.id] += 1
    return promised, dict(partners)
