"""The books: what is owed by how late it is, what the broker has earned on paid kg, and the rows for an accountant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from broker.deliveries.measures import Measure
from broker.deliveries.models import Statement
from broker.documents.canonical import decimal_text
from broker.listings.cells import Cell
from broker.money import Money

# Days late from which a bucket of the ageing begins; before the first stands what is not due yet.
STARTS = (None, 1, 8, 15, 31, 61)
COLUMNS = (
    "agreement", "delivery", "invoice", "buyer", "organization", "made_on", "due_on", "line", "code", "kg",
    "quantity", "unit", "amount", "currency", "paid_on", "confirmed_on",
)  # fmt: skip


@dataclass(frozen=True)
class Bucket:
    """What is owed in a currency from `from_day` days late (None: not due yet) to the day before `next_day`."""

    from_day: int | None
    next_day: int | None
    amount: Money
    count: int


@dataclass(frozen=True)
class Fee:
    """What the broker has earned of an agreement: on paid value, and on value that is not paid yet."""

    agreement_id: int
    buyer: str
    organization: str
    payer: str | None
    earned: Money
    waiting: Money


def ageing(statements: Iterable[Statement], today: dt.date) -> list[Bucket]:
    """Open amounts by currency and by how late they are; a bucket with nothing in it is left out."""
    found: dict[tuple[str, int], list[int]] = {}
    for statement in statements:
        left = statement.total_minor - sum(p.minor for p in statement.payments if p.kind == "settlement")
        if left > 0:
            found.setdefault((statement.currency, _bucket((today - statement.due_on).days)), []).append(left)
    ends = (*STARTS[1:], None)
    return [
        Bucket(STARTS[index], ends[index], Money(sum(amounts), currency), len(amounts))
        for (currency, index), amounts in sorted(found.items())
    ]


def _bucket(days_late: int) -> int:
    return sum(days_late >= start for start in STARTS if start is not None)


def fees(statements: Iterable[Statement]) -> list[Fee]:
    """By agreement: the fee counts as earned once the organization has confirmed the money, in proportion to it."""
    rows: dict[int, list[Statement]] = {}
    for statement in statements:
        rows.setdefault(statement.agreement_id, []).append(statement)
    found = []
    for agreement_id, own in rows.items():
        agreement, currency = own[0].delivery.agreement, own[0].currency
        earned = sum(_earned(statement) for statement in own)
        whole = sum(statement.fee_minor for statement in own)
        found.append(
            Fee(
                agreement_id,
                agreement.buyer.legal_name,
                agreement.organization.legal_name,
                own[0].fee_payer,
                Money(earned, currency),
                Money(whole - earned, currency),
            )
        )
    return found


def rows_for_accountant(
    statements: Iterable[Statement], measures: Mapping[int, Measure]
) -> list[dict[str, Cell]]:
    """Every line and payment of the statements as a row of `COLUMNS`; amounts in major units, deductions below zero.

    `measures` are the customary units of the agreements; where one has none the quantity is empty beside its kg.
    """
    return [
        dict(zip(COLUMNS, cells, strict=True))
        for statement in statements
        for cells in _lines(statement, measures.get(statement.agreement_id))
    ]


def _earned(statement: Statement) -> int:
    """Of the fee, the part whose value has been paid and confirmed."""
    if not statement.total_minor:
        return statement.fee_minor
    confirmed = sum(p.minor for p in statement.payments if p.kind == "settlement" and p.confirmed_at)
    return statement.fee_minor * min(confirmed, statement.total_minor) // statement.total_minor


def _lines(statement: Statement, measure: Measure | None) -> Iterable[tuple[Cell, ...]]:
    agreement = statement.delivery.agreement
    head: tuple[Cell, ...] = (
        str(agreement.id), str(statement.delivery.number), statement.invoice, agreement.buyer.legal_name,
        agreement.organization.legal_name, statement.made_at.date(), statement.due_on,
    )  # fmt: skip
    for line in statement.lines:
        amount = Money(line.minor, statement.currency).amount
        said: tuple[Cell, Cell, Cell] = ("", "", "")
        if line.kg is not None:
            said = (
                (line.kg, Decimal(decimal_text(measure.of(line.kg))), measure.code)
                if measure
                else (line.kg, "", "")
            )
        yield (*head, line.kind, line.code, *said, amount, statement.currency, "", "")
    if statement.liquidation is not None:
        second = Money(statement.liquidation.second_minor, statement.currency)
        yield (*head, "liquidation", "second_payment", "", "", "", second.amount, statement.currency, "", "")
    for payment in statement.payments:
        amount = Money(payment.minor, payment.currency).amount
        confirmed = payment.confirmed_at.date() if payment.confirmed_at else ""
        yield (
            *head, f"payment_{payment.kind}", payment.channel, "", "", "", amount, payment.currency, payment.paid_on,
            confirmed,
        )  # fmt: skip
