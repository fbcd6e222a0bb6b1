"""Words for the choices of the trade, by group. The order is the order of the choices on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from web.contract_label_texts import CONTRACT_LABELS
from web.outcome_texts import OUTCOMES

LABELS = {
    **OUTCOMES,
    "kind": {
        "producer_org": _l("Producer organization"),
        "union": _l("Union of organizations (second tier)"),
        "buyer": _l("Buyer"),
        "broker": _l("Broker house"),
        "agency": _l("Programme agency"),
    },
    "role": {"manager": _l("manager"), "clerk": _l("clerk"), "reader": _l("reader")},
    "legal_status": {
        "registered": _l("Registered"),
        "in_process": _l("Registration in process"),
        "informal": _l("Not registered"),
    },
    "buyer_type": {
        "supermarket": _l("Supermarket"),
        "processor": _l("Processor"),
        "exporter": _l("Exporter"),
        "roaster": _l("Roaster"),
        "hotel": _l("Hotel or restaurant"),
        "public": _l("Public buyer"),
    },
    "period": {
        "week": _l("per week"),
        "fortnight": _l("per fortnight"),
        "month": _l("per month"),
        "season": _l("per season"),
        "once": _l("once"),
    },
    "delivery_term": {
        "farm_gate": _l("At the farm"),
        "collection_centre": _l("Collection centre"),
        "buyer_plant": _l("Buyer's plant"),
        "distribution_centre": _l("Distribution centre"),
        "FCA": "FCA", "FAS": "FAS", "FOB": "FOB", "CFR": "CFR", "CIF": "CIF",
        "CPT": "CPT", "CIP": "CIP", "DAP": "DAP", "DPU": "DPU", "DDP": "DDP",
    },
    "price_method": {
        "fixed": _l("Fixed price"),
        "fixed_reviewed": _l("Fixed price, reviewed within a band"),
        "index_differential": _l("Index plus differential"),
        "floor_plus_premium": _l("Floor plus premium"),
        "cost_plus": _l("Cost plus margin"),
        "collar": _l("Reference within floor and ceiling"),
        "split_payment": _l("Two payments"),
    },
    "payment_basis": {
        "receipt": _l("from receipt"),
        "acceptance": _l("from acceptance"),
        "invoice": _l("from invoice"),
    },
    "payment_channel": {
        "transfer": _l("Bank transfer"),
        "mobile": _l("Mobile money"),
        "cash": _l("Cash"),
        "cheque": _l("Cheque"),
    },
    "visibility": {
        "public": _l("Everyone"),
        "invited": _l("Only those my broker invites by a suggestion"),
        "broker": _l("Only my broker"),
    },
    "contribution": {
        "technical_assistance": _l("Technical assistance"),
        "seed": _l("Seed"),
        "inputs": _l("Inputs"),
        "packing": _l("Packing"),
        "transport": _l("Transport"),
        "prefinance": _l("Prefinance"),
        "certification": _l("Certification"),
    },
    "need_state": {
        "draft": _l("Draft"),
        "open": lazy_pgettext("need", "Open"),
        "partially_covered": _l("Partly covered"),
        "covered": _l("Covered"),
        "closed": _l("Closed"),
        "expired": _l("Expired"),
        "withdrawn": _l("Withdrawn"),
    },
    "capacity_state": {
        "draft": _l("Draft"),
        "published": _l("Published"),
        "partially_committed": _l("Partly committed"),
        "fully_committed": _l("Fully committed"),
        "stale": _l("To be reconfirmed"),
        "withdrawn": lazy_pgettext("capacity", "Withdrawn"),
    },
    "suggestion_state": {
        "generated": lazy_pgettext("suggestion", "Suggested"),
        "shortlisted": _l("Shortlisted"),
        "sent": _l("Sent"),
        "accepted_one": _l("Accepted by one side"),
        "accepted_both": _l("Accepted by both"),
        "converted": _l("In draft"),
        "declined": lazy_pgettext("suggestion", "Declined"),
        "stale": _l("Out of date"),
    },
    "run_state": {
        "queued": _l("Waiting"),
        "running": _l("Computing"),
        "done": _l("Done"),
        "failed": _l("Failed"),
        "cancelled": _l("Cancelled"),
    },
    "run_stage": {
        "": _l("Waiting for a worker"),
        "snapshot": _l("Reading the market"),
        "gates": _l("Conditions"),
        "score": _l("Scores"),
        "allocate": _l("Allocation"),
        "prices": _l("Prices"),
        "explain": _l("Explanation"),
        "done": _l("Done"),
    },
    "run_status": {
        "optimal": _l("proven optimal"),
        "within_gap": _l("within the agreed distance of the optimum"),
        "time_limit": _l("best plan found in the time given"),
        "infeasible": _l("no plan possible"),
        "stopped": _l("stopped early"),
    },
    "mandate_state": {
        "proposed": _l("Awaiting consent"),
        "active": _l("In force"),
        "declined": _l("Declined"),
        "ended": _l("Ended"),
    },
    "fee_kind": {
        "success_pct": _l("Percent of what is paid"),
        "per_unit": _l("Amount per unit"),
        "retainer": _l("Fixed fee"),
        "programme_paid": _l("Paid by the programme"),
        "hybrid": _l("Fixed fee and percent"),
    },
    "fee_payer": {
        "buyer": _l("the buyer"),
        "producer": _l("the organization"),
        "both": _l("both, in halves"),
        "programme": _l("the programme"),
    },
    "decline_reason": {
        "price": _l("The price does not suit"),
        "quantity": _l("The quantity does not suit"),
        "dates": _l("The dates do not suit"),
        "payment": _l("Payment comes too late"),
        "quality": _l("The quality asked for does not suit"),
        "counterparty": _l("We prefer another party"),
        "sold_elsewhere": _l("Already sold or bought elsewhere"),
        "other": _l("Another reason"),
    },
    "side": {"buyer": _l("the buyer"), "producer": _l("the organization"), "broker": _l("the broker")},
    "band": {
        "ready": _l("Ready"),
        "ready_with_plan": _l("Ready with a plan"),
        "prepare_first": _l("Prepare first"),
        "not_now": _l("Not now"),
        "insufficient_evidence": _l("Insufficient evidence"),
    },
    "gate": {
        "variety": _l("variety"),
        "grade": _l("grade"),
        "spec": _l("specification"),
        "origin": _l("origin"),
        "readiness": _l("readiness"),
        "payment_days": _l("payment days"),
        "certificate": _l("certificate"),
        "calendar": _l("harvest calendar"),
        "price": _l("price"),
        "radius": _l("distance"),
        "min_lot": _l("smallest lot"),
        "excluded": _l("excluded"),
    },
    "feature": {
        "spec": _l("Specification"),
        "volume": _l("Volume"),
        "price_payment": _l("Price and payment"),
        "reliability": _l("Reliability"),
        "logistics": _l("Logistics"),
        "certificates": _l("Certificates"),
    },
    "drift": {
        "steady": _l("Unchanged"),
        "unsure": _l("Too few to tell"),
        "moved": _l("Has moved"),
        "shifted": _l("Has shifted"),
    },
    "needs_sort": {
        "newest": _l("Newest"),
        "start": _l("First delivery"),
        "payment": _l("Shortest payment"),
        "volume": _l("Largest volume"),
    },
    "capacities_sort": {
        "newest": _l("Newest"),
        "wait": _l("Longest wait accepted"),
        "volume": _l("Largest volume"),
    },
    **CONTRACT_LABELS,
}  # fmt: skip
LABELS["any_state"] = {
    code: word
    for group in (
        "capacity_state",
        "need_state",
        "suggestion_state",
        "mandate_state",
        "agreement_state",
        "delivery_state",
    )
    for code, word in LABELS[group].items()
}
