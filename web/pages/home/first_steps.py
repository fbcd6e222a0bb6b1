"""The first steps of each of the three people, ticked by what the database holds; gone once all are done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from broker.parties.actor import Actor
from broker.parties.models import Organization
from broker.today.queries import Begun
from web.pages.home.homes import PartyHome


@dataclass(frozen=True)
class Step:
    """What is to be done, why, whether it is, and where."""

    title: str
    why: str
    done: bool
    action: str
    url: str


def of_broker(actor: Actor, house: Organization, begun: Begun) -> list[Step]:
    """A new broker house, until it has sent its first suggestion."""
    steps = [
        _record(house),
        Step(
            _("Propose a mandate to an organization"),
            _("It sees your fee and decides. Without a mandate nothing is matched."),
            begun.proposed,
            _("Find a client"),
            url_for("mandates.listing"),
        ),
        Step(
            _("Get mandates from a buyer and an organization"),
            _("Their needs and capacities then stand on your desk."),
            len(actor.clients) > 1,
            _("See who has answered"),
            url_for("mandates.listing"),
        ),
        Step(
            _("Compute suggestions for the first time"),
            _("You see which organizations cover each need, at what price, and why the others do not."),
            begun.computed,
            _("To my market"),
            url_for("desk.needs"),
        ),
        Step(
            _("Send a first suggestion to both sides"),
            _("Put it on the shortlist, look it over, and send."),
            begun.sent,
            _("Choose a need"),
            url_for("desk.needs"),
        ),
    ]
    return _left(actor, steps, whole=begun.sent)


def of_buyer(actor: Actor, own: Organization, home: PartyHome) -> list[Step]:
    """A new buyer, until he has answered his first suggestion."""
    answered = any(view.my_answer_at or view.declined_by for view in home.views)
    steps = [
        _record(own),
        Step(
            _("Post your first need"),
            _("A template per product fills in what is usual; a spreadsheet will do as well."),
            any(need.state != "draft" for need in home.needs),
            _("Post a need"),
            url_for("needs.new"),
        ),
        _mandate(home),
        _answer(answered),
    ]
    return _left(actor, steps, whole=answered)


def of_producer(actor: Actor, own: Organization, home: PartyHome) -> list[Step]:
    """A new organization, until it has answered its first suggestion."""
    answered = any(view.my_answer_at or view.declined_by for view in home.views)
    steps = [
        _record(own),
        Step(
            _("Publish your first capacity"),
            _("What your members will deliver, month by month, and how long you can wait for the money."),
            bool(home.capacities),
            _("Publish capacity"),
            url_for("capacities.new"),
        ),
        _mandate(home),
        _answer(answered),
    ]
    return _left(actor, steps, whole=answered)


def _record(own: Organization) -> Step:
    # An invented organization, and one that is not registered, has no tax number.
    numbered = own.tax_id or own.legal_status != "registered" or own.is_fictional
    return Step(
        _("Complete your record"),
        _("Who represents you, and your tax number: agreements are made with them."),
        bool(own.representative and numbered),
        _("To the record"),
        url_for("organizations.profile"),
    )


def _mandate(home: PartyHome) -> Step:
    return Step(
        _("Give a broker your mandate"),
        _("A broker proposes it; you see the fee before you decide, and may end it at any time."),
        any(mandate.state == "active" for mandate in home.mandates),
        _("See proposals"),
        url_for("mandates.listing"),
    )


def _answer(done: bool) -> Step:
    return Step(
        _("Answer your first suggestion"),
        _("It commits you to nothing until both sides accept."),
        done,
        _("To the suggestions"),
        url_for("suggestions.inbox"),
    )


def _left(actor: Actor, steps: Sequence[Step], *, whole: bool) -> list[Step]:
    """The list while something is left and the first deal has not been reached; a reader has nothing to do."""
    done = whole or all(step.done for step in steps)
    return [] if done or not actor.may_write else list(steps)
