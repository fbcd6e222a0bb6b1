"""Needs: the public list, a buyer's own, one need, its steps, and the export."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import NotFound, RuleBroken
from broker.listings import queries
from broker.listings.models import Need
from broker.listings.services import move_need
from broker.listings.spreadsheets import needs_as_rows
from broker.listings.transitions import NEED
from broker.matchmaking import party_view
from web import i18n
from web.extensions import db
from web.pages.listings import filters, sheets
from web.pages.listings.importing import left_over
from web.pages.needs import asking, editing, importing, market
from web.pages.needs.blueprint import bp
from web.pages.needs.showing import need_page, own_need, rights
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor
from web.wording import message

__all__ = ["asking", "bp", "editing", "importing"]
DESTRUCTIVE = ("withdraw", "close")


@bp.get("")
@access("public")
def browse() -> ResponseReturnValue:
    """Public open needs, filtered by the address; an organization sees what each is worth to it."""
    chosen = filters.wanted(list(queries.NEED_SORTS))
    offered = market.own_capacities(db.session()) if actor().kind in PRODUCERS else []
    found = queries.browse_needs(db.session(), chosen, first=sorted({c.product for c in offered}))
    own = market.own_view(db.session(), found.rows, offered) if actor().kind in PRODUCERS else None
    groups = market.grouped(found.rows, own) if own is not None else [("", found.rows)]
    return page(
        "needs/browse.html", fragment="needs/_results.html", found=found, chosen=chosen, own=own,
        groups=groups, narrowed=filters.narrows(chosen),
    )  # fmt: skip


@bp.get("/mine")
@access("buyer", "broker")
def mine() -> ResponseReturnValue:
    """The buyer's own needs in every state; for a broker those of the clients."""
    found = queries.needs_page(db.session(), _owners(), filters.page_number())
    return page(
        "needs/mine.html", found=found, rights={need.id: rights(need) for need in found.rows},
        left=left_over(),
    )  # fmt: skip


@bp.get("/<int:need_id>")
@access("public")
def show(need_id: int) -> ResponseReturnValue:
    """One need: public facts for all, the reserve price for its owner and his broker, questions and answers."""
    return need_page(need_id)


@bp.get("/<int:need_id>/offers")
@access("buyer")
def offers(need_id: int) -> ResponseReturnValue:
    """What was proposed to the buyer for this need, side by side at the price landed with him."""
    need = own_need(need_id)
    found = party_view.comparison(db.session(), actor(), need_id, i18n.now())
    return page("needs/offers.html", need=need, found=found)


@bp.post("/<int:need_id>/<action>")
@access("buyer", "broker")
def action(need_id: int, action: str) -> ResponseReturnValue:
    """Carry out a step of the state table; what cannot be undone asks first, with a reason."""
    need = queries.visible_need(db.session(), actor(), need_id)
    if action not in rights(need).steps:
        _refuse(need, action)
    reason = request.form.get("reason", "").strip()[:200]
    if action in DESTRUCTIVE and request.form.get("confirm") != "1":
        return page("needs/confirm.html", need=need, action=action, errors={})
    if action == "withdraw" and need.state != "draft" and not reason:
        errors = {"reason": message(RuleBroken("reason_required"))}
        return page("needs/confirm.html", status=422, need=need, action=action, errors=errors)
    with writing() as tx:
        move_need(tx, need_id, action, reason=reason)
    done = {
        "publish": _("The need is published. Organizations can see it now."),
        "withdraw": _("The need is withdrawn."),
        "close": _("The need is closed."),
    }
    flash(done[action], "ok")
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.get("/export.<format>")
@access("buyer", "broker")
def export(format: str) -> Response:
    """The reader's own needs, or the clients', as a file that can be imported again."""
    columns, rows = needs_as_rows(queries.needs_of(db.session(), _owners(), contributions=True))
    return sheets.as_file(format, columns, rows, _("needs"))


def _refuse(need: Need, action: str) -> None:
    """The service says why, in its own words; an action that no table knows does not exist."""
    if action not in {row.name for row in NEED.rows if {"owner", "broker"} & row.by}:
        raise NotFound("not_found")
    with writing() as tx:
        move_need(tx, need.id, action)


def _owners() -> list[int]:
    if actor().kind == "broker":
        return sorted(actor().clients)
    own = actor().organization_id
    return [own] if own is not None else []
