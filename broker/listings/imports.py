"""Entering many needs or capacities of one owner at once: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from broker.errors import Conflict
from broker.listings.capacity_input import CapacityInput
from broker.listings.events import CapacityChanged, NeedChanged
from broker.listings.models import Capacity, Contribution, Need
from broker.listings.need_input import NeedInput
from broker.listings.rules import check_need
from broker.listings.services import (
    capacity_values,
    free_references,
    lock_owner,
    need_values,
    references_of,
)
from broker.listings.transitions import CAPACITY, NEED
from broker.parties.permissions import require_act_for
from broker.transaction import Transaction


def import_needs(
    tx: Transaction, buyer_id: int, rows: Sequence[tuple[str, NeedInput]], *, publish: bool, batch: str
) -> list[Need]:
    """Enter needs given as (reference, input), an empty reference numbered anew; as drafts, or published. A
    `batch` counts once: sent again it enters nothing.

    Raises Conflict('id_taken') when a reference was used meanwhile; nothing is entered then.
    """
    role = require_act_for(tx.actor, buyer_id, broker_too=True)
    lock_owner(tx.session, buyer_id)
    if tx.session.scalar(select(Need.id).where(Need.buyer_id == buyer_id, Need.request_key == f"{batch}-0")):
        return []
    names = _references(references_of(tx.session, Need, buyer_id), [name for name, _ in rows], "R")
    needs = []
    for place, (name, (_, data)) in enumerate(zip(names, rows, strict=True)):
        check_need(data, tx.now)
        need = Need(
            **need_values(data),
            buyer_id=buyer_id,
            reference=name,
            contributions=[Contribution(type=c.type, description=c.description) for c in data.contributions],
            request_key=f"{batch}-{place}",
            created_at=tx.now,
            updated_at=tx.now,
        )
        if publish:
            NEED.move(need, "publish", role)
        needs.append(need)
    tx.session.add_all(needs)
    tx.session.flush()
    for need in needs:
        tx.record("need.imported", "need", need.id, buyer_id, reference=need.reference, state=need.state)
        if publish:
            tx.emit(NeedChanged(need.id))
    return needs


def import_capacities(
    tx: Transaction, organization_id: int, rows: Sequence[tuple[str, CapacityInput]], *, batch: str
) -> list[Capacity]:
    """Enter and publish capacities given as (reference, input), an empty reference numbered anew. A `batch`
    counts once: sent again it enters nothing.

    Raises Conflict('id_taken') when a reference was used meanwhile; nothing is entered then.
    """
    require_act_for(tx.actor, organization_id)
    lock_owner(tx.session, organization_id)
    sent = select(Capacity.id).where(Capacity.organization_id == organization_id)
    if tx.session.scalar(sent.where(Capacity.request_key == f"{batch}-0")):
        return []
    taken = references_of(tx.session, Capacity, organization_id)
    names = _references(taken, [name for name, _ in rows], "O")
    capacities = []
    for place, (name, (_, data)) in enumerate(zip(names, rows, strict=True)):
        capacity = Capacity(
            **capacity_values(data),
            organization_id=organization_id,
            reference=name,
            confirmed_at=tx.now,
            request_key=f"{batch}-{place}",
            created_at=tx.now,
            updated_at=tx.now,
        )
        CAPACITY.move(capacity, "publish", "owner")
        capacities.append(capacity)
    tx.session.add_all(capacities)
    tx.session.flush()
    for capacity in capacities:
        tx.record("capacity.imported", "capacity", capacity.id, organization_id, reference=capacity.reference)
        tx.emit(CapacityChanged(capacity.id))
    return capacities


def _references(taken: set[str], wanted: Sequence[str], letter: str) -> list[str]:
    again = next((name for name in wanted if name in taken), None)
    if again is not None:
        raise Conflict("id_taken", id=again)
    taken |= {name for name in wanted if name}
    numbers = free_references(taken, letter)
    return [name or next(numbers) for name in wanted]
