"""Suggestions as the two sides see them: what is proposed, why, and the answer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import RuleBroken
from broker.matchmaking import party_view, suggestions
from web import i18n
from web.extensions import db
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor
from web.wording import message

bp = Blueprint("suggestions", __name__, template_folder="templates", url_prefix="/suggestions")


@bp.get("")
@access("buyer", *PRODUCERS)
def inbox() -> ResponseReturnValue:
    """What the broker proposed to this party, what waits for an answer first."""
    return page("suggestions/inbox.html", rows=party_view.inbox(db.session(), actor(), i18n.now()))


@bp.get("/<int:suggestion_id>")
@access("buyer", *PRODUCERS)
def show(suggestion_id: int) -> ResponseReturnValue:
    """One proposal with the reasons this side may see."""
    return page(
        "suggestions/show.html",
        view=party_view.view_of(db.session(), actor(), suggestion_id, i18n.now()),
        errors={},
    )


@bp.post("/<int:suggestion_id>/accept")
@access("buyer", *PRODUCERS)
def accept(suggestion_id: int) -> ResponseReturnValue:
    """Say yes."""
    with writing() as tx:
        found = suggestions.accept(tx, suggestion_id)
    if found.state == "accepted_both":
        flash(_("Both sides have accepted. The broker now prepares the draft agreement."), "ok")
    else:
        flash(_("You have accepted. We wait for the other side."), "ok")
    return redirect(url_for("suggestions.show", suggestion_id=suggestion_id), 303)


@bp.post("/<int:suggestion_id>/decline")
@access("buyer", *PRODUCERS)
def decline(suggestion_id: int) -> ResponseReturnValue:
    """Say no, with a reason."""
    try:
        with writing() as tx:
            suggestions.decline(
                tx, suggestion_id, request.form.get("reason", ""), request.form.get("note", "")
            )
    except RuleBroken as fault:
        view = party_view.view_of(db.session(), actor(), suggestion_id, i18n.now())
        return page(
            "suggestions/show.html", status=422, view=view, errors={fault.field or "reason": message(fault)}
        )
    flash(_("You have declined. Thank you for saying why."), "ok")
    return redirect(url_for("suggestions.show", suggestion_id=suggestion_id), 303)
