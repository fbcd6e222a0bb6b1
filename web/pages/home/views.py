"""The front page, the home of each of the three people, and the language."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from broker.errors import NotFound
from broker.listings import queries as listings
from broker.parties import accounts
from broker.parties.models import Organization, User
from broker.today import queries
from broker.today.matters import KINDS
from web import security
from web.extensions import db
from web.i18n import LANGUAGES
from web.pages.home import first_steps, homes
from web.pages.home.board import broker_board, moment
from web.pages.home.matter_texts import TITLES, task_of
from web.pages.listings import filters
from web.rendering import page, writing
from web.security import access, actor, safe_next

bp = Blueprint("home", __name__, template_folder="templates")

DEMO_ACCOUNTS = {
    "broker": "corredor@demo.example",
    "buyer": "compras@demo.example",
    "producer": "secretaria@demo.example",
}


@bp.get("/")
@access("public")
def front() -> ResponseReturnValue:
    """What this is, on one screen."""
    needs, capacities = listings.counts(db.session())
    newest = listings.browse_needs(db.session(), listings.Filter(sort="start")).rows[:4]
    return page("home/front.html", needs=needs, capacities=capacities, newest=newest)


@bp.get("/home")
@access("user")
def home() -> ResponseReturnValue:
    """What needs the person now."""
    who, kind = actor(), actor().kind
    if kind == "broker":
        board = broker_board(db.session(), who, current_app.config["CLOCK"]())
        return page("home/broker.html", board=board, steps=first_steps.of_broker(who, _own(), board.begun))
    if kind == "buyer":
        bought = homes.buyer_home(db.session(), who)
        return page("home/buyer.html", home=bought, steps=first_steps.of_buyer(who, _own(), bought))
    if kind in security.PRODUCERS:
        offered = homes.producer_home(db.session(), who)
        return page("home/producer.html", home=offered, steps=first_steps.of_producer(who, _own(), offered))
    return page("home/other.html")


@bp.get("/home/<kind>")
@access("broker")
def matters(kind: str) -> ResponseReturnValue:
    """Every matter of one kind that the broker's board counts, by pages."""
    if kind not in KINDS:
        raise NotFound("not_found")
    at = moment(current_app.config["CLOCK"]())
    found = queries.matters_of(db.session(), actor(), kind, at, filters.page_number())
    return page(
        "home/matters.html", title=str(TITLES[kind]), found=found, tasks=[task_of(m) for m in found.rows]
    )


@bp.post("/language")
@access("public")
def set_language() -> ResponseReturnValue:
    """Remember the reader's language."""
    chosen = request.form.get("language", "")
    if chosen not in LANGUAGES:
        abort(400)
    session["language"] = chosen
    user_id = actor().user_id
    if user_id is not None:
        with writing() as tx:
            accounts.set_language(tx, user_id, chosen)
    return redirect(safe_next(request.form.get("next"), url_for("home.front")), 303)


@bp.post("/demo/<person>")
@access("public")
def demo_sign_in(person: str) -> ResponseReturnValue:
    """One click into a demonstration account; only where the demonstration is switched on."""
    if not current_app.config["SETTINGS"].demo or person not in DEMO_ACCOUNTS:
        abort(404)
    user = db.session.scalar(select(User).where(User.email == DEMO_ACCOUNTS[person]))
    if user is None:
        flash(_("The demonstration market is not loaded."), "warn")
        return redirect(url_for("home.front"), 303)
    chosen = session.get("language")
    security.sign_in(user)
    session["language"] = chosen or user.language
    return redirect(url_for("home.home"), 303)


def _own() -> Organization:
    """The organization that the person acts for."""
    own = actor().organization_id
    return next(m.organization for m in security.person().memberships if m.organization_id == own)
