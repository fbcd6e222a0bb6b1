"""The same for what is published, asked about and answered in time."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

LISTING_ERRORS = {
    "volume_said_twice": _l(
        "Say how much in one way: kilograms a week, or area with yield and parts. Empty the other."
    ),
    "confirmation_stands": _l(
        "It was confirmed more than an hour ago. Change the capacity if it is no longer true."
    ),
    "draft_ended": _l(
        "These answers were published or thrown away already. Begin anew, or look among your capacities."
    ),
    "reply_deadline_passed": _l(
        "Replies were due by %(day)s. Ask your broker whether the buyer still waits."
    ),
    "questions_closed": _l("This need takes no more questions: it has ended, or its replies were due."),
    "questions_waiting": _l(
        "You have %(most)s questions about this need without an answer. Wait for the first one."
    ),
}
