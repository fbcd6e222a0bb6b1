"""The page of one delivery: where it stands, what it brought, and the one form of the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask import current_app
from flask.typing import ResponseReturnValue

from broker.agreements.negotiation import may_act, side_of
from broker.deliveries import lots, queries, reception, settlement
from broker.deliveries.measures import measure_of_slip
from broker.deliveries.models import Delivery
from broker.deliveries.reception import WEIGHT_GAP
from broker.deliveries.schedule import dispute_ends, silence_ends
from broker.deliveries.settlement import ADVANCE, Typed
from broker.deliveries.terms import DeliveryTerms, terms_of
from broker.deliveries.transitions import DELIVERY
from broker.errors import Invalid, RuleBroken
from web.extensions import db
from web.rendering import page
from web.security import actor
from web.wording import sentences

# The step whose form stands open, by side and state, in the order in which they are offered.
FORMS = {
    "producer": {
        "scheduled": ("confirm",),
        "confirmed": ("lot", "dispatch"),
        "accepted": ("invoice",),
        "partially_accepted": ("invoice", "dispute"),
        "rejected": ("dispute",),
        "disputed": ("agree", "proposal"),
    },
    "buyer": {"dispatched": ("receive",), "received": ("grade",), "disputed": ("agree", "proposal")},
}


@dataclass(frozen=True)
class Notes:
    """What stands out: kg beyond the tolerance (negative: short of it), and weights that differ."""

    beyond_kg: Decimal
    weights_differ: bool
    sent_kg: Decimal


def shown(
    delivery_id: int,
    errors: Mapping[str, str],
    status: int = 200,
    typed: Mapping[str, str] | None = None,
    sent: str = "",
) -> ResponseReturnValue:
    """The page of a delivery, with what is wrong with the form that was sent from it."""
    typed = typed or {}
    delivery = queries.delivery_for(db.session(), actor(), delivery_id)
    side = side_of(delivery.agreement, actor())
    terms = terms_of(db.session(), delivery.agreement)
    now = current_app.config["CLOCK"]()
    forms = FORMS.get(side, {}).get(delivery.state, ()) if may_act(delivery.agreement, actor()) else ()
    ends = dispute_ends(delivery, terms.dispute)
    if ends is not None and now > ends:
        forms = tuple(form for form in forms if form != "dispute")
    silence = silence_ends(delivery, terms.silence)
    if silence is not None and now >= silence:
        forms = tuple(form for form in forms if form != "grade")
    draft, lacking = _previewed(delivery, forms)
    return page(
        "deliveries/show.html",
        status=status,
        delivery=delivery,
        agreement=delivery.agreement,
        need=delivery.agreement.need,
        side=side,
        terms=terms,
        shown_in=terms.measure or measure_of_slip(delivery),
        forms=forms,
        may_cancel=may_act(delivery.agreement, actor())
        and "cancel" in {t.name for t in DELIVERY.available(delivery.state, side)},
        dispute_ends=ends,
        silence_ends=silence,
        notes=_notes(delivery, terms),
        draft=draft,
        price_steps=settlement.steps_as_json(draft.settled) if draft else (),
        lacking=lacking,
        deductible=[code for code in terms.deductions if code != ADVANCE],
        errors=errors,
        typed=typed,
        sent=sent,
        mark=reception.mark_of(delivery.proposal) if delivery.proposal else "",
        seen=reception.proposal_seen(delivery, typed["seen"]) if "seen" in typed else None,
    )


def _previewed(
    delivery: Delivery, forms: tuple[str, ...]
) -> tuple[settlement.Draft | None, Mapping[str, str]]:
    """What the statement would say with nothing taken off, or what it lacks for that."""
    if "invoice" not in forms:
        return None, {}
    try:
        return settlement.reckon(db.session(), delivery, Typed(""), current_app.config["CLOCK"]()), {}
    except (Invalid, RuleBroken) as fault:
        return None, sentences(fault)


def _notes(delivery: Delivery, terms: DeliveryTerms) -> Notes:
    sent, planned, net = lots.lots_kg(delivery), delivery.planned_kg, delivery.net_kg
    if net is None:
        return Notes(Decimal(0), False, sent)
    margin = planned * terms.tolerance_pct / 100
    over, short = net - (planned + margin), net - (planned - margin)
    beyond = over if over > 0 else short if short < 0 else Decimal(0)
    return Notes(beyond, bool(sent) and abs(net - sent) > sent * WEIGHT_GAP, sent)
