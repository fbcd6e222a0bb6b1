"""Help that is the same everywhere: the shortcuts, the tour of a role, the reader's preferences, the style page."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from web import preferences
from web.i18n import LANGUAGES
from web.navigation import navigation
from web.pages.help import samples
from web.pages.help.tours import tour_of
from web.rendering import page
from web.row_ids import row_id
from web.security import access, actor, safe_next

bp = Blueprint("help", __name__, template_folder="templates")


@bp.get("/help/shortcuts")
@access("public")
def shortcuts() -> ResponseReturnValue:
    """Every shortcut, as a page and for the dialog under `?`; here they are switched off and on."""
    entries = [entry for entry in navigation(actor()) if entry.key]
    return page("help/shortcuts.html", fragment="help/_keys.html", entries=entries)


@bp.get("/help/tour")
@access("user")
def tour() -> ResponseReturnValue:
    """What the reader's role finds where, a step on each page."""
    steps = tour_of(actor())
    number = min(max(request.args.get("step", 1, type=row_id), 1), len(steps))
    return page("help/tour.html", steps=steps, number=number, step=steps[number - 1])


@bp.post("/help/preferences")
@access("public")
def prefer() -> ResponseReturnValue:
    """Remember one preference on this device, and go back to where the reader was."""
    chosen = {
        name: value for name, value in request.form.items() if value in preferences.CHOICES.get(name, ())
    }
    if not chosen:
        abort(400)
    answer = make_response(redirect(safe_next(request.form.get("next"), url_for("home.front")), 303))
    for name, value in chosen.items():
        preferences.remember(answer, name, value)
    return answer


@bp.get("/styleguide")
@access("public")
def styleguide() -> ResponseReturnValue:
    """Every component with its states, for whoever works on the pages; not in an installation for the trade."""
    if not (current_app.config["SETTINGS"].demo or current_app.debug):
        abort(404)
    return page("help/styleguide.html", languages=LANGUAGES, **samples.everything())
