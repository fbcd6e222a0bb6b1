"""What the board says of each kind of matter: its line, with the one next action."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from broker.today.columns import Matter
from web.figures import short_name
from web.i18n import since, today
from web.pages.home import trouble_texts
from web.pages.home.matter_words import pair, product_of, since_when
from web.pages.home.task import Task

TITLES = {
    "late_payment": _l("Late payments"),
    "rejection": _l("Rejections and disputes"),
    "breach": _l("Breaches"),
    "grievance": _l("Grievances without an answer"),
    "overdue_task": _l("Overdue tasks"),
    "accepted": _l("To draft"),
    "shortlist": _l("To send"),
    "draft": _l("Drafts"),
    "uncovered": _l("Needs not covered"),
    "answer": _l("Waiting for an answer"),
    "negotiation": _l("Negotiations"),
    "signature": _l("Waiting for signatures"),
    "stale": _l("Capacities to reconfirm"),
    "mandate": _l("Mandates that end soon"),
    "certificate": _l("Certificates that end soon"),
}


def task_of(matter: Matter) -> Task:
    """The line of a matter."""
    return LINES[matter.kind](matter)


def _accepted(matter: Matter) -> Task:
    return Task(
        kind=_("Accepted"),
        tone="ok",
        what=_(
            "%(buyer)s and %(organization)s said yes",
            buyer=short_name(matter.first),
            organization=short_name(matter.second),
        ),
        why=_("Both sides accepted; the quantities are reserved. The draft agreement is the next step."),
        action=_("Open and draft"),
        url=url_for("desk.need", need_id=matter.id),
        due=since_when(matter),
    )


def _shortlist(matter: Matter) -> Task:
    return Task(
        kind=_("To send"),
        tone="info",
        what=ngettext(
            "%(num)d shortlisted suggestion for %(buyer)s",
            "%(num)d shortlisted suggestions for %(buyer)s",
            matter.number,
            buyer=short_name(matter.first),
        ),
        why=_("Neither side has seen them yet. They go to both at once."),
        action=_("Review and send"),
        url=url_for("desk.need", need_id=matter.id),
        due=since_when(matter),
    )


def _draft(matter: Matter) -> Task:
    return Task(
        kind=_("Draft"),
        tone="warn" if matter.number else "info",
        what=pair(matter),
        why=_points(matter.number) + " " + _("The parties have not seen the draft yet."),
        action=_("Complete and send") if matter.number else _("Read and send"),
        url=url_for("agreements.show", agreement_id=matter.id),
        due=since_when(matter),
    )


def _answer(matter: Matter) -> Task:
    return Task(
        kind=_("Asked"),
        tone="info",
        what=_who_answers(matter),
        why=_("%(product)s, %(parties)s.", product=product_of(matter, lower=False), parties=pair(matter)),
        action=_("Open the need"),
        url=url_for("desk.need", need_id=matter.id),
        due=_("Sent %(when)s", when=since(matter.since)) if matter.since else "",
    )


def _negotiation(matter: Matter) -> Task:
    waiting = {"buyer": short_name(matter.second), "producer": short_name(matter.first)}
    moves = waiting.get(matter.state)
    return Task(
        kind=_("Negotiation"),
        tone="warn" if matter.number else "info",
        what=_("%(who)s has to move", who=moves) if moves else _("Both sides have to move"),
        why=_points(matter.number) + " " + pair(matter) + ".",
        action=_("Open the draft"),
        url=url_for("agreements.show", agreement_id=matter.id),
        due=since_when(matter),
        due_tone="warn" if matter.due and matter.due < today() else "",
    )


def _signature(matter: Matter) -> Task:
    return Task(
        kind=_("To sign"),
        tone="ok",
        what=pair(matter),
        why=_("Both accept the same text; it waits for their signatures."),
        action=_("Open the draft"),
        url=url_for("agreements.show", agreement_id=matter.id),
        due=since_when(matter),
    )


def _stale(matter: Matter) -> Task:
    gone = matter.state == "stale"
    return Task(
        kind=_("Stale") if gone else _("Ageing"),
        tone="warn" if gone else "",
        what=_(
            "%(organization)s: %(product)s", organization=short_name(matter.first), product=product_of(matter)
        ),
        why=_("It is not matched until the organization confirms it.")
        if gone
        else _("It is matched only while its figures are fresh."),
        action=_("See the capacity"),
        url=url_for("capacities.show", capacity_id=matter.id),
        due=_("Confirmed %(when)s", when=since(matter.since)) if matter.since else "",
    )


def _who_answers(matter: Matter) -> str:
    one = {"buyer": matter.first, "producer": matter.second}.get(matter.state)
    if one:
        return _("%(who)s has not answered", who=short_name(one))
    return _("Neither side has answered")


def _points(number: int) -> str:
    return (
        ngettext("%(num)d open point.", "%(num)d open points.", number) if number else _("Nothing is open.")
    )


LINES: dict[str, Callable[[Matter], Task]] = {
    "late_payment": trouble_texts.late_payment,
    "rejection": trouble_texts.rejection,
    "breach": trouble_texts.breach,
    "grievance": trouble_texts.grievance,
    "overdue_task": trouble_texts.overdue_task,
    "accepted": _accepted,
    "shortlist": _shortlist,
    "draft": _draft,
    "answer": _answer,
    "negotiation": _negotiation,
    "signature": _signature,
    "stale": _stale,
    "mandate": trouble_texts.mandate,
    "certificate": trouble_texts.certificate,
}
