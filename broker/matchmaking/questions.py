"""A question to the party that could open more of a need, mailed to whoever acts for it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from broker.audit.models import AuditEntry
from broker.errors import NotFound, RuleBroken
from broker.matchmaking.queries import need_of_client
from broker.parties.models import Membership, User
from broker.parties.permissions import require_kind
from broker.transaction import Transaction

LONGEST = 3000


def send_question(
    tx: Transaction, need_id: int, organization_id: int, lever: str, subject: str, text: str
) -> int:
    """Mail the question to everybody who acts for a client, each by herself; gives to how many. The same text is mailed
    once a day.

    Raises NotFound for who is no client, and RuleBroken('required' | 'too_long', field='text').
    """
    broker_id = require_kind(tx.actor, "broker")
    need_of_client(tx.session, tx.actor, need_id)
    if organization_id not in tx.actor.clients:
        raise NotFound("not_found")
    if not text.strip():
        raise RuleBroken("required", field="text")
    if len(text) > LONGEST:
        raise RuleBroken("too_long", field="text", most=LONGEST)
    query = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role != "reader")
    )
    people = tx.session.scalars(query.distinct().order_by(User.email)).all()
    detail = {"lever": lever, "to": organization_id, "text": text.strip()}
    if not _asked_today(tx, broker_id, need_id, detail):
        for email in people:
            tx.send_mail(email, subject, text.strip())
        tx.record("question.sent", "need", need_id, broker_id, **detail)
    return len(people)


def _asked_today(tx: Transaction, broker_id: int, need_id: int, detail: dict[str, Any]) -> bool:
    query = select(AuditEntry.detail).where(
        AuditEntry.owner_id == broker_id,
        AuditEntry.subject == "need",
        AuditEntry.subject_id == need_id,
        AuditEntry.verb == "question.sent",
        AuditEntry.at > tx.now - dt.timedelta(days=1),
    )
    return detail in tx.session.scalars(query).all()
