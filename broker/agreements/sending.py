"""The drafts of one need together: made of all that both sides accepted, completed by one set of answers, and sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session, joinedload, undefer

from broker.agreements import freezing, offering, services
from broker.agreements.checklist import checklist
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import Term, terms_of
from broker.agreements.negotiation import latest, locked, send
from broker.errors import Conflict, Invalid, RuleBroken
from broker.matchmaking.models import Suggestion
from broker.matchmaking.queries import suggestions_read
from broker.matchmaking.suggestions import require_clients
from broker.parties.actor import Actor
from broker.parties.permissions import require_kind
from broker.transaction import Transaction


@dataclass(frozen=True)
class Unsent:
    """A draft that has not gone out. `terms` can be answered and are what the checklist lacks; `beyond` are the paths
    that it lacks and nobody answers in a form."""

    agreement: Agreement
    version: AgreementVersion
    terms: Sequence[Term]
    beyond: Sequence[str]

    @property
    def total_kg(self) -> Decimal:
        return sum(
            (Decimal(period["quantity_kg"]) for period in self.version.facts["schedule"]["periods"]),
            Decimal(0),
        )


def draft_all(tx: Transaction, need_id: int) -> int:
    """A draft of every suggestion of the need that both sides accepted and whose sides are both clients still. Returns
    how many were made: none when they have been made already."""
    broker_id = require_kind(tx.actor, "broker")
    made = 0
    for suggestion in tx.session.scalars(_accepted(broker_id, need_id)).all():
        try:
            require_clients(tx.actor, suggestion)
        except Conflict:
            continue
        services.draft(tx, suggestion.id)
        made += 1
    return made


def unsent_of(session: Session, actor: Actor, need_id: int) -> list[Unsent]:
    """The broker's drafts of the need that have not gone to the parties, oldest first."""
    newest = (
        select(AgreementVersion.agreement_id, func.max(AgreementVersion.number).label("number"))
        .where(AgreementVersion.dropped_at.is_(None))
        .group_by(AgreementVersion.agreement_id)
        .subquery()
    )
    query = (
        select(Agreement, AgreementVersion)
        .join(newest, newest.c.agreement_id == Agreement.id)
        .join(
            AgreementVersion,
            (AgreementVersion.agreement_id == Agreement.id) & (AgreementVersion.number == newest.c.number),
        )
        .where(*_waiting(actor, need_id))
        .options(
            joinedload(Agreement.organization),
            undefer(AgreementVersion.facts),
            undefer(AgreementVersion.content),
        )
        .order_by(Agreement.id)
    )
    return [_unsent(agreement, version) for agreement, version in session.execute(query)]


def suggestions_and_unsent(session: Session, actor: Actor, need_id: int) -> tuple[Sequence[Suggestion], int]:
    """The broker's suggestions for a need that are not out of date, oldest first, and how many of the drafts made of
    them have still to be sent."""
    unsent = select(func.count(Agreement.id)).where(*_waiting(actor, need_id)).scalar_subquery()
    rows = session.execute(suggestions_read(actor, need_id).add_columns(unsent)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def terms_together(drafts: Sequence[Unsent]) -> dict[str, Term]:
    """What is asked for all of them, each term once, by its path."""
    found: dict[str, Term] = {}
    for one in drafts:
        for term in one.terms:
            found.setdefault(term.path, term)
    return found


def send_all(
    tx: Transaction,
    need_id: int,
    chosen: Collection[int],
    values: Mapping[str, Any],
    reply_by: dt.date | None = None,
) -> int:
    """Give each chosen draft of the need those of `values` (path -> JSON data) that it lacks, and send it to its
    parties. All go or none. Returns how many went.

    Raises Conflict('drafts_gone') when none of them waits any more, Invalid with what the checklist still lacks and
    of whose draft.
    """
    require_kind(tx.actor, "broker")
    drafts = [one for one in unsent_of(tx.session, tx.actor, need_id) if one.agreement.id in chosen]
    if not drafts:
        raise Conflict("drafts_gone")
    for one in drafts:
        _send(tx, one.agreement, values, reply_by)
    return len(drafts)


def _send(tx: Transaction, agreement: Agreement, values: Mapping[str, Any], reply_by: dt.date | None) -> None:
    locked(tx, agreement.id)
    now = _unsent(agreement, latest(tx, agreement))
    answers = {term.path: values[term.path] for term in now.terms if values.get(term.path) is not None}
    if answers:
        offering.offer(tx, agreement.id, now.version.number, answers)
    try:
        send(tx, agreement.id, reply_by)
    except Invalid as fault:
        name = agreement.organization.legal_name
        raise Invalid(
            [RuleBroken("draft_incomplete", field=one.field, name=name, **one.params) for one in fault.faults]
        ) from None


def _unsent(agreement: Agreement, version: AgreementVersion) -> Unsent:
    lacks = [path for item in checklist(freezing.facts_of(version)) for path in item.missing]
    terms = {term.path: term for term in terms_of(version)}
    return Unsent(
        agreement,
        version,
        [terms[path] for path in lacks if path in terms],
        [path for path in lacks if path not in terms],
    )


def _waiting(actor: Actor, need_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Agreement.need_id == need_id,
        Agreement.broker_id == actor.organization_id,
        Agreement.state == "draft",
    )


def _accepted(broker_id: int, need_id: int) -> Select[Suggestion]:
    return (
        select(Suggestion)
        .where(
            Suggestion.broker_id == broker_id,
            Suggestion.need_id == need_id,
            Suggestion.state == "accepted_both",
        )
        .order_by(Suggestion.id)
    )
