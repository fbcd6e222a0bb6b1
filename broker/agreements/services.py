"""From suggestions that both sides accepted to the first version of a draft agreement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select

from broker.agreements import facts, freezing
from broker.agreements.gather import Deal, gather
from broker.agreements.house_clauses import library
from broker.agreements.models import Agreement, AgreementPart, AgreementVersion
from broker.catalogue import countries
from broker.clock import local_date
from broker.documents.canonical import decimal_text
from broker.errors import NotFound
from broker.listings.models import Need
from broker.matchmaking.models import Suggestion
from broker.matchmaking.suggestions import require_clients
from broker.matchmaking.transitions import SUGGESTION
from broker.money import KgPrice
from broker.parties import queries as parties
from broker.parties.models import Mandate, Organization
from broker.parties.permissions import require_kind
from broker.transaction import Transaction


def draft(tx: Transaction, suggestion_id: int) -> Agreement:
    """The draft agreement of a suggestion accepted by both. Raises Conflict when it is not, or already has one."""
    broker_id = require_kind(tx.actor, "broker")
    suggestion = convert(tx, suggestion_id, broker_id)
    facts_ = gather_facts(tx, suggestion)
    frozen = freezing.freeze(facts_, library(tx.session, broker_id, facts_))
    return open_agreement(tx, suggestion.need, suggestion.capacity.organization_id, [suggestion], frozen)


def convert(tx: Transaction, suggestion_id: int, broker_id: int) -> Suggestion:
    """The suggestion, which becomes an agreement now. Raises NotFound, NotAllowed without a mandate, Conflict."""
    suggestion = tx.session.get(Suggestion, suggestion_id, with_for_update=True, populate_existing=True)
    if suggestion is None or suggestion.broker_id != broker_id:
        raise NotFound("not_found")
    require_clients(tx.actor, suggestion)
    SUGGESTION.move(suggestion, "convert", "broker")
    tx.record("suggestion.convert", "suggestion", suggestion.id, broker_id, side="broker")
    return suggestion


def open_agreement(
    tx: Transaction,
    need: Need,
    organization_id: int,
    suggestions: Sequence[Suggestion],
    frozen: freezing.Frozen,
) -> Agreement:
    """The agreement of one or several converted suggestions of a need, with its first version."""
    parts = [
        AgreementPart(suggestion_id=one.id, capacity_id=one.capacity_id, promised=promised_by(one))
        for one in suggestions
    ]
    return store_draft(tx, need, organization_id, suggestions[0].broker_id, parts, frozen)


def store_draft(
    tx: Transaction,
    need: Need,
    organization_id: int,
    broker_id: int,
    parts: Sequence[AgreementPart],
    frozen: freezing.Frozen,
    *,
    renews_id: int | None = None,
) -> Agreement:
    """A draft agreement with its first version, and its audit row."""
    agreement = Agreement(
        need_id=need.id,
        buyer_id=need.buyer_id,
        organization_id=organization_id,
        broker_id=broker_id,
        created_at=tx.now,
        moved_at=tx.now,
        renews_id=renews_id,
        promised=frozen.facts["schedule"]["periods"],
        parts=list(parts),
        versions=[
            AgreementVersion(
                number=1,
                facts=frozen.facts,
                content=frozen.content,
                sha256=frozen.sha256,
                open_points=frozen.open_points,
                created_at=tx.now,
                created_by_id=tx.actor.user_id,
            )
        ],
    )
    tx.session.add(agreement)
    tx.session.flush()
    tx.record(
        "agreement.drafted",
        "agreement",
        agreement.id,
        agreement.buyer_id,
        sha256=agreement.versions[0].sha256,
    )
    return agreement


def promised_by(suggestion: Suggestion) -> list[dict[str, str]]:
    """The deliveries of a suggestion as an agreement writes them."""
    return [
        {"start": row["start"], "end": row["end"], "quantity_kg": decimal_text(Decimal(row["kg"]))}
        for row in suggestion.periods
        if Decimal(row["kg"]) > 0
    ]


def gather_facts(tx: Transaction, suggestion: Suggestion) -> facts.DraftFacts:
    """What is known of a suggestion's deal, its parties and its broker."""
    need, capacity = suggestion.need, suggestion.capacity
    buyer, organization = need.buyer, capacity.organization
    certificates = parties.certificates_of(tx.session, organization.id)
    deal = Deal(
        deliveries=[
            (dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"]), Decimal(row["kg"]))
            for row in suggestion.periods
            if Decimal(row["kg"]) > 0
        ],
        price=KgPrice(suggestion.price_proposed, suggestion.currency),
        freight=KgPrice(suggestion.freight, suggestion.currency),
        joint_covered_pct=(100 * need.covered_kg / need.total_kg).quantize(Decimal("0.1")),
        reference=str(suggestion.id),
    )
    return gather(
        deal,
        need,
        capacity,
        buyer,
        organization,
        today=local_date(tx.now, countries.get(buyer.country).time_zone),
        certificates=[c for c in certificates if c.valid_on(tx.today)],
        holders={c.holder_id: c.holder for c in certificates},
        mandate=broker_mandate(tx, suggestion.broker_id, (buyer.id, organization.id)),
        broker=tx.session.get(Organization, suggestion.broker_id),
    )


def broker_mandate(tx: Transaction, broker_id: int, clients: Sequence[int]) -> Mandate | None:
    """The active mandate to the broker of one of the clients, of the first of them that gave one."""
    query = select(Mandate).where(
        Mandate.broker_id == broker_id, Mandate.client_id.in_(clients), Mandate.state == "active"
    )
    return min(tx.session.scalars(query), key=lambda one: clients.index(one.client_id), default=None)
