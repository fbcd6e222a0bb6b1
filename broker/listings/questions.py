"""Questions about a need: an organization asks, the buyer or its broker answers, every reader of the need reads both.

Who asked is told to nobody, the buyer included, so that a question costs no standing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from sqlalchemy import func, select

from broker.catalogue import countries
from broker.clock import local_date
from broker.errors import Conflict, NotAllowed, NotFound, RuleBroken
from broker.events import on
from broker.listings.events import NeedChanged, QuestionAnswered, QuestionAsked
from broker.listings.models import Need, NeedQuestion
from broker.listings.queries import OPEN_NEEDS, visible_need
from broker.listings.reader import Reader
from broker.listings.services import lock_owner
from broker.parties.actor import Actor
from broker.parties.models import PRODUCER_KINDS
from broker.parties.permissions import require_act_for, sees_private
from broker.transaction import Transaction

LONGEST_QUESTION = 400
LONGEST_ANSWER = 1000
MOST_WAITING = 3
"""Unanswered questions that one organization may have about one need."""


def ask(
    tx: Transaction, need_id: int, text: str, key: str, *, invited: Callable[[], bool] = lambda: False
) -> NeedQuestion:
    """Ask about a need that the actor may see; `invited` as for `visible_need`. A repeated `key` gives the first one
    back.

    Raises RuleBroken at "question", Conflict('questions_closed') once the need no longer takes replies.
    """
    need = visible_need(tx.session, tx.actor, need_id, invited=invited)
    own = tx.actor.organization_id
    if own is None or tx.actor.kind not in PRODUCER_KINDS or not tx.actor.may_write:
        raise NotAllowed("role_may_not_write")
    lock_owner(tx.session, own)
    sent = select(NeedQuestion).where(NeedQuestion.asked_by_id == own, NeedQuestion.request_key == key)
    if first := tx.session.scalar(sent):
        return first
    if not takes_questions(need, tx.now):
        raise Conflict("questions_closed")
    waiting = select(func.count(NeedQuestion.id)).where(
        NeedQuestion.need_id == need.id, NeedQuestion.asked_by_id == own, NeedQuestion.answered_at.is_(None)
    )
    said = _text(text, "question", LONGEST_QUESTION)
    if (tx.session.scalar(waiting) or 0) >= MOST_WAITING:
        raise RuleBroken("questions_waiting", field="question", most=MOST_WAITING)
    question = NeedQuestion(need_id=need.id, asked_by_id=own, question=said, asked_at=tx.now, request_key=key)
    tx.session.add(question)
    tx.session.flush()
    tx.record("need.asked", "need", need.id, own, question=question.id)
    tx.emit(QuestionAsked(question.id))
    return question


def answer(tx: Transaction, need_id: int, question_id: int, text: str) -> NeedQuestion:
    """Answer for all readers. Raises RuleBroken at "answer", Conflict('answered_already')."""
    question, need = _to_answer(tx, need_id, question_id)
    said = _text(text, "answer", LONGEST_ANSWER)
    if question.answer == said:
        return question
    _settle(tx, question, need, "need.answered")
    question.answer = said
    return question


def decline_to_answer(tx: Transaction, need_id: int, question_id: int) -> NeedQuestion:
    """The asker is told, nobody else sees the question."""
    question, need = _to_answer(tx, need_id, question_id)
    if question.answered_at is None or question.answer is not None:
        _settle(tx, question, need, "need.declined_to_answer")
    return question


def takes_questions(need: Need, now: dt.datetime) -> bool:
    """While the need is open and its reply deadline has not passed where it is delivered."""
    today = local_date(now, countries.get(need.country).time_zone)
    return need.state in OPEN_NEEDS and today <= need.reply_by


def questions_for(need: Need, actor: Actor) -> Sequence[NeedQuestion]:
    """What the actor may read: what was answered; all that waits for its answer, if it is his to give; and his own."""
    answers = sees_private(actor, need.buyer_id)
    own = actor.organization_id
    return [
        q
        for q in need.questions
        if q.answer is not None or answers or (own is not None and q.asked_by_id == own)
    ]


@on(NeedChanged)
def _need_ended(tx: Transaction, event: NeedChanged) -> None:
    """Nobody waits for an answer that will not come."""
    if event.step not in ("close", "withdraw", "expire"):
        return
    waiting = select(NeedQuestion).where(
        NeedQuestion.need_id == event.need_id, NeedQuestion.answered_at.is_(None)
    )
    for question in tx.session.scalars(waiting.order_by(NeedQuestion.id)):
        question.answered_at = tx.now
        tx.emit(QuestionAnswered(question.id))


def _to_answer(tx: Transaction, need_id: int, question_id: int) -> tuple[NeedQuestion, Need]:
    need = tx.session.get(Need, need_id)
    question = tx.session.get(NeedQuestion, question_id, with_for_update=True)
    if need is None or question is None or question.need_id != need.id:
        raise NotFound("not_found")
    require_act_for(tx.actor, need.buyer_id, broker_too=True)
    return question, need


def _settle(tx: Transaction, question: NeedQuestion, need: Need, verb: str) -> None:
    if question.answered_at is not None:
        raise Conflict("answered_already")
    question.answered_at = tx.now
    tx.record(verb, "need", need.id, need.buyer_id, question=question.id)
    tx.emit(QuestionAnswered(question.id))


def _text(text: str, field: str, most: int) -> str:
    """Without control characters. Raises RuleBroken: required, too_long."""
    reader = Reader({field: text}, decimal_separator=".")
    said = reader.text(field, required=True, most=most)
    for fault in reader.faults.found:
        raise fault
    return said
