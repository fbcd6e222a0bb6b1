"""What would open more of a need, as a question to whoever could give way: the buyer, or the organizations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.errors import NotFound, RuleBroken
from broker.listings.models import Capacity, Need
from broker.matchmaking.queries import latest_result, need_of_client
from broker.parties.actor import Actor
from broker.parties.models import Membership, Organization, User
from broker.parties.permissions import require_kind
from broker.transaction import Transaction

OF_BUYER = ("payment_days", "price", "variety", "grade", "spec", "origin", "calendar")
OF_ORGANIZATIONS = ("certificate", "readiness", "min_lot")
LONGEST = 2_000


@dataclass(frozen=True)
class Question:
    """One step of the plan in force that a condition keeps closed. `asked` are those who could give way, `distance` by
    how much in the unit of the gate, `kg_per_period` and `organizations` what that would open."""

    need: Need
    gate: str
    distance: float | None
    kg_per_period: Decimal
    organizations: int
    asked: Sequence[Organization]


def askable(gate: str) -> bool:
    """Whether a condition is somebody's to give way in; the distance, for one, is the broker's own."""
    return gate in OF_BUYER or gate in OF_ORGANIZATIONS


def question_of(session: Session, actor: Actor, need_id: int, number: int) -> Question:
    """The question behind a near miss (its place among those of the plan in force). Raises NotFound."""
    need = need_of_client(session, actor, need_id)
    _, plan = latest_result(session, actor, need_id)
    steps = plan.summary.get("relaxations", []) if plan else []
    if number >= len(steps) or not askable(steps[number]["gate"]):
        raise NotFound("not_found")
    step = steps[number]
    query = (
        select(Organization)
        .join(Capacity, Capacity.organization_id == Organization.id)
        .where(Capacity.id.in_(step["capacities"]), Organization.id.in_(actor.clients))
    )
    holders = session.scalars(query.distinct().order_by(Organization.id)).all()
    return Question(
        need=need,
        gate=step["gate"],
        distance=step["distance"],
        kg_per_period=Decimal(repr(step["kg_per_period"])),
        organizations=len(holders),
        asked=[need.buyer] if step["gate"] in OF_BUYER else holders,
    )


def send_question(tx: Transaction, need_id: int, number: int, subject: str, text: str) -> int:
    """Mail the question to everybody who acts for those asked, each by herself; gives how many mails. The same text on
    the same day is mailed once.

    Raises NotFound and RuleBroken('required' | 'too_long', field='text').
    """
    broker_id = require_kind(tx.actor, "broker")
    question = question_of(tx.session, tx.actor, need_id, number)
    if not text.strip():
        raise RuleBroken("required", field="text")
    if len(text) > LONGEST:
        raise RuleBroken("too_long", field="text", most=LONGEST)
    asked = [organization.id for organization in question.asked]
    query = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id.in_(asked), Membership.role != "reader")
    )
    people = tx.session.scalars(query.distinct().order_by(User.email)).all()
    detail = {"gate": question.gate, "asked": asked, "text": text.strip()}
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
