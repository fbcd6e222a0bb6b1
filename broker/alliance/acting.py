"""Who acts in an alliance: a party of a signed agreement, once for each form."""

from __future__ import annotations

from broker.agreements.models import Agreement
from broker.agreements.negotiation import locked
from broker.deliveries.schedule import acting_side
from broker.errors import Conflict, RuleBroken
from broker.parties.permissions import require_manager
from broker.transaction import Transaction

LIVING = ("signed", "active", "breach_notified", "breached", "suspended", "completed")
LONGEST_TEXT = 4000
OTHER = {"buyer": "producer", "producer": "buyer"}


def party(tx: Transaction, agreement_id: int) -> tuple[Agreement, str]:
    """The agreement, held until the commit, and the actor's side. Raises Conflict('not_signed')."""
    agreement = locked(tx, agreement_id)
    side = acting_side(tx.actor, agreement)
    if agreement.state not in LIVING:
        raise Conflict("not_signed")
    return agreement, side


def manager(tx: Transaction, agreement_id: int) -> tuple[Agreement, str]:
    """As `party`, for what only a manager of the party decides. Raises NotAllowed too."""
    agreement, side = party(tx, agreement_id)
    require_manager(tx.actor, agreement.party_id(side))
    return agreement, side


def said(text: str, field: str) -> str:
    """A text that must be there and has an end. Raises RuleBroken('required' | 'too_long')."""
    text = text.strip()
    if not text:
        raise RuleBroken("required", field=field)
    if len(text) > LONGEST_TEXT:
        raise RuleBroken("too_long", field=field, most=LONGEST_TEXT)
    return text
