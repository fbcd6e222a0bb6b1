"""Words for how a need stands to a capacity, and for why a suggestion no longer stands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

OUTCOMES = {
    "standing": {
        "asked": _l("You were asked"),
        "fits": _l("They suit you"),
        "not_chosen": _l("Others were asked for now"),
        "missing": _l("What is missing"),
    },
    "not_chosen": {
        "enough_suppliers": _l("You meet everything; the buyer takes no more organizations than were asked."),
        "lot_too_small": _l("You meet everything; what is left is less than your smallest lot."),
        "need_not_served": _l(
            "You meet everything; all together do not yet reach the least that the buyer takes."
        ),
        "others_fit_better": _l(
            "You meet everything; others fit better for now. Price with freight, quality, waiting and readiness count"
            " together."
        ),
    },
    "ending": {
        "need_withdrawn": _l("The buyer has withdrawn the need."),
        "need_closed": _l("The buyer has closed the need: it is covered, or he looks no further."),
        "need_expired": _l("The day by which replies were due is over."),
        "need_changed": _l("The buyer has changed the need. The broker will propose anew if it still fits."),
        "need_filled": _l("The need was filled by other deliveries before both sides had answered."),
        "capacity_withdrawn": _l("The organization has withdrawn the capacity."),
        "capacity_stale": _l(
            "The capacity was not confirmed in time. Confirmed again, it is counted on anew."
        ),
        "capacity_changed": _l(
            "The organization has changed the capacity. The broker will propose anew if it still fits."
        ),
        "goods_gone": _l("What it counted on was promised elsewhere before both sides had answered."),
        "draft_abandoned": _l("The draft agreement was ended before anybody signed."),
        "mandate_ended": _l("The broker no longer acts for one of the sides."),
        "judged_anew": _l("The figures behind it have changed, so it no longer stands."),
    },
}
