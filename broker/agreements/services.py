"""From a suggestion that both sides accepted to the first version of a draft agreement."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

from sqlalchemy import select

from broker.agreements import facts
from broker.agreements.events import AgreementAbandoned
from broker.agreements.gather import Deal, gather
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.transitions import AGREEMENT
from broker.catalogue import countries
from broker.clock import local_date
from broker.documents import canonical
from broker.errors import NotAllowed, NotFound, RuleBroken
from broker.listings.reserve import release
from broker.listings.services import load_capacity, load_need
from broker.matchmaking.models import Suggestion
from broker.matchmaking.suggestions import deliveries_of, require_clients
from broker.matchmaking.transitions import SUGGESTION
from broker.money import KgPrice
from broker.parties import queries as parties
from broker.parties.models import Mandate, Organization
from broker.parties.permissions import require_kind
from broker.transaction import Transaction


def draft(tx: Transaction, suggestion_id: int) -> Agreement:
    """The draft agreement of a suggestion accepted by both. Raises Conflict when it is not, or already has one."""
    broker_id = require_kind(tx.actor, "broker")
    suggestion = tx.session.get(Suggestion, suggestion_id, with_for_update=True)
    if suggestion is None or suggestion.broker_id != broker_id:
        raise NotFound("not_found")
    require_clients(tx.actor, suggestion)
    SUGGESTION.move(suggestion, "convert", "broker")
    tx.record("suggestion.convert", "suggestion", suggestion.id, broker_id, side="broker")
    found = _gather(tx, suggestion)
    agreement = Agreement(
        suggestion_id=suggestion.id,
        buyer_id=suggestion.need.buyer_id,
        organization_id=suggestion.capacity.organization_id,
        broker_id=broker_id,
        created_at=tx.now,
        versions=[
            AgreementVersion(
                number=1,
                facts=json.loads(facts.to_json(found)),
                sha256=canonical.sha256(found),
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


def abandon(tx: Transaction, agreement_id: int, reason: str) -> Agreement:
    """End a draft before anybody signs, for its parties and its broker; what it promised is free again on both sides.

    Raises NotFound for a stranger, RuleBroken without a reason, Conflict when it is no draft any more.
    """
    found = tx.session.get(Agreement, agreement_id)
    own = tx.actor.organization_id
    if found is None or own not in (found.buyer_id, found.organization_id, found.broker_id):
        raise NotFound("not_found")
    if not tx.actor.may_write:
        raise NotAllowed("role_may_not_write")
    if not reason.strip():
        raise RuleBroken("reason_required", field="reason")
    suggestion = found.suggestion
    need, capacity = load_need(tx, suggestion.need_id), load_capacity(tx, suggestion.capacity_id)
    agreement = tx.session.get_one(Agreement, agreement_id, with_for_update=True, populate_existing=True)
    side = {found.buyer_id: "buyer", found.organization_id: "producer"}.get(own or 0, "broker")
    AGREEMENT.move(agreement, "abandon", side)
    release(tx, need, capacity, deliveries_of(suggestion, need))
    tx.record("agreement.abandon", "agreement", agreement.id, agreement.buyer_id, side=side, reason=reason)
    tx.emit(AgreementAbandoned(agreement.id, own or 0, reason.strip()))
    return agreement


def facts_of(version: AgreementVersion) -> facts.DraftFacts:
    """The facts that a version froze."""
    return facts.from_json(json.dumps(version.facts))


def _gather(tx: Transaction, suggestion: Suggestion) -> facts.DraftFacts:
    need, capacity = suggestion.need, suggestion.capacity
    buyer, organization = need.buyer, capacity.organization
    certificates = parties.certificates_of(tx.session, organization.id)
    mandate = tx.session.scalar(
        select(Mandate).where(
            Mandate.broker_id == suggestion.broker_id,
            Mandate.client_id.in_((buyer.id, organization.id)),
            Mandate.state == "active",
        ).order_by(Mandate.client_id != buyer.id)
    )  # fmt: skip
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
        mandate=mandate,
        broker=tx.session.get(Organization, suggestion.broker_id),
    )
