"""Reception: the slip with its weights, grading with evidence, disputes and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from broker.deliveries.models import Delivery
from broker.deliveries.schedule import LONGEST_TEXT, dispute_ends, done, moved, opened, silence_ends
from broker.deliveries.terms import terms_of
from broker.documents import canonical
from broker.documents.attachments import attach
from broker.errors import Conflict, Faults, RuleBroken
from broker.transaction import Transaction

WEIGHT_GAP = Decimal("0.02")
"""From this share on, the weights of sender and receiver differ enough to be told (domain model 3)."""

PROPOSED = ("accepted_kg", "downgraded_kg", "rejected_kg", "note", "side")


@dataclass(frozen=True)
class Slip:
    """What stands on the reception slip: kg gross and tare, its number, and who hands over and who receives."""

    gross_kg: Decimal
    tare_kg: Decimal
    number: str
    handed_over_by: str
    received_by: str


@dataclass(frozen=True)
class Verdict:
    """How the net is divided; a rejection needs its cause and a photo."""

    accepted_kg: Decimal
    downgraded_kg: Decimal
    rejected_kg: Decimal
    grader: str
    sample: str
    cause: str = ""
    photo: bytes = field(default=b"", repr=False)


def receive(tx: Transaction, delivery_id: int, slip: Slip, key: str) -> Delivery:
    """The buyer weighs what came; from now on the clocks of silence and dispute run. Raises Invalid."""
    delivery, side = opened(tx, delivery_id, key, "receive", slip)
    if delivery is None:
        return done(tx, delivery_id)
    faults = Faults()
    faults.require(slip.gross_kg > 0, "must_be_above", "gross_kg", limit=0)
    faults.require(slip.tare_kg >= 0, "number_negative", "tare_kg", text=str(slip.tare_kg))
    faults.require(slip.tare_kg < slip.gross_kg, "tare_above_gross", "tare_kg")
    for name, text in (("handed_over_by", slip.handed_over_by), ("received_by", slip.received_by)):
        faults.require(bool(text.strip()), "required", name)
    faults.raise_if_any()
    delivery.received_at, delivery.slip = tx.now, slip.number.strip()[:60] or None
    delivery.gross_kg, delivery.tare_kg = slip.gross_kg, slip.tare_kg
    delivery.net_kg = slip.gross_kg - slip.tare_kg
    delivery.handed_over_by, delivery.received_by = (
        slip.handed_over_by.strip()[:200],
        slip.received_by.strip()[:200],
    )
    return moved(tx, delivery, "receive", side)


def grade(tx: Transaction, delivery_id: int, verdict: Verdict, key: str) -> Delivery:
    """Grade the delivery and say what is accepted, taken at the lower price, and rejected.

    Raises Invalid: the parts do not add up to the net, or a rejection lacks its cause or its photo; and
    Conflict('silence_accepted') once the hours of silence are over, whether or not a worker has noted it.
    """
    delivery, side = opened(tx, delivery_id, key, "grade", verdict)
    if delivery is None:
        return done(tx, delivery_id)
    if delivery.state == "received":
        ends = silence_ends(delivery, terms_of(tx.session, delivery.agreement).silence)
        if ends is not None and tx.now >= ends:
            raise Conflict("silence_accepted", moment=ends)
        _judge(delivery, verdict)
    # Kept first: the database takes no rejection without its photo.
    photo = attach(tx, verdict.photo, field="photo", pictures_only=True) if verdict.rejected_kg > 0 else None
    delivery.grader, delivery.sample = verdict.grader.strip()[:200], verdict.sample.strip()[:200] or None
    delivery.accepted_kg, delivery.downgraded_kg = verdict.accepted_kg, verdict.downgraded_kg
    delivery.rejected_kg, delivery.decided_at = verdict.rejected_kg, tx.now
    if photo is not None:
        delivery.cause, delivery.photo_id = verdict.cause.strip()[:LONGEST_TEXT], photo.id
    moved(tx, delivery, "grade", side)
    step = _step(verdict.accepted_kg, verdict.downgraded_kg, verdict.rejected_kg)
    return moved(tx, delivery, step, side)


def dispute(tx: Transaction, delivery_id: int, text: str, key: str) -> Delivery:
    """The organization disputes a rejection or a downgrade, within the hours agreed. Raises
    Conflict('dispute_over')."""
    delivery, side = opened(tx, delivery_id, key, "dispute", text)
    if delivery is None:
        return done(tx, delivery_id)
    if not text.strip():
        raise RuleBroken("reason_required", field="text")
    ends = dispute_ends(delivery, terms_of(tx.session, delivery.agreement).dispute)
    if ends is not None and tx.now > ends:
        raise Conflict("dispute_over", moment=ends)
    delivery.disputed_at, delivery.dispute, delivery.proposal = tx.now, text.strip()[:LONGEST_TEXT], None
    return moved(tx, delivery, "dispute", side)


def propose_end(
    tx: Transaction,
    delivery_id: int,
    accepted: Decimal,
    downgraded: Decimal,
    rejected: Decimal,
    note: str,
    key: str,
) -> Delivery:
    """One side proposes how a dispute ends; it ends so when the other side agrees. Raises Invalid, also for a rejection
    where the buyer gave no cause and no photo for any."""
    delivery, side = opened(tx, delivery_id, key, "proposal", accepted, downgraded, rejected, note)
    if delivery is None:
        return done(tx, delivery_id)
    if delivery.state != "disputed":
        raise Conflict("state_moved_on", subject="delivery", state=delivery.state, action="settle")
    faults = Faults()
    _adds_up(delivery, accepted, downgraded, rejected, faults)
    if rejected > 0 and delivery.photo_id is None:
        faults.add("rejection_without_evidence", "rejected_kg")
    faults.raise_if_any()
    proposal = {
        "accepted_kg": str(accepted),
        "downgraded_kg": str(downgraded),
        "rejected_kg": str(rejected),
        "note": note.strip()[:LONGEST_TEXT],
        "side": side,
    }
    delivery.proposal = proposal | {"earlier": _proposals(delivery)}
    tx.session.flush()
    tx.record("delivery.proposal", "delivery", delivery.id, delivery.agreement.organization_id, **proposal)
    return delivery


def agree_to_end(tx: Transaction, delivery_id: int, seen: str, key: str) -> Delivery:
    """The other side agrees to the proposal that it has seen, named by its `mark_of`.

    Raises Conflict: 'nothing_to_agree_to' where nothing of the other side stands, 'proposal_moved_on' where another
    proposal stands by now.
    """
    delivery, side = opened(tx, delivery_id, key, "agree", seen)
    if delivery is None:
        return done(tx, delivery_id)
    proposal = delivery.proposal
    if delivery.state != "disputed" or proposal is None or proposal["side"] == side:
        raise Conflict("nothing_to_agree_to")
    if mark_of(proposal) != seen:
        raise Conflict("proposal_moved_on")
    accepted, downgraded, rejected = (
        Decimal(proposal[name]) for name in ("accepted_kg", "downgraded_kg", "rejected_kg")
    )
    delivery.accepted_kg, delivery.downgraded_kg, delivery.rejected_kg = accepted, downgraded, rejected
    delivery.decided_at = tx.now
    ends = {"accept": "settle_accepted", "accept_partly": "settle_partly", "reject": "settle_rejected"}
    return moved(tx, delivery, ends[_step(accepted, downgraded, rejected)], side)


def mark_of(proposal: Mapping[str, str]) -> str:
    """SHA-256 of what a proposal says: it names exactly this one."""
    return canonical.sha256({name: proposal[name] for name in PROPOSED})


def proposal_seen(delivery: Delivery, mark: str) -> Mapping[str, str] | None:
    """The proposal of a mark, be it the one that stands or one that it replaced."""
    return next((one for one in _proposals(delivery) if mark_of(one) == mark), None)


def _proposals(delivery: Delivery) -> list[dict[str, str]]:
    """What was proposed in this dispute so far, the latest first."""
    if delivery.proposal is None:
        return []
    stands = {name: delivery.proposal[name] for name in PROPOSED}
    return [stands, *delivery.proposal.get("earlier", ())]


def _judge(delivery: Delivery, verdict: Verdict) -> None:
    faults = Faults()
    faults.require(bool(verdict.grader.strip()), "required", "grader")
    _adds_up(delivery, verdict.accepted_kg, verdict.downgraded_kg, verdict.rejected_kg, faults)
    if verdict.rejected_kg > 0:
        faults.require(bool(verdict.cause.strip()), "rejection_needs_cause", "cause")
        faults.require(bool(verdict.photo), "rejection_needs_photo", "photo")
    faults.raise_if_any()


def _adds_up(
    delivery: Delivery, accepted: Decimal, downgraded: Decimal, rejected: Decimal, faults: Faults
) -> None:
    for name, kg in (("accepted_kg", accepted), ("downgraded_kg", downgraded), ("rejected_kg", rejected)):
        faults.require(kg >= 0, "number_negative", name, text=str(kg))
    net = delivery.net_kg or Decimal(0)
    if accepted + downgraded + rejected != net:
        faults.add("parts_not_net", "accepted_kg", weight=net, total=accepted + downgraded + rejected)


def _step(accepted: Decimal, downgraded: Decimal, rejected: Decimal) -> str:
    if downgraded == rejected == 0:
        return "accept"
    return "accept_partly" if accepted + downgraded > 0 else "reject"
