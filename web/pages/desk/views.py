"""The broker's desk: the needs of the clients with their coverage, and the workspace of one need."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.errors import NotFound
from broker.matchmaking import queries, suggestions
from web.extensions import db
from web.pages.desk import dependence_words, workspace
from web.rendering import flash_with_undo, page, writing
from web.row_ids import row_id
from web.security import access, actor

bp = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")
bp.record_once(lambda state: dependence_words.register(state.app))


@bp.get("")
@access("broker")
def needs() -> ResponseReturnValue:
    """Every open need of the clients with its coverage; `show=uncovered` leaves those below their minimum."""
    rows = queries.coverage_board(db.session(), actor())
    uncovered = request.args.get("show") == "uncovered"
    shown = [row for row in rows if row.uncovered or not uncovered]
    return page("desk/needs.html", rows=shown, uncovered=uncovered)


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
    flash_with_undo(
        ngettext("%(num)d suggestion shortlisted.", "%(num)d suggestions shortlisted.", len(chosen)),
        url_for("desk.unshortlist", need_id=need_id),
        suggestion=[str(suggestion_id) for suggestion_id in chosen],
    )
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/unshortlist")
@access("broker")
def unshortlist(need_id: int) -> ResponseReturnValue:
    """Take suggestions off the shortlist."""
    chosen = request.form.getlist("suggestion", type=row_id)
    if not chosen:
        raise NotFound("not_found")
    with writing() as tx:
        queries.need_of_client(tx.session, actor(), need_id)
        for suggestion_id in chosen:
            suggestions.unshortlist(tx, suggestion_id)
    flash_with_undo(
        ngettext("%(num)d taken off the shortlist.", "%(num)d taken off the shortlist.", len(chosen)),
        url_for("desk.shortlist", need_id=need_id),
        suggestion=[str(suggestion_id) for suggestion_id in chosen],
    )
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
