"""Promising part of a capacity to a need: conditional updates, so that nothing is ever oversold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from broker.catalogue import products
from broker.errors import Conflict
from broker.listings.agreed import promised_kg
from broker.listings.events import CapacityReserved
from broker.listings.models import Capacity, CapacitySlot, Need
from broker.listings.periods import Period, monday_of
from broker.listings.transitions import CAPACITY, NEED
from broker.listings.volume import SlotNeed, Supply, slot_size, slots_for
from broker.transaction import Transaction

YEAR = dt.timedelta(weeks=52)
FULL = Decimal("0.9999")
"""Quantities per period are rounded down to the gram, so what is full may lack a few grams."""


def supply_of(capacity: Capacity, slots: Sequence[CapacitySlot] = ()) -> Supply:
    """The calendar of a capacity with what is already promised."""
    return Supply(
        volume=capacity.volume_kg_year - capacity.elsewhere_kg_year,
        calendar=capacity.calendar,
        storable=products.get(capacity.product).storable,
        reserved_weeks={s.starts_on: s.reserved_kg for s in slots if s.kind == "week"},
        reserved_years={s.starts_on: s.reserved_kg for s in slots if s.kind == "year"},
    )


def reserve(
    tx: Transaction,
    need: Need,
    capacity: Capacity,
    deliveries: list[tuple[Period, Decimal]],
    *,
    under_way: bool = False,
) -> None:
    """Promise the deliveries (period, kg) of a capacity to a need, on both sides. `under_way` is for an agreement that
    stands already: its need may be closed to others.

    Raises Conflict('oversold') when the capacity no longer has it and Conflict('need_filled') when the need
    no longer wants it; the whole transaction is then undone.
    """
    # Always the need first, so that two promises never wait for each other.
    tx.session.refresh(need, with_for_update=True)
    tx.session.refresh(capacity, with_for_update=True)
    total = sum((kg for _, kg in deliveries), Decimal(0))
    one_off = need.period in ("once", "season")
    for slot in slots_for(supply_of(capacity), deliveries, one_off=one_off):
        _take(tx.session, capacity, slot)
    if not _add_coverage(tx.session, need, total):
        raise Conflict("need_filled", need=need.reference)
    tx.session.refresh(need)
    if not (under_way and need.state == "closed"):
        NEED.move(need, "cover" if _is_filled(need) else "cover_partly", "system")
    if capacity.state != "fully_committed":
        CAPACITY.move(capacity, "commit_fully" if is_spent(tx, capacity) else "commit_partly", "system")
    tx.record(
        "capacity.reserved", "capacity", capacity.id, capacity.organization_id, kg=str(total), need=need.id
    )
    tx.emit(CapacityReserved(capacity.id, need.id))


def release(
    tx: Transaction, need: Need, capacity: Capacity, deliveries: list[tuple[Period, Decimal]]
) -> None:
    """Take back a promise on both sides: the goods are free and the demand is open again."""
    tx.session.refresh(need, with_for_update=True)
    tx.session.refresh(capacity, with_for_update=True)
    total = sum((kg for _, kg in deliveries), Decimal(0))
    one_off = need.period in ("once", "season")
    for slot in slots_for(supply_of(capacity), deliveries, one_off=one_off):
        _give_back(tx.session, capacity, slot)
    need.covered_kg = max(Decimal(0), need.covered_kg - total)
    if need.state in ("covered", "partially_covered"):
        NEED.move(need, "uncover_partly" if need.covered_kg > 0 else "uncover", "system")
    tx.session.flush()
    if capacity.state in ("partially_committed", "fully_committed"):
        CAPACITY.move(capacity, "free_partly" if promised_kg(tx, capacity) > 0 else "free", "system")
    tx.record(
        "capacity.released", "capacity", capacity.id, capacity.organization_id, kg=str(total), need=need.id
    )


def fits(session: Session, need: Need, capacity: Capacity, deliveries: list[tuple[Period, Decimal]]) -> bool:
    """Whether the deliveries could still be promised now."""
    if need.covered_kg + sum((kg for _, kg in deliveries), Decimal(0)) > need.total_kg:
        return False
    query = select(CapacitySlot).where(CapacitySlot.capacity_id == capacity.id)
    taken = {(slot.kind, slot.starts_on): slot.reserved_kg for slot in session.scalars(query)}
    one_off = need.period in ("once", "season")
    return all(
        taken.get((slot.kind, slot.starts_on), Decimal(0)) + slot.kg <= slot.available
        for slot in slots_for(supply_of(capacity), deliveries, one_off=one_off)
    )


def resize_slots(tx: Transaction, capacity: Capacity) -> None:
    """After an edit of the volume: give existing slots their new size. Raises
    Conflict('already_promised')."""
    supply = supply_of(capacity)
    for slot in tx.session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id == capacity.id)):
        available = slot_size(supply, slot.kind, slot.starts_on)
        if available < slot.reserved_kg:
            raise Conflict("already_promised", kg=slot.reserved_kg, day=slot.starts_on)
        slot.available_kg = available


def _take(session: Session, capacity: Capacity, slot: SlotNeed) -> None:
    dialect = session.get_bind().dialect.name
    build: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    key = {"capacity_id": capacity.id, "kind": slot.kind, "starts_on": slot.starts_on}
    values = key | {"available_kg": slot.available, "reserved_kg": Decimal(0)}
    session.execute(build(CapacitySlot).values(**values).on_conflict_do_nothing())
    taken = session.execute(
        update(CapacitySlot)
        .filter_by(**key)
        .where(CapacitySlot.reserved_kg + slot.kg <= CapacitySlot.available_kg)
        .values(reserved_kg=CapacitySlot.reserved_kg + slot.kg)
        .execution_options(synchronize_session=False)
    )
    if _rowcount(taken) != 1:
        raise Conflict("oversold", capacity=capacity.reference, day=slot.starts_on)


def _give_back(session: Session, capacity: Capacity, slot: SlotNeed) -> None:
    session.execute(
        update(CapacitySlot)
        .filter_by(capacity_id=capacity.id, kind=slot.kind, starts_on=slot.starts_on)
        .where(CapacitySlot.reserved_kg >= slot.kg)
        .values(reserved_kg=CapacitySlot.reserved_kg - slot.kg)
        .execution_options(synchronize_session=False)
    )


def _add_coverage(session: Session, need: Need, kg: Decimal) -> bool:
    covered = session.execute(
        update(Need)
        .where(Need.id == need.id, Need.covered_kg + kg <= Need.total_kg)
        .values(covered_kg=Need.covered_kg + kg)
        .execution_options(synchronize_session=False)
    )
    return _rowcount(covered) == 1


def _rowcount(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount


def _is_filled(need: Need) -> bool:
    return need.covered_kg >= need.total_kg * FULL


def is_spent(tx: Transaction, capacity: Capacity) -> bool:
    """Whether nothing is left to promise in the 52 weeks from now: a full window still leaves the rest of the year."""
    first = monday_of(tx.today)
    promised = sum(
        (
            slot.reserved_kg
            for slot in tx.session.scalars(
                select(CapacitySlot).where(CapacitySlot.capacity_id == capacity.id)
            )
            if slot.kind == "week" and first <= slot.starts_on < first + YEAR
        ),
        Decimal(0),
    )
    return promised >= supply_of(capacity).volume * FULL
