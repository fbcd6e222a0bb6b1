"""What the calendar does to needs and capacities."""

from __future__ import annotations

from sqlalchemy import select

from broker.catalogue import countries
from broker.clock import local_date
from broker.listings.confirming import is_old
from broker.listings.models import Capacity, Need
from broker.listings.reserve import is_spent
from broker.listings.services import move_capacity, move_need
from broker.listings.transitions import CAPACITY
from broker.transaction import Transaction


def sweep_listings(tx: Transaction) -> tuple[int, int]:
    """Needs past their reply date expire, or close with what is agreed; needs past their window close; capacities
    that nobody confirmed go stale, and those with room again are free. Returns how many needs ended and how many
    capacities went stale. A day is that of the country where the need or the land lies."""
    return _end_needs(tx), _age_capacities(tx)


def _end_needs(tx: Transaction) -> int:
    ended = 0
    living = Need.state.in_(("open", "partially_covered", "covered"))
    for need in tx.session.scalars(select(Need).where(living).order_by(Need.id)):
        today = local_date(tx.now, countries.get(need.country).time_zone)
        if need.state == "covered":
            step = "close" if need.ends_on < today else ""
        elif need.reply_by < today:
            step = "close" if need.covered_kg > 0 else "expire"
        else:
            step = ""
        if step:
            move_need(tx, need.id, step)
            ended += 1
    return ended


def _age_capacities(tx: Transaction) -> int:
    stale = 0
    living = Capacity.state.in_(("published", "partially_committed", "fully_committed"))
    for capacity in tx.session.scalars(select(Capacity).where(living).order_by(Capacity.id)):
        if capacity.state == "fully_committed":
            if not is_spent(tx, capacity):
                CAPACITY.move(capacity, "free_partly", "system")
                tx.record("capacity.free_partly", "capacity", capacity.id, capacity.organization_id)
        elif is_old(capacity, tx.now):
            move_capacity(tx, capacity.id, "go_stale")
            stale += 1
    return stale
