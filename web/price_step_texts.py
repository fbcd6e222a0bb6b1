"""The steps of a settled price in words: each with its figures, dates and sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from broker.money import Money
from web.i18n import day, number

# Step -> its sentence; the names are those of broker.prices.settling.
STEPS = {
    "stated": _l("The price stated in the agreement: %(price)s."),
    "first_payment": _l("The first of two payments: %(price)s."),
    "cost_plus": _l("Audited cost %(cost)s (%(sheet)s, %(date)s) plus %(margin_pct)s %%: %(price)s."),
    "collar": _l(
        "%(series)s of %(date)s stood at %(reference)s; within the floor %(low)s and the ceiling %(high)s it pays "
        "%(price)s."
    ),
    "index": _l(
        "%(series)s of %(date)s stood at %(quote)s; with the differential of %(differential)s %(differential_unit)s "
        "that is %(usd_kg)s USD/kg."
    ),
    "index_called": _l(
        "%(series)s was fixed by call at %(quote)s on %(date)s; with the differential of %(differential)s "
        "%(differential_unit)s that is %(usd_kg)s USD/kg."
    ),
    "index_floor": _l("The index gives %(index)s, the floor is %(floor)s USD/kg: %(price)s counts."),
    "premiums": _l("Premium %(premium)s and organic differential %(organic_diff)s USD/kg: %(price)s."),
    "floor": _l("Floor %(floor)s, premium %(premium)s, organic differential %(organic_diff)s: %(price)s."),
    "unit": _l("%(usd_kg)s USD/kg for %(unit_kg)s kg: %(price)s USD."),
    "converted": _l("At %(rate)s per dollar (%(source)s, %(date)s): %(price)s."),
    "yield_factor": _l(
        "At the base factor %(base)s it would be %(at_base)s; the lot measured %(measured)s: %(price)s."
    ),
    "pasilla": _l("Plus %(pasilla)s for the pasilla: %(price)s."),
}


def register(app: Flask) -> None:
    app.template_filter("price_step")(price_step)
    app.template_filter("minor")(minor)
    app.template_filter("money_number")(money_number)


def price_step(step: Mapping[str, Any]) -> str:
    """A stored step of a price (code and numbers as text) as a sentence."""
    return gettext(str(STEPS[step["code"]])) % {
        name: _shown(name, value) for name, value in step["numbers"].items()
    }


def minor(amount: int, currency: str) -> str:
    """Whole minor units as an amount with all its decimals, the currency left to the page."""
    return number(Money(amount, currency).amount, 2)


def money_number(amount: Decimal) -> str:
    """A price: whole, or with two to four decimals."""
    shown = round(amount, 4)
    decimals = 0 if shown == round(shown) else 2 if shown == round(shown, 2) else None
    return number(shown, decimals, most=4)


def _shown(name: str, value: Any) -> str:
    if name == "date":
        return day(dt.date.fromisoformat(str(value)[:10]))
    try:
        return number(Decimal(str(value)), most=4)
    except InvalidOperation:
        return str(value)
