"""The demonstration market in a test's database, with passwords hashed once, and matched where it is asked for."""

from __future__ import annotations

import datetime as dt
from tempfile import TemporaryDirectory
from unittest.mock import patch

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import broker.subscriptions  # noqa: F401
from broker.clock import Clock, FixedClock
from broker.demo import load
from broker.demo.market import WRITTEN
from broker.jobs.worker import work_once
from broker.listings.models import Capacity, Need
from broker.parties import accounts
from broker.parties.actor import Actor
from broker.parties.models import User
from broker.parties.queries import actor_for
from tests.factories.parties import cheap_hash

MOMENT = dt.datetime.combine(WRITTEN, dt.time(12), dt.UTC)


def demonstration(engine: Engine, clock: Clock | None = None) -> Clock:
    """Load the market; gives the clock that stands at the day for which it was written."""
    clock = clock or FixedClock(MOMENT)
    with patch.object(accounts, "hash_password", cheap_hash):
        load.load(engine, clock)
    return clock


def matched(engine: Engine, clock: Clock | None = None) -> Clock:
    """Load the market and carry out one run over it."""
    clock = demonstration(engine, clock)
    load.order_first_run(engine, clock)
    with TemporaryDirectory() as mail:
        while work_once(engine, clock, {"mail_dir": mail}):
            pass
    return clock


def person(engine: Engine, email: str) -> Actor:
    """The actor behind an account of the demonstration: load.BROKER, load.BUYER, 'p02@demo.example'."""
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.email == email)).one()
        return actor_for(session, user, None, WRITTEN)


def need_id(engine: Engine, reference: str) -> int:
    with Session(engine) as session:
        return session.scalars(select(Need.id).where(Need.reference == reference)).one()


def capacity_id(engine: Engine, reference: str) -> int:
    with Session(engine) as session:
        return session.scalars(select(Capacity.id).where(Capacity.reference == reference)).one()
