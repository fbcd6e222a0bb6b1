"""The questions of one need: what would open more of it, asked of whoever could give way."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from broker.errors import RuleBroken
from broker.matchmaking.questions import question_of, send_question
from web.extensions import db
from web.pages.questions import words
from web.rendering import page, writing
from web.security import access, actor, person
from web.wording import sentences

bp = Blueprint("questions", __name__, template_folder="templates", url_prefix="/desk/needs")
bp.record_once(lambda state: words.register(state.app))


@bp.get("/<int:need_id>/questions/<int:number>")
@access("broker")
def show(need_id: int, number: int) -> ResponseReturnValue:
    """The drafted question, to be copied, changed or mailed."""
    return _page(need_id, number)


@bp.post("/<int:need_id>/questions/<int:number>")
@access("broker")
def send(need_id: int, number: int) -> ResponseReturnValue:
    """Mail the question as it stands in the form."""
    question = question_of(db.session(), actor(), need_id, number)
    subject, text = words.draft(question, person()).subject, request.form.get("text", "")
    try:
        with writing() as tx:
            mails = send_question(tx, need_id, number, subject, text)
    except RuleBroken as fault:
        return _page(need_id, number, text, sentences(fault), 422)
    text = ngettext(
        "The question went out in %(num)d mail.", "The question went out in %(num)d mails.", mails
    )
    flash(text, "ok")
    return redirect(url_for("desk.need", need_id=need_id), 303)


def _page(
    need_id: int,
    number: int,
    text: str | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    question = question_of(db.session(), actor(), need_id, number)
    drafted = words.draft(question, person())
    return page(
        "questions/show.html",
        status=status,
        question=question,
        number=number,
        values={"text": drafted.text if text is None else text},
        errors=errors or {},
    )
