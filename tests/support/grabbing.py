"""One of many processes that reserve the same capacities at once; it imports no more than it needs."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import broker.models  # noqa: F401
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Conflict
from broker.listings.models import Capacity, Need
from broker.listings.periods import Period
from broker.listings.reserve import reserve, supply_of
from broker.listings.volume import slot_size
from broker.parties.actor import SYSTEM
from broker.transaction import transaction

WEEK = Period(dt.date(2026, 12, 7), dt.date(2026, 12, 13), Decimal(1))
MOMENT = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def grab(url: str, need_id: int, capacities: list[int], tries: int, parts: int) -> tuple[int, int]:
    """Reserve a part of the same week of every capacity, `tries` times; how often it worked and was refused."""
    engine = make_engine(url)
    taken = refused = 0
    for _ in range(tries):
        for capacity_id in capacities:
            try:
                with transaction(engine, SYSTEM, FixedClock(MOMENT)) as tx:
                    capacity = tx.session.get_one(Capacity, capacity_id)
                    need = tx.session.get_one(Need, need_id)
                    part = slot_size(supply_of(capacity), "week", WEEK.start) / parts
                    reserve(tx, need, capacity, [(WEEK, part)])
                taken += 1
            except Conflict as conflict:
                assert conflict.code == "oversold"
                refused += 1
    engine.dispose()
    return taken, refused
