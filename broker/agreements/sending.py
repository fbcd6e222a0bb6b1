"""The drafts of one need together: made of all that both sides accepted, completed by one set of answers, and sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, joinedload, undefer

from broker.agreements import freezing, offering, services
from broker.agreements.checklist import checklist
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import Term, terms_of
from broker.agreements.negotiation import latest, locked, send
from broker.agreements.uniting import unions_for
from broker.errors import Conflict, Invalid, RuleBroken
from broker.matchmaking.models import Suggestion
from broker.matchmaking.queries import accepted_by_both, suggestions_read
from broker.parties.actor import Actor
from broker.parties.permissions import require_kind
from broker.transaction import Transaction


@dataclass(frozen=True)
class Drafted:
    """How many drafts were made, and by legal name who was left out: whose mandate has ended, and for whom a union can
    sign, so that the broker chooses."""

    made: int
    without_mandate: tuple[str, ...]
    through_union: tuple[str, ...]


@dataclass(frozen=True)
class Unsent:
    """A draft that has not gone out. `terms` can be answered and are what the checklist lacks; `beyond` are the parts
    of the checklist that lack something which nobody answers in a form."""

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


def draft_all(tx: Transaction, need_id: int) -> Drafted:
    """A draft of every suggestion of the need that both sides accepted, but of those that are left out. None are made
    twice."""
    broker_id = require_kind(tx.actor, "broker")
    # Held, so that two presses and a party that steps back come one after the other.
    pairs = tx.session.scalars(accepted_by_both(broker_id, need_id).with_for_update(of=Suggestion)).all()
    united = {
        one.id for deal in unions_for(tx.session, broker_id, need_id, tx.today) for one in deal.suggestions
    }
    made, ended, through = 0, [], []
    for one in pairs:
        name = one.capacity.organization.legal_name
        if one.capacity.organization_id not in tx.actor.clients:
            ended.append(name)
        elif one.id in united:
            through.append(name)
        else:
            services.draft(tx, one.id)
            made += 1
    return Drafted(made, tuple(ended), tuple(through))


def unsent_of(session: Session, actor: Actor, need_id: int) -> list[Unsent]:
    """The broker's drafts of the need that have not gone to the parties, oldest first."""
    newer = aliased(AgreementVersion)
    newest = select(func.max(newer.number)).where(newer.agreement_id == Agreement.id).scalar_subquery()
    query = (
        select(Agreement, AgreementVersion)
        .join(AgreementVersion, AgreementVersion.agreement_id == Agreement.id)
        # Of a draft no version was ever dropped: only amendments are.
        .where(AgreementVersion.number == newest, *_waiting(actor, need_id))
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


def terms_together(drafts: Iterable[Unsent]) -> dict[str, Term]:
    """What is asked for all of them, each term once, by its path."""
    found: dict[str, Term] = {}
    for one in drafts:
        for term in one.terms:
            found.setdefault(term.path, term)
    return found


def send_all(
    tx: Transaction,
    need_id: int,
    chosen: Mapping[int, int],
    values: Mapping[str, Any],
    reply_by: dt.date | None = None,
) -> int:
    """Give each chosen draft of the need (its number -> the version that was read) those of `values` (path -> JSON
    data) that it lacks, and send it to its parties. All go or none. Returns how many went.

    Raises Conflict('drafts_gone') when one of them waits no more, Conflict('draft_moved_on') when somebody made
    another version of it, Invalid with what the checklist still lacks and of whose draft.
    """
    require_kind(tx.actor, "broker")
    drafts = [one for one in unsent_of(tx.session, tx.actor, need_id) if one.agreement.id in chosen]
    if len(drafts) < len(chosen) or not drafts:
        raise Conflict("drafts_gone")
    for one in drafts:
        _send(tx, one.agreement, chosen[one.agreement.id], values, reply_by)
    return len(drafts)


def _send(
    tx: Transaction, agreement: Agreement, read: int, values: Mapping[str, Any], reply_by: dt.date | None
) -> None:
    locked(tx, agreement.id)
    name, now = agreement.organization.legal_name, _unsent(agreement, latest(tx, agreement))
    if now.version.number != read:
        raise Conflict("draft_moved_on", name=name)
    answers = {term.path: values[term.path] for term in now.terms if values.get(term.path) is not None}
    if answers:
        offering.offer(tx, agreement.id, read, answers)
    try:
        send(tx, agreement.id, reply_by)
    except Invalid as fault:
        raise Invalid(
            [RuleBroken("draft_incomplete", field="draft", name=name, **one.params) for one in fault.faults]
        ) from None


def _unsent(agreement: Agreement, version: AgreementVersion) -> Unsent:
    items = [item for item in checklist(freezing.facts_of(version)) if not item.done]
    terms = {term.path: term for term in terms_of(version)}
    return Unsent(
        agreement,
        version,
        [terms[path] for item in items for path in item.missing if path in terms],
        [item.part for item in items if not set(item.missing) <= terms.keys()],
    )


def _waiting(actor: Actor, need_id: int) -> tuple[ColumnElement[bool], ...]:
    return (
        Agreement.need_id == need_id,
        Agreement.broker_id == actor.organization_id,
        Agreement.state == "draft",
    )
