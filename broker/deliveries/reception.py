"""Reception: the slip with its weights, grading with evidence, disputes and how they end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from broker.deliveries.measures import KILOGRAM, Measure, divided, said_in
from broker.deliveries.models import Delivery
from broker.deliveries.schedule import LONGEST_TEXT, dispute_ends, done, moved, opened, silence_ends
from broker.deliveries.terms import terms_of
from broker.documents import canonical
from broker.documents.attachments import attach
from broker.errors import Conflict, Faults, RuleBroken
from broker.transaction import Transaction

WEIGHT_GAP = Decimal("0.02")
"""From this share on, the weights of sender and receiver differ enough to be told (domain model 3)."""

Parts = tuple[Decimal, Decimal, Decimal]
PROPOSED = ("accepted_kg", "downgraded_kg", "rejected_kg", "note", "side")


@dataclass(frozen=True)
class Slip:
    """What stands on the reception slip: gross and tare in `measure`, its number, and who hands over and who
    receives."""

    gross: Decimal
    tare: Decimal
    number: str
    handed_over_by: str
    received_by: str
    measure: Measure = KILOGRAM


@dataclass(frozen=True)
class Verdict:
    """How the net is divided, in `measure`; a rejection needs its cause and a photo."""

    accepted: Decimal
    downgraded: Decimal
    rejected: Decimal
    grader: str
    sample: str
    cause: str = ""
    photo: bytes = field(default=b"", repr=False)
    measure: Measure = KILOGRAM


def receive(tx: Transaction, delivery_id: int, slip: Slip, key: str) -> Delivery:
    """The buyer weighs what came; from now on the clocks of silence and dispute run. Raises Invalid."""
    delivery, side = opened(tx, delivery_id, key, "receive", slip)
    if delivery is None:
        return done(tx, delivery_id)
    faults = Faults()
    measure = slip.measure
    gross, tare = measure.kg(slip.gross), measure.kg(slip.tare)
    faults.require(gross > 0, "must_be_above", "gross_kg", limit=0)
    faults.require(tare >= 0, "number_negative", "tare_kg", text=str(slip.tare))
    faults.require(tare < gross, "tare_above_gross", "tare_kg")
    for name, text in (("handed_over_by", slip.handed_over_by), ("received_by", slip.received_by)):
        faults.require(bool(text.strip()), "required", name)
    faults.raise_if_any()
    delivery.received_at, delivery.slip = tx.now, slip.number.strip()[:60] or None
    delivery.gross_kg, delivery.tare_kg, delivery.net_kg = gross, tare, gross - tare
    if not measure.is_kg:
        delivery.gross_original, delivery.tare_original = slip.gross, slip.tare
        delivery.slip_unit, delivery.slip_factor = measure.code, measure.factor
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
    if delivery.state != "received":
        raise Conflict("state_moved_on", subject="delivery", state=delivery.state, action="grade")
    ends = silence_ends(delivery, terms_of(tx.session, delivery.agreement).silence)
    if ends is not None and tx.now >= ends:
        raise Conflict("silence_accepted", moment=ends)
    accepted, downgraded, rejected = _judged(delivery, verdict)
    # Kept first: the database takes no rejection without its photo.
    photo = attach(tx, verdict.photo, field="photo", pictures_only=True) if rejected > 0 else None
    delivery.grader, delivery.sample = verdict.grader.strip()[:200], verdict.sample.strip()[:200] or None
    delivery.accepted_kg, delivery.downgraded_kg, delivery.rejected_kg = accepted, downgraded, rejected
    delivery.decided_at = tx.now
    if photo is not None:
        delivery.cause, delivery.photo_id = verdict.cause.strip()[:LONGEST_TEXT], photo.id
    moved(tx, delivery, "grade", side)
    return moved(tx, delivery, _step(accepted, downgraded, rejected), side)


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
    measure: Measure = KILOGRAM,
) -> Delivery:
    """One side proposes how a dispute ends, in `measure`; it ends so when the other side agrees.

    Raises Invalid, also for a rejection where the buyer gave no cause and no photo for any.
    """
    parts = (accepted, downgraded, rejected)
    delivery, side = opened(tx, delivery_id, key, "proposal", *parts, note, measure)
    if delivery is None:
        return done(tx, delivery_id)
    if delivery.state != "disputed":
        raise Conflict("state_moved_on", subject="delivery", state=delivery.state, action="settle")
    faults = Faults()
    kg = _in_kg(delivery, parts, measure, faults)
    if kg[2] > 0 and delivery.photo_id is None:
        faults.add("rejection_without_evidence", "rejected_kg")
    faults.raise_if_any()
    proposal = {
        "accepted_kg": str(kg[0]),
        "downgraded_kg": str(kg[1]),
        "rejected_kg": str(kg[2]),
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


def _judged(delivery: Delivery, verdict: Verdict) -> Parts:
    """Accepted, downgraded and rejected in kg. Raises Invalid."""
    faults = Faults()
    faults.require(bool(verdict.grader.strip()), "required", "grader")
    typed = (verdict.accepted, verdict.downgraded, verdict.rejected)
    kg = _in_kg(delivery, typed, verdict.measure, faults)
    if kg[2] > 0:
        faults.require(bool(verdict.cause.strip()), "rejection_needs_cause", "cause")
        faults.require(bool(verdict.photo), "rejection_needs_photo", "photo")
    faults.raise_if_any()
    return kg


def _in_kg(delivery: Delivery, typed: Parts, measure: Measure, faults: Faults) -> Parts:
    """The parts in kg, which add up to the net where nothing is at fault."""
    for name, part in zip(("accepted_kg", "downgraded_kg", "rejected_kg"), typed, strict=True):
        faults.require(part >= 0, "number_negative", name, text=str(part))
    net = delivery.net_kg or Decimal(0)
    accepted, downgraded, rejected = (measure.kg(part) for part in typed)
    found = divided(typed, measure, net)
    if found is None:
        total = accepted + downgraded + rejected
        said = said_in(measure, sum(typed, Decimal(0)), measure.of(net))
        faults.add("parts_not_net", "accepted_kg", weight=net, total=total, **said)
        return accepted, downgraded, rejected
    accepted, downgraded, rejected = found
    return accepted, downgraded, rejected


def _step(accepted: Decimal, downgraded: Decimal, rejected: Decimal) -> str:
    if downgraded == rejected == 0:
        return "accept"
    return "accept_partly" if accepted + downgraded > 0 else "reject"
