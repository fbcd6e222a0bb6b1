"""The verbs that write needs and capacities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.catalogue import countries
from broker.clock import local_date
from broker.errors import Conflict, NotFound, RuleBroken
from broker.listings.agreed import keep_promises, keep_terms_of_capacity, keep_terms_of_need
from broker.listings.capacity_input import CapacityInput
from broker.listings.confirming import confirm, is_old, may_undo
from broker.listings.events import CapacityChanged, NeedChanged
from broker.listings.models import Capacity, CapacitySlot, Contribution, Need
from broker.listings.need_input import NeedInput
from broker.listings.periods import total_kg
from broker.listings.reserve import resize_slots
from broker.listings.rules import check_capacity, check_need
from broker.listings.transitions import CAPACITY, NEED
from broker.parties.models import Organization
from broker.parties.permissions import require_act_for
from broker.quantity import Quantity
from broker.transaction import Transaction

_Listing = TypeVar("_Listing", Need, Capacity)
EDITABLE_NEED = ("draft", "open", "partially_covered")
EDITABLE_CAPACITY = ("draft", "published", "partially_committed", "stale")


def post_need(
    tx: Transaction,
    buyer_id: int,
    data: NeedInput,
    *,
    reference: str | None = None,
    request_key: str | None = None,
) -> Need:
    """Enter a need as a draft, for the buyer or by its broker. A repeated `request_key` gives the first one
    back."""
    require_act_for(tx.actor, buyer_id, broker_too=True)
    lock_owner(tx.session, buyer_id)
    sent = select(Need).where(Need.buyer_id == buyer_id, Need.request_key == request_key)
    if request_key and (first := tx.session.scalar(sent)):
        return first
    need = need_as_posted(data, buyer_id, tx.now)
    need.reference = reference or next(free_references(references_of(tx.session, Need, buyer_id), "R"))
    need.request_key = request_key
    tx.session.add(need)
    tx.session.flush()
    tx.record("need.posted", "need", need.id, buyer_id, reference=need.reference)
    return need


def need_as_posted(data: NeedInput, buyer_id: int, now: dt.datetime) -> Need:
    """The draft that posting `data` would enter, kept nowhere and without a reference. Raises Invalid."""
    check_need(data, now)
    return Need(
        **need_values(data),
        buyer_id=buyer_id,
        reference="",
        contributions=[Contribution(type=c.type, description=c.description) for c in data.contributions],
        created_at=now,
        updated_at=now,
    )


def edit_need(tx: Transaction, need_id: int, version: int, data: NeedInput) -> Need:
    """Change a need. Raises Conflict('edited_meanwhile') when somebody saved after `version` was shown, and Invalid
    for a changed term that another side has agreed to."""
    need = load_need(tx, need_id)
    require_act_for(tx.actor, need.buyer_id, broker_too=True)
    _fresh(need, version, EDITABLE_NEED)
    check_need(data, tx.now)
    values = need_values(data)
    if values["total_kg"] < need.covered_kg:
        raise Conflict("below_covered", kg=need.covered_kg)
    contributions = [Contribution(type=c.type, description=c.description) for c in data.contributions]
    keep_terms_of_need(need, _changes(need, values), contributions)
    changed = _assign(need, values)
    need.contributions = contributions
    need.updated_at = tx.now
    tx.record("need.edited", "need", need.id, need.buyer_id, fields=changed)
    tx.emit(NeedChanged(need.id))
    return need


def move_need(tx: Transaction, need_id: int, name: str, *, reason: str = "") -> Need:
    """Carry out a transition of a need: publish, withdraw, close (people); expire (the system)."""
    need = load_need(tx, need_id)
    role = require_act_for(tx.actor, need.buyer_id, broker_too=True)
    today = local_date(tx.now, countries.get(need.country).time_zone)
    if name == "publish" and need.reply_by < today:
        raise RuleBroken("reply_in_past", field="reply_by", today=today)
    if name == "withdraw":
        keep_promises(tx, need)
    NEED.move(need, name, role)
    need.updated_at = tx.now
    tx.record(f"need.{name}", "need", need.id, need.buyer_id, reason=reason)
    tx.emit(NeedChanged(need.id, reason, name))
    return need


def publish_capacity(
    tx: Transaction,
    organization_id: int,
    data: CapacityInput,
    *,
    reference: str | None = None,
    request_key: str | None = None,
) -> Capacity:
    """Enter and publish a capacity. A repeated `request_key` gives the first one back."""
    require_act_for(tx.actor, organization_id)
    lock_owner(tx.session, organization_id)
    sent = select(Capacity).where(
        Capacity.organization_id == organization_id, Capacity.request_key == request_key
    )
    if request_key and (first := tx.session.scalar(sent)):
        return first
    capacity = Capacity(
        **capacity_values(data),
        organization_id=organization_id,
        reference=reference
        or next(free_references(references_of(tx.session, Capacity, organization_id), "O")),
        confirmed_at=tx.now,
        request_key=request_key,
        created_at=tx.now,
        updated_at=tx.now,
    )
    CAPACITY.move(capacity, "publish", "owner")
    tx.session.add(capacity)
    tx.session.flush()
    tx.record("capacity.published", "capacity", capacity.id, organization_id, reference=capacity.reference)
    tx.emit(CapacityChanged(capacity.id))
    return capacity


def edit_capacity(tx: Transaction, capacity_id: int, version: int, data: CapacityInput) -> Capacity:
    """Change a capacity; saving also confirms it. Raises Conflict when edited meanwhile or already
    promised."""
    capacity = load_capacity(tx, capacity_id)
    require_act_for(tx.actor, capacity.organization_id)
    _fresh(capacity, version, EDITABLE_CAPACITY)
    values = capacity_values(data)
    keep_terms_of_capacity(tx, capacity, _changes(capacity, values))
    changed = _assign(capacity, values)
    resize_slots(tx, capacity)
    if capacity.state == "stale":
        CAPACITY.move(capacity, "reconfirm", "owner")
        _restore_promises(tx, capacity)
    capacity.updated_at = capacity.confirmed_at = tx.now
    capacity.confirmed_before = None
    tx.record("capacity.edited", "capacity", capacity.id, capacity.organization_id, fields=changed)
    tx.emit(CapacityChanged(capacity.id))
    return capacity


def move_capacity(tx: Transaction, capacity_id: int, name: str, *, reason: str = "") -> Capacity:
    """Carry out a transition of a capacity: reconfirm, withdraw (people); go_stale (the system)."""
    capacity = load_capacity(tx, capacity_id)
    role = require_act_for(tx.actor, capacity.organization_id)
    was_stale = capacity.state == "stale"
    if name == "withdraw":
        keep_promises(tx, capacity)
    CAPACITY.move(capacity, name, role)
    if name == "reconfirm":
        confirm(capacity, tx.now)
        _restore_promises(tx, capacity)
    else:
        # What was computed from its figures still holds when they are only confirmed.
        capacity.updated_at = tx.now
    tx.record(f"capacity.{name}", "capacity", capacity.id, capacity.organization_id, reason=reason)
    if name != "reconfirm" or was_stale:
        tx.emit(CapacityChanged(capacity.id, reason, name))
    return capacity


def undo_reconfirm(tx: Transaction, capacity_id: int) -> Capacity:
    """Take back a confirmation of the last hour; done twice it is done once.

    Raises Conflict('confirmation_stands') when it is older.
    """
    capacity = load_capacity(tx, capacity_id)
    require_act_for(tx.actor, capacity.organization_id)
    if capacity.confirmed_before is None:
        return capacity
    if not may_undo(capacity, tx.now):
        raise Conflict("confirmation_stands")
    capacity.confirmed_at, capacity.confirmed_before = capacity.confirmed_before, None
    tx.record("capacity.unconfirm", "capacity", capacity.id, capacity.organization_id)
    if is_old(capacity, tx.now) and capacity.state in ("published", "partially_committed"):
        CAPACITY.move(capacity, "go_stale", "system")
        tx.emit(CapacityChanged(capacity.id, step="go_stale"))
    return capacity


def need_values(data: NeedInput) -> dict[str, Any]:
    """The columns of a need that its input fills."""
    quantity = Quantity(data.quantity, data.unit, data.unit_kg)
    copied = (
        "product", "period", "reply_by", "min_fill_pct", "min_suppliers", "max_suppliers", "max_share_pct",
        "country",
        "municipality", "lat", "lon", "delivery_term", "currency", "price_method", "price_params",
        "price_unit",
        "price_unit_kg", "price_minor", "reserve_minor", "payment_basis", "payment_days", "advance_pct",
        "payment_channel", "usual_rejects_pct", "certificates", "origins", "attributes", "packing", "packing_kg",
        "description", "visibility",
    )  # fmt: skip
    return {name: getattr(data, name) for name in copied} | {
        "quantity_kg": quantity.kg,
        "quantity_original": data.quantity,
        "quantity_unit": data.unit,
        "quantity_factor": data.unit_kg,
        "starts_on": data.start,
        "ends_on": data.end,
        "total_kg": total_kg(quantity.kg, data.period, data.start, data.end),
    }


def capacity_values(data: CapacityInput) -> dict[str, Any]:
    """The columns of a capacity that its input fills. Raises Invalid."""
    return {name: getattr(data, name) for name in data.__dataclass_fields__} | {
        "volume_kg_year": check_capacity(data)
    }


def lock_owner(session: Session, organization_id: int) -> None:
    """Let one writer at a time number an organization's needs and capacities; SQLite's writers queue
    already."""
    owner = select(Organization.id).where(Organization.id == organization_id)
    # The weaker lock: others may go on referring to the organization, as every audit row of its own does.
    session.execute(owner.with_for_update(key_share=True))


def load_need(tx: Transaction, need_id: int) -> Need:
    """The need, its row locked against other writers where the database can. Raises NotFound."""
    need = tx.session.get(Need, need_id, with_for_update=True)
    if need is None:
        raise NotFound("not_found")
    return need


def load_capacity(tx: Transaction, capacity_id: int) -> Capacity:
    """The capacity, its row locked against other writers where the database can. Raises NotFound."""
    capacity = tx.session.get(Capacity, capacity_id, with_for_update=True)
    if capacity is None:
        raise NotFound("not_found")
    return capacity


def _fresh(thing: Need | Capacity, version: int, editable: tuple[str, ...]) -> None:
    if thing.version != version:
        raise Conflict("edited_meanwhile")
    if thing.state not in editable:
        raise Conflict("not_editable", state=thing.state)


def _restore_promises(tx: Transaction, capacity: Capacity) -> None:
    """A reconfirmed capacity of which part is promised is partly committed, not free."""
    promised = select(CapacitySlot.id).where(
        CapacitySlot.capacity_id == capacity.id, CapacitySlot.reserved_kg > 0
    )
    if tx.session.scalar(promised.limit(1)) is not None:
        CAPACITY.move(capacity, "commit_partly", "system")


def _changes(thing: Any, values: dict[str, Any]) -> list[str]:
    return [name for name, value in values.items() if getattr(thing, name) != value]


def _assign(thing: Any, values: dict[str, Any]) -> list[str]:
    changed = _changes(thing, values)
    for name in changed:
        setattr(thing, name, values[name])
    return changed


def references_of(session: Session, kind: type[Need] | type[Capacity], owner_id: int) -> set[str]:
    """Every reference an owner has used."""
    column = Need.buyer_id if kind is Need else Capacity.organization_id
    return set(session.scalars(select(kind.reference).where(column == owner_id)))


def free_references(taken: set[str], letter: str) -> Iterator[str]:
    """R001, R002, ... without those taken; each one given counts as taken."""
    for number in count(len(taken) + 1):
        name = f"{letter}{number:03d}"
        if name not in taken:
            taken.add(name)
            yield name
