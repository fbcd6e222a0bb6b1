"""Alliances at some point of their life, played once per process and kind of database and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from broker.database import make_engine
from tests.factories.agreements import Deal
from tests.integration.delivering import Alliance
from tests.support.database import Store

Stage = Callable[[str, Callable[..., Deal]], Deal]


@pytest.fixture(scope="session")
def played() -> dict[tuple[str, str], tuple[str, Deal]]:
    """What was played before: the address of the database and who is in it."""
    return {}


@pytest.fixture
def at_stage(
    database_kind: str,
    stores: Callable[[str], Store],
    played: dict[tuple[str, str], tuple[str, Deal]],
) -> Iterator[Stage]:
    """Give a copy of a deal as `make(engine)` leaves it: at_stage("signed", make)."""
    store, opened = stores(database_kind), []

    def give(name: str, make: Callable[..., Deal]) -> Deal:
        key = (database_kind, name)
        if key not in played:
            url = store.fresh()
            engine = make_engine(url)
            made = make(engine)
            engine.dispose()
            played[key] = (url, made)
        url = store.copy(played[key][0])
        engine = make_engine(url)
        opened.append((url, engine))
        return played[key][1].on(engine)

    yield give
    for url, engine in opened:
        engine.dispose()
        store.drop(url)


@pytest.fixture
def alliance(at_stage: Stage) -> Alliance:
    found = at_stage("alliance", Alliance)
    assert isinstance(found, Alliance)
    return found
