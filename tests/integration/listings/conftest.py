"""A small market on both databases: two buyers, two producer organizations, and who acts for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from broker.clock import FixedClock
from broker.database import make_engine
from broker.parties.actor import SYSTEM, Actor
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories.parties import actor_of, user

Write = Callable[..., AbstractContextManager[Transaction]]


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))


@pytest.fixture
def write(engine: Engine, clock: FixedClock) -> Write:
    return lambda actor=SYSTEM: transaction(engine, actor, clock)


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    """A buyer, a producer organization and another of each."""
    with write() as tx:
        kinds = {"buyer": "buyer", "producer": "producer_org", "rival": "buyer", "neighbour": "producer_org"}
        return {name: user(tx, kind) for name, kind in kinds.items()}


@pytest.fixture
def actors(engine: Engine, people: dict[str, User], clock: FixedClock) -> dict[str, Actor]:
    with Session(engine) as session:
        return {
            name: actor_of(session, session.get_one(User, one.id), clock().date())
            for name, one in people.items()
        }


def own(actor: Actor) -> int:
    assert actor.organization_id is not None
    return actor.organization_id
