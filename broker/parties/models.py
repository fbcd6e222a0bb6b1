"""Organizations, the people in them, and the mandates by which a broker acts for a client."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, ExactDecimal, Id

KINDS = ("producer_org", "union", "buyer", "broker", "agency")
PRODUCER_KINDS = ("producer_org", "union")
# Those of the catalogue, which stands above the parties; a test holds the two together.
COUNTRIES = ("CO", "BO", "GT", "PA", "HN", "SV", "NI", "CR", "MX", "PE", "EC", "DO", "BR")
LEGAL_STATUSES = ("registered", "in_process", "informal")
ROLES = ("manager", "clerk", "reader")
MANDATE_STATES = ("proposed", "active", "declined", "ended")
FEE_KINDS = ("success_pct", "per_unit", "retainer", "programme_paid", "hybrid")
FEE_PAYERS = ("buyer", "producer", "both", "programme")


class Organization(Entity, kw_only=True):
    """A party of the trade. A producer organization of the first tier may belong to a union (second tier)."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"legal_status IN {LEGAL_STATUSES}", name="legal_status"),
        CheckConstraint("lat IS NULL OR (lat BETWEEN -90 AND 90)", name="lat"),
        CheckConstraint("lon IS NULL OR (lon BETWEEN -180 AND 180)", name="lon"),
        CheckConstraint("union_id IS NULL OR (kind = 'producer_org' AND union_id <> id)", name="union"),
        CheckConstraint(
            "members_total IS NULL OR (coalesce(members_women, 0) <= members_total"
            " AND coalesce(members_indigenous, 0) <= members_total)",
            name="members",
        ),
        UniqueConstraint("country", "tax_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    kind: Mapped[str]
    legal_name: Mapped[str] = mapped_column(index=True)
    country: Mapped[str]
    municipality: Mapped[str]
    lat: Mapped[float | None] = mapped_column(default=None)
    lon: Mapped[float | None] = mapped_column(default=None)
    legal_status: Mapped[str] = mapped_column(default="registered")
    tax_id: Mapped[str | None] = mapped_column(default=None)
    phone: Mapped[str | None] = mapped_column(default=None)
    email: Mapped[str | None] = mapped_column(default=None)
    representative: Mapped[str | None] = mapped_column(default=None)
    representative_power: Mapped[str | None] = mapped_column(default=None)
    union_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), default=None)
    buyer_type: Mapped[str | None] = mapped_column(default=None)
    members_total: Mapped[int | None] = mapped_column(default=None)
    members_women: Mapped[int | None] = mapped_column(default=None)
    members_indigenous: Mapped[int | None] = mapped_column(default=None)
    about: Mapped[str] = mapped_column(default="")
    is_fictional: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]

    union: Mapped["Organization | None"] = relationship(remote_side=[id], init=False, repr=False)
    covered_by: Mapped[list["Certificate"]] = relationship(
        foreign_keys="Certificate.covers_id",
        order_by="(Certificate.scheme, Certificate.id)",
        viewonly=True,
        init=False,
        repr=False,
    )

    @property
    def is_producer(self) -> bool:
        return self.kind in PRODUCER_KINDS


class User(Entity, kw_only=True):
    """A person with an account. `epoch` goes up at logout and password change and ends older sessions."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(default="es")
    totp_secret: Mapped[str | None] = mapped_column(default=None)
    epoch: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]

    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="user", default_factory=list, order_by="Membership.id"
    )


class Membership(Entity, kw_only=True):
    """A user acts for an organization: a reader looks, a clerk also writes, a manager also decides who."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("user_id", "organization_id"),
        CheckConstraint(f"role IN {ROLES}", name="role"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    role: Mapped[str]

    user: Mapped[User] = relationship(back_populates="memberships", init=False, repr=False)
    organization: Mapped[Organization] = relationship(init=False, repr=False)


class Mandate(Entity, kw_only=True):
    """A broker house proposes, the client consents. Fee, payer and base are visible to both sides."""

    __tablename__ = "mandates"
    __table_args__ = (
        CheckConstraint(f"state IN {MANDATE_STATES}", name="state"),
        CheckConstraint(f"fee_kind IN {FEE_KINDS}", name="fee_kind"),
        CheckConstraint(f"fee_payer IN {FEE_PAYERS}", name="fee_payer"),
        CheckConstraint("broker_id <> client_id", name="two_parties"),
        CheckConstraint("state <> 'active' OR consented_at IS NOT NULL", name="consent"),
        CheckConstraint("ends_on > starts_on", name="term"),
        Index(
            "uq_mandates_live",
            "broker_id",
            "client_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'active')"),
            postgresql_where=text("state IN ('proposed', 'active')"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    fee_kind: Mapped[str]
    fee_pct: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    fee_payer: Mapped[str]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    disclosed_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(default="proposed")
    consented_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    consented_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)

    broker: Mapped[Organization] = relationship(foreign_keys=[broker_id], init=False, repr=False)
    client: Mapped[Organization] = relationship(foreign_keys=[client_id], init=False, repr=False)

    def in_force(self, today: dt.date) -> bool:
        return self.state == "active" and self.starts_on <= today <= self.ends_on


class LoginAttempt(Entity, kw_only=True):
    """A failed sign-in, kept to slow down guessing per account and per address."""

    __tablename__ = "login_attempts"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    account: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(index=True)


class Certificate(Entity, kw_only=True):
    """A certificate: who holds it and which organization's produce it covers.

    For EU organic the holder of a group certificate must be the farmers' own entity (Regulation 2018/848), so
    holder and covered are two fields.
    """

    __tablename__ = "certificates"
    __table_args__ = (CheckConstraint("valid_to >= valid_from", name="validity"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    scheme: Mapped[str]
    holder_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    covers_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    product: Mapped[str | None]
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date]
    number: Mapped[str | None] = mapped_column(default=None)
    body: Mapped[str | None] = mapped_column(default=None)
    suspended: Mapped[bool] = mapped_column(default=False)

    holder: Mapped[Organization] = relationship(foreign_keys=[holder_id], init=False, repr=False)
    covers: Mapped[Organization] = relationship(foreign_keys=[covers_id], init=False, repr=False)

    def valid_on(self, day: dt.date) -> bool:
        return not self.suspended and self.valid_from <= day <= self.valid_to


class SigningMandate(Entity, kw_only=True):
    """A producer organization gives its union the power to sign agreements for it, by its assembly's minutes.

    `revoked_at` ends it for new agreements; what was drafted under it stands.
    """

    __tablename__ = "signing_mandates"
    __table_args__ = (
        CheckConstraint("member_id <> union_id", name="two_parties"),
        CheckConstraint("ends_on > given_on", name="term"),
        Index(
            "uq_signing_mandates_live",
            "member_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    member_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    union_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    minutes: Mapped[str]
    given_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    given_at: Mapped[dt.datetime]
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    member: Mapped[Organization] = relationship(foreign_keys=[member_id], init=False, repr=False)
    union: Mapped[Organization] = relationship(foreign_keys=[union_id], init=False, repr=False)

    def in_force(self, day: dt.date) -> bool:
        return self.revoked_at is None and self.given_on <= day <= self.ends_on
