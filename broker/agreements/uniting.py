"""One agreement through a union: its members that accepted suggestions of a need and gave it their mandate to sign."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from broker.agreements import facts, freezing
from broker.agreements.gather import Deal, certificates_of, gather
from broker.agreements.house_clauses import library
from broker.agreements.models import Agreement
from broker.agreements.promises import shared
from broker.agreements.services import broker_mandate, convert, open_agreement
from broker.catalogue import countries
from broker.clock import local_date
from broker.documents.canonical import decimal_text
from broker.errors import Conflict
from broker.listings.models import Capacity
from broker.matchmaking.models import Suggestion
from broker.matchmaking.queries import accepted_by_both
from broker.money import KgPrice
from broker.parties import queries as parties
from broker.parties import unions
from broker.parties.models import Organization, SigningMandate
from broker.parties.permissions import require_kind
from broker.transaction import Transaction


@dataclass(frozen=True)
class UnionDeal:
    """A union that can sign for those whose suggestions both sides accepted."""

    union: Organization
    suggestions: Sequence[Suggestion]


def unions_for(session: Session, broker_id: int, need_id: int, day: dt.date) -> list[UnionDeal]:
    """The unions that hold the mandates of two or more organizations whose suggestions for the need are accepted."""
    found: dict[int, list[Suggestion]] = {}
    for one in session.scalars(accepted_by_both(broker_id, need_id)):
        union_id = one.capacity.organization.union_id
        if union_id is not None:
            found.setdefault(union_id, []).append(one)
    deals = []
    for union_id, suggestions in found.items():
        if len(suggestions) < 2:
            continue
        mandates = unions.mandates_to(session, union_id, day)
        signing = [one for one in suggestions if one.capacity.organization_id in mandates]
        if len(signing) > 1:
            deals.append(UnionDeal(session.get_one(Organization, union_id), signing))
    return deals


def draft_through(tx: Transaction, need_id: int, union_id: int) -> Agreement:
    """One draft between the buyer and the union for all its members of which a suggestion is accepted and that gave it
    their mandate.

    Its price is the mean of the proposals weighted by kg, inside the corridor of each. Raises
    Conflict('union_has_no_mandates') for fewer than two, Conflict('no_common_price').
    """
    broker_id = require_kind(tx.actor, "broker")
    deals = {deal.union.id: deal for deal in unions_for(tx.session, broker_id, need_id, tx.today)}
    if union_id not in deals:
        raise Conflict("union_has_no_mandates")
    suggestions = [convert(tx, one.id, broker_id) for one in deals[union_id].suggestions]
    mandates = unions.mandates_to(tx.session, union_id, tx.today)
    found = _facts(tx, deals[union_id].union, suggestions, mandates)
    frozen = freezing.freeze(found, library(tx.session, broker_id, found))
    return open_agreement(tx, suggestions[0].need, union_id, suggestions, frozen)


def mandated(tx: Transaction, agreement: Agreement, found: facts.DraftFacts) -> facts.DraftFacts:
    """The facts with the mandate under which each member stands today, where a union signs. Raises
    Conflict('member_without_mandate') where one has ended or was taken back: nothing new is agreed for that member."""
    if not found.members:
        return found
    mandates = unions.mandates_to(tx.session, agreement.organization_id, tx.today)
    members = []
    for part, member in zip(agreement.parts, found.members, strict=True):
        mandate = mandates.get(part.capacity.organization_id)
        if mandate is None:
            raise Conflict("member_without_mandate", name=member.organization)
        members.append(replace(member, minutes=mandate.minutes, given_on=mandate.given_on))
    return replace(found, members=tuple(members))


def shared_by_members(
    agreement: Agreement, found: facts.DraftFacts, periods: Sequence[facts.Period]
) -> tuple[facts.MemberShare, ...] | None:
    """What each member of a union delivers of `periods`, as its capacity will hold it."""
    if not found.members:
        return found.members
    rows = [
        {"start": p.start.isoformat(), "end": p.end.isoformat(), "quantity_kg": decimal_text(p.quantity_kg)}
        for p in periods
    ]
    parts = shared([part.promised for part in agreement.parts], rows)
    return tuple(
        replace(member, quantity_kg=sum((Decimal(row["quantity_kg"]) for row in own), Decimal(0)))
        for member, own in zip(found.members, parts, strict=True)
    )


def common_price(suggestions: Sequence[Suggestion]) -> KgPrice:
    """The mean of the proposals weighted by kg, in whole points, moved into the corridor that all share. Raises
    Conflict('no_common_price') where there is none."""
    low, high = max(one.price_low for one in suggestions), min(one.price_high for one in suggestions)
    if low > high:
        raise Conflict("no_common_price")
    mean = _mean(suggestions, "price_proposed")
    return KgPrice(min(max(mean.points, low), high), mean.currency)


def _facts(
    tx: Transaction,
    union: Organization,
    suggestions: Sequence[Suggestion],
    mandates: Mapping[int, SigningMandate],
) -> facts.DraftFacts:
    need = suggestions[0].need
    deal = Deal(
        deliveries=_together(suggestions),
        price=common_price(suggestions),
        freight=_mean(suggestions, "freight"),
        joint_covered_pct=(100 * need.covered_kg / need.total_kg).quantize(Decimal("0.1")),
        reference=", ".join(str(one.id) for one in suggestions),
    )
    broker_id = suggestions[0].broker_id
    capacities = [one.capacity for one in suggestions]
    clients = (need.buyer_id, union.id, *(one.organization_id for one in capacities))
    found = gather(
        deal,
        need,
        min(capacities, key=lambda one: one.max_wait_days),
        need.buyer,
        union,
        today=local_date(tx.now, countries.get(need.buyer.country).time_zone),
        mandate=broker_mandate(tx, broker_id, clients),
        broker=tx.session.get(Organization, broker_id),
    )
    members = tuple(_share(one, mandates[one.capacity.organization_id]) for one in suggestions)
    return replace(found, members=members, certificates=_certificates(tx, capacities, suggestions))


def _share(suggestion: Suggestion, mandate: SigningMandate) -> facts.MemberShare:
    organization = suggestion.capacity.organization
    return facts.MemberShare(
        organization=organization.legal_name,
        quantity_kg=sum((Decimal(row["kg"]) for row in suggestion.periods), Decimal(0)),
        minutes=mandate.minutes,
        given_on=mandate.given_on,
        place=organization.municipality,
        tax_id=organization.tax_id,
    )


def _certificates(
    tx: Transaction, capacities: Sequence[Capacity], suggestions: Sequence[Suggestion]
) -> tuple[facts.Certificate, ...]:
    """Those of every member, each once."""
    need = suggestions[0].need
    found: list[facts.Certificate] = []
    for capacity in capacities:
        held = parties.certificates_of(tx.session, capacity.organization_id)
        valid = [one for one in held if one.valid_on(tx.today)]
        found += certificates_of(need, need.buyer, valid, {one.holder_id: one.holder for one in held})
    return tuple({(one.scheme, one.holder, one.valid_to): one for one in found}.values())


def _together(suggestions: Sequence[Suggestion]) -> list[tuple[dt.date, dt.date, Decimal]]:
    sums: dict[tuple[str, str], Decimal] = {}
    for one in suggestions:
        for row in one.periods:
            key = (row["start"], row["end"])
            sums[key] = sums.get(key, Decimal(0)) + Decimal(row["kg"])
    return [
        (dt.date.fromisoformat(start), dt.date.fromisoformat(end), kg)
        for (start, end), kg in sorted(sums.items())
        if kg > 0
    ]


def _mean(suggestions: Sequence[Suggestion], name: str) -> KgPrice:
    kg = sum((one.total_kg for one in suggestions), Decimal(0))
    total = sum(
        (KgPrice(getattr(one, name), one.currency).amount * one.total_kg for one in suggestions), Decimal(0)
    )
    return KgPrice.rounded(total / kg, suggestions[0].currency)
