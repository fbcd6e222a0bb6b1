"""A statement as a document: what its page says, for print and archive, in the reader's language."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask_babel import gettext as _

from broker.deliveries.measures import Measure, measure_of_slip
from broker.deliveries.models import Liquidation, Payment, Statement
from broker.deliveries.terms import DeliveryTerms
from broker.documents.content import (
    Bullets,
    Cell,
    Column,
    Document,
    ListItem,
    Paragraph,
    Row,
    Section,
    Table,
    Text,
)
from web.i18n import day, language, locale, percent, to_the_gram, unit_name
from web.measures import as_typed, in_measure
from web.price_step_texts import minor, money_number, price_step
from web.wording import label

METRIC = ("kg", "t", "lb", "g")


def document_of(statement: Statement, terms: DeliveryTerms) -> Document:
    """The same bytes for the same statement, payments and language: it says no day but those that are stored."""
    agreement, made_on = statement.delivery.agreement, terms.day(statement.made_at)
    parties = f"{agreement.organization.legal_name} → {agreement.buyer.legal_name}"
    shown_in = terms.measure or measure_of_slip(statement.delivery)
    sections = [_lines(statement, shown_in), _price(statement)]
    if statement.shares:
        sections.append(_members(statement, shown_in))
    if statement.liquidation is not None:
        sections.append(_second(statement, statement.liquidation))
    if statement.payments:
        sections.append(_payments(statement, terms))
    return Document(
        title=f"{_('Statement')} {statement.invoice}",
        subtitle=f"{parties} · {_('Delivery %(number)s', number=statement.delivery.number)} · {day(made_on)}",
        language=language(),
        locale=locale(),
        date=max((made_on, *_days(statement, terms))),
        notice=_("Alianza records what both sides report and moves no money."),
        preamble=(),
        sections=tuple(sections),
    )


def _days(statement: Statement, terms: DeliveryTerms) -> list[dt.date]:
    """When what is told was reported, confirmed or handed over."""
    moments = [one.confirmed_at or one.reported_at for one in statement.payments]
    made = statement.liquidation
    return [terms.day(moment) for moment in moments] + ([made.handed_over_on] if made else [])


def _lines(statement: Statement, shown_in: Measure | None) -> Section:
    currency = statement.currency
    rows = []
    for line in statement.lines:
        name = label(line.code, "statement_line")
        if line.pct is not None:
            name += f" ({percent(line.pct)})"
        rows.append((name, _mass(line.kg, shown_in), minor(line.minor, currency)))
    total = (
        _("To pay by %(day)s", day=day(statement.due_on)), "", minor(statement.total_minor, currency),
    )  # fmt: skip
    fee = minor(statement.fee_minor, currency)
    table = _table((_("Line"), _("Quantity"), currency), rows, total)
    earned = _("The broker's fee on it"), f"{fee} {currency}, {_('earned on what is paid')}."
    return _section("lines", _("What it pays"), table, Paragraph((Text(": ".join(earned)),)))


def _price(statement: Statement) -> Section:
    unit = statement.unit if statement.unit in METRIC else unit_name(statement.unit)
    price = f"{money_number(statement.price)} {statement.currency}/{unit}"
    steps = [price_step(step) for step in statement.steps] + [price]
    return _section(
        "price", _("How the price came about"), Bullets(tuple(ListItem((Text(step),)) for step in steps))
    )


def _members(statement: Statement, shown_in: Measure | None) -> Section:
    rows = [
        (share.member, _mass(share.kg, shown_in), minor(share.minor, statement.currency))
        for share in statement.shares
    ]
    return _section("members", _("By member"), _table((_("Member"), _("Quantity"), statement.currency), rows))


def _second(statement: Statement, made: Liquidation) -> Section:
    """The steps of the second payment, as its page lists them."""
    currency = statement.currency
    rows = [
        (f"{one['what']}, {as_typed(Decimal(one['quantity']), made.unit)} × {money_number(Decimal(one['price']))}",
         minor(one["minor"], currency))
        for one in made.sales
    ]  # fmt: skip
    rows.append((_("Resale"), minor(made.value_minor, currency)))
    for one in made.costs:
        voucher = _("Voucher %(voucher)s", voucher=one["voucher"])
        rows.append((f"{one['name']}, {voucher}", minor(-one["minor"], currency)))
    rows.append((_("Net resale"), minor(made.net_minor, currency)))
    share = _("The organization's share, %(share)s", share=percent(made.share_pct))
    rows.append((share, minor(made.share_minor, currency)))
    rows.append((_("First part"), minor(-made.first_minor, currency)))
    if made.kept_minor:
        rows.append((_("Kept"), minor(made.kept_minor, currency)))
    total = (_("Second payment"), minor(made.second_minor, currency))
    handed_over = _("Handed over on %(moment)s", moment=day(made.handed_over_on))
    table = _table((_("Line"), currency), rows, total, (3, 1))
    return _section("second", _("Second payment"), table, Paragraph((Text(f"{handed_over}."),)))


def _payments(statement: Statement, terms: DeliveryTerms) -> Section:
    rows = [
        (day(one.paid_on), f"{label(one.kind, 'payment_kind')} · {_how(one)}", _confirmed(one, terms),
         minor(one.minor, one.currency))
        for one in statement.payments
    ]  # fmt: skip
    heads = (_("Paid on"), _("What for"), _("State"), statement.currency)
    paid = sum(one.minor for one in statement.payments if one.kind == "settlement")
    left = f"{_('Still to pay')}: {minor(statement.total_minor - paid, statement.currency)} {statement.currency}."
    table = _table(heads, rows, weights=(2, 3, 3, 2))
    return _section("payments", _("Payments"), table, Paragraph((Text(left),)))


def _how(payment: Payment) -> str:
    how = label(payment.channel, "payment_channel")
    return f"{how} · {payment.reference}" if payment.reference else how


def _confirmed(payment: Payment, terms: DeliveryTerms) -> str:
    if payment.confirmed_at is None:
        return _("The organization has not confirmed it yet.")
    return _("Confirmed on %(moment)s", moment=day(terms.day(payment.confirmed_at)))


def _section(anchor: str, title: str, *blocks: Table | Bullets | Paragraph) -> Section:
    return Section(anchor, "part", title, blocks=blocks)


def _table(
    heads: tuple[str, ...],
    rows: list[tuple[str, ...]],
    total: tuple[str, ...] | None = None,
    weights: tuple[int, ...] = (2, 2, 1),
) -> Table:
    """The last column holds the figures."""
    last = len(heads) - 1
    columns = tuple(
        Column(head, "end" if place == last else "start", weights[place]) for place, head in enumerate(heads)
    )
    made = [Row(tuple(Cell((Text(text),) if text else ()) for text in row)) for row in rows]
    if total is not None:
        made.append(Row(tuple(Cell((Text(text),) if text else ()) for text in total), total=True))
    return Table("", columns, tuple(made))


def _mass(kg: Decimal | None, shown_in: Measure | None) -> str:
    if kg is None:
        return ""
    return to_the_gram(kg) + (f" = {in_measure(kg, shown_in)}" if shown_in else "")
