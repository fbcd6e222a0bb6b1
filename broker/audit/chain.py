"""Reading the audit's chains: whether every row is there, in its place, as it was written.

Each row holds the hash of the row before it, and the heads hold the lengths, so that whoever changes rows by hand is
found. Who can write the whole database and knows this code can compute every hash and head anew, or remove a chain
with its head; only heads that were kept elsewhere find that.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, select, type_coerce
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry, AuditHead
from broker.audit.sealing import CONTENT, FIRST, digest

ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Head:
    """The length of a chain and the hash of its last row. `owner_id` is None for the installation's own."""

    owner_id: int | None
    count: int
    sha256: str


@dataclass(frozen=True)
class Finding:
    """What is wrong at row `number` of an owner's chain, and as far as `last` where several rows are gone.

    - edited: it is not what was written, or was written anew together with its hash
    - missing: it is gone, later ones are there
    - out_of_order: it stands in the place of another
    - cut_off: the end of the chain is gone
    - head_wrong: the head is gone, or knows another last row
    - rewritten: it is not the row that the head kept elsewhere knows, and everything before it may be other too
    """

    owner_id: int | None
    number: int
    code: str
    last: int


def heads(session: Session) -> list[Head]:
    """The head of every chain, the installation's first; what an operator keeps elsewhere."""
    found = session.execute(
        select(AuditHead.chain, AuditHead.count, AuditHead.sha256).order_by(AuditHead.chain)
    )
    return [Head(chain or None, count, sha256) for chain, count, sha256 in found]


def verify(session: Session, kept: Iterable[Head] = ()) -> list[Finding]:
    """Everything that is wrong with the chains, against the heads that were kept elsewhere too; empty when all of them
    are intact. Rows are read as they come, never all at once. The session must see one state throughout, as one on
    `broker.database.reading` does; otherwise what is written meanwhile looks wrong."""
    stored = {head.owner_id: head for head in heads(session)}
    known = {head.owner_id: head for head in kept}
    written = session.scalars(select(AuditEntry.owner_id).distinct())
    findings = []
    for owner_id in dict.fromkeys([*stored, *written, *known]):
        walk = _Walk(owner_id, known.get(owner_id))
        for row in session.execute(_rows(owner_id), execution_options={"yield_per": ROWS_AT_ONCE}):
            walk.see(row)
        walk.end(stored.get(owner_id))
        findings += walk.findings
    return findings


def _rows(owner_id: int | None) -> Select[Any]:
    """A chain in the order of its numbers, with moment and detail as the database has them: what was put into SQLite
    by hand may be neither."""
    columns: dict[str, Any] = {
        name: getattr(AuditEntry, name) for name in ("id", "number", "previous", "sha256")
    }
    columns |= {name: getattr(AuditEntry, name) for name in CONTENT}
    for name in ("at", "detail"):
        columns[name] = type_coerce(columns[name], String)
    query = select(*(column.label(name) for name, column in columns.items()))
    return query.where(AuditEntry.owner_id == owner_id).order_by(AuditEntry.number)


class _Walk:
    """One chain, seen row by row."""

    def __init__(self, owner_id: int | None, kept: Head | None) -> None:
        self.owner_id = owner_id
        self.kept = kept
        self.findings: list[Finding] = []
        self.length, self.sha256, self.last_id = 0, FIRST, 0

    def see(self, row: Any) -> None:
        """The row with the next higher number."""
        if not isinstance(row.number, int):
            self._find("edited", self.length + 1)
            return
        if row.number <= self.length:
            self._find("out_of_order", row.number)
            return
        gone = row.number > self.length + 1
        if gone:
            self._find("missing", self.length + 1, row.number - 1)
        self._judge(row, follows=gone or row.previous == self.sha256)
        if self.kept and self.kept.count == row.number and self.kept.sha256 != row.sha256:
            self._find("rewritten", row.number)
        self.length, self.sha256 = row.number, row.sha256

    def end(self, head: Head | None) -> None:
        """No row is left; `head` is what the database knows of the chain."""
        most = max(_count(head), _count(self.kept))
        if most > self.length:
            self._find("cut_off", self.length + 1, most)
        knows_another = head is not None and head.count == self.length and head.sha256 != self.sha256
        if _count(head) < self.length or knows_another:
            self._find("head_wrong", self.length)

    def _judge(self, row: Any, follows: bool) -> None:
        if not _is_intact(row, row.previous):
            in_place = follows or _is_intact(row, self.sha256)
            self._find("edited" if in_place else "out_of_order", row.number)
            return
        if not follows:
            # It is whole and knows another row before it: that one was written anew with its hash.
            self._find("edited", max(1, row.number - 1))
        elif row.id <= self.last_id:
            self._find("out_of_order", row.number)
        self.last_id = row.id

    def _find(self, code: str, number: int, last: int | None = None) -> None:
        """Note it, once for each row: what was found first is the cause of the rest."""
        if all(finding.number != number for finding in self.findings[-2:]):
            self.findings.append(Finding(self.owner_id, number, code, last or number))


def _count(head: Head | None) -> int:
    return head.count if head and isinstance(head.count, int) else 0


def _is_intact(row: Any, previous: str) -> bool:
    """Whether the row's hash is that of its content, after the row with the hash `previous`."""
    try:
        content = {name: getattr(row, name) for name in CONTENT}
        content["at"] = _moment(row.at)
        content["detail"] = json.loads(row.detail) if isinstance(row.detail, str) else row.detail
        return bool(digest(row.number, previous, content) == row.sha256)
    except (ValueError, TypeError, RecursionError):
        return False


def _moment(stored: Any) -> dt.datetime:
    """PostgreSQL gives a datetime, SQLite what stands there."""
    found = stored if isinstance(stored, dt.datetime) else dt.datetime.fromisoformat(stored)
    if found.tzinfo is not None:
        raise ValueError("moments are stored without a zone")
    return found.replace(tzinfo=dt.UTC)
