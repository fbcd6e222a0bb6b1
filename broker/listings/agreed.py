"""What stands once both sides have said yes: terms no longer change, and what is promised does not vanish."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select

from broker.errors import Conflict, Faults
from broker.listings.models import Capacity, CapacitySlot, Contribution, Need
from broker.transaction import Transaction

# What was not part of the deal: how much more is looked for, by when, by whom it is seen, and private limits.
FREE_OF_NEED = {
    "quantity_kg", "quantity_original", "quantity_unit", "quantity_factor", "total_kg", "reply_by",
    "reserve_minor", "description", "visibility", "min_fill_pct", "min_suppliers", "max_suppliers",
    "max_share_pct",
}  # fmt: skip
BOUND_OF_CAPACITY = {
    "product",
    "attributes",
    "country",
    "municipality",
    "lat",
    "lon",
    "packing",
    "packing_kg",
}
# The form's own names where the column is called otherwise.
FIELDS = {"starts_on": "start", "ends_on": "end", "price_minor": "price"}


def keep_terms_of_need(need: Need, changed: list[str], contributions: list[Contribution]) -> None:
    """Raises Invalid('terms_agreed') for each changed term of a need of which part is agreed: the other side said yes
    to those terms and no others."""
    if need.covered_kg == 0:
        return
    bound = [name for name in changed if name not in FREE_OF_NEED]
    if [(c.type, c.description) for c in contributions] != [
        (c.type, c.description) for c in need.contributions
    ]:
        bound.append("contributions")
    _refuse(bound)


def keep_terms_of_capacity(tx: Transaction, capacity: Capacity, changed: list[str]) -> None:
    """The same for a capacity of which part is promised."""
    if any(name in BOUND_OF_CAPACITY for name in changed) and promised_kg(tx, capacity) > 0:
        _refuse([name for name in changed if name in BOUND_OF_CAPACITY])


def keep_promises(tx: Transaction, thing: Need | Capacity) -> None:
    """Before a withdrawal. Raises Conflict('agreed_stands') or Conflict('promised_stands') with the kg that another
    party counts on."""
    if isinstance(thing, Need):
        if thing.covered_kg > 0:
            raise Conflict("agreed_stands", kg=thing.covered_kg)
    elif (kg := promised_kg(tx, thing)) > 0:
        raise Conflict("promised_stands", kg=kg)


def promised_kg(tx: Transaction, capacity: Capacity) -> Decimal:
    """kg promised in weeks and years that are not over."""
    first = tx.today.replace(month=1, day=1)
    query = select(CapacitySlot.kind, func.sum(CapacitySlot.reserved_kg)).where(
        CapacitySlot.capacity_id == capacity.id, CapacitySlot.starts_on >= first
    )
    sums = {kind: Decimal(kg) for kind, kg in tx.session.execute(query.group_by(CapacitySlot.kind))}
    # A storable harvest is counted by the year, and its weekly deliveries again by the week.
    return max(sums.values(), default=Decimal(0))


def _refuse(names: list[str]) -> None:
    faults = Faults()
    for name in names:
        faults.add("terms_agreed", FIELDS.get(name, name))
    faults.raise_if_any()
