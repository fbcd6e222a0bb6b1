"""The market at a glance: what would open more, candidates side by side, the map, and the year week by week."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.agreements.flows import flows_of
from broker.listings import in_sight
from broker.listings.market_calendar import calendars
from broker.matchmaking import comparing
from broker.matchmaking.openings import LEVERS
from broker.matchmaking.questions import send_question
from broker.matchmaking.radar import opening_of, radar
from broker.parties.permissions import sees_private
from web import i18n
from web.extensions import db
from web.pages.listings import filters
from web.pages.market import compare as comparison
from web.pages.market import question as asking
from web.pages.market import words
from web.pages.market.mapping import market_view
from web.pages.market.paging import part
from web.pages.market.radar import radar_view
from web.pages.market.year import year_view
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import PRODUCERS, access, actor

bp = Blueprint("market", __name__, template_folder="templates")
bp.record_once(lambda state: words.register(state.app))


@bp.get("/desk/radar")
@access("broker")
def opportunities() -> ResponseReturnValue:
    """Where demand is not met, and which single step would open how much of it."""
    chosen, lever = filters.wanted(["newest"]), request.args.get("gate", "")
    lever = lever if lever in LEVERS else ""
    found = radar(
        db.session(), actor(), i18n.today(), product=chosen.product, country=chosen.country, lever=lever
    )
    view = radar_view(found, filters.page_number(), request.args.get("show", ""))
    return page("market/radar.html", view=view, chosen=chosen, lever=lever, levers=words.lever_options())


@bp.get("/desk/needs/<int:need_id>/question/<gate>")
@access("broker")
def question(need_id: int, gate: str) -> ResponseReturnValue:
    """The question to whom it concerns, written out, to copy or to send on."""
    number = request.args.get("n", 0, type=row_id)
    opening = opening_of(db.session(), actor(), i18n.today(), need_id, gate, number)
    view = asking.question_view(opening, request.args.get("to", 0, type=row_id), request.args.get("text", ""))
    return page("market/question.html", view=view, number=number)


@bp.post("/desk/needs/<int:need_id>/question/<gate>")
@access("broker")
def send(need_id: int, gate: str) -> ResponseReturnValue:
    """Mail the question, as it was taken over, to whoever acts for the party."""
    number, to = (request.form.get(name, 0, type=row_id) for name in ("n", "to"))
    opening = opening_of(db.session(), actor(), i18n.today(), need_id, gate, number)
    view = asking.question_view(opening, to, request.form.get("text", ""))
    with writing() as tx:
        mails = send_question(tx, need_id, view.to.id, gate, view.subject, view.text)
    text = ngettext(
        "The question went out in %(num)d mail.", "The question went out in %(num)d mails.", mails
    )
    flash(text, "ok")
    return redirect(url_for("desk.need", need_id=need_id), 303)


@bp.get("/desk/needs/<int:need_id>/compare")
@access("broker")
def compare(need_id: int) -> ResponseReturnValue:
    """Up to four candidates of a need side by side."""
    asked = list(dict.fromkeys(request.args.getlist("c", type=row_id)))[: comparison.MOST_ASKED]
    found = comparing.compare(db.session(), actor(), i18n.today(), need_id, asked)
    error = ""
    if len(found.compared) > comparing.MOST:
        error = _(
            "You chose %(num)s; side by side stand %(most)s at most. Take some away.",
            num=len(found.compared), most=comparing.MOST,
        )  # fmt: skip
    elif len(found.compared) < 2:
        error = _("Choose two to four candidates in the list of the need.")
    return page(
        "market/compare.html",
        status=422 if error else 200,
        found=found,
        error=error,
        sections=[] if error else comparison.sections(found),
    )


@bp.get("/map")
@access("broker", "buyer", *PRODUCERS)
def market_map() -> ResponseReturnValue:
    """Groups, buyers and the flows between them, drawn and as a table."""
    chosen, session, who = filters.wanted(["newest"]), db.session(), actor()
    product, country = chosen.product, chosen.country
    view = market_view(
        in_sight.needs_in_sight(session, who, product=product, country=country),
        in_sight.capacities_in_sight(session, who, product=product, country=country),
        flows_of(session, who, product=product, country=country),
    )
    return page("market/map.html", view=view, rows=part(view.rows, filters.page_number()), chosen=chosen)


@bp.get("/calendar")
@access("broker", "buyer", *PRODUCERS)
def year() -> ResponseReturnValue:
    """Supply and demand of a product over 52 weeks, with its harvest seasons."""
    chosen, session, who = filters.wanted(["newest"]), db.session(), actor()
    product, country = chosen.product, chosen.country
    found = calendars(
        in_sight.needs_in_sight(session, who, product=product, country=country),
        in_sight.capacities_in_sight(session, who, product=product, country=country, slots=True),
        i18n.today(),
        lambda owner: sees_private(who, owner),
    )
    return page("market/calendar.html", found=found, view=year_view(found), chosen=chosen)
