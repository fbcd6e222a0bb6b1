"""The tour of each role: where the main things are, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from broker.parties.actor import Actor


@dataclass(frozen=True)
class Stop:
    """One step of a tour: what is there, what it is for, and the page itself."""

    title: str
    text: str
    action: str
    url: str


def tour_of(actor: Actor) -> list[Stop]:
    """The steps for the actor's kind of organization."""
    if actor.kind == "broker":
        return _broker()
    if actor.kind == "buyer":
        return _buyer()
    if actor.kind in ("producer_org", "union"):
        return _producer()
    return [_market()]


def _broker() -> list[Stop]:
    return [
        Stop(
            _("Today: what needs you, most urgent first"),
            _(
                "Late payments, rejections, shortlists to send, needs that are not covered. Each line has one next"
                " step, and each count leads to the rows it counts."
            ),
            _("Open today's board"),
            url_for("home.home"),
        ),
        Stop(
            _("My market: every need with its coverage"),
            _(
                "Open a need: on the left what is asked, in the middle the bundle that costs least, on the right every"
                " candidate with the reason it is in or out and by how much it misses."
            ),
            _("Open my market"),
            url_for("desk.needs"),
        ),
        Stop(
            _("Shortlist, send, follow the answers"),
            _(
                "Put suggestions on the shortlist and send them to both sides at once. Whoever says no gives a reason,"
                " and the next run learns from it."
            ),
            _("See the runs"),
            url_for("runs.listing"),
        ),
        Stop(
            _("From two yeses to a signed agreement"),
            _(
                "The draft says what is still open and who owes it. Both sides see every change, accept the same text"
                " and sign it."
            ),
            _("See the agreements"),
            url_for("agreements.listing"),
        ),
        Stop(
            _("Deliveries, weights and payments"),
            _(
                "Each delivery has a slip, a grading and a statement. What goes wrong comes back to your board."
            ),
            _("See the deliveries"),
            url_for("deliveries.listing"),
        ),
    ]


def _buyer() -> list[Stop]:
    return [
        Stop(
            _("Post what you need"),
            _(
                "A template per product fills in what is usual. Say how much, when, on what terms, and how many days"
                " after receipt you pay: it decides who can sell to you."
            ),
            _("Post a need"),
            url_for("needs.new"),
        ),
        Stop(
            _("Suggestions: organizations that cover it"),
            _(
                "Your broker proposes them with the landed price, the quantity per period and the reasons. Nothing"
                " binds you until both sides accept."
            ),
            _("See the suggestions"),
            url_for("suggestions.inbox"),
        ),
        Stop(
            _("Agreements: one text, both signatures"),
            _("Change what does not suit you; the other side sees exactly what changed."),
            _("See the agreements"),
            url_for("agreements.listing"),
        ),
        Stop(
            _("Receive, grade, pay"),
            _(
                "Write the slip on arrival, grade within the agreed time, report the payment. Silence accepts."
            ),
            _("See the deliveries"),
            url_for("deliveries.listing"),
        ),
    ]


def _producer() -> list[Stop]:
    return [
        Stop(
            _("Publish what your members will deliver"),
            _(
                "Month by month, with what you ask and how many days you can wait for the money. One tap confirms it"
                " when it is still true."
            ),
            _("Publish capacity"),
            url_for("capacities.new"),
        ),
        Stop(
            _("Who buys what you grow"),
            _("Each need shows what it leaves you today, after transport and the wait for the money."),
            _("See who buys"),
            url_for("needs.browse"),
        ),
        Stop(
            _("Suggestions: read and answer"),
            _("They say why you were chosen and at what price. Nothing binds you until both sides accept."),
            _("See the suggestions"),
            url_for("suggestions.inbox"),
        ),
        Stop(
            _("Agreement, deliveries and your money"),
            _("Read the summary with your members, sign, send, and see what each delivery pays."),
            _("See the agreements"),
            url_for("agreements.listing"),
        ),
    ]


def _market() -> Stop:
    return Stop(
        _("Open needs and published capacities"),
        _("You see the whole market without confidential fields."),
        _("Open needs"),
        url_for("needs.browse"),
    )
