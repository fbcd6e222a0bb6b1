"""What the signed version says about delivering, receiving and paying, as plain values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.agreements.facts import DraftFacts
from broker.agreements.freezing import facts_of
from broker.agreements.models import Agreement, AgreementVersion, Signature
from broker.agreements.queries import in_force, version_of
from broker.catalogue import countries
from broker.clock import local_date
from broker.deliveries.measures import Measure, agreed, offered
from broker.deliveries.models import Statement
from broker.errors import RuleBroken
from broker.prices.agreed import Terms

DEFAULT_SILENCE_HOURS = 48
DEFAULT_DISPUTE_HOURS = 48
DEFAULT_DOWNGRADE_PCT = Decimal(100)


@dataclass(frozen=True)
class DeliveryTerms:
    """Hours run from reception; percents are of the value of a delivery; `time_zone` is the organization's.

    `measure` is the customary unit of the quantity, `measures` are all in which a form may be filled in.
    """

    price: Terms
    payment_days: int
    payment_basis: str
    channel: str | None
    tolerance_pct: Decimal
    silence: dt.timedelta
    dispute: dt.timedelta
    downgrade_pct: Decimal
    deductions: tuple[str, ...]
    deductions_cap_pct: Decimal | None
    advance_pct: Decimal
    late_interest_pct: Decimal
    fee_pct: Decimal | None
    fee_payer: str | None
    surplus: str | None
    time_zone: str
    measure: Measure | None
    measures: tuple[Measure, ...]

    def day(self, moment: dt.datetime) -> dt.date:
        """The calendar day of a moment where the organization is."""
        return local_date(moment, self.time_zone)


def terms_of(session: Session, agreement: Agreement) -> DeliveryTerms:
    """The terms of the version that both signed last. Raises RuleBroken('price_method_needs')."""
    return terms_in(facts_of(in_force(session, agreement)))


def terms_behind(session: Session, statement: Statement) -> DeliveryTerms:
    """The terms under which a statement was made, whatever both have signed since: its second payment and its interest
    follow them. Raises RuleBroken('price_method_needs')."""
    signed = (
        select(AgreementVersion.number)
        .join(AgreementVersion.signatures)
        .where(
            AgreementVersion.agreement_id == statement.agreement_id,
            Signature.signed_at <= statement.made_at,
        )
        .group_by(AgreementVersion.number)
        .having(func.count(Signature.id) == 2)
    )
    agreement = session.get_one(Agreement, statement.agreement_id)
    number = session.scalar(signed.order_by(AgreementVersion.number.desc()).limit(1))
    return terms_in(facts_of(version_of(session, agreement, number or agreement.binding)))


def terms_in(facts: DraftFacts) -> DeliveryTerms:
    """The terms that the facts of a signed version state. Raises RuleBroken('price_method_needs')."""
    price, payment, modalities = facts.price, facts.payment, facts.modalities
    if price.method is None or price.currency is None:
        raise RuleBroken("price_method_needs", field="method", method=price.method or "")
    return DeliveryTerms(
        price=Terms(
            price.method,
            price.currency,
            price.unit,
            price.unit_kg,
            price.unit_price,
            dict(price.params or {}),
        ),
        payment_days=payment.days or 0,
        payment_basis=payment.basis or "receipt",
        channel=payment.channel,
        tolerance_pct=facts.schedule.tolerance_pct or Decimal(0),
        silence=dt.timedelta(hours=modalities.silence_hours or DEFAULT_SILENCE_HOURS),
        dispute=dt.timedelta(hours=modalities.dispute_hours or DEFAULT_DISPUTE_HOURS),
        downgrade_pct=DEFAULT_DOWNGRADE_PCT if modalities.downgrade_pct is None else modalities.downgrade_pct,
        deductions=payment.deductions or (),
        deductions_cap_pct=payment.deductions_cap_pct,
        advance_pct=payment.advance_pct or Decimal(0),
        late_interest_pct=payment.late_interest_pct or Decimal(0),
        fee_pct=facts.mandate.fee_pct if facts.mandate else None,
        fee_payer=facts.mandate.payer if facts.mandate else None,
        surplus=facts.quantity_rules.surplus,
        time_zone=countries.get(facts.organization.country).time_zone,
        measure=agreed(facts),
        measures=offered(facts),
    )
