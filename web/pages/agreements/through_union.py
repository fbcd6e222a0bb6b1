"""One agreement through a union, for those of its members whose suggestions both sides accepted."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import uniting
from broker.errors import Conflict
from broker.matchmaking.queries import need_of_client
from broker.money import KgPrice
from web.extensions import db
from web.i18n import today
from web.pages.agreements.blueprint import bp
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import message


@dataclass(frozen=True)
class Offer:
    """What a union can sign: for whom, how much, and the one price, or why there is none."""

    deal: uniting.UnionDeal
    kg: Decimal
    price: KgPrice | None
    fault: str


@bp.route("/through-union/<int:need_id>", methods=["GET", "POST"])
@access("broker")
def through_union(need_id: int) -> ResponseReturnValue:
    """The unions that can sign for two or more accepted organizations of a need; choosing one makes the draft."""
    need = need_of_client(db.session(), actor(), need_id)
    if request.method == "POST":
        with writing() as tx:
            agreement = uniting.draft_through(tx, need_id, request.form.get("union", 0, type=row_id))
        flash(_("The draft is ready. What is still open is marked."), "ok")
        return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)
    deals = uniting.unions_for(db.session(), actor().organization_id or 0, need_id, today())
    return page("agreements/through_union.html", need=need, offers=[_offer(deal) for deal in deals])


def _offer(deal: uniting.UnionDeal) -> Offer:
    kg = sum((one.total_kg for one in deal.suggestions), Decimal(0))
    try:
        return Offer(deal, kg, uniting.common_price(deal.suggestions), "")
    except Conflict as conflict:
        return Offer(deal, kg, None, message(conflict))
