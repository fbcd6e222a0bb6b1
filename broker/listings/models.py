"""Needs that buyers post and capacities that producer organizations publish."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, ExactDecimal, Id, Kilograms, PriceUnits
from broker.money import Money, UnitPrice
from broker.parties.models import Organization
from broker.quantity import Quantity

PERIODS = ("once", "week", "fortnight", "month", "season")
DELIVERY_TERMS = (
    "farm_gate", "collection_centre", "buyer_plant", "distribution_centre",
    "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP",
)  # fmt: skip
PRICE_METHODS = (
    "fixed", "fixed_reviewed", "index_differential", "floor_plus_premium", "cost_plus", "collar",
    "split_payment",
)  # fmt: skip
PAYMENT_BASES = ("receipt", "acceptance", "invoice")
PAYMENT_CHANNELS = ("transfer", "mobile", "cash", "cheque")
VISIBILITIES = ("public", "invited", "broker")
CONTRIBUTION_TYPES = (
    "technical_assistance",
    "seed",
    "inputs",
    "packing",
    "transport",
    "prefinance",
    "certification",
)
NEED_STATES = ("draft", "open", "partially_covered", "covered", "closed", "expired", "withdrawn")
CAPACITY_STATES = ("draft", "published", "partially_committed", "fully_committed", "stale", "withdrawn")


class Need(Entity, kw_only=True):
    """What a buyer will contract: a dated quantity per period, a specification and terms.

    Prices are minor units of `currency` per `price_unit`, landed at the delivery place; the reserve price is
    the highest the buyer would pay and is confidential. `usual_rejects_pct` is the part of what comes that the buyer
    usually rejects, as he says himself; None where he does not say.
    """

    __tablename__ = "needs"
    __table_args__ = (
        UniqueConstraint("buyer_id", "reference"),
        CheckConstraint(f"state IN {NEED_STATES}", name="state"),
        CheckConstraint(f"period IN {PERIODS}", name="period"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
        CheckConstraint("quantity_kg > 0", name="quantity"),
        CheckConstraint("ends_on >= starts_on", name="window"),
        CheckConstraint("min_fill_pct BETWEEN 0 AND 100", name="min_fill"),
        CheckConstraint("max_share_pct BETWEEN 1 AND 100", name="max_share"),
        CheckConstraint("min_suppliers >= 1", name="min_suppliers"),
        CheckConstraint("max_suppliers IS NULL OR max_suppliers >= min_suppliers", name="max_suppliers"),
        CheckConstraint("payment_days BETWEEN 0 AND 365", name="payment_days"),
        CheckConstraint("advance_pct BETWEEN 0 AND 100", name="advance"),
        CheckConstraint("price_minor IS NULL OR price_minor > 0", name="price"),
        CheckConstraint("reserve_minor IS NULL OR reserve_minor > 0", name="reserve"),
        CheckConstraint("covered_kg >= 0 AND covered_kg <= total_kg", name="not_overcovered"),
        Index("ix_needs_browse", "state", "visibility", "product"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    reference: Mapped[str]
    buyer_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    product: Mapped[str] = mapped_column(index=True)
    quantity_kg: Mapped[Decimal] = mapped_column(Kilograms)
    quantity_original: Mapped[Decimal] = mapped_column(ExactDecimal)
    quantity_unit: Mapped[str]
    quantity_factor: Mapped[Decimal] = mapped_column(ExactDecimal)
    period: Mapped[str]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    reply_by: Mapped[dt.date]
    total_kg: Mapped[Decimal] = mapped_column(Kilograms)
    covered_kg: Mapped[Decimal] = mapped_column(Kilograms, default=Decimal(0))
    min_fill_pct: Mapped[int] = mapped_column(default=90)
    min_suppliers: Mapped[int] = mapped_column(default=1)
    max_suppliers: Mapped[int | None] = mapped_column(default=None)
    max_share_pct: Mapped[int] = mapped_column(default=100)
    country: Mapped[str]
    municipality: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    delivery_term: Mapped[str]
    currency: Mapped[str]
    price_method: Mapped[str]
    price_params: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    price_unit: Mapped[str]
    price_unit_kg: Mapped[Decimal] = mapped_column(ExactDecimal)
    price_minor: Mapped[int | None] = mapped_column(PriceUnits, default=None)
    reserve_minor: Mapped[int | None] = mapped_column(PriceUnits, default=None)
    payment_basis: Mapped[str] = mapped_column(default="receipt")
    payment_days: Mapped[int]
    advance_pct: Mapped[int] = mapped_column(default=0)
    payment_channel: Mapped[str | None] = mapped_column(default=None)
    usual_rejects_pct: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    certificates: Mapped[list[str]] = mapped_column(default_factory=list)
    origins: Mapped[list[str]] = mapped_column(default_factory=list)
    attributes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    packing: Mapped[str | None] = mapped_column(default=None)
    packing_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    description: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(default="public")
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(init=False)
    request_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    buyer: Mapped[Organization] = relationship(init=False, repr=False)
    contributions: Mapped[list["Contribution"]] = relationship(
        default_factory=list, repr=False, cascade="all, delete-orphan", order_by="Contribution.id"
    )
    questions: Mapped[list["NeedQuestion"]] = relationship(
        init=False, repr=False, order_by="NeedQuestion.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def quantity(self) -> Quantity:
        return Quantity(self.quantity_original, self.quantity_unit, self.quantity_factor)

    @property
    def wait_days(self) -> Decimal:
        """Days the organization waits for its money, net of the advance."""
        return self.payment_days * (1 - Decimal(self.advance_pct) / 100)

    @property
    def price(self) -> UnitPrice | None:
        return _unit_price(self, self.price_minor)

    @property
    def reserve_price(self) -> UnitPrice | None:
        return _unit_price(self, self.reserve_minor)


class Contribution(Entity, kw_only=True):
    """What the buyer adds to the alliance beyond the price: technical assistance, inputs, prefinance."""

    __tablename__ = "contributions"
    __table_args__ = (
        CheckConstraint(f"type IN {CONTRIBUTION_TYPES}", name="type"),
        CheckConstraint("value_minor IS NULL OR value_minor >= 0", name="value"),
        CheckConstraint("type <> 'technical_assistance' OR NOT reimbursable", name="assistance_is_free"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True, init=False)
    type: Mapped[str]
    description: Mapped[str]
    value_minor: Mapped[int | None] = mapped_column(PriceUnits, default=None)
    promised_on: Mapped[dt.date | None] = mapped_column(default=None)
    reimbursable: Mapped[bool] = mapped_column(default=False)


class NeedQuestion(Entity, kw_only=True):
    """What an organization asked about a need. Once answered, both are shown to every reader of the need; who asked is
    told to nobody. A question that the buyer declines is shown to the asker alone."""

    __tablename__ = "need_questions"
    __table_args__ = (
        UniqueConstraint("asked_by_id", "request_key"),
        CheckConstraint("answer IS NULL OR answered_at IS NOT NULL", name="answered"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    question: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[dt.datetime]
    request_key: Mapped[str]
    answer: Mapped[str | None] = mapped_column(Text, default=None)
    answered_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class Capacity(Entity, kw_only=True):
    """What members will deliver, not what they harvest: area x yield x grade share x (1 - loss) x delivery
    share. Where `kg_week` is stated outright, the five factors are 0 and say nothing.

    Prices are minor units of `currency` per `price_unit` at the organization's door; no asking price means
    that the organization takes the buyer's formula. The reserve price is the lowest it would take and is
    confidential.
    """

    __tablename__ = "capacities"
    __table_args__ = (
        UniqueConstraint("organization_id", "reference"),
        CheckConstraint(f"state IN {CAPACITY_STATES}", name="state"),
        CheckConstraint(f"visibility IN {VISIBILITIES}", name="visibility"),
        CheckConstraint("volume_kg_year > 0", name="volume"),
        CheckConstraint("elsewhere_kg_year >= 0 AND elsewhere_kg_year <= volume_kg_year", name="elsewhere"),
        CheckConstraint("max_wait_days BETWEEN 0 AND 365", name="max_wait"),
        CheckConstraint("ask_minor IS NULL OR ask_minor > 0", name="ask"),
        CheckConstraint("reserve_minor IS NULL OR reserve_minor > 0", name="reserve"),
        Index("ix_capacities_browse", "state", "visibility", "product"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    reference: Mapped[str]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    product: Mapped[str] = mapped_column(index=True)
    area_ha: Mapped[Decimal] = mapped_column(ExactDecimal)
    yield_t_ha_year: Mapped[Decimal] = mapped_column(ExactDecimal)
    grade_share_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    loss_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    delivery_share_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    kg_week: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    calendar: Mapped[list[int]]
    volume_kg_year: Mapped[Decimal] = mapped_column(Kilograms)
    elsewhere_kg_year: Mapped[Decimal] = mapped_column(Kilograms, default=Decimal(0))
    country: Mapped[str]
    municipality: Mapped[str]
    lat: Mapped[float]
    lon: Mapped[float]
    currency: Mapped[str]
    price_unit: Mapped[str]
    price_unit_kg: Mapped[Decimal] = mapped_column(ExactDecimal)
    ask_minor: Mapped[int | None] = mapped_column(PriceUnits, default=None)
    reserve_minor: Mapped[int | None] = mapped_column(PriceUnits, default=None)
    max_wait_days: Mapped[int]
    min_lot_kg: Mapped[Decimal] = mapped_column(Kilograms, default=Decimal(0))
    attributes: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    packing: Mapped[str | None] = mapped_column(default=None)
    packing_kg: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    description: Mapped[str] = mapped_column(Text, default="")
    visibility: Mapped[str] = mapped_column(default="public")
    state: Mapped[str] = mapped_column(default="draft")
    confirmed_at: Mapped[dt.datetime]
    confirmed_before: Mapped[dt.datetime | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(init=False)
    request_key: Mapped[str | None] = mapped_column(unique=True, default=None)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]

    organization: Mapped[Organization] = relationship(init=False, repr=False)
    slots: Mapped[list["CapacitySlot"]] = relationship(
        default_factory=list, repr=False, order_by="CapacitySlot.id"
    )

    __mapper_args__ = {"version_id_col": version}

    @property
    def ask_price(self) -> UnitPrice | None:
        return _unit_price(self, self.ask_minor)

    @property
    def reserve_price(self) -> UnitPrice | None:
        return _unit_price(self, self.reserve_minor)


class CapacitySlot(Entity, kw_only=True):
    """How much of a capacity is promised in one week (or, for storable produce, in one calendar year).

    Rows exist only where something was reserved. Reserving is one conditional UPDATE, and the CHECK stands
    behind it, so nothing is ever oversold on either database.
    """

    __tablename__ = "capacity_slots"
    __table_args__ = (
        UniqueConstraint("capacity_id", "kind", "starts_on"),
        CheckConstraint("kind IN ('week', 'year')", name="kind"),
        CheckConstraint("reserved_kg >= 0 AND reserved_kg <= available_kg", name="not_oversold"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    capacity_id: Mapped[int] = mapped_column(ForeignKey("capacities.id"), index=True)
    kind: Mapped[str]
    starts_on: Mapped[dt.date]
    available_kg: Mapped[Decimal] = mapped_column(Kilograms)
    reserved_kg: Mapped[Decimal] = mapped_column(Kilograms, default=Decimal(0))


def _unit_price(listing: Need | Capacity, minor: int | None) -> UnitPrice | None:
    if minor is None:
        return None
    return UnitPrice(Money(minor, listing.currency), listing.price_unit, listing.price_unit_kg)
