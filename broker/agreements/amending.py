"""Amendments: a change of what both have signed is a new version with its reason, accepted and signed anew by both;
until then the signed version stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from broker.agreements.events import AmendmentDropped
from broker.agreements.facts import Amendment, DraftFacts
from broker.agreements.models import Agreement, AgreementVersion, Remark
from broker.agreements.negotiation import is_amending, latest, locked, reason_given, talks, writing_side
from broker.agreements.transitions import NEGOTIATION
from broker.errors import Conflict, NotAllowed, RuleBroken
from broker.transaction import Transaction

AMENDABLE = ("signed", "active", "breach_notified")


def amended_facts(
    found: DraftFacts,
    wanted: DraftFacts,
    before: AgreementVersion,
    agreement: Agreement,
    note: str,
    today: dt.date,
) -> DraftFacts:
    """What an amendment on top of version `before` says: `wanted`, with the version it replaces and why. A
    counter-offer keeps the reason.

    Raises RuleBroken('nothing_changed'), RuleBroken('reason_required') for a first proposal without one,
    RuleBroken('period_begun') for another quantity in a period that has begun.
    """
    if wanted == found:
        raise RuleBroken("nothing_changed", field="form")
    rows = [{"start": p.start.isoformat(), "quantity_kg": p.quantity_kg} for p in wanted.schedule.periods]
    if (begun := begun_otherwise(agreement, rows, today)) is not None:
        raise RuleBroken("period_begun", field=f"kg-{begun}", day=begun)
    amendment = found.amendment
    if before.number == agreement.binding:
        amendment = Amendment(before.number, before.sha256, reason_given(note, "note"))
    return replace(wanted, amendment=amendment, created=today)


def begun_otherwise(
    agreement: Agreement, rows: Sequence[Mapping[str, Any]], today: dt.date
) -> dt.date | None:
    """The first period that has begun and for which `rows` say another quantity than both signed."""
    signed, wanted = (
        {dt.date.fromisoformat(row["start"]): Decimal(row["quantity_kg"]) for row in each}
        for each in (agreement.promised, rows)
    )
    days = signed.keys() | wanted.keys()
    return min((day for day in days if day <= today and signed.get(day) != wanted.get(day)), default=None)


def drop(tx: Transaction, agreement_id: int, reason: str) -> Agreement:
    """Give an amendment up, with a reason that the others read; the signed version stands as before.

    Either party may until both have signed, except one that has signed it; the broker may as long as it is his own
    proposal that nobody has accepted. Raises Conflict('no_amendment' | 'signed_already'), NotAllowed.
    """
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    version = latest(tx, agreement)
    if not is_amending(agreement, version):
        raise Conflict("no_amendment")
    reason = reason_given(reason)
    if side == "broker" and (version.author_side != "broker" or version.acceptances):
        raise NotAllowed("only_parties")
    if any(one.side == side for one in version.signatures):
        raise Conflict("signed_already")
    NEGOTIATION.move(talks(agreement), "drop", side)
    for one in _open_versions(tx, agreement):
        one.dropped_at = tx.now
    agreement.moved_at, agreement.reply_by = tx.now, None
    tx.session.add(
        Remark(
            agreement_id=agreement.id,
            version_number=version.number,
            clause=None,
            side=side,
            text=reason,
            said_at=tx.now,
            said_by_id=tx.actor.user_id,
        )
    )
    tx.session.flush()
    tx.record(
        "agreement.amendment_dropped", "agreement", agreement.id, agreement.buyer_id,
        number=version.number, side=side, reason=reason,
    )  # fmt: skip
    tx.emit(AmendmentDropped(agreement.id, side, reason))
    return agreement


def _open_versions(tx: Transaction, agreement: Agreement) -> list[AgreementVersion]:
    query = select(AgreementVersion).where(
        AgreementVersion.agreement_id == agreement.id,
        AgreementVersion.number > (agreement.binding or 0),
        AgreementVersion.dropped_at.is_(None),
    )
    return list(tx.session.scalars(query))
