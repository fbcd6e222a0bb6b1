"""The broker's desk: the needs of the clients with their coverage, and the workspace of one need."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.matchmaking import queries, suggestions
from web.extensions import db
from web.pages.desk import dependence_words, workspace
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor

bp = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")
bp.record_once(lambda state: dependence_words.register(state.app))


@bp.get("")
@access("broker")
def needs() -> ResponseReturnValue:
    """Every open need of the clients with its coverage."""
    return page("desk/needs.html", rows=queries.coverage_board(db.session(), actor()))


@bp.get("/needs/<int:need_id>")
@access("broker")
def need(need_id: int) -> ResponseReturnValue:
    """One need: what it asks, the suggested bundle, every candidate with its explanation."""
    return page("desk/need.html", work=workspace.open_need(db.session(), actor(), need_id))


@bp.post("/needs/<int:need_id>/shortlist")
@access("broker")
def shortlist(need_id: int) -> ResponseReturnValue:
    """Put the chosen suggestions on the shortlist, or take one off."""
    chosen = request.form.getlist("suggestion", type=row_id)
    with writing() as tx:
        queries.need_of_client(tx.session, actor(), need_id)
        for suggestion_id in chosen:
            suggestions.shortlist(tx, suggestion_id)
    flash(ngettext("%(num)d suggestion shortlisted.", "%(num)d suggestions shortlisted.", len(chosen)), "ok")
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/unshortlist")
@access("broker")
def unshortlist(need_id: int) -> ResponseReturnValue:
    """Take a suggestion off the shortlist."""
    with writing() as tx:
        queries.need_of_client(tx.session, actor(), need_id)
        suggestions.unshortlist(tx, request.form.get("suggestion", 0, type=row_id))
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/send")
@access("broker")
def send(need_id: int) -> ResponseReturnValue:
    """Send the shortlist to both sides at once."""
    with writing() as tx:
        queries.need_of_client(tx.session, actor(), need_id)
        sent = suggestions.send(tx, queries.shortlisted_ids(tx.session, actor(), need_id))
    text = ngettext(
        "Sent to the buyer and %(num)d organization.",
        "Sent to the buyer and %(num)d organizations.",
        len(sent),
    )
    flash(text + " " + _("You will see their answers here."), "ok")
    return redirect(url_for("desk.need", need_id=need_id), 303)
