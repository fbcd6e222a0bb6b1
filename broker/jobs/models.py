"""Background work as rows: the truth of a job is in the database, committed together with its cause."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, Id

STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(Entity, kw_only=True):
    """Work to be done once. A worker holds it by a lease; when the lease runs out another may take it, and the
    token makes sure that the one that lost it can no longer write its result."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("(state = 'running') = (lease_until IS NOT NULL)", name="lease"),
        Index("ix_jobs_due", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    run_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(default=None)
    lease_until: Mapped[dt.datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(default=None)
