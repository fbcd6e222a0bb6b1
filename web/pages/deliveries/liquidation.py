"""The second payment of a price that is paid in two parts: what the resale brought, and how it is shared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements.negotiation import may_act, side_of
from broker.deliveries import liquidations, queries
from broker.deliveries.liquidations import Charge, Shown, agreed_names
from broker.deliveries.measures import KILOGRAM
from broker.deliveries.models import Liquidation, Statement
from broker.deliveries.terms import DeliveryTerms, terms_behind
from broker.errors import Invalid, NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.money import Money
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.deliveries.blueprint import PARTIES, bp
from web.rendering import page, writing
from web.security import access, actor
from web.wording import sentences

MOST = 10**12


@bp.get("/statements/<int:statement_id>/liquidation")
@access(*PARTIES)
def liquidation(statement_id: int) -> ResponseReturnValue:
    """How the second payment comes about, step by step, and who has paid what of it."""
    return shown(first_part(statement_id), {})


@bp.post("/statements/<int:statement_id>/liquidation")
@access("buyer")
def hand_over(statement_id: int) -> ResponseReturnValue:
    """The buyer looks at what his figures come to, and hands them over."""
    statement = first_part(statement_id)
    terms = terms_behind(db.session(), statement)
    try:
        typed = _read(terms)
        if "preview" in request.form:
            now = current_app.config["CLOCK"]()
            return shown(statement, {}, preview=liquidations.made_of(statement, terms, typed, now, None))
        with writing() as tx:
            liquidations.hand_over(tx, statement_id, typed, request.form.get("key", "")[:64])
    except (Invalid, RuleBroken) as fault:
        return shown(statement, _at_fields(sentences(fault), terms), 422)
    flash(_("The liquidation is handed over. The organization reads every line of it."), "ok")
    return redirect(url_for("deliveries.liquidation", statement_id=statement_id), 303)


def shown(
    statement: Statement,
    errors: Mapping[str, str],
    status: int = 200,
    preview: Liquidation | None = None,
) -> ResponseReturnValue:
    """The page of a second payment, with what is wrong with a form that was sent from it."""
    agreement = statement.delivery.agreement
    terms = terms_behind(db.session(), statement)
    payments = [one for one in statement.payments if one.kind == "liquidation"]
    side, made = side_of(agreement, actor()), statement.liquidation
    return page(
        "deliveries/liquidation.html",
        status=status,
        statement=statement,
        agreement=agreement,
        terms=terms,
        side=side,
        costs=agreed_names(terms),
        standing=liquidations.standing(statement, terms, i18n.today()),
        delivered_on=liquidations.delivered_on(statement.delivery, terms),
        made=preview or made,
        previewed=preview is not None,
        payments=payments,
        left=Money(
            (made.second_minor if made else 0) - sum(one.minor for one in payments), statement.currency
        ),
        may_hand_over=side == "buyer" and actor().may_write and may_act(agreement, actor()) and not payments,
        errors=errors,
        sent="sales" in request.form,
        typed=request.form if "sales" in request.form else _as_typed(made, terms),
        pays=request.form if "amount" in request.form else {},
    )


def first_part(statement_id: int) -> Statement:
    """A statement that is the first of two parts. Raises NotFound for another, and for a stranger."""
    found = queries.statement_for(db.session(), actor(), statement_id)
    if not found.is_first_part:
        raise NotFound("not_found")
    return found


def _read(terms: DeliveryTerms) -> Shown:
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    measures = {one.code: one for one in terms.measures}
    measure = (
        measures.get(reader.choice("unit", list(measures)), KILOGRAM) if reader.has("unit") else KILOGRAM
    )
    charges = []
    for number, name in enumerate(agreed_names(terms)):
        amount = reader.decimal(f"cost-{number}", low=0, high=MOST)
        voucher = reader.text(f"voucher-{number}", most=liquidations.LONGEST_NAME)
        if amount is not None:
            charges.append(Charge(name, amount, voucher))
    try:
        sales = liquidations.read_sales(request.form.get("sales", ""), decimal_separator())
    except Invalid as fault:
        reader.faults.found.extend(fault.faults)
        sales = ()
    reader.faults.raise_if_any()
    return Shown(sales, tuple(charges), measure)


def _at_fields(errors: dict[str, str], terms: DeliveryTerms) -> dict[str, str]:
    """The rules name a cost by its name, the form by its place."""
    places = {name: str(number) for number, name in enumerate(agreed_names(terms))}
    found = {}
    for field, text in errors.items():
        kind, dash, name = field.partition("-")
        found[f"{kind}-{places.get(name, name)}" if dash else field] = text
    return found


def _as_typed(made: Liquidation | None, terms: DeliveryTerms) -> dict[str, Any]:
    """What was handed over, as the buyer would type it again."""
    if made is None:
        return {}
    lines = [
        f"{one['what']}; {i18n.plain(one['quantity'])}; {i18n.plain(one['price'])}" for one in made.sales
    ]
    typed: dict[str, Any] = {"unit": made.unit, "sales": "\n".join(lines)}
    currency = terms.price.currency
    by_name = {one["name"]: one for one in made.costs}
    for number, name in enumerate(agreed_names(terms)):
        if name in by_name:
            amount = Money(by_name[name]["minor"], currency).amount
            typed[f"cost-{number}"] = i18n.plain(amount)
            typed[f"voucher-{number}"] = by_name[name]["voucher"]
    return typed
