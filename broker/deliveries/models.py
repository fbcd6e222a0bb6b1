"""Deliveries of an agreement and their lots, statements of what they pay, and payments as both sides report them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.agreements.models import Agreement
from broker.base import Entity, ExactDecimal, Id, Kilograms, PriceUnits

DELIVERY_STATES = (
    "scheduled",
    "confirmed",
    "dispatched",
    "received",
    "graded",
    "accepted",
    "partially_accepted",
    "rejected",
    "disputed",
    "invoiced",
    "paid_reported",
    "paid",
    "cancelled",
    "no_show",
)
DECIDED = ("accepted", "partially_accepted", "rejected", "disputed", "invoiced", "paid_reported", "paid")
PAYMENT_KINDS = ("advance", "settlement", "interest", "liquidation")
LINE_KINDS = ("grade", "deduction", "advance")


class Delivery(Entity, kw_only=True):
    """One delivery of the calendar. kg are whole grams; what was decided of the net adds up to it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        CheckConstraint(f"state IN {DELIVERY_STATES}", name="state"),
        CheckConstraint("starts_on <= ends_on", name="period"),
        CheckConstraint("planned_kg > 0", name="planned"),
        CheckConstraint("net_kg IS NULL OR net_kg = gross_kg - tare_kg", name="net"),
        CheckConstraint("net_kg IS NULL OR (net_kg >= 0 AND tare_kg >= 0)", name="weights"),
        CheckConstraint(
            "accepted_kg IS NULL OR (accepted_kg >= 0 AND downgraded_kg >= 0 AND rejected_kg >= 0"
            " AND accepted_kg + downgraded_kg + rejected_kg = net_kg)",
            name="decided",
        ),
        CheckConstraint(
            "rejected_kg IS NULL OR rejected_kg = 0 OR (cause IS NOT NULL AND photo_id IS NOT NULL)",
            name="evidence",
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"))
    number: Mapped[int]
    starts_on: Mapped[dt.date] = mapped_column(index=True)
    ends_on: Mapped[dt.date]
    planned_kg: Mapped[Decimal] = mapped_column(Kilograms)
    state: Mapped[str] = mapped_column(default="scheduled", index=True)

    dispatched_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    carrier: Mapped[str | None] = mapped_column(default=None)

    received_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    slip: Mapped[str | None] = mapped_column(default=None)
    # The slip as it was written, where that was not in kg.
    gross_original: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    tare_original: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    slip_unit: Mapped[str | None] = mapped_column(default=None)
    slip_factor: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    gross_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    tare_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    net_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    handed_over_by: Mapped[str | None] = mapped_column(default=None)
    received_by: Mapped[str | None] = mapped_column(default=None)

    decided_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    by_silence: Mapped[bool] = mapped_column(default=False)
    grader: Mapped[str | None] = mapped_column(default=None)
    sample: Mapped[str | None] = mapped_column(default=None)
    accepted_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    downgraded_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    rejected_kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    cause: Mapped[str | None] = mapped_column(Text, default=None)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"), default=None)

    disputed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    dispute: Mapped[str | None] = mapped_column(Text, default=None)
    # What one side proposes to end a dispute with: kg as text, what it says, which side it is, and under "earlier" the
    # proposals that it replaced.
    proposal: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    ended_reason: Mapped[str | None] = mapped_column(Text, default=None)

    agreement: Mapped[Agreement] = relationship(init=False, repr=False)
    lots: Mapped[list["Lot"]] = relationship(
        default_factory=list, repr=False, order_by="Lot.id", cascade="all, delete-orphan"
    )
    statement: Mapped["Statement | None"] = relationship(back_populates="delivery", init=False, repr=False)


class SentForm(Entity, kw_only=True):
    """A form that was carried out on a delivery, by its key and the SHA-256 of what it said (empty: not known): however
    late it is sent again, it counts once."""

    __tablename__ = "sent_forms"
    __table_args__ = (UniqueConstraint("delivery_id", "key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"))
    key: Mapped[str]
    sha256: Mapped[str]


class Lot(Entity, kw_only=True):
    """Produce that travels together under one code; its lines say which members and plots it comes from.

    `quantity_original` units of `quantity_unit`, `quantity_factor` kg each, where it was not said in kg; its lines were
    said in the same unit.
    """

    __tablename__ = "lots"
    __table_args__ = (UniqueConstraint("delivery_id", "code"), CheckConstraint("kg > 0", name="kg"))

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), index=True)
    code: Mapped[str]
    harvested_on: Mapped[dt.date | None] = mapped_column(default=None)
    kg: Mapped[Decimal] = mapped_column(Kilograms)
    quantity_original: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    quantity_unit: Mapped[str | None] = mapped_column(default=None)
    quantity_factor: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)

    lines: Mapped[list["LotLine"]] = relationship(
        default_factory=list, repr=False, order_by="LotLine.id", cascade="all, delete-orphan"
    )


class LotLine(Entity, kw_only=True):
    """What one member brought to a lot, from which plot where that is known."""

    __tablename__ = "lot_lines"
    __table_args__ = (CheckConstraint("kg > 0", name="kg"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), index=True, init=False)
    member: Mapped[str]
    plot: Mapped[str | None]
    kg: Mapped[Decimal] = mapped_column(Kilograms)
    quantity_original: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)


class Statement(Entity, kw_only=True):
    """What a delivery pays: value by grade less deductions, in minor units; lines and members' shares add up to it.

    `price` is per `unit` of `unit_kg` kg, digit for digit; `steps` are how it came about; `fee_minor` is what the
    broker earns once it is paid, whoever pays him.
    """

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint("value_minor >= 0 AND total_minor >= 0", name="amounts"),
        CheckConstraint("fee_minor >= 0", name="fee"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id"), unique=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    invoice: Mapped[str]
    made_at: Mapped[dt.datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[dt.date]
    currency: Mapped[str]
    price: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str]
    unit_kg: Mapped[Decimal] = mapped_column(ExactDecimal)
    steps: Mapped[list[Any]]
    value_minor: Mapped[int] = mapped_column(PriceUnits)
    total_minor: Mapped[int] = mapped_column(PriceUnits)
    fee_minor: Mapped[int] = mapped_column(PriceUnits)
    fee_payer: Mapped[str | None]

    delivery: Mapped[Delivery] = relationship(back_populates="statement", init=False, repr=False)
    lines: Mapped[list["StatementLine"]] = relationship(
        default_factory=list, repr=False, order_by="StatementLine.id"
    )
    shares: Mapped[list["MemberShare"]] = relationship(
        default_factory=list, repr=False, order_by="MemberShare.id"
    )
    payments: Mapped[list["Payment"]] = relationship(default_factory=list, repr=False, order_by="Payment.id")
    liquidation: Mapped["Liquidation | None"] = relationship(init=False, repr=False)

    @property
    def is_first_part(self) -> bool:
        """Whether a second payment follows, when the buyer has resold."""
        return any(step["code"] == "first_payment" for step in self.steps)

    @property
    def second_is_open(self) -> bool:
        """Whether the second payment is still to be reckoned, or to be confirmed."""
        if self.liquidation is None:
            return self.is_first_part
        paid = (one.minor for one in self.payments if one.kind == "liquidation" and one.confirmed_at)
        return sum(paid) < self.liquidation.second_minor


class Liquidation(Entity, kw_only=True):
    """The second part of a split payment: what the buyer resold, less the agreed costs, shared; in minor units.

    second = share - first + kept: what of the first part is above the share is kept. `sales` are what, quantity, price
    of a unit (decimals as text) and minor; a unit is `unit_kg` kg. `costs` are name, minor and voucher.
    """

    __tablename__ = "liquidations"
    __table_args__ = (
        CheckConstraint("second_minor >= 0 AND kept_minor >= 0", name="amounts"),
        CheckConstraint("second_minor = share_minor - first_minor + kept_minor", name="second"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), unique=True)
    handed_over_at: Mapped[dt.datetime]
    handed_over_on: Mapped[dt.date]
    handed_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[dt.date]
    unit: Mapped[str]
    unit_kg: Mapped[Decimal] = mapped_column(ExactDecimal)
    sales: Mapped[list[Any]]
    costs: Mapped[list[Any]]
    share_pct: Mapped[Decimal] = mapped_column(ExactDecimal)
    value_minor: Mapped[int] = mapped_column(PriceUnits)
    net_minor: Mapped[int] = mapped_column(PriceUnits)
    share_minor: Mapped[int] = mapped_column(PriceUnits)
    first_minor: Mapped[int] = mapped_column(PriceUnits)
    kept_minor: Mapped[int] = mapped_column(PriceUnits)
    second_minor: Mapped[int] = mapped_column(PriceUnits)


class StatementLine(Entity, kw_only=True):
    """One line: what a grade is worth (positive), or what is taken off (negative)."""

    __tablename__ = "statement_lines"
    __table_args__ = (CheckConstraint(f"kind IN {LINE_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True, init=False)
    kind: Mapped[str]
    code: Mapped[str]
    kg: Mapped[Decimal | None] = mapped_column(Kilograms, default=None)
    pct: Mapped[Decimal | None] = mapped_column(ExactDecimal, default=None)
    minor: Mapped[int] = mapped_column(PriceUnits)


class MemberShare(Entity, kw_only=True):
    """What of the total falls to a member, by the kg of the lots."""

    __tablename__ = "member_shares"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True, init=False)
    member: Mapped[str]
    kg: Mapped[Decimal] = mapped_column(Kilograms)
    minor: Mapped[int] = mapped_column(PriceUnits)


class Payment(Entity, kw_only=True):
    """Money that the buyer says he sent and the organization says it received."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint(f"kind IN {PAYMENT_KINDS}", name="kind"),
        CheckConstraint("minor > 0", name="amount"),
        CheckConstraint("(kind = 'advance') = (statement_id IS NULL)", name="statement"),
        UniqueConstraint("agreement_id", "key"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreements.id"), index=True)
    statement_id: Mapped[int | None] = mapped_column(ForeignKey("statements.id"), index=True)
    kind: Mapped[str]
    minor: Mapped[int] = mapped_column(PriceUnits)
    currency: Mapped[str]
    paid_on: Mapped[dt.date]
    channel: Mapped[str]
    reference: Mapped[str] = mapped_column(default="")
    key: Mapped[str]
    reported_at: Mapped[dt.datetime]
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
