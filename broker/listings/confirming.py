"""Confirming that a capacity is still true, and taking a confirmation back that was a slip of the thumb."""

from __future__ import annotations

import datetime as dt

from broker.catalogue import products
from broker.listings.models import Capacity

UNDO_WITHIN = dt.timedelta(hours=1)


def confirm(capacity: Capacity, now: dt.datetime) -> None:
    """Remember the confirmation before this one; a second tap within the hour is the same confirmation."""
    if not may_undo(capacity, now):
        capacity.confirmed_before = capacity.confirmed_at
    capacity.confirmed_at = now


def may_undo(capacity: Capacity, now: dt.datetime) -> bool:
    """Whether it was confirmed within the hour, and not by publishing or editing it."""
    return capacity.confirmed_before is not None and now - capacity.confirmed_at <= UNDO_WITHIN


def is_old(capacity: Capacity, now: dt.datetime) -> bool:
    """Whether so much time has passed that it must be confirmed again."""
    days = products.get(capacity.product).perishable_days
    return now - capacity.confirmed_at > dt.timedelta(days=days)
