"""What a broker wished for a plan, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.listings.models import Need
from broker.matchmaking.wishes import Wishes
from web.i18n import number, percent


def register(app: Flask) -> None:
    app.template_filter("wish_words")(wish_words)
    app.template_filter("wishes_somebody")(wishes_somebody)


def wish_words(wishes: Wishes, need: Need) -> list[str]:
    """Everything that differs from a run without wishes; empty for that."""
    return [*_terms(wishes, need), *_weights(wishes), *_candidates(wishes)]


def wishes_somebody(values: Mapping[str, str]) -> bool:
    """Whether a form as it stands says something about a single organization."""
    return any(
        value not in ("", "free") for name, value in values.items() if name.startswith(("choice-", "cap-"))
    )


def _terms(wishes: Wishes, need: Need) -> list[str]:
    found = []
    if wishes.payment_days is not None:
        days = wishes.payment_days
        found.append(ngettext("paid after %(num)d day", "paid after %(num)d days", days))
    if wishes.max_share_pct is not None:
        found.append(_("at most %(share)s each", share=percent(wishes.max_share_pct)))
    if wishes.min_suppliers is not None:
        found.append(
            ngettext("%(num)d organization at least", "%(num)d organizations at least", wishes.min_suppliers)
        )
    if wishes.highest_price is not None:
        found.append(
            _(
                "price up to %(price)s %(currency)s",
                price=number(wishes.highest_price),
                currency=need.currency,
            )
        )
    if wishes.radius_km is not None:
        found.append(_("within %(km)s km", km=number(wishes.radius_km)))
    return found


def _weights(wishes: Wishes) -> list[str]:
    usual, found = Wishes(), []
    if wishes.price_pct != usual.price_pct:
        found.append(_("price counts %(share)s", share=_share(wishes.price_pct)))
    if wishes.fit_pct != usual.fit_pct:
        found.append(_("a full score is worth %(share)s of the price", share=_share(wishes.fit_pct)))
    if wishes.risk_pct != usual.risk_pct:
        found.append(_("unreliability costs %(share)s of the price", share=_share(wishes.risk_pct)))
    return found


def _share(value: Decimal) -> str:
    """With the digits that were typed and no more."""
    return percent(value, max(0, -int(value.normalize().as_tuple().exponent)))


def _candidates(wishes: Wishes) -> list[str]:
    found = []
    if wishes.pins:
        found.append(ngettext("%(num)d fixed", "%(num)d fixed", len(wishes.pins)))
    if wishes.exclusions:
        found.append(ngettext("%(num)d left out", "%(num)d left out", len(wishes.exclusions)))
    if wishes.caps:
        found.append(ngettext("%(num)d limited", "%(num)d limited", len(wishes.caps)))
    return found
