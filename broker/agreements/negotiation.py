"""The talks about an agreement: sent to the parties, remarked on, stalled when nobody moves, ended with a reason."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from broker.agreements import freezing
from broker.agreements.checklist import checklist
from broker.agreements.events import AgreementAbandoned, AgreementSent
from broker.agreements.house_clauses import library
from broker.agreements.models import Agreement, AgreementVersion, Remark
from broker.agreements.promises import give_back, hold
from broker.agreements.transitions import AGREEMENT, NEGOTIATION
from broker.catalogue import countries
from broker.clock import local_date
from broker.errors import Conflict, Faults, NotAllowed, NotFound, RuleBroken
from broker.matchmaking.models import Suggestion
from broker.matchmaking.transitions import SUGGESTION
from broker.parties.actor import Actor
from broker.states import Stateful
from broker.transaction import Transaction

STALLED_AFTER = dt.timedelta(days=7)
LONGEST_NOTE = 1000
LONGEST_REASON = 200


class _Talks:
    """The negotiation of an agreement as a thing with a state of its own."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement

    @property
    def state(self) -> str:
        return self.agreement.negotiation or ""

    @state.setter
    def state(self, value: str) -> None:
        self.agreement.negotiation = value


def talks(agreement: Agreement) -> Stateful:
    """For the state table NEGOTIATION."""
    return _Talks(agreement)


def side_of(agreement: Agreement, actor: Actor) -> str:
    """'buyer', 'producer' or 'broker'; an organization for which its union signs reads as the producer's side. Raises
    NotFound for a stranger."""
    sides = {
        agreement.buyer_id: "buyer",
        agreement.organization_id: "producer",
        agreement.broker_id: "broker",
    }
    side = sides.get(actor.organization_id or 0)
    if side is None and any(p.capacity.organization_id == actor.organization_id for p in agreement.parts):
        return "producer"
    if side is None:
        raise NotFound("not_found")
    return side


def may_act(agreement: Agreement, actor: Actor) -> bool:
    """Whether the actor may do anything in it: a reader looks on, and so do organizations for which a union signs."""
    parties = (agreement.buyer_id, agreement.organization_id, agreement.broker_id)
    return actor.may_write and actor.organization_id in parties


def writing_side(agreement: Agreement, actor: Actor) -> str:
    """The side for which the actor may write. A broker needs the mandate of at least one party. Raises NotAllowed."""
    side = side_of(agreement, actor)
    if not actor.may_write:
        raise NotAllowed("role_may_not_write")
    if not may_act(agreement, actor):
        raise NotAllowed("union_acts")
    if side == "broker" and not actor.clients & {
        agreement.buyer_id,
        agreement.organization_id,
        *(part.capacity.organization_id for part in agreement.parts),
    }:
        raise NotAllowed("mandate_needed")
    return side


def send(tx: Transaction, agreement_id: int, reply_by: dt.date | None = None) -> Agreement:
    """The broker sends the draft to both parties. Raises Invalid with what the checklist still lacks."""
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    version = with_words(tx, agreement, latest(tx, agreement), side)
    faults = Faults()
    for item in checklist(freezing.facts_of(version)):
        if not item.done:
            faults.add("checklist_open", "form", part=item.part, count=len(item.missing))
    faults.raise_if_any()
    AGREEMENT.move(agreement, "send", side)
    agreement.negotiation, agreement.offered_by = "opened", side
    moved(tx, agreement, reply_by)
    tx.record("agreement.send", "agreement", agreement.id, agreement.buyer_id, version=version.number)
    tx.emit(AgreementSent(agreement.id))
    return agreement


def abandon(tx: Transaction, agreement_id: int, reason: str) -> Agreement:
    """End an agreement before anybody signs, for its parties and its broker; what it promised is free again on both
    sides, and the pairs can be suggested anew. Raises NotFound for a stranger, RuleBroken without a reason, Conflict
    when it is too late."""
    found = tx.session.get(Agreement, agreement_id)
    if found is None:
        raise NotFound("not_found")
    side = writing_side(found, tx.actor)
    reason = reason_given(reason)
    need, capacities = hold(tx, agreement_id)
    agreement = locked(tx, agreement_id)
    if latest(tx, agreement).signatures:
        raise Conflict("signed_by_one")
    AGREEMENT.move(agreement, "abandon", side)
    if agreement.negotiation is not None:
        NEGOTIATION.move(talks(agreement), "abandon", side)
    agreement.ended_reason = reason
    give_back(tx, agreement, need, capacities)
    for part in agreement.parts:
        if part.suggestion_id is not None:
            suggestion = tx.session.get_one(Suggestion, part.suggestion_id)
            SUGGESTION.move(suggestion, "end", "system")
            suggestion.ended_because, suggestion.ended_note = "draft_abandoned", reason
    tx.record("agreement.abandon", "agreement", agreement.id, agreement.buyer_id, side=side, reason=reason)
    tx.emit(AgreementAbandoned(agreement.id, tx.actor.organization_id or 0, reason))
    return agreement


def reason_given(reason: str, field: str = "reason") -> str:
    """A reason that others read. Raises RuleBroken('reason_required' | 'too_long')."""
    if not reason.strip():
        raise RuleBroken("reason_required", field=field)
    if len(reason.strip()) > LONGEST_REASON:
        raise RuleBroken("too_long", field=field, most=LONGEST_REASON)
    return reason.strip()


def remark(tx: Transaction, agreement_id: int, text: str, clause: str | None = None) -> Remark:
    """Say something about the agreement or a clause of it. Raises RuleBroken('required')."""
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    text = text.strip()
    if not text:
        raise RuleBroken("required", field="text")
    if len(text) > LONGEST_NOTE:
        raise RuleBroken("too_long", field="text", most=LONGEST_NOTE)
    said = Remark(
        agreement_id=agreement.id,
        version_number=latest(tx, agreement).number,
        clause=clause,
        side=side,
        text=text,
        said_at=tx.now,
        said_by_id=tx.actor.user_id,
    )
    tx.session.add(said)
    tx.session.flush()
    tx.record("agreement.remark", "agreement", agreement.id, agreement.buyer_id, side=side)
    return said


def sweep_stalled(tx: Transaction) -> int:
    """Negotiations in which nobody moved for seven days are stalled. Returns how many."""
    talking = select(Agreement).where(
        Agreement.negotiation.in_(("opened", "offer", "counter")),
        Agreement.state == "negotiating",
        Agreement.moved_at < tx.now - STALLED_AFTER,
    )
    stalled = 0
    for agreement in tx.session.scalars(talking.order_by(Agreement.id).with_for_update()):
        NEGOTIATION.move(talks(agreement), "stall", "system")
        tx.record("agreement.stall", "agreement", agreement.id, agreement.buyer_id)
        stalled += 1
    return stalled


def locked(tx: Transaction, agreement_id: int) -> Agreement:
    """The agreement as it is now, held until the commit. Raises NotFound."""
    found = tx.session.get(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("not_found")
    return found


def day_of(agreement: Agreement, moment: dt.datetime) -> dt.date:
    """The calendar day of a moment where the organization is: days of an agreement are days there."""
    return local_date(moment, countries.get(agreement.organization.country).time_zone)


def latest(tx: Transaction, agreement: Agreement) -> AgreementVersion:
    """The last version that stands, with its facts and words: what is negotiated or, after the signatures, in force or
    proposed as an amendment."""
    query = (
        select(AgreementVersion)
        .where(AgreementVersion.agreement_id == agreement.id, AgreementVersion.dropped_at.is_(None))
        .order_by(AgreementVersion.number.desc())
        .limit(1)
        .options(joinedload(AgreementVersion.acceptances))
    )
    return tx.session.scalars(query).unique().one()


def is_amending(agreement: Agreement, version: AgreementVersion) -> bool:
    """Whether the version would change what both have signed."""
    return agreement.binding is not None and version.number > agreement.binding


def with_words(
    tx: Transaction, agreement: Agreement, version: AgreementVersion, side: str
) -> AgreementVersion:
    """The version itself, or one more of the same facts where it is of before words were frozen."""
    if version.content is not None:
        return version
    facts = freezing.facts_of(version)
    frozen = freezing.freeze(facts, library(tx.session, agreement.broker_id, facts))
    return append_version(tx, agreement, version, frozen, side, "")


def append_version(
    tx: Transaction,
    agreement: Agreement,
    before: AgreementVersion,
    frozen: freezing.Frozen,
    side: str,
    note: str,
) -> AgreementVersion:
    """The next version of an agreement; once both have signed it is an amendment."""
    last = select(func.max(AgreementVersion.number)).where(AgreementVersion.agreement_id == agreement.id)
    version = AgreementVersion(
        number=(tx.session.scalar(last) or 0) + 1,
        amends=agreement.binding,
        facts=frozen.facts,
        content=frozen.content,
        sha256=frozen.sha256,
        author_side=side,
        note=note,
        changes=freezing.changed_paths(before.facts, frozen.facts),
        open_points=frozen.open_points,
        created_at=tx.now,
        created_by_id=tx.actor.user_id,
    )
    version.agreement_id = agreement.id
    tx.session.add(version)
    tx.session.flush()
    tx.record(
        "agreement.version", "agreement", agreement.id, agreement.buyer_id,
        number=version.number, sha256=version.sha256, side=side,
    )  # fmt: skip
    return version


def moved(tx: Transaction, agreement: Agreement, reply_by: dt.date | None) -> None:
    """Somebody moved; the other side answers by `reply_by`. Raises RuleBroken('date_past')."""
    if reply_by is not None and reply_by < day_of(agreement, tx.now):
        raise RuleBroken("date_past", field="reply_by", day=reply_by)
    agreement.moved_at, agreement.reply_by = tx.now, reply_by
