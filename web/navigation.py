"""The main menu of each of the three people, and of a visitor."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from broker.parties.actor import Actor
from broker.parties.models import PRODUCER_KINDS

LOOKS = ("/map", "/calendar")
"""The market as a whole: reached by the tabs of the entry where each of the three looks for the others."""


@dataclass(frozen=True)
class Entry:
    """One entry of the menu. `prefixes` mark it current on every page below them; `g` and `key` lead to it."""

    label: str
    url: str
    prefixes: tuple[str, ...]
    key: str = ""

    @property
    def current(self) -> bool:
        return request.path == self.url or request.path.startswith(self.prefixes)


def navigation(actor: Actor) -> list[Entry]:
    """The entries for the actor's kind of organization."""
    needs = Entry(
        _("Needs"),
        url_for("needs.browse"),
        ("/needs/", *(LOOKS if actor.kind in PRODUCER_KINDS else ())),
        "n",
    )
    capacities = Entry(
        _("Capacities"),
        url_for("capacities.browse"),
        ("/capacities/", *(LOOKS if actor.kind == "buyer" else ())),
        "c",
    )
    if actor.is_visitor:
        return [needs, capacities]
    suggestions = Entry(_("Suggestions"), url_for("suggestions.inbox"), ("/suggestions/",), "s")
    agreements = Entry(_("Agreements"), url_for("agreements.listing"), ("/agreements/", "/clauses"), "a")
    deliveries = Entry(_("Deliveries"), url_for("deliveries.listing"), ("/deliveries/",), "d")
    if actor.kind == "broker":
        return [
            Entry(_("Today"), url_for("home.home"), ("/home/",), "h"),
            Entry(_("My market"), url_for("desk.needs"), ("/desk/", *LOOKS), "m"),
            Entry(_("Runs"), url_for("runs.listing"), ("/runs/",)),
            agreements,
            deliveries,
            Entry(_("Clients"), url_for("mandates.listing"), ("/mandates/", "/organizations/")),
            Entry(_("Prices"), url_for("prices.listing"), ("/prices/",)),
            needs,
            capacities,
        ]
    below = ("/organization/", f"/organizations/{actor.organization_id}/", "/mandates")
    own = Entry(_("Organization"), url_for("organizations.profile"), below)
    if actor.kind == "buyer":
        mine = Entry(_("My needs"), url_for("needs.mine"), ("/needs/",), "n")
        return [
            Entry(_("Home"), url_for("home.home"), ("/home/",), "h"),
            mine,
            suggestions,
            agreements,
            deliveries,
            capacities,
            own,
        ]
    if actor.kind in ("producer_org", "union"):
        mine = Entry(_("My capacity"), url_for("capacities.mine"), ("/capacities/",), "c")
        return [
            Entry(_("Home"), url_for("home.home"), ("/home/",), "h"),
            mine,
            suggestions,
            agreements,
            deliveries,
            needs,
            own,
        ]
    return [Entry(_("Home"), url_for("home.home"), ("/home/",), "h"), needs, capacities]
