"""Whatever is done to the rows of the audit by hand is found, and named, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from broker.audit import chain
from broker.audit.chain import Head, heads, verify
from broker.audit.models import AuditEntry, AuditHead
from broker.audit.sealing import CONTENT, FIRST, digest
from broker.clock import FixedClock
from broker.database import make_engine, writing
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.conftest import KINDS
from tests.factories import parties
from tests.support.database import Store

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
ROWS = 8
HOUSE = "owner_id = :house"
# One column of row 5 at a time, and the rows that are named then.
EDITS = {
    "id": ("1000", [(6, "out_of_order")]),
    "at": ("'2026-11-23 12:00:00.000001'", [(5, "edited")]),
    "actor_user_id": ("NULL", [(5, "edited")]),
    "actor_organization_id": (":rival", [(5, "edited")]),
    "owner_id": (":rival", [(5, "missing")]),
    "verb": ("'need.closed'", [(5, "edited")]),
    "subject": ("'capacity'", [(5, "edited")]),
    "subject_id": ("2", [(5, "edited")]),
    "detail": ("""'{"kg": "1.51"}'""", [(5, "edited")]),
    "number": ("11", [(5, "missing"), (9, "missing"), (11, "edited")]),
    "previous": ("sha256", [(5, "edited")]),
    "sha256": ("previous", [(5, "edited")]),
}
GONE = [
    ("number = 4", [(4, 4, "missing")]),
    ("number = 1", [(1, 1, "missing")]),
    ("number IN (3, 4, 6)", [(3, 4, "missing"), (6, 6, "missing")]),
    ("number > 6", [(7, 8, "cut_off")]),
    ("number > 0", [(1, 8, "cut_off")]),
]
HEADS = [
    ("DELETE FROM audit_heads WHERE chain = :house", (8, "head_wrong")),
    ("UPDATE audit_heads SET count = 9 WHERE chain = :house", (9, "cut_off")),
    ("UPDATE audit_heads SET count = 7 WHERE chain = :house", (8, "head_wrong")),
    (f"UPDATE audit_heads SET sha256 = '{FIRST}' WHERE chain = :house", (8, "head_wrong")),
]


class Book:
    """A session on a database where a house has 8 rows, and what is done by hand in it."""

    def __init__(self, session: Session, house: int, rival: int) -> None:
        self.session, self.house, self.rival = session, house, rival
        self.kept = heads(session)

    def do(self, statement: str) -> None:
        names = {name: getattr(self, name) for name in ("house", "rival") if f":{name}" in statement}
        self.session.execute(text(statement), names)

    def swap_numbers(self, one: int, other: int) -> None:
        for before, after in ((one, 99), (other, one), (99, other)):
            self.do(f"UPDATE audit_entries SET number = {after} WHERE {HOUSE} AND number = {before}")

    def swap_ids(self, one: int, other: int) -> None:
        query = select(AuditEntry.number, AuditEntry.id).where(AuditEntry.owner_id == self.house)
        ids = dict(self.session.execute(query).all())
        for number, row in ((one, 9999), (other, ids[one]), (one, ids[other])):
            self.do(f"UPDATE audit_entries SET id = {row} WHERE {HOUSE} AND number = {number}")

    def seal_anew(self, first: int) -> None:
        """Compute what somebody would who knows the code: all hashes from a row on, and the head."""
        self.session.expire_all()
        query = select(AuditEntry).where(AuditEntry.owner_id == self.house).order_by(AuditEntry.number)
        before, number = FIRST, 0
        for row in self.session.scalars(query):
            number = row.number
            if number >= first:
                content = {name: getattr(row, name) for name in CONTENT}
                values = f"previous = '{before}', sha256 = '{digest(number, before, content)}'"
                self.do(f"UPDATE audit_entries SET {values} WHERE id = {row.id}")
                before = digest(number, before, content)
            else:
                before = row.sha256
        self.do(f"UPDATE audit_heads SET count = {number}, sha256 = '{before}' WHERE chain = :house")

    def found(self, kept: list[Head] | None = None) -> list[tuple[int, str]]:
        """What is found in the house's chain."""
        findings = [finding for finding in verify(self.session, kept or []) if finding.owner_id == self.house]
        return [(finding.number, finding.code) for finding in findings]


@pytest.fixture(scope="module", params=KINDS)
def stored(
    request: pytest.FixtureRequest, stores: Callable[[str], Store]
) -> Iterator[tuple[Engine, int, int]]:
    store = stores(request.param)
    url = store.fresh()
    engine = make_engine(url)
    with transaction(engine, SYSTEM, CLOCK) as tx:
        people = [parties.user(tx, "broker") for _ in range(2)]
        house, rival = (parties.organization_of(person).id for person in people)
        tx._recorded.clear()
        with parties.acting(tx, people[0]) as own:
            for number in range(1, ROWS + 1):
                own.record("need.edited", "need", number % 3 + 3, house, kg="1.50", fields=["a", number])
                own.record("need.edited", "need", number, rival if number < 4 else None)
    yield engine, house, rival
    engine.dispose()
    store.drop(url)


@pytest.fixture
def book(stored: tuple[Engine, int, int]) -> Iterator[Book]:
    """What a test does to it is undone."""
    engine, house, rival = stored
    with Session(writing(engine)) as session:
        yield Book(session, house, rival)
        session.rollback()


def test_nothing_is_found_where_nothing_was_done(book: Book) -> None:
    assert verify(book.session) == verify(book.session, book.kept) == []
    assert [(head.owner_id, head.count) for head in book.kept] == [
        (None, 5),
        (book.house, 8),
        (book.rival, 3),
    ]


def test_there_is_an_edit_for_every_column() -> None:
    assert set(EDITS) == {column.name for column in AuditEntry.__table__.columns}


@pytest.mark.parametrize("column", EDITS)
def test_an_edit_of_any_column_is_found(book: Book, column: str) -> None:
    value, named = EDITS[column]
    book.do(f"UPDATE audit_entries SET {column} = {value} WHERE {HOUSE} AND number = 5")
    assert book.found() == named


def test_a_row_that_is_given_to_another_is_missed_here_and_too_much_there(book: Book) -> None:
    book.do(f"UPDATE audit_entries SET owner_id = NULL WHERE {HOUSE} AND number = 7")
    assert [(finding.owner_id, finding.number, finding.code) for finding in verify(book.session)] == [
        (None, 6, "missing"),
        (None, 7, "edited"),
        (book.house, 7, "missing"),
    ]


@pytest.mark.parametrize(("which", "named"), GONE)
def test_rows_that_are_gone_are_found(book: Book, which: str, named: list[tuple[int, int, str]]) -> None:
    book.do(f"DELETE FROM audit_entries WHERE {HOUSE} AND {which}")
    findings = verify(book.session)
    assert {finding.owner_id for finding in findings} == {book.house}
    assert [(finding.number, finding.last, finding.code) for finding in findings] == named


@pytest.mark.parametrize(("one", "other"), [(3, 6), (3, 4), (1, 8)])
def test_rows_that_changed_places_are_found(book: Book, one: int, other: int) -> None:
    book.swap_numbers(one, other)
    assert book.found() == [(one, "out_of_order"), (other, "out_of_order")]


def test_rows_that_changed_places_by_their_ids_are_found(book: Book) -> None:
    book.swap_ids(3, 4)
    assert book.found() == [(4, "out_of_order")]


@pytest.mark.parametrize(("statement", "named"), HEADS)
def test_a_head_that_was_changed_or_removed_is_found(
    book: Book, statement: str, named: tuple[int, str]
) -> None:
    book.do(statement)
    assert book.found() == [named]


def test_a_row_that_was_put_in_by_hand_is_found(book: Book) -> None:
    last = book.session.scalars(select(AuditEntry).where(AuditEntry.owner_id == book.house)).all()[-1]
    content = {name: getattr(last, name) for name in CONTENT}
    made = AuditEntry(**content)
    made.number, made.previous = ROWS + 1, last.sha256
    made.sha256 = digest(made.number, made.previous, content)
    book.session.add(made)
    book.session.flush()
    assert book.found() == [(9, "head_wrong")]


@pytest.mark.parametrize("number", [1, 5])
def test_a_row_that_was_written_anew_with_its_hash_is_found(book: Book, number: int) -> None:
    last = book.session.get_one(AuditHead, book.house)
    head = f"count = {last.count}, sha256 = '{last.sha256}'"
    rest = book.session.execute(
        select(AuditEntry.id, AuditEntry.previous, AuditEntry.sha256).where(
            AuditEntry.owner_id == book.house, AuditEntry.number > number
        )
    ).all()
    book.do(f"UPDATE audit_entries SET verb = 'need.closed' WHERE {HOUSE} AND number = {number}")
    book.seal_anew(number)
    for row, previous, sha256 in rest:
        book.do(f"UPDATE audit_entries SET previous = '{previous}', sha256 = '{sha256}' WHERE id = {row}")
    book.do(f"UPDATE audit_heads SET {head} WHERE chain = :house")
    assert book.found() == [(number, "edited")]


def test_a_last_row_that_was_written_anew_with_its_hash_does_not_fit_the_head(book: Book) -> None:
    known = book.session.get_one(AuditHead, book.house).sha256
    book.do(f"UPDATE audit_entries SET verb = 'need.closed' WHERE {HOUSE} AND number = 8")
    book.seal_anew(8)
    book.do(f"UPDATE audit_heads SET sha256 = '{known}' WHERE chain = :house")
    assert book.found() == [(8, "head_wrong")]


@pytest.mark.parametrize(
    ("done", "named"),
    [
        (
            "UPDATE audit_entries SET verb = 'need.closed' WHERE owner_id = :house AND number = 2",
            (8, "rewritten"),
        ),
        ("DELETE FROM audit_entries WHERE owner_id = :house AND number > 6", (7, "cut_off")),
    ],
)
def test_only_heads_kept_elsewhere_find_a_chain_that_was_computed_anew(
    book: Book, done: str, named: tuple[int, str]
) -> None:
    book.do(done)
    book.seal_anew(1)
    assert book.found() == []
    assert book.found(book.kept) == [named]


def test_only_heads_kept_elsewhere_find_that_a_whole_chain_is_gone(book: Book) -> None:
    book.do("DELETE FROM audit_entries WHERE owner_id = :house")
    book.do("DELETE FROM audit_heads WHERE chain = :house")
    assert book.found() == []
    assert book.found(book.kept) == [(1, "cut_off")]


def test_heads_kept_earlier_fit_a_chain_that_has_grown(book: Book) -> None:
    earlier = book.session.execute(
        select(AuditEntry.number, AuditEntry.sha256).where(AuditEntry.owner_id == book.house)
    ).all()
    for number, sha256 in earlier:
        assert verify(book.session, [Head(book.house, number, sha256)]) == []
        other = [Head(book.house, number, sha256[::-1])]
        assert book.found(other) == [(number, "rewritten")]


def test_a_long_chain_is_read_in_parts(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "ROWS_AT_ONCE", 3)
    assert verify(book.session, book.kept) == []
    book.do(f"UPDATE audit_entries SET verb = 'need.closed' WHERE {HOUSE} AND number IN (3, 4, 7)")
    assert book.found() == [(3, "edited"), (4, "edited"), (7, "edited")]


@pytest.mark.parametrize(
    "garbage",
    [
        "at = 'never'",
        "at = at || '+05:00'",
        "detail = '{'",
        "detail = '1e5'",
        "verb = x'00ff'",
        "number = 'five'",
    ],
)
@pytest.mark.parametrize("stored", ["sqlite"], indirect=True)
def test_what_sqlite_takes_in_any_column_is_found_too(book: Book, garbage: str) -> None:
    book.do(f"UPDATE audit_entries SET {garbage} WHERE {HOUSE} AND number = 5")
    assert book.found()[:1] == [(5, "missing" if garbage.startswith("number") else "edited")]
