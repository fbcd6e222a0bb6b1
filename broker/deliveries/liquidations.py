"""The liquidation of a split payment: what the buyer shows of the resale, and the second payment that follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from broker.agreements.models import Agreement
from broker.deliveries.events import DeliveryMoved
from broker.deliveries.measures import KILOGRAM, Measure
from broker.deliveries.models import Delivery, Liquidation, Payment, Statement
from broker.deliveries.schedule import opened
from broker.deliveries.terms import DeliveryTerms, terms_behind
from broker.documents.canonical import decimal_text
from broker.errors import Conflict, Faults, NotAllowed, NotFound, RuleBroken
from broker.money import Money
from broker.numerals import Separator, parse_decimal
from broker.prices import liquidation as reckoning
from broker.prices.liquidation import Resale, ResaleCost, Sale, Standing
from broker.transaction import Transaction

MOST_SALES = 200
LONGEST_NAME = 100


@dataclass(frozen=True)
class Sold:
    """`quantity` units that the buyer resold as `what`, at `price` in major units for one."""

    what: str
    quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Charge:
    """A cost of the resale by its name in the agreement: an amount in major units and its voucher."""

    name: str
    amount: Decimal
    voucher: str


@dataclass(frozen=True)
class Shown:
    """What the buyer shows: the sales, said in `measure`, and what the resale cost."""

    sales: tuple[Sold, ...]
    charges: tuple[Charge, ...]
    measure: Measure = KILOGRAM


def read_sales(text: str, separator: Separator) -> tuple[Sold, ...]:
    """Lines such as "calibre 14-18; 800; 8000": what, quantity, price of one unit.

    Raises Invalid with the number of each line that cannot be read.
    """
    found: list[Sold] = []
    faults = Faults()
    for number, raw in enumerate((line for line in text.splitlines() if line.strip()), start=1):
        cells = [cell.strip() for cell in raw.split(";")]
        if len(cells) != 3 or not all(cells):
            faults.add("sale_line_unreadable", "sales", line=number, text=raw.strip()[:60])
            continue
        try:
            quantity, price = (parse_decimal(cell, separator) for cell in cells[1:])
        except RuleBroken as fault:
            faults.found.append(RuleBroken(fault.code, field="sales", **fault.params))
            continue
        found.append(Sold(cells[0][:LONGEST_NAME], quantity, price))
    faults.require(bool(found) or bool(faults.found), "required", "sales")
    if len(found) > MOST_SALES:
        faults.add("too_many_lines", "sales", most=MOST_SALES)
    faults.raise_if_any()
    return tuple(found)


def reckon(statement: Statement, terms: DeliveryTerms, shown: Shown, day: dt.date) -> reckoning.Liquidation:
    """The liquidation were it handed over on `day`; the first part is what the statement values the delivery at, also
    where an advance or a deduction took its place.

    Raises Invalid: a cost that is not agreed or has no voucher, nothing sold.
    """
    measure, currency = shown.measure, statement.currency
    faults = Faults()
    if any(one.quantity <= 0 for one in shown.sales):
        faults.add("must_be_above", "sales", limit=0)
    costs = []
    for one in shown.charges:
        if one.amount > 0 and not one.voucher.strip():
            faults.add("voucher_missing", f"voucher-{one.name}", cost=one.name)
        try:
            costs.append(ResaleCost(one.name, Money.of(one.amount, currency), one.voucher.strip()))
        except RuleBroken as fault:
            faults.add(fault.code, f"cost-{one.name}", **fault.params)
    faults.raise_if_any()
    return reckoning.liquidation(
        terms.price,
        Resale(
            delivered_on=delivered_on(statement.delivery, terms),
            handed_over_on=day,
            sales=tuple(
                Sale(one.what, one.quantity * measure.factor, one.price, measure.factor)
                for one in shown.sales
            ),
            costs=tuple(one for one in costs if one.amount.minor),
            first_paid=Money(statement.value_minor, currency),
        ),
    )


def made_of(
    statement: Statement, terms: DeliveryTerms, shown: Shown, now: dt.datetime, user_id: int | None
) -> Liquidation:
    """What would be handed over now, not kept yet. Raises Invalid as reckon does."""
    found = reckon(statement, terms, shown, terms.day(now))
    return Liquidation(
        statement_id=statement.id,
        handed_over_at=now,
        handed_over_on=terms.day(now),
        handed_over_by_id=user_id,
        due_on=found.standing.due_on,
        unit=shown.measure.code,
        unit_kg=shown.measure.factor,
        sales=[_as_json(one, line) for one, line in zip(shown.sales, found.sales, strict=True)],
        costs=[{"name": one.name, "minor": one.amount.minor, "voucher": one.voucher} for one in found.costs],
        share_pct=found.share_pct,
        value_minor=found.value.minor,
        net_minor=found.net.minor,
        share_minor=found.share.minor,
        first_minor=found.first_paid.minor,
        kept_minor=found.kept.minor,
        second_minor=found.second.minor,
    )


def hand_over(tx: Transaction, statement_id: int, shown: Shown, key: str) -> Liquidation:
    """The buyer hands over the liquidation of a delivery. A form sent twice counts once; another liquidation takes the
    place of the first until somebody reports its payment.

    Raises NotFound, also where the price is paid in one part, NotAllowed, Conflict('liquidation_paid') and Invalid as
    reckon does.
    """
    statement = tx.session.get(Statement, statement_id)
    if statement is None:
        raise NotFound("not_found")
    tx.session.get_one(Agreement, statement.agreement_id, with_for_update=True)
    delivery, side = opened(tx, statement.delivery_id, key, "liquidation", shown)
    if side != "buyer":
        raise NotAllowed("only_buyer_liquidates")
    before = tx.session.scalar(select(Liquidation).where(Liquidation.statement_id == statement_id))
    if delivery is None:
        assert before is not None
        return before
    if not statement.is_first_part:
        raise NotFound("not_found")
    terms = terms_behind(tx.session, statement)
    if before is not None:
        if _reported(tx, statement_id):
            raise Conflict("liquidation_paid")
        tx.session.delete(before)
        tx.session.flush()
    made = made_of(statement, terms, shown, tx.now, tx.actor.user_id)
    tx.session.add(made)
    tx.session.flush()
    tx.record(
        "liquidation.handed_over", "statement", statement.id, delivery.agreement.organization_id,
        second=made.second_minor, currency=statement.currency, replaces=before is not None,
    )  # fmt: skip
    tx.emit(DeliveryMoved(delivery.id, "liquidate", side))
    return made


def standing(statement: Statement, terms: DeliveryTerms, today: dt.date) -> Standing:
    """Whether the liquidation is there, awaited or late. Raises RuleBroken('price_method_needs')."""
    made = statement.liquidation
    handed_over = made.handed_over_on if made else None
    return reckoning.standing(terms.price, delivered_on(statement.delivery, terms), handed_over, today)


def agreed_names(terms: DeliveryTerms) -> Sequence[str]:
    """The costs that may be taken off the resale, as the agreement names them."""
    return reckoning.agreed_costs(terms.price)


def delivered_on(delivery: Delivery, terms: DeliveryTerms) -> dt.date:
    """The day of the reception, where the organization is."""
    assert delivery.received_at is not None
    return terms.day(delivery.received_at)


def _as_json(sold: Sold, line: reckoning.SaleLine) -> dict[str, Any]:
    return {
        "what": sold.what,
        "quantity": decimal_text(sold.quantity),
        "price": decimal_text(sold.price),
        "minor": line.total.minor,
    }


def _reported(tx: Transaction, statement_id: int) -> bool:
    query = select(Payment.id).where(Payment.statement_id == statement_id, Payment.kind == "liquidation")
    return tx.session.scalar(query.limit(1)) is not None
