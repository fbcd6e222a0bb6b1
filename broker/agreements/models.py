"""Draft agreements and their immutable versions."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id
from broker.matchmaking.models import Suggestion
from broker.parties.models import Organization

AGREEMENT_STATES = (
    "draft",
    "negotiating",
    "negotiated",
    "signed",
    "active",
    "completed",
    "abandoned",
    "terminated",
)


class Agreement(Entity, kw_only=True):
    """What a suggestion accepted by both sides becomes: one agreement per signing organization."""

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint(f"state IN {AGREEMENT_STATES}", name="state"),
        CheckConstraint("buyer_id <> organization_id", name="two_parties"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), unique=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    created_at: Mapped[dt.datetime]

    suggestion: Mapped[Suggestion] = relationship(init=False, repr=False)
    buyer: Mapped[Organization] = relationship(foreign_keys=[buyer_id], init=False, repr=False)
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id], init=False, repr=False)
    broker: Mapped[Organization] = relationship(foreign_keys=[broker_id], init=False, repr=False)
    versions: Mapped[list["AgreementVersion"]] = relationship(
        default_factory=list, repr=False, order_by="AgreementVersion.number"
    )


class AgreementVersion(Entity, kw_only=True):
    """The facts of an agreement at one moment, canonical and hashed; never edited."""

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True, init=False)
    number: Mapped[int]
    facts: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
