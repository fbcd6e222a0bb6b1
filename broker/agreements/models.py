"""Agreements, their immutable versions, and what the parties say to each version."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id
from broker.matchmaking.models import Suggestion
from broker.parties.models import Organization, User

AGREEMENT_STATES = (
    "draft",
    "negotiating",
    "negotiated",
    "signed",
    "active",
    "breach_notified",
    "breached",
    "suspended",
    "completed",
    "renewed",
    "terminated",
    "abandoned",
)
NEGOTIATION_STATES = ("opened", "offer", "counter", "agreed_in_principle", "stalled", "abandoned")
SIDES = ("buyer", "producer", "broker")
PARTY_SIDES = ("buyer", "producer")
SIGNING_METHODS = ("account", "paper")


class Agreement(Entity, kw_only=True):
    """What a suggestion accepted by both sides becomes: one agreement per signing organization.

    `promised` are the deliveries reserved on the capacity, as the facts of a version write them. `negotiation` is None
    until the broker sends the draft to the parties.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint(f"state IN {AGREEMENT_STATES}", name="state"),
        CheckConstraint(f"negotiation IS NULL OR negotiation IN {NEGOTIATION_STATES}", name="negotiation"),
        CheckConstraint(f"offered_by IS NULL OR offered_by IN {SIDES}", name="offered_by"),
        CheckConstraint("state <> 'negotiated' OR negotiated_at IS NOT NULL", name="negotiated"),
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed"),
        CheckConstraint("buyer_id <> organization_id", name="two_parties"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), unique=True)
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    negotiation: Mapped[str | None] = mapped_column(default=None)
    offered_by: Mapped[str | None] = mapped_column(default=None)
    moved_at: Mapped[dt.datetime]
    reply_by: Mapped[dt.date | None] = mapped_column(default=None)
    negotiated_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    signed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    ended_reason: Mapped[str | None] = mapped_column(default=None)
    promised: Mapped[list[Any]]
    created_at: Mapped[dt.datetime]

    suggestion: Mapped[Suggestion] = relationship(init=False, repr=False)
    buyer: Mapped[Organization] = relationship(foreign_keys=[buyer_id], init=False, repr=False)
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id], init=False, repr=False)
    broker: Mapped[Organization] = relationship(foreign_keys=[broker_id], init=False, repr=False)
    versions: Mapped[list["AgreementVersion"]] = relationship(
        default_factory=list, repr=False, order_by="AgreementVersion.number"
    )

    def party_id(self, side: str) -> int:
        """The organization of a side."""
        return {"buyer": self.buyer_id, "producer": self.organization_id, "broker": self.broker_id}[side]


class AgreementVersion(Entity, kw_only=True):
    """The facts of an agreement at one moment with the words made of them, hashed together; never edited.

    `content` holds for each language the assembled draft and the plain summary. Versions older than this column have
    none: their hash is over the facts alone. `changes` are the paths that differ from the version before.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(f"author_side IN {SIDES}", name="author_side"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True, init=False)
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    sha256: Mapped[str]
    author_side: Mapped[str] = mapped_column(default="broker")
    note: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[list[str]] = mapped_column(default_factory=list)
    open_points: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    acceptances: Mapped[list["Acceptance"]] = relationship(
        default_factory=list, repr=False, order_by="Acceptance.id"
    )
    signatures: Mapped[list["Signature"]] = relationship(
        default_factory=list, repr=False, order_by="Signature.id"
    )
    created_by: Mapped[User | None] = relationship(init=False, repr=False)


class Acceptance(Entity, kw_only=True):
    """A party accepts one version by its hash, once."""

    __tablename__ = "acceptances"
    __table_args__ = (
        UniqueConstraint("version_id", "side"),
        CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    side: Mapped[str]
    sha256: Mapped[str]
    accepted_at: Mapped[dt.datetime]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    accepted_by: Mapped[User | None] = relationship(init=False, repr=False)


class Signature(Entity, kw_only=True):
    """The representative of a party signs one version: in the account after signing in anew, or on paper.

    `account` is the name of the user at that moment, `signed_on` the day in the organization's country. `seal` is the
    SHA-256 over everything that the row says; the audit holds it too.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("version_id", "side"),
        CheckConstraint(f"side IN {PARTY_SIDES}", name="side"),
        CheckConstraint(f"method IN {SIGNING_METHODS}", name="method"),
        CheckConstraint("(method = 'paper') = (scan_id IS NOT NULL)", name="scan"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    side: Mapped[str]
    method: Mapped[str]
    signer: Mapped[str] = mapped_column(Text)
    authority: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str]
    signed_at: Mapped[dt.datetime]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    account: Mapped[str]
    address: Mapped[str]
    signed_on: Mapped[dt.date]
    seal: Mapped[str]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)

    signed_by: Mapped[User | None] = relationship(init=False, repr=False)


class SealedPdf(Entity, kw_only=True):
    """The SHA-256 of a PDF of a version as it was made when the last of `signatures` was given. It proves a copy even
    when a later version of this program would set the page otherwise."""

    __tablename__ = "sealed_pdfs"
    __table_args__ = (UniqueConstraint("version_id", "language", "signatures"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    language: Mapped[str]
    signatures: Mapped[int]
    sha256: Mapped[str] = mapped_column(index=True)
    made_at: Mapped[dt.datetime]


class Remark(Entity, kw_only=True):
    """What somebody says about the agreement or one clause of it; both parties and the broker read it."""

    __tablename__ = "remarks"
    __table_args__ = (CheckConstraint(f"side IN {SIDES}", name="side"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    version_number: Mapped[int]
    clause: Mapped[str | None]
    side: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[dt.datetime]
    said_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    said_by: Mapped[User | None] = relationship(init=False, repr=False)
