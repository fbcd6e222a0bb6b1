"""The letters about needs beside their suggestions: a question to the buyer, and its answer to whoever asked."""

from __future__ import annotations

from broker.events import on
from broker.listings.events import QuestionAnswered, QuestionAsked
from broker.listings.models import Need, NeedQuestion
from broker.notifications.letters import write_letter
from broker.transaction import Transaction


@on(QuestionAsked)
def _question_asked(tx: Transaction, event: QuestionAsked) -> None:
    question = tx.session.get_one(NeedQuestion, event.question_id)
    need = tx.session.get_one(Need, question.need_id)
    path = f"/needs/{need.id}#questions"
    write_letter(
        tx, need.buyer_id, "question_asked", path=path, need=need.reference, question=question.question
    )


@on(QuestionAnswered)
def _question_answered(tx: Transaction, event: QuestionAnswered) -> None:
    question = tx.session.get_one(NeedQuestion, event.question_id)
    need = tx.session.get_one(Need, question.need_id)
    letter = "question_declined" if question.answer is None else "question_answered"
    path = f"/needs/{need.id}#questions"
    write_letter(
        tx, question.asked_by_id, letter,
        path=path, buyer=need.buyer.legal_name, question=question.question, answer=question.answer or "",
    )  # fmt: skip
