"""The broker's desk: the needs of the clients with their coverage, and the workspace of one need."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.matchmaking import plans, queries, suggestions
from broker.matchmaking.wishes import read_wishes
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.desk import dependence_words, what_if, wish_words, workspace
from web.rendering import flash_with_undo, page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import message, sentences

bp = Blueprint("desk", __name__, template_folder="templates", url_prefix="/desk")
bp.record_once(lambda state: dependence_words.register(state.app))
bp.record_once(lambda state: wish_words.register(state.app))


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


@bp.get("/needs/<int:need_id>/what-if")
@access("broker")
def ask(need_id: int) -> ResponseReturnValue:
    """The plan in force beside the last answer, and the form to ask under other wishes."""
    like = request.args.get("like", 0, type=row_id)
    work = what_if.open_what_if(db.session(), actor(), need_id, like=like)
    return page("desk/what_if.html", work=work, errors={}, decimal=decimal_separator())


@bp.post("/needs/<int:need_id>/what-if")
@access("broker")
def order(need_id: int) -> ResponseReturnValue:
    """Have the need solved alone, under the wishes of the form."""
    typed = request.form.to_dict()
    reader = Reader(typed, decimal_separator=decimal_separator())
    wishes = read_wishes(reader, queries.need_of_client(db.session(), actor(), need_id), _chosen(typed))
    if reader.faults.found:
        errors = sentences(Invalid(reader.faults.found))
        work = what_if.open_what_if(db.session(), actor(), need_id, typed=typed)
        return page("desk/what_if.html", status=422, work=work, errors=errors, decimal=decimal_separator())
    with writing() as tx:
        plans.ask(tx, need_id, wishes)
    return redirect(url_for("desk.ask", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/plan")
@access("broker")
def keep(need_id: int) -> ResponseReturnValue:
    """Put an answer in force, or an earlier plan again."""
    try:
        with writing() as tx:
            plans.keep(tx, need_id, request.form.get("run", 0, type=row_id))
    except (RuleBroken, Conflict) as fault:
        flash(message(fault), "bad")
        return redirect(url_for("desk.ask", need_id=need_id), 303)
    flash(_("This plan is in force now. Its suggestions wait for your shortlist."), "ok")
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/what-if/discard")
@access("broker")
def discard(need_id: int) -> ResponseReturnValue:
    """Put an answer aside; the plan in force stays."""
    with writing() as tx:
        run_id = request.form.get("run", 0, type=row_id)
        plans.discard(tx, need_id, run_id)
    flash_with_undo(
        _("Discarded. The plan in force is as it was."),
        url_for("desk.take_up", need_id=need_id),
        run=str(run_id),
    )
    return redirect(url_for("desk.ask", need_id=need_id), 303)


@bp.post("/needs/<int:need_id>/what-if/take-up")
@access("broker")
def take_up(need_id: int) -> ResponseReturnValue:
    """Take back that an answer was put aside."""
    try:
        with writing() as tx:
            plans.take_up(tx, need_id, request.form.get("run", 0, type=row_id))
    except Conflict as conflict:
        flash(message(conflict), "info")
    return redirect(url_for("desk.ask", need_id=need_id), 303)


def _chosen(typed: dict[str, str]) -> list[int]:
    """The capacities that the form says something about."""
    found = set()
    for name in typed:
        prefix, _dash, number = name.partition("-")
        if prefix in ("choice", "cap") and number.isascii() and number.isdigit():
            found.add(row_id(number[:18]))
    return sorted(found)
