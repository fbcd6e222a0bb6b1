"""The letters that events cause, put into the inbox and the outbox of the readers in the same commit."""

from __future__ import annotations

from typing import Any

from broker.agreements.events import (
    AgreementAbandoned,
    AgreementAmended,
    AgreementNegotiated,
    AgreementSent,
    AgreementSigned,
    AmendmentDropped,
    OfferMade,
    RenewalDrafted,
)
from broker.agreements.models import Agreement
from broker.events import on
from broker.matchmaking.events import SuggestionAnswered, SuggestionSent, SuggestionStale
from broker.matchmaking.models import Suggestion
from broker.notifications.delivery import deliver, readers_of
from broker.parties.events import MandateProposed
from broker.parties.models import Mandate, Organization
from broker.transaction import Transaction

# Where no party gave a reason of its own, why a suggestion ended may still be told.
ENDED = {
    "need_closed": "suggestion_not_chosen",
    "need_filled": "suggestion_not_chosen",
    "need_expired": "suggestion_expired",
}


@on(SuggestionSent)
def _suggestion_sent(tx: Transaction, event: SuggestionSent) -> None:
    suggestion = tx.session.get_one(Suggestion, event.suggestion_id)
    need, organization = suggestion.need, suggestion.capacity.organization
    names = {"buyer": need.buyer.legal_name, "organization": organization.legal_name}
    for reader in (need.buyer_id, organization.id):
        write_letter(tx, reader, "suggestion_sent", path=f"/suggestions/{suggestion.id}", **names)


@on(SuggestionAnswered)
def _suggestion_answered(tx: Transaction, event: SuggestionAnswered) -> None:
    suggestion = tx.session.get_one(Suggestion, event.suggestion_id)
    need, organization = suggestion.need, suggestion.capacity.organization
    names = {"buyer": need.buyer.legal_name, "organization": organization.legal_name}
    letter = "suggestion_accepted" if event.accepted else "suggestion_declined"
    write_letter(tx, suggestion.broker_id, letter, path=f"/desk/needs/{need.id}", **names)
    if suggestion.sent_at is None:
        return
    for side, reader in (("buyer", need.buyer_id), ("producer", organization.id)):
        if side != event.side:
            write_letter(tx, reader, letter, path=f"/suggestions/{suggestion.id}", **names)


@on(SuggestionStale)
def _suggestion_stale(tx: Transaction, event: SuggestionStale) -> None:
    """Nobody waits for an answer that will not come."""
    suggestion = tx.session.get_one(Suggestion, event.suggestion_id)
    if suggestion.sent_at is None:
        return
    need, organization = suggestion.need, suggestion.capacity.organization
    names = {"buyer": need.buyer.legal_name, "organization": organization.legal_name}
    letter = "suggestion_ended" if event.reason else ENDED.get(event.because, "suggestion_stale")
    for reader in (need.buyer_id, organization.id):
        path = f"/suggestions/{suggestion.id}"
        write_letter(tx, reader, letter, path=path, reason=event.reason, **names)
    path = f"/desk/needs/{need.id}"
    write_letter(tx, suggestion.broker_id, letter, path=path, reason=event.reason, **names)


@on(AgreementAbandoned)
def _agreement_abandoned(tx: Transaction, event: AgreementAbandoned) -> None:
    agreement = tx.session.get_one(Agreement, event.agreement_id)
    names = {"buyer": agreement.buyer.legal_name, "organization": agreement.organization.legal_name}
    path = f"/agreements/{agreement.id}"
    for reader in (agreement.buyer_id, agreement.organization_id, agreement.broker_id):
        if reader != event.by_organization_id:
            write_letter(tx, reader, "agreement_abandoned", path=path, reason=event.reason, **names)


@on(AgreementSent)
def _agreement_sent(tx: Transaction, event: AgreementSent) -> None:
    _to_the_parties(tx, event.agreement_id, "agreement_sent")


@on(OfferMade)
def _offer_made(tx: Transaction, event: OfferMade) -> None:
    """Whoever did not make it reads of it."""
    _to_the_parties(tx, event.agreement_id, "offer_made", but=event.side, number=event.number)


@on(AgreementNegotiated)
def _agreement_negotiated(tx: Transaction, event: AgreementNegotiated) -> None:
    _to_the_parties(tx, event.agreement_id, "agreement_negotiated", broker_too=True)


@on(AgreementSigned)
def _agreement_signed(tx: Transaction, event: AgreementSigned) -> None:
    _to_the_parties(tx, event.agreement_id, "agreement_signed", broker_too=True)


@on(AgreementAmended)
def _agreement_amended(tx: Transaction, event: AgreementAmended) -> None:
    _to_the_parties(tx, event.agreement_id, "agreement_amended", broker_too=True)


@on(AmendmentDropped)
def _amendment_dropped(tx: Transaction, event: AmendmentDropped) -> None:
    """Whoever did not give it up reads why."""
    _to_the_parties(
        tx, event.agreement_id, "amendment_dropped", but=event.side, broker_too=True, reason=event.reason
    )


@on(RenewalDrafted)
def _renewal_drafted(tx: Transaction, event: RenewalDrafted) -> None:
    _to_the_parties(tx, event.agreement_id, "renewal_drafted", but=event.side, broker_too=True)


def _to_the_parties(
    tx: Transaction, agreement_id: int, letter: str, *, but: str = "", broker_too: bool = False, **values: Any
) -> None:
    """A letter about an agreement to its parties, and to the broker where he waits for it too."""
    agreement = tx.session.get_one(Agreement, agreement_id)
    names = {"buyer": agreement.buyer.legal_name, "organization": agreement.organization.legal_name}
    sides = (
        ("buyer", "producer", "broker")
        if broker_too or but in ("buyer", "producer")
        else ("buyer", "producer")
    )
    for side in sides:
        if side != but:
            path = f"/agreements/{agreement.id}"
            write_letter(tx, agreement.party_id(side), letter, path=path, **names, **values)


@on(MandateProposed)
def _mandate_proposed(tx: Transaction, event: MandateProposed) -> None:
    mandate = tx.session.get_one(Mandate, event.mandate_id)
    house = tx.session.get_one(Organization, mandate.broker_id)
    write_letter(tx, mandate.client_id, "mandate_proposed", path="/mandates", broker=house.legal_name)


def write_letter(tx: Transaction, organization_id: int, letter: str, **values: Any) -> None:
    """One letter to everyone who acts for the organization, each in her language and as she wants it."""
    for reader in readers_of(tx, organization_id):
        deliver(tx, reader, organization_id, letter, values)
