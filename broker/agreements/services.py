"""From a suggestion that both sides accepted to the first version of a draft agreement."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import select

from broker.agreements import facts, freezing
from broker.agreements.gather import Deal, gather
from broker.agreements.models import Agreement, AgreementVersion
from broker.catalogue import countries
from broker.clock import local_date
from broker.errors import NotFound
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
    suggestion = tx.session.get(Suggestion, suggestion_id, with_for_update=True)
    if suggestion is None or suggestion.broker_id != broker_id:
        raise NotFound("not_found")
    require_clients(tx.actor, suggestion)
    SUGGESTION.move(suggestion, "convert", "broker")
    tx.record("suggestion.convert", "suggestion", suggestion.id, broker_id, side="broker")
    frozen = freezing.freeze(_gather(tx, suggestion))
    agreement = Agreement(
        suggestion_id=suggestion.id,
        buyer_id=suggestion.need.buyer_id,
        organization_id=suggestion.capacity.organization_id,
        broker_id=broker_id,
        created_at=tx.now,
        moved_at=tx.now,
        promised=frozen.facts["schedule"]["periods"],
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
