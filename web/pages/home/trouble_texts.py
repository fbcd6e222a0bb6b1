"""What the board says of what goes wrong or runs out: payments, rejections, breaches, tasks, mandates, certificates."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.catalogue import schemes
from broker.today.columns import Matter
from broker.today.matters import EXPIRY_DAYS
from web.figures import short_name
from web.i18n import day, language, today
from web.pages.home.matter_words import money_of, pair, product_of, side_name, since_when
from web.pages.home.task import Task
from web.wording import label


def late_payment(matter: Matter) -> Task:
    late = (today() - matter.due).days if matter.due else 0
    return Task(
        kind=_("Late payment"),
        tone="bad",
        what=_("%(buyer)s owes %(amount)s", buyer=short_name(matter.first), amount=money_of(matter)),
        why=_(
            "Delivery of %(product)s by %(organization)s.",
            product=product_of(matter),
            organization=short_name(matter.second),
        ),
        action=_("See what is owed"),
        url=url_for("deliveries.show", delivery_id=matter.id),
        due=ngettext("%(num)d day late", "%(num)d days late", late),
        due_tone="bad",
    )


def rejection(matter: Matter) -> Task:
    names = {
        "buyer": short_name(matter.first),
        "organization": short_name(matter.second),
        "product": product_of(matter),
    }
    what = {
        "disputed": _("%(organization)s disputes a rejection of %(product)s", **names),
        "rejected": _("%(buyer)s rejected a delivery of %(product)s", **names),
        "no_show": _("A delivery of %(product)s from %(organization)s did not come", **names),
    }[matter.state]
    return Task(
        kind=label(matter.state, "delivery_state"),
        tone="bad",
        what=what,
        why=_("Between %(buyer)s and %(organization)s.", **names),
        action=_("Open the delivery"),
        url=url_for("deliveries.show", delivery_id=matter.id),
        due=since_when(matter) if matter.since else day(matter.due) if matter.due else "",
    )


def breach(matter: Matter) -> Task:
    return _of_alliance(
        matter,
        _("Breach"),
        _("%(who)s notified a breach", who=side_name(matter)),
        _("Read and mediate"),
        "complaints",
        _("Cure by %(day)s", day=day(matter.due)) if matter.due else "",
    )


def grievance(matter: Matter) -> Task:
    return _of_alliance(
        matter,
        _("Grievance"),
        _("A grievance of %(who)s has no answer", who=side_name(matter)),
        _("Read and mediate"),
        "complaints",
        _("Was due on %(day)s", day=day(matter.due)) if matter.due else "",
    )


def overdue_task(matter: Matter) -> Task:
    return _of_alliance(
        matter,
        _("Overdue"),
        _("%(who)s has not done what the committee decided", who=side_name(matter)),
        _("See the task"),
        "committee",
        _("Was due on %(day)s", day=day(matter.due)) if matter.due else "",
    )


def _of_alliance(matter: Matter, kind: str, what: str, action: str, tab: str, due: str) -> Task:
    return Task(
        kind=kind,
        tone="bad" if matter.kind == "breach" else "warn",
        what=what,
        why=_("“%(text)s”", text=_cut(matter.what)) + " " + pair(matter) + ".",
        action=action,
        url=url_for("alliance.show", agreement_id=matter.id, show=tab),
        due=due,
        due_tone="bad",
    )


def mandate(matter: Matter) -> Task:
    return _ending(
        matter,
        _("Mandate"),
        _("Mandate of %(client)s", client=short_name(matter.first)),
        _("Without it you cannot propose anything in its name."),
        _("See its terms"),
        url_for("mandates.listing") + f"#m-{matter.id}",
    )


def certificate(matter: Matter) -> Task:
    scheme = schemes.get(matter.state).name(language())
    return _ending(
        matter,
        _("Certificate"),
        _("%(scheme)s of %(organization)s", scheme=scheme, organization=short_name(matter.first)),
        _("Needs that demand it close to this organization on that day."),
        _("See its certificates"),
        url_for("organizations.public", organization_id=matter.id),
    )


def _ending(matter: Matter, kind: str, what: str, why: str, action: str, url: str) -> Task:
    left = (matter.due - today()).days if matter.due else 0
    near, soon, _far = EXPIRY_DAYS
    tone = "bad" if left <= near else "warn" if left <= soon else ""
    due = ngettext("Ends in %(num)d day", "Ends in %(num)d days", left) if left else _("Ends today")
    return Task(kind, tone, what, why, action, url, due, tone)


def _cut(text: str, most: int = 120) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
