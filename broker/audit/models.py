"""Who changed what, when, in one chain of rows for each owner."""

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, Id

_NOBODY = text("owner_id IS NULL")


class AuditEntry(Entity, kw_only=True):
    """One row for each change, written in the commit of that change and never edited.

    It is the row `number` (1, 2, 3 ...) of its owner's chain, or of the installation's where it has no owner, and
    carries the hash of the row before it and its own; `broker/audit/sealing.py` gives them. `id` alone is under no
    hash, but grows along a chain.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id"),
        UniqueConstraint("owner_id", "number"),
        # Two NULLs are never equal, so the installation's own need an index of their own.
        Index(
            "uq_audit_entries_installation",
            "number",
            unique=True,
            sqlite_where=_NOBODY,
            postgresql_where=_NOBODY,
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    at: Mapped[dt.datetime]
    actor_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    actor_organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    verb: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[int]
    detail: Mapped[dict[str, Any]]
    number: Mapped[int] = mapped_column(BigInteger, init=False)
    previous: Mapped[str] = mapped_column(String(64), init=False)
    sha256: Mapped[str] = mapped_column(String(64), init=False)


class AuditHead(Entity, kw_only=True):
    """How long a chain is and the hash of its last row, so that a cut tail is missed; locked by whoever adds to it."""

    __tablename__ = "audit_heads"

    # The owner's number, 0 for the installation: a key that is never NULL can be locked and inserted in one statement.
    chain: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(mapper: object, connection: object, entry: AuditEntry) -> None:
    raise RuntimeError("rows of the audit are never changed")
