"""Rows of the audit take their places in the chains, on both databases, whoever else writes at the same moment."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from broker.audit import chain
from broker.audit.models import AuditEntry
from broker.audit.sealing import CONTENT, FIRST, digest
from broker.clock import FixedClock
from broker.database import make_engine, reading
from broker.events import Event, on
from broker.listings.services import lock_owner
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction
from tests.factories import parties
from tests.factories.market import matched

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
OWNERS = 6
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Told(Event):
    owner: int


@on(Told)
def _answer(tx: Transaction, told: Told) -> None:
    _note(tx, told.owner)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def owners(engine: Engine) -> list[int]:
    """Organizations of which nothing is on record."""
    with transaction(engine, SYSTEM, CLOCK) as tx:
        made = [parties.organization(tx).id for _ in range(OWNERS)]
        tx._recorded.clear()
    return made


def _writing(engine: Engine):  # type: ignore[no-untyped-def]
    return transaction(engine, SYSTEM, CLOCK)


def _note(tx: Transaction, *owners: int | None) -> None:
    for owner in owners:
        tx.record("need.posted", "need", 1, owner, reference="R001", reason="«ñandú» 🍌")


def _chains(engine: Engine) -> dict[int | None, int]:
    """The length of each chain; all of them must be intact."""
    with Session(reading(engine)) as session:
        assert chain.verify(session) == []
        found = chain.heads(session)
        rows = session.scalar(select(func.count()).select_from(AuditEntry))
    assert sum(head.count for head in found) == rows
    return {head.owner_id: head.count for head in found}


def test_each_owner_has_a_chain_and_the_installation_its_own(engine: Engine, owners: list[int]) -> None:
    first, second = owners[:2]
    with _writing(engine) as tx:
        _note(tx, second, None, first, second)
    with _writing(engine) as tx:
        _note(tx, None, second)
    assert _chains(engine) == {None: 2, first: 1, second: 3}
    with Session(engine) as session:
        before = FIRST
        query = select(AuditEntry).where(AuditEntry.owner_id == second).order_by(AuditEntry.id)
        for number, entry in enumerate(session.scalars(query), 1):
            assert (entry.number, entry.previous) == (number, before)
            before = digest(number, before, {name: getattr(entry, name) for name in CONTENT})
            assert entry.sha256 == before


def test_what_a_handler_records_stands_beside_the_rest(engine: Engine, owners: list[int]) -> None:
    with _writing(engine) as tx:
        _note(tx, owners[0])
        tx.emit(Told(owners[0]))
    assert _chains(engine) == {owners[0]: 2}


def test_what_is_undone_leaves_no_gap(engine: Engine, owners: list[int]) -> None:
    with _writing(engine) as tx:
        _note(tx, owners[0])
    with pytest.raises(ZeroDivisionError), _writing(engine) as tx:
        _note(tx, owners[0], owners[1])
        tx.seal()
        raise ZeroDivisionError
    with _writing(engine) as tx:
        _note(tx, owners[0])
    assert _chains(engine) == {owners[0]: 2}


def test_a_row_costs_three_statements_and_a_hundred_rows_no_more(engine: Engine, owners: list[int]) -> None:
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    counts = []
    for noted in ((owners[0],), (None, *owners) * 15):
        sent.clear()
        with _writing(engine) as tx:
            _note(tx, *noted)
        counts.append([statement.split()[0] for statement in sent if not statement.startswith("BEGIN")])
    assert counts == [["INSERT", "INSERT", "UPDATE"]] * 2


def test_rows_cannot_be_changed_or_added_past_the_chain(engine: Engine, owners: list[int]) -> None:
    with _writing(engine) as tx:
        _note(tx, owners[0])
    with pytest.raises(RuntimeError, match="never changed"), _writing(engine) as tx:
        tx.session.scalars(select(AuditEntry)).one().verb = "need.closed"
    with pytest.raises(RuntimeError, match="never changed"), _writing(engine) as tx:
        tx.session.delete(tx.session.scalars(select(AuditEntry)).one())
    assert _chains(engine) == {owners[0]: 1}


def test_the_demonstration_is_intact_and_every_row_is_in_a_chain(engine: Engine) -> None:
    matched(engine)
    assert len(_chains(engine)) > 30


def test_two_first_writers_of_a_chain_both_succeed(engine: Engine, owners: list[int]) -> None:
    with _writing(engine) as tx:
        _note(tx, owners[0])
        tx.seal()
        other = threading.Thread(target=_write, args=(engine, owners[0]))
        other.start()
        other.join(0.3)
        assert other.is_alive(), "it waits for the chain"
    other.join(PATIENCE_SECONDS)
    assert _chains(engine) == {owners[0]: 2}


def test_writers_of_the_same_chains_in_any_order_wait_in_no_circle(engine: Engine, owners: list[int]) -> None:
    rounds, writers = 12, 4
    start = threading.Barrier(writers)

    def work(number: int) -> None:
        start.wait(PATIENCE_SECONDS)
        for _ in range(rounds):
            noted = [None, *owners]
            with _writing(engine) as tx:
                _note(tx, *(noted if number % 2 else reversed(noted)))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(work, range(writers)))
    assert _chains(engine) == dict.fromkeys((None, *owners), rounds * writers)


def test_whoever_numbers_a_listing_holds_up_no_row_of_the_organization(
    engine: Engine, owners: list[int]
) -> None:
    """Else the row would hold the chain and wait for the organization, and the listing the other way round."""
    with _writing(engine) as tx:
        lock_owner(tx.session, owners[0])
        other = threading.Thread(target=_write, args=(engine, owners[0]))
        other.start()
        other.join(PATIENCE_SECONDS if engine.dialect.name == "postgresql" else 0)
        _note(tx, owners[0])
    other.join(PATIENCE_SECONDS)
    assert _chains(engine) == {owners[0]: 2}


def test_a_check_finds_nothing_while_others_write(engine: Engine, owners: list[int]) -> None:
    _write(engine, owners[0])
    wrote = []

    def write_between(*given: object) -> None:
        if "FROM audit_entries" in str(given[2]) and not wrote:
            wrote.append(owners[0])
            _write(engine, owners[0])

    event.listen(engine, "before_cursor_execute", write_between)
    with Session(reading(engine)) as session:
        assert chain.verify(session) == []
    assert wrote
    assert _chains(engine) == {owners[0]: 2}


def _write(engine: Engine, owner: int) -> None:
    with _writing(engine) as tx:
        _note(tx, owner)
