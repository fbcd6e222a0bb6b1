"""Contributions: what the buyer promised and gave, what the organization confirmed, and what is to be paid back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.agreements.facts import Contribution, DraftFacts
from broker.alliance.acting import party, said
from broker.alliance.events import AllianceMoved
from broker.alliance.models import GivenContribution
from broker.deliveries.models import Statement, StatementLine
from broker.errors import Conflict, Faults, NotAllowed, NotFound
from broker.money import Money
from broker.transaction import Transaction


@dataclass(frozen=True)
class Account:
    """One promised contribution: what of it was given (said by the buyer) and confirmed, each in minor units."""

    position: int
    promised: Contribution
    value: Money | None
    given: Money
    confirmed: Money
    rows: tuple[GivenContribution, ...]


@dataclass(frozen=True)
class Ledger:
    """Every contribution, and what the organization still owes of those that are paid back."""

    accounts: tuple[Account, ...]
    to_pay_back: Money
    paid_back: Money

    @property
    def owed(self) -> Money:
        return Money(max(0, self.to_pay_back.minor - self.paid_back.minor), self.to_pay_back.currency)


def give(
    tx: Transaction,
    agreement_id: int,
    facts: DraftFacts,
    position: int,
    what: str,
    amount: Decimal,
    given_on: dt.date,
    key: str,
) -> GivenContribution:
    """The buyer says what it has given of a promised contribution. A form sent twice counts once."""
    agreement, side = party(tx, agreement_id)
    if side != "buyer":
        raise NotAllowed("only_buyer_gives")
    same = select(GivenContribution).where(
        GivenContribution.agreement_id == agreement_id, GivenContribution.key == key
    )
    if found := tx.session.scalar(same):
        return found
    promised = facts.contributions or ()
    if not 0 <= position < len(promised):
        raise NotFound("not_found")
    money = Money.of(amount, promised[position].currency or facts.price.currency or "USD")
    faults = Faults()
    faults.require(given_on <= tx.today, "date_in_future", "given_on")
    faults.raise_if_any()
    given = GivenContribution(
        agreement_id=agreement.id,
        position=position,
        what=said(what, "what"),
        given_on=given_on,
        minor=money.minor,
        currency=money.currency,
        said_at=tx.now,
        key=key,
    )
    tx.session.add(given)
    tx.session.flush()
    tx.record("contribution.given", "contribution", given.id, agreement.buyer_id, minor=given.minor)
    tx.emit(AllianceMoved(agreement.id, "contribution_given", side))
    return given


def confirm(tx: Transaction, agreement_id: int, given_id: int) -> GivenContribution:
    """The organization says that it has it. Doing so twice changes nothing."""
    agreement, side = party(tx, agreement_id)
    given = tx.session.get(GivenContribution, given_id, with_for_update=True)
    if given is None or given.agreement_id != agreement_id:
        raise NotFound("not_found")
    if side != "producer":
        raise Conflict("other_side_agrees")
    if given.confirmed_at is None:
        given.confirmed_at = tx.now
        tx.record("contribution.confirmed", "contribution", given.id, agreement.organization_id)
    return given


def ledger(session: Session, agreement_id: int, facts: DraftFacts) -> Ledger:
    """The book of contributions. Deductions called inputs in statements pay back what is reimbursable."""
    currency = facts.price.currency or "USD"
    query = select(GivenContribution).where(GivenContribution.agreement_id == agreement_id)
    rows = session.scalars(query.order_by(GivenContribution.id)).all()
    accounts = []
    for position, promised in enumerate(facts.contributions or ()):
        own = tuple(row for row in rows if row.position == position)
        unit = promised.currency or currency
        accounts.append(
            Account(
                position,
                promised,
                None if promised.value is None else Money.rounded(promised.value, unit),
                Money(sum(row.minor for row in own), unit),
                Money(sum(row.minor for row in own if row.confirmed_at), unit),
                own,
            )
        )
    owed = sum(one.confirmed.minor for one in accounts if one.promised.reimbursable)
    back = session.scalar(
        select(func.coalesce(func.sum(StatementLine.minor), 0))
        .join(Statement, Statement.id == StatementLine.statement_id)
        .where(Statement.agreement_id == agreement_id, StatementLine.code == "inputs")
    )
    return Ledger(tuple(accounts), Money(owed, currency), Money(-int(back or 0), currency))
