"""The agreement that continues another: the same terms over the next window, drafted anew and linked to what came
before. Nothing of it binds until both have signed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from broker.agreements import freezing
from broker.agreements.events import RenewalDrafted
from broker.agreements.facts import DraftFacts, Period, Predecessor, Schedule
from broker.agreements.house_clauses import library
from broker.agreements.models import Agreement, AgreementPart, AgreementVersion
from broker.agreements.negotiation import day_of, locked, writing_side
from broker.agreements.promises import deliveries_of, hold
from broker.agreements.queries import in_force
from broker.agreements.services import store_draft
from broker.agreements.uniting import mandated
from broker.documents.canonical import decimal_text
from broker.errors import Conflict, Faults, NotAllowed
from broker.listings.models import Contribution, Need
from broker.listings.periods import periods_of, total_kg
from broker.listings.reserve import reserve
from broker.listings.services import references_of
from broker.matchmaking.grid import need_periods
from broker.transaction import Transaction

RENEWABLE = ("signed", "active", "completed", "renewed")
# What the new need does not take over: its own window, name, coverage and life.
OWN = frozenset(
    {
        "id", "reference", "starts_on", "ends_on", "reply_by", "total_kg", "covered_kg", "state", "version",
        "visibility", "request_key", "created_at", "updated_at", "quantity_kg", "quantity_original",
        "min_suppliers", "max_suppliers", "max_share_pct",
    }
)  # fmt: skip


def may_renew(agreement: Agreement, side: str) -> bool:
    """Whether the side may begin the agreement that continues this one, which nobody has begun yet."""
    after = agreement.successor
    return (
        side != "producer" and agreement.state in RENEWABLE and (after is None or after.state == "abandoned")
    )


def next_start(agreement: Agreement) -> dt.date:
    """The day after the last delivery that is promised: what is usual for the first day of the next agreement."""
    return max(dt.date.fromisoformat(row["end"]) for row in agreement.promised) + dt.timedelta(days=1)


def renew(tx: Transaction, agreement_id: int, starts_on: dt.date) -> Agreement:
    """A draft with the terms in force of an agreement, over as many periods from `starts_on`, its quantities reserved.

    The buyer or the broker begins it; each agreement is continued once, and again only when that draft was ended.
    Raises Conflict('state_moved_on' | 'renewed_already' | 'member_without_mandate' | 'oversold'), NotAllowed for the
    organization, Invalid('date_past' | 'renewal_overlaps').
    """
    before_need, capacities = hold(tx, agreement_id)
    before = locked(tx, agreement_id)
    side = writing_side(before, tx.actor)
    if side == "producer":
        raise NotAllowed("buyer_or_broker_renews")
    if before.state not in RENEWABLE or before.binding is None:
        raise Conflict("state_moved_on", subject="agreement", state=before.state, action="renew")
    _only_one(tx, before)
    faults = Faults()
    faults.require(starts_on > day_of(before, tx.now), "date_past", "starts_on", day=starts_on)
    faults.require(starts_on >= next_start(before), "renewal_overlaps", "starts_on", day=next_start(before))
    faults.raise_if_any()
    signed = in_force(tx.session, before)
    facts = mandated(tx, before, freezing.facts_of(signed))
    need = _need(tx, before_need, facts, starts_on)
    rows = _rows(facts, need)
    wanted = _continued(before, signed, facts, need, rows, day_of(before, tx.now))
    frozen = freezing.freeze(wanted, library(tx.session, before.broker_id, wanted))
    parts = [
        AgreementPart(
            suggestion_id=None,
            capacity_id=part.capacity_id,
            promised=_moved(part.promised, before.promised, rows),
        )
        for part in before.parts
    ]
    agreement = store_draft(
        tx, need, before.organization_id, before.broker_id, parts, frozen, renews_id=before.id
    )
    for part in parts:
        if part.promised:
            reserve(
                tx, need, capacities[part.capacity_id], deliveries_of(part.promised, need), under_way=True
            )
    tx.emit(RenewalDrafted(agreement.id, side))
    return agreement


def _only_one(tx: Transaction, before: Agreement) -> None:
    """The one that continues it, unless that was ended before anybody signed: then the link is free again."""
    after = tx.session.scalar(select(Agreement).where(Agreement.renews_id == before.id).with_for_update())
    if after is None:
        return
    if after.state != "abandoned":
        raise Conflict("renewed_already", number=after.id)
    after.renews_id = None
    tx.session.flush()


def _need(tx: Transaction, before: Need, facts: DraftFacts, starts_on: dt.date) -> Need:
    """The need behind the renewal: what the agreement delivers and nothing more, seen by nobody else."""
    kg = max(period.quantity_kg for period in facts.schedule.periods)
    count = len(facts.schedule.periods)
    ends_on = _window(before, starts_on, count)
    kept = {
        column.key: getattr(before, column.key) for column in Need.__table__.columns if column.key not in OWN
    }
    need = Need(
        **kept,
        reference=_reference(tx, before),
        quantity_kg=kg,
        quantity_original=kg / before.quantity_factor,
        starts_on=starts_on,
        ends_on=ends_on,
        reply_by=starts_on - dt.timedelta(days=1),
        total_kg=total_kg(kg, before.period, starts_on, ends_on),
        visibility="broker",
        state="open",
        created_at=tx.now,
        updated_at=tx.now,
        contributions=[
            Contribution(
                type=one.type,
                description=one.description,
                value_minor=one.value_minor,
                promised_on=None,
                reimbursable=one.reimbursable,
            )
            for one in before.contributions
        ],
    )
    tx.session.add(need)
    tx.session.flush()
    tx.record("need.renewed", "need", need.id, need.buyer_id, before=before.id)
    return need


def _reference(tx: Transaction, before: Need) -> str:
    taken = references_of(tx.session, Need, before.buyer_id)
    names = (f"{before.reference}-R{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _window(before: Need, starts_on: dt.date, count: int) -> dt.date:
    """The last day of `count` periods from `starts_on`, or of a window as long as before where it is taken whole."""
    if before.period in ("once", "season"):
        return starts_on + (before.ends_on - before.starts_on)
    far = starts_on + dt.timedelta(days=31 * (count + 1) + 31)
    return periods_of(before.period, starts_on, far)[count - 1].end


def _rows(facts: DraftFacts, need: Need) -> list[dict[str, Any]]:
    """The kg of each delivery of before, in order, in the periods of the new need."""
    return [
        {
            "start": period.start.isoformat(),
            "end": period.end.isoformat(),
            "quantity_kg": decimal_text(old.quantity_kg),
        }
        for period, old in zip(need_periods(need), facts.schedule.periods, strict=True)
    ]


def _moved(
    own: Sequence[Mapping[str, Any]], before: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """What one capacity promised, on the new days: the nth delivery of before is the nth of `rows`."""
    days = {old["start"]: new for old, new in zip(before, rows, strict=True)}
    return [
        {
            "start": days[row["start"]]["start"],
            "end": days[row["start"]]["end"],
            "quantity_kg": row["quantity_kg"],
        }
        for row in own
    ]


def _continued(
    before: Agreement,
    signed: AgreementVersion,
    facts: DraftFacts,
    need: Need,
    rows: Sequence[Mapping[str, Any]],
    today: dt.date,
) -> DraftFacts:
    periods = tuple(
        Period(
            dt.date.fromisoformat(row["start"]),
            dt.date.fromisoformat(row["end"]),
            Decimal(row["quantity_kg"]),
        )
        for row in rows
    )
    schedule: Schedule = replace(facts.schedule, periods=periods)
    # A day of the old window says nothing about the new one.
    params = {name: value for name, value in (facts.price.params or {}).items() if name != "liquidation_date"}
    return replace(
        facts,
        created=today,
        schedule=schedule,
        price=replace(facts.price, params=params),
        need=need.reference,
        joint_covered_pct=None,
        amendment=None,
        continues=Predecessor(str(before.id), signed.number, signed.sha256),
    )
