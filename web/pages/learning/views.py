"""What the broker house has learned from the answers to its suggestions: look, learn anew, switch on and off."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.matchmaking import learning
from broker.matchmaking.learning_view import learning_of
from web.extensions import db
from web.rendering import page, writing
from web.security import access, actor

bp = Blueprint("learning", __name__, template_folder="templates", url_prefix="/runs/learning")


@bp.get("")
@access("broker")
def show() -> ResponseReturnValue:
    """The answers known, the back-test, what each feature does, and why the model is on or off."""
    return page("learning/show.html", view=learning_of(db.session(), actor()))


@bp.post("")
@access("broker")
def order() -> ResponseReturnValue:
    """Have it learned anew."""
    with writing() as tx:
        learning.order(tx)
    flash(_("Learning has begun. It takes a few seconds."), "ok")
    return redirect(url_for("learning.show"), 303)


@bp.post("/switch")
@access("broker")
def switch() -> ResponseReturnValue:
    """Switch the learned model off, or let it be used again."""
    with writing() as tx:
        row = learning.switch(tx, request.form.get("state") == "on")
    if row.state == "on":
        flash(_("From the next run on, the learned chance breaks ties."), "ok")
    elif row.held:
        flash(_("Switched off: runs use the fixed weights until you allow it again."), "ok")
    else:
        flash(_("It will be used as soon as it foresees the answers better than the fixed weights."), "ok")
    return redirect(url_for("learning.show"), 303)
