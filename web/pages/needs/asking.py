"""Questions about a need, and their answers for all who may see it."""

from __future__ import annotations

import uuid

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import RuleBroken
from broker.listings import questions
from web.pages.needs.blueprint import bp
from web.pages.needs.showing import invited, need_page
from web.rendering import writing
from web.security import PRODUCERS, access
from web.wording import message


@bp.post("/<int:need_id>/questions")
@access(*PRODUCERS)
def ask(need_id: int) -> ResponseReturnValue:
    """Ask the buyer; sent twice it is asked once."""
    text = request.form.get("question", "")
    key = request.form.get("request_key", "")[:100] or uuid.uuid4().hex
    known = invited(need_id)
    try:
        with writing() as tx:
            questions.ask(tx, need_id, text, key, invited=lambda: known)
    except RuleBroken as fault:
        return need_page(need_id, typed=request.form, errors={"question": message(fault)})
    flash(_("Your question is with the buyer. You will be told when it is answered."), "ok")
    return _back(need_id)


@bp.post("/<int:need_id>/questions/<int:question_id>/answer")
@access("buyer", "broker")
def answer(need_id: int, question_id: int) -> ResponseReturnValue:
    """Answer for everybody who may see the need."""
    try:
        with writing() as tx:
            questions.answer(tx, need_id, question_id, request.form.get("answer", ""))
    except RuleBroken as fault:
        return need_page(need_id, typed=request.form, errors={f"answer-{question_id}": message(fault)})
    flash(_("The answer is published, without the name of who asked."), "ok")
    return _back(need_id)


@bp.post("/<int:need_id>/questions/<int:question_id>/decline")
@access("buyer", "broker")
def decline_to_answer(need_id: int, question_id: int) -> ResponseReturnValue:
    """Leave a question without an answer; whoever asked is told."""
    with writing() as tx:
        questions.decline_to_answer(tx, need_id, question_id)
    flash(_("The question stays without an answer. Whoever asked is told so."), "ok")
    return _back(need_id)


def _back(need_id: int) -> ResponseReturnValue:
    return redirect(url_for("needs.show", need_id=need_id, _anchor="questions"), 303)
