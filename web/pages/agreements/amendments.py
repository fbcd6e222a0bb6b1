"""What comes after the signatures: an amendment that is given up, and the agreement that continues this one."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import amending, queries, renewing
from broker.agreements.negotiation import writing_side
from broker.errors import Conflict, Invalid, NotAllowed, RuleBroken
from broker.listings.reader import Reader
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.agreements.blueprint import PARTIES, bp
from web.pages.agreements.showing import shown
from web.rendering import page, writing
from web.security import access, actor
from web.wording import sentences


@bp.post("/<int:agreement_id>/drop")
@access(*PARTIES)
def drop(agreement_id: int) -> ResponseReturnValue:
    """Give the proposed amendment up, with a reason that the others read."""
    try:
        with writing() as tx:
            amending.drop(tx, agreement_id, request.form.get("reason", ""))
    except RuleBroken as fault:
        return shown(agreement_id, sentences(fault), 422, request.form)
    flash(_("The amendment is given up. What both signed stands."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


@bp.route("/<int:agreement_id>/renew", methods=["GET", "POST"])
@access(*PARTIES)
def renew(agreement_id: int) -> ResponseReturnValue:
    """From which day the next agreement runs; it begins as a draft with the terms in force."""
    if request.method == "GET":
        return _renewal(agreement_id, {})
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    starts_on = reader.date("starts_on", required=True)
    try:
        reader.faults.raise_if_any()
        with writing() as tx:
            agreement = renewing.renew(tx, agreement_id, starts_on)
    except (Invalid, RuleBroken) as fault:
        return _renewal(agreement_id, sentences(fault), 422)
    flash(_("The draft of the next agreement is ready. Nothing of it binds until both have signed it."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)


def _renewal(agreement_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    side = writing_side(agreement, actor())
    if side == "producer":
        raise NotAllowed("buyer_or_broker_renews")
    if not renewing.may_renew(agreement, side):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="renew")
    first = renewing.next_start(agreement)
    return page(
        "agreements/renew.html",
        status=status,
        agreement=agreement,
        first=first,
        deliveries=len(agreement.promised),
        values=request.form or {"starts_on": first.isoformat()},
        errors=errors,
    )
