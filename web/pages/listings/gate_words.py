"""What stands between a capacity and a need, in the words of the organization that offers it."""

from __future__ import annotations

from decimal import Decimal

from flask_babel import gettext as _

from broker.listings.conditions import Closed
from broker.listings.models import Need
from web.figures import kg_price
from web.i18n import number
from web.pages.listings.words import condition_words


def closed_words(closed: Closed, need: Need) -> str:
    """One condition that is not met, and by how much where that may be told."""
    params = closed.params
    if closed.code == "variety":
        return _("Asks for another variety")
    if closed.code == "radius":
        if params["have"] is None:
            return _("Too far away")
        return _(
            "%(km)s km beyond the distance that your broker counts with",
            km=number(Decimal(params["have"]), 0),
        )
    if closed.code == "readiness":
        if params["have"] is None:
            return _("Your readiness is not assessed yet: ask your broker")
        missing = Decimal(params["want"]) - Decimal(params["have"])
        return _("Your readiness lacks %(points)s points", points=number(missing))
    if closed.code == "excluded":
        return _("Set aside for this need; your broker can tell you why")
    if closed.code == "price":
        return _(
            "With freight yours comes to %(landed)s %(currency)s/kg; published are %(published)s",
            landed=kg_price(params["landed"].amount),
            published=kg_price(params["published"].amount),
            currency=need.currency,
        )
    return condition_words(closed, need)
