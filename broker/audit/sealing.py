"""The seal of the audit: each row carries the hash of the row before it in its owner's chain, and its own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry, AuditHead
from broker.documents import canonical

FIRST = "0" * 64
# Under the hash beside number and previous. The hashes that stand were made of exactly these.
CONTENT = (
    "at", "actor_user_id", "actor_organization_id", "owner_id", "verb", "subject", "subject_id", "detail",
)  # fmt: skip


def digest(number: int, previous: str, content: Mapping[str, Any]) -> str:
    """The hash of a row: hexadecimal SHA-256 of the canonical JSON of its number, the hash of the row before and its
    content, where `at` is a moment with its zone. Raises NotCanonical when `detail` holds more than JSON without
    floats."""
    moment = content["at"].astimezone(dt.UTC).isoformat(timespec="microseconds")
    return canonical.sha256({**content, "at": moment, "number": number, "previous": previous})


def seal(session: Session, entries: Sequence[AuditEntry]) -> None:
    """Write entries, in their order, as the next rows of their owners' chains.

    Every chain that grows is locked until the commit, the installation's first and the others by the owner's number,
    so that writers wait for each other and never in a circle. Nothing may be locked afterwards: call it last.
    """
    if not entries:
        return
    session.flush()
    connection = session.connection()
    ends = _lock(connection, sorted({_chain_of(entry) for entry in entries}))
    rows = []
    for entry in entries:
        count, last = ends[_chain_of(entry)]
        content = {name: getattr(entry, name) for name in CONTENT}
        sealed = digest(count + 1, last, content)
        rows.append(content | {"number": count + 1, "previous": last, "sha256": sealed})
        ends[_chain_of(entry)] = count + 1, sealed
    connection.execute(insert(AuditEntry), rows)
    moved = [{"which": chain, "count": count, "sha256": last} for chain, (count, last) in ends.items()]
    connection.execute(update(AuditHead).where(AuditHead.chain == bindparam("which")), moved)


def _chain_of(entry: AuditEntry) -> int:
    return entry.owner_id or 0


def _lock(connection: Connection, chains: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Count and last hash of the chains. An insert that updates nothing locks the heads that are there, makes those
    that are new, and waits for one that another writer is making, where a read would not see it."""
    build: Any = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    locking = build(AuditHead).on_conflict_do_update(
        index_elements=[AuditHead.chain], set_={"count": AuditHead.count}
    )
    new = [{"chain": chain, "count": 0, "sha256": FIRST} for chain in chains]
    found = connection.execute(locking.returning(AuditHead.chain, AuditHead.count, AuditHead.sha256), new)
    return {chain: (count, last) for chain, count, last in found}
