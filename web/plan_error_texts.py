"""The same for the plans of a need and the answers to what-ifs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

PLAN_ERRORS = {
    "need_not_open": _l("The need is not open any more: nothing can be planned for it."),
    "plan_kept": _l("This plan was kept; put another one in force instead."),
    "plan_empty": _l("This answer covers nothing, so there is nothing to keep."),
    "plan_infeasible": _l(
        "An organization that you fixed has no place in this answer. Ask again without it."
    ),
    "plan_needs_other_terms": _l(
        "This answer holds only if the buyer changes the need. Ask him first; once the need says so, ask again."
    ),
    "plan_out_of_date": _l(
        "The need, or what somebody offers for it, has changed since this was computed. Ask again with the same wishes."
    ),
    "plan_asked_anew": _l("It was asked anew since: that answer is the one that counts."),
}
