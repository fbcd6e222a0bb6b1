"""What the reader may do with a capacity, and by when it must be confirmed again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from broker.catalogue import products
from broker.listings.confirming import may_undo
from broker.listings.models import Capacity
from broker.listings.services import EDITABLE_CAPACITY
from broker.listings.transitions import CAPACITY
from broker.parties.permissions import role_towards, sees_private
from web import i18n
from web.security import actor


@dataclass(frozen=True)
class Rights:
    """`steps` are those of the state table; `undo` while a confirmation can be taken back."""

    private: bool
    edit: bool
    steps: tuple[str, ...]
    undo: bool


def rights(capacity: Capacity) -> Rights:
    """From the state table and the reader's role towards the owner."""
    role = role_towards(actor(), capacity.organization_id) if actor().may_write else None
    steps = tuple(row.name for row in CAPACITY.available(capacity.state, role)) if role else ()
    edit = role == "owner" and capacity.state in EDITABLE_CAPACITY
    undo = "reconfirm" in steps and may_undo(capacity, i18n.now())
    return Rights(sees_private(actor(), capacity.organization_id), edit, steps, undo)


def due_on(capacity: Capacity) -> dt.date:
    """The day by which it must be confirmed again."""
    days = products.get(capacity.product).perishable_days
    return (capacity.confirmed_at + dt.timedelta(days=days)).date()
