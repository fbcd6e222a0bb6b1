"""Agreements, the capacities they promise, their immutable versions, and what the parties say to each version."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id
from broker.listings.models import Capacity, Need
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
    """What suggestions accepted by both sides become: one agreement per signing organization, which is a union where
    its members gave it the mandate to sign.

    `promised` are the deliveries reserved on all capacities together, as the facts of a version write them.
    `negotiation` is None until the broker sends the draft to the parties. `binding` is the number of the version that
    both signed last; a later one that stands is an amendment under way. `renews_id` is the agreement that this one
    continues.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        CheckConstraint(f"state IN {AGREEMENT_STATES}", name="state"),
        CheckConstraint(f"negotiation IS NULL OR negotiation IN {NEGOTIATION_STATES}", name="negotiation"),
        CheckConstraint(f"offered_by IS NULL OR offered_by IN {SIDES}", name="offered_by"),
        CheckConstraint("state <> 'negotiated' OR negotiated_at IS NOT NULL", name="negotiated"),
        CheckConstraint("state <> 'signed' OR signed_at IS NOT NULL", name="signed"),
        CheckConstraint("(signed_at IS NULL) = (binding IS NULL)", name="binding"),
        CheckConstraint("buyer_id <> organization_id", name="two_parties"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
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
    binding: Mapped[int | None] = mapped_column(default=None)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("agreements.id"), unique=True, default=None)
    ended_reason: Mapped[str | None] = mapped_column(default=None)
    promised: Mapped[list[Any]]
    created_at: Mapped[dt.datetime]

    need: Mapped[Need] = relationship(init=False, repr=False)
    parts: Mapped[list["AgreementPart"]] = relationship(
        default_factory=list, repr=False, order_by="AgreementPart.id"
    )
    buyer: Mapped[Organization] = relationship(foreign_keys=[buyer_id], init=False, repr=False)
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id], init=False, repr=False)
    broker: Mapped[Organization] = relationship(foreign_keys=[broker_id], init=False, repr=False)
    successor: Mapped["Agreement | None"] = relationship(
        primaryjoin="Agreement.id == foreign(remote(Agreement.renews_id))",
        uselist=False,
        viewonly=True,
        init=False,
        repr=False,
    )
    versions: Mapped[list["AgreementVersion"]] = relationship(
        default_factory=list, repr=False, order_by="AgreementVersion.number"
    )

    @property
    def total_kg(self) -> Decimal:
        """Everything that is promised."""
        return sum((Decimal(row["quantity_kg"]) for row in self.promised), Decimal(0))

    def party_id(self, side: str) -> int:
        """The organization of a side."""
        return {"buyer": self.buyer_id, "producer": self.organization_id, "broker": self.broker_id}[side]


class AgreementPart(Entity, kw_only=True):
    """What one capacity promises to an agreement: the kg of each delivery. There is one part, or one for each member
    for which a union signs. A renewal comes of no suggestion."""

    __tablename__ = "agreement_parts"
    __table_args__ = (UniqueConstraint("agreement_id", "capacity_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True, init=False)
    suggestion_id: Mapped[int | None] = mapped_column(ForeignKey("suggestions.id"), unique=True)
    capacity_id: Mapped[int] = mapped_column(ForeignKey("capacities.id"), index=True)
    promised: Mapped[list[Any]]

    capacity: Mapped[Capacity] = relationship(init=False, repr=False)


class AgreementVersion(Entity, kw_only=True):
    """The facts of an agreement at one moment with the words made of them, hashed together; never edited.

    `content` holds for each language the assembled draft and the plain summary. Versions older than this column have
    none: their hash is over the facts alone. `changes` are the paths that differ from the version before. `amends` is
    the number of the signed version that it would change; `dropped_at` is when that was given up.
    """

    __tablename__ = "agreement_versions"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(f"author_side IN {SIDES}", name="author_side"),
        CheckConstraint("amends IS NULL OR amends < number", name="amends"),
        CheckConstraint("dropped_at IS NULL OR amends IS NOT NULL", name="dropped"),
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
    amends: Mapped[int | None] = mapped_column(default=None)
    dropped_at: Mapped[dt.datetime | None] = mapped_column(default=None)
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
