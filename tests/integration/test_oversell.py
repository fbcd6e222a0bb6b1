"""Nothing is ever oversold: many processes reserve the same capacities at the same moment, on both databases."""

from __future__ import annotations

import multiprocessing
from decimal import Decimal

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.database import make_engine
from broker.listings.models import Capacity, CapacitySlot, Need
from tests.factories.market import demonstration
from tests.support.grabbing import grab

PROCESSES = 16
CAPACITIES = 12
TRIES = 2
# Each capacity's week is asked for in 32 parts of a twentieth: 12 must be refused, the rest must fill it.
PARTS = 20


def test_sixteen_processes_fill_twelve_capacities_and_oversell_none(database_url: str) -> None:
    engine = make_engine(database_url)
    demonstration(engine)
    need, capacities = _make_room(engine)
    engine.dispose()
    work = [(database_url, need, capacities, TRIES, PARTS)] * PROCESSES
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.grabbing"])
    with context.Pool(PROCESSES) as pool:
        outcomes = pool.starmap(grab, work)
    engine = make_engine(database_url)
    taken = sum(outcome[0] for outcome in outcomes)
    refused = sum(outcome[1] for outcome in outcomes)
    with Session(engine) as session:
        slots = session.scalars(select(CapacitySlot).where(CapacitySlot.capacity_id.in_(capacities))).all()
    engine.dispose()
    assert taken + refused == PROCESSES * CAPACITIES * TRIES
    assert taken == CAPACITIES * PARTS
    assert len(slots) == CAPACITIES
    for slot in slots:
        assert slot.reserved_kg <= slot.available_kg
        # All filled: what is left is less than one more part.
        assert slot.available_kg - slot.reserved_kg < slot.available_kg / PARTS


def _make_room(engine: Engine) -> tuple[int, list[int]]:
    """A need with room for everybody, and the perishable capacities' ids."""
    with Session(engine) as session:
        need = session.scalars(select(Need).where(Need.reference == "B01")).one()
        need.total_kg = Decimal(10**9)
        perishable = (
            select(Capacity).where(Capacity.product.in_(FRESH)).order_by(Capacity.id).limit(CAPACITIES)
        )
        capacities = [capacity.id for capacity in session.scalars(perishable)]
        session.commit()
        return need.id, capacities


FRESH = ("plantain_dom_harton", "plantain_harton", "avocado_hass", "snow_pea", "potato")
