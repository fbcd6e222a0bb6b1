"""Statements and payments: what a delivery pays, who has paid, what is late, and the files for the accountant."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements.negotiation import side_of
from broker.agreements.queries import agreement_for
from broker.deliveries import accounts, payments, queries, settlement
from broker.deliveries.measures import measure_of_slip
from broker.deliveries.models import Statement
from broker.deliveries.terms import terms_behind, terms_of
from broker.documents.pdf import render_pdf
from broker.errors import Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.listings.writing import FORMATS, write
from broker.money import Money
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.deliveries import liquidation
from web.pages.deliveries.blueprint import PARTIES, bp
from web.pages.deliveries.statement_document import document_of
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor
from web.wording import sentences


@bp.get("/statements")
@access(*PARTIES)
def statements() -> ResponseReturnValue:
    """Every statement by its payment day: what is open, how late, and what the broker has earned."""
    rows = queries.statements_of(db.session(), actor())
    today = i18n.today()
    return page(
        "deliveries/statements.html",
        rows=[(row, payments.days_late(row, today), _left(row)) for row in rows],
        ageing=accounts.ageing(rows, today),
        fees=accounts.fees(rows) if actor().kind == "broker" else (),
    )


@bp.get("/statements/<int:statement_id>")
@access(*PARTIES)
def statement(statement_id: int) -> ResponseReturnValue:
    """One statement: how the price came about, line by line, by member, and its payments."""
    return _shown(statement_id, {})


@bp.get("/statements/<int:statement_id>.pdf")
@access(*PARTIES)
def statement_as_pdf(statement_id: int) -> ResponseReturnValue:
    """The same statement for print and archive."""
    found = queries.statement_for(db.session(), actor(), statement_id)
    data = render_pdf(document_of(found, terms_behind(db.session(), found)))
    headers = {"Content-Disposition": f'inline; filename="liquidacion-{found.id}-{i18n.language()}.pdf"'}
    return Response(data, mimetype="application/pdf", headers=headers)


@bp.post("/statements/<int:statement_id>/pay")
@access("buyer")
def pay(statement_id: int) -> ResponseReturnValue:
    """The buyer says that he has paid."""
    asked = request.form.get("kind", "")
    kind = asked if asked in payments.LEFT else "settlement"
    try:
        amount, paid_on, channel, reference = _read()
        with writing() as tx:
            payments.report_payment(
                tx,
                statement_id,
                amount,
                paid_on,
                channel,
                reference,
                request.form.get("key", "")[:64],
                kind=kind,
            )
    except (Invalid, RuleBroken) as fault:
        if kind == "liquidation":
            return liquidation.shown(liquidation.first_part(statement_id), sentences(fault), 422)
        return _shown(statement_id, sentences(fault), 422)
    flash(_("Noted. The organization confirms when the money is there."), "ok")
    return redirect(_page_of(statement_id, kind), 303)


@bp.route("/agreements/<int:agreement_id>/advance", methods=["GET", "POST"])
@access(*PARTIES)
def advance(agreement_id: int) -> ResponseReturnValue:
    """The advances of an agreement; the buyer reports one, the organization confirms it."""
    agreement = agreement_for(db.session(), actor(), agreement_id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            amount, paid_on, channel, reference = _read()
            with writing() as tx:
                payments.report_advance(
                    tx, agreement_id, amount, paid_on, channel, reference, request.form.get("key", "")[:64]
                )
        except (Invalid, RuleBroken) as fault:
            errors = sentences(fault)
        else:
            flash(_("Noted. The organization confirms when the money is there."), "ok")
            return redirect(url_for("deliveries.advance", agreement_id=agreement_id), 303)
    terms = terms_of(db.session(), agreement)
    rows = queries.advances_of(db.session(), agreement_id)
    confirmed = sum(one.minor for one in rows if one.confirmed_at)
    back = settlement.paid_back(db.session(), agreement_id) if rows else 0
    return page(
        "deliveries/advance.html",
        status=422 if errors else 200,
        agreement=agreement,
        side=side_of(agreement, actor()),
        terms=terms,
        rows=rows,
        left=Money(confirmed - back, terms.price.currency),
        expected=None if rows else settlement.advance_expected(db.session(), agreement, terms, i18n.today()),
        errors=errors,
        typed=request.form,
    )


@bp.post("/payments/<int:payment_id>/confirm")
@access(*PRODUCERS)
def confirm(payment_id: int) -> ResponseReturnValue:
    """The organization says that the money is there."""
    with writing() as tx:
        payment = payments.confirm_payment(tx, payment_id)
    flash(_("Confirmed: the money is there."), "ok")
    if payment.statement_id is None:
        return redirect(url_for("deliveries.advance", agreement_id=payment.agreement_id), 303)
    return redirect(_page_of(payment.statement_id, payment.kind), 303)


@bp.get("/statements.<format>")
@access(*PARTIES)
def export(format: str) -> ResponseReturnValue:
    """Every line of every statement and payment, for the accountant."""
    if format not in FORMATS:
        abort(404)
    found = queries.statements_of(db.session(), actor())
    measures = queries.measures_of(db.session(), [one.agreement_id for one in found])
    rows = accounts.rows_for_accountant(found, measures)
    data = write(format, accounts.COLUMNS, rows, decimal_separator())
    headers = {"Content-Disposition": f'attachment; filename="alianza-liquidaciones.{format}"'}
    return Response(data, content_type=FORMATS[format], headers=headers)


def _shown(statement_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    found = queries.statement_for(db.session(), actor(), statement_id)
    agreement = found.delivery.agreement
    terms = terms_behind(db.session(), found)
    today = i18n.today()
    interest = payments.interest_due(found, terms.late_interest_pct, today)
    paid_interest = sum(one.minor for one in found.payments if one.kind == "interest")
    return page(
        "deliveries/statement.html",
        status=status,
        statement=found,
        delivery=found.delivery,
        agreement=agreement,
        side=side_of(agreement, actor()),
        terms=terms,
        shown_in=terms.measure or measure_of_slip(found.delivery),
        late=payments.days_late(found, today),
        left=_left(found),
        interest=interest,
        interest_left=Money(interest.minor - paid_interest, found.currency),
        paid=[one for one in found.payments if one.kind != "liquidation"],
        errors=errors,
        typed=request.form,
    )


def _page_of(statement_id: int, kind: str) -> str:
    """Where a payment of this kind is seen."""
    page_name = "liquidation" if kind == "liquidation" else "statement"
    return url_for(f"deliveries.{page_name}", statement_id=statement_id)


def _left(statement: Statement) -> Money:
    paid = sum(one.minor for one in statement.payments if one.kind == "settlement")
    return Money(statement.total_minor - paid, statement.currency)


def _read() -> tuple[Decimal, dt.date, str, str]:
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    amount, paid_on = reader.decimal("amount", required=True, above=0), reader.date("paid_on", required=True)
    channel, reference = reader.choice("channel", payments.CHANNELS), reader.text("reference", most=100)
    reader.faults.raise_if_any()
    assert amount is not None and paid_on is not None
    return amount, paid_on, channel, reference
