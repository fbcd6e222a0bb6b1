"""Offers and acceptances: each offer is a new version, and both parties accept one and the same version by its hash."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from broker.agreements import freezing
from broker.agreements.amending import AMENDABLE, amended_facts
from broker.agreements.clause_library import ClauseLibrary
from broker.agreements.contributing import ContributionChange, with_contributions
from broker.agreements.events import AgreementNegotiated, OfferMade
from broker.agreements.facts import DraftFacts, Period
from broker.agreements.house_clauses import library
from broker.agreements.models import Acceptance, Agreement, AgreementVersion
from broker.agreements.negotiable import changed, may_set, plain_words, terms_of
from broker.agreements.negotiation import (
    LONGEST_NOTE,
    append_version,
    day_of,
    is_amending,
    latest,
    locked,
    moved,
    talks,
    writing_side,
)
from broker.agreements.promises import hold, promise
from broker.agreements.terms import INDEX_METHODS, PRICE_PARAMS, STATED_PRICES
from broker.agreements.transitions import AGREEMENT, NEGOTIATION
from broker.agreements.uniting import mandated, shared_by_members
from broker.errors import Conflict, Faults, NotAllowed, RuleBroken
from broker.listings.models import Capacity, Need
from broker.matchmaking.grid import need_periods
from broker.quantity import to_gram
from broker.transaction import Transaction

OPEN = ("draft", "negotiating", "negotiated")
LEAST_REVIEW_HOURS = 24
LONGEST_WORDING = 4000


def offer(
    tx: Transaction,
    agreement_id: int,
    base: int,
    values: Mapping[str, Any],
    *,
    quantities: Mapping[dt.date, Decimal] | None = None,
    wordings: Mapping[str, str] | None = None,
    contributions: ContributionChange | None = None,
    note: str = "",
    reply_by: dt.date | None = None,
) -> AgreementVersion:
    """A new version with `values` (path -> JSON data), the kg of some periods of the need by their first day and
    other contributions of the buyer, on top of version `base`; once both have signed it is an amendment, whose first
    `note` is its reason.

    A party's own offer counts as its acceptance once nothing is open. Raises Conflict('version_moved_on') when
    somebody made another version meanwhile, NotAllowed for a term that is not the side's to set, Invalid for terms
    that cannot stand, RuleBroken('nothing_changed').
    """
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    if agreement.state not in (*OPEN, *AMENDABLE):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="offer")
    before = latest(tx, agreement)
    if before.number != base:
        raise Conflict("version_moved_on", number=before.number)
    found = freezing.facts_of(before)
    facts = _of_one_method(found, changed(found, _allowed(before, agreement, side, values)))
    if wordings:
        facts = _with_wordings(facts, wordings, library(tx.session, agreement.broker_id, facts))
    if quantities:
        facts = _with_quantities(facts, quantities, agreement)
    if contributions is not None:
        facts = with_contributions(facts, contributions, signed=agreement.binding is not None)
    if agreement.binding is not None:
        facts = amended_facts(found, facts, before, agreement, note, day_of(agreement, tx.now))
        mandated(tx, agreement, facts)
    _judge(facts)
    return _add_version(tx, agreement, before, facts, side, note, reply_by)


def adopt(tx: Transaction, agreement_id: int, base: int) -> AgreementVersion:
    """A new version in which every open point that has a recommendation takes it. The others read what was taken."""
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    before = latest(tx, agreement)
    points = [
        point
        for point in freezing.draft_of(before, "es").open_points
        if point.recommended_value is not None and may_set(side, point.path, agreement.state, point.owner)
    ]
    if not points:
        raise RuleBroken("nothing_recommended", field="form")
    return offer(tx, agreement_id, base, {point.path: point.recommended_value for point in points})


def accept(tx: Transaction, agreement_id: int, sha256: str) -> Agreement:
    """A party accepts the version that it read, by its hash; with both, the agreement is negotiated and what it
    promises is reserved. Raises Conflict('version_moved_on') for another hash, RuleBroken('points_open')."""
    need, capacities = hold(tx, agreement_id)
    agreement = locked(tx, agreement_id)
    side = writing_side(agreement, tx.actor)
    if side == "broker":
        raise NotAllowed("only_parties")
    version = latest(tx, agreement)
    if agreement.state != "negotiating" and not _is_proposed(agreement, version):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="agree")
    if version.sha256 != sha256 or version.content is None:
        raise Conflict("version_moved_on", number=version.number)
    # Said already: a form sent twice counts once, and nobody moved.
    if any(one.side == side for one in version.acceptances):
        return agreement
    if agreement.negotiation == "stalled":
        NEGOTIATION.move(talks(agreement), "wake", side)
    _accept(tx, agreement, version, side)
    _settle(tx, agreement, version, side, need, capacities)
    return agreement


def _is_proposed(agreement: Agreement, version: AgreementVersion) -> bool:
    """Whether the version is an amendment that both have still to accept."""
    return (
        agreement.state in AMENDABLE
        and is_amending(agreement, version)
        and agreement.negotiation in ("offer", "counter")
    )


def _allowed(
    version: AgreementVersion, agreement: Agreement, side: str, values: Mapping[str, Any]
) -> dict[str, Any]:
    terms = {term.path: term for term in terms_of(version)}
    faults = Faults()
    for path in values:
        term = terms.get(path)
        if term is None or not may_set(side, path, agreement.state, term.owner):
            faults.add("term_not_yours", path)
    faults.raise_if_any()
    return {path: value for path, value in values.items() if value != terms[path].value}


def _with_quantities(
    facts: DraftFacts, quantities: Mapping[dt.date, Decimal], agreement: Agreement
) -> DraftFacts:
    """The schedule with other kg in some periods of the need; a period of zero kg is left out. Raises RuleBroken for
    no delivery at all, and for more than the need asks in a period."""
    need, now = agreement.need, {period.start: period.quantity_kg for period in facts.schedule.periods}
    now |= {start: to_gram(kg) for start, kg in quantities.items()}
    kept = []
    for period in need_periods(need):
        kg = now.get(period.start, Decimal(0))
        if kg > need.quantity_kg:
            raise RuleBroken("above_the_need", field=f"kg-{period.start}", kg=need.quantity_kg)
        if kg > 0:
            kept.append(Period(period.start, period.end, kg))
    if not kept:
        raise RuleBroken("nothing_delivered", field="form")
    if tuple(kept) == facts.schedule.periods:
        return facts
    schedule = replace(facts.schedule, periods=tuple(kept))
    members = shared_by_members(agreement, facts, kept)
    # How much of the need all organizations cover was true of the other quantities.
    return replace(facts, schedule=schedule, members=members, joint_covered_pct=None)


def _with_wordings(facts: DraftFacts, wordings: Mapping[str, str], own: ClauseLibrary) -> DraftFacts:
    """Clauses in the words of the parties, the same for every language; an empty text gives back the library's. Raises
    Invalid for a clause that is none, or a text that is too long."""
    faults, kept = Faults(), dict(facts.wordings or {})
    known = {clause.id for clause in own.clauses if clause.part}
    for clause, text in wordings.items():
        faults.require(clause in known, "choice_unknown", f"wording-{clause}", value=clause)
        faults.require(len(text) <= LONGEST_WORDING, "too_long", f"wording-{clause}", most=LONGEST_WORDING)
        words = "\n\n".join(plain_words(part) for part in re.split(r"\n\s*\n", text) if part.strip())
        kept.pop(clause, None)
        if words:
            kept[clause] = {"es": words, "en": words}
    faults.raise_if_any()
    return replace(facts, wordings=kept or None)


def _of_one_method(before: DraftFacts, facts: DraftFacts) -> DraftFacts:
    """Without what belonged to the former method, where the price is set in another way."""
    method = facts.price.method
    if method is None or method == before.price.method:
        return facts
    # A series means another thing to a band than to an index; only the two index methods speak of the same.
    alike = {method, before.price.method} <= INDEX_METHODS
    params = (facts.price.params or {}).items() if alike else ()
    kept = {name: value for name, value in params if name in PRICE_PARAMS[method]}
    stated = facts.price.unit_price if method in STATED_PRICES else None
    return replace(facts, price=replace(facts.price, params=kept, unit_price=stated))


def _judge(facts: DraftFacts) -> None:
    faults = Faults()
    hours = facts.rules.review_hours
    if hours is not None and hours < LEAST_REVIEW_HOURS:
        faults.add("review_too_short", "rules.review_hours", hours=LEAST_REVIEW_HOURS)
    low, high = ((facts.price.params or {}).get(name) for name in ("low", "high"))
    if low is not None and high is not None and Decimal(low) > Decimal(high):
        faults.add("range_reversed", "price.params.high")
    if (facts.payment.advance_pct or 0) > 0 and facts.payment.deductions is not None:
        faults.require("advance" in facts.payment.deductions, "advance_not_deductible", "payment.deductions")
    faults.raise_if_any()


def _add_version(
    tx: Transaction,
    agreement: Agreement,
    before: AgreementVersion,
    facts: DraftFacts,
    side: str,
    note: str,
    reply_by: dt.date | None,
) -> AgreementVersion:
    frozen = freezing.freeze(facts, library(tx.session, agreement.broker_id, facts))
    if frozen.facts == before.facts:
        raise RuleBroken("nothing_changed", field="form")
    if len(note) > LONGEST_NOTE:
        raise RuleBroken("too_long", field="note", most=LONGEST_NOTE)
    version = append_version(tx, agreement, before, frozen, side, note.strip())
    if agreement.state == "negotiated":
        AGREEMENT.move(agreement, "reopen", side)
    if agreement.negotiation is not None and (
        agreement.offered_by != side or agreement.negotiation not in ("offer", "counter")
    ):
        NEGOTIATION.move(talks(agreement), "counter" if agreement.negotiation == "offer" else "offer", side)
        agreement.offered_by = side
    moved(tx, agreement, reply_by)
    if agreement.state != "draft":
        if side != "broker" and version.open_points == 0:
            _accept(tx, agreement, version, side)
        tx.emit(OfferMade(agreement.id, version.number, side))
    return version


def _accept(tx: Transaction, agreement: Agreement, version: AgreementVersion, side: str) -> None:
    # Counted in the words themselves: they are what is accepted.
    if count := len(freezing.draft_of(version, "es").open_points):
        raise RuleBroken("points_open", field="form", count=count)
    accepted = Acceptance(
        version_id=version.id,
        side=side,
        sha256=version.sha256,
        accepted_at=tx.now,
        accepted_by_id=tx.actor.user_id,
    )
    version.acceptances.append(accepted)
    agreement.moved_at = tx.now
    tx.session.flush()
    tx.record(
        "agreement.accept", "agreement", agreement.id, agreement.buyer_id,
        number=version.number, sha256=version.sha256, side=side,
    )  # fmt: skip


def _settle(
    tx: Transaction,
    agreement: Agreement,
    version: AgreementVersion,
    side: str,
    need: Need,
    capacities: Mapping[int, Capacity],
) -> None:
    """With both acceptances: negotiated, and what is promised follows the version. What an amendment promises follows
    its signatures, for until then the signed version stands."""
    if {one.side for one in version.acceptances} != {"buyer", "producer"}:
        return
    agreement.negotiated_at = tx.now
    NEGOTIATION.move(talks(agreement), "agree", side)
    verb = "agreement.amendment_accepted"
    if agreement.binding is None:
        verb = "agreement.negotiated"
        wanted = version.facts["schedule"]["periods"]
        if wanted != agreement.promised:
            promise(tx, agreement, need, capacities, wanted)
        AGREEMENT.move(agreement, "agree", side)
    tx.record(verb, "agreement", agreement.id, agreement.buyer_id, sha256=version.sha256)
    tx.emit(AgreementNegotiated(agreement.id))
