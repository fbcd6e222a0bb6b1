"""The front page, the home of each of the three people, and the language."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from broker.listings import queries as listings
from broker.parties import accounts
from broker.parties.models import User
from web import security
from web.extensions import db
from web.i18n import LANGUAGES
from web.pages.home import homes
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
    kind = actor().kind
    if kind == "broker":
        return page(
            "home/broker.html", board=homes.broker_board(db.session(), actor(), current_app.config["CLOCK"]())
        )
    if kind == "buyer":
        return page("home/buyer.html", home=homes.buyer_home(db.session(), actor()))
    if kind in security.PRODUCERS:
        return page("home/producer.html", home=homes.producer_home(db.session(), actor()))
    return page("home/other.html")


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
