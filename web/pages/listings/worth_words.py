"""What a need is worth to an organization, in words: the unit its price is per, and what a price by formula was
counted at."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from flask import Flask
from flask_babel import gettext as _

from broker.listings.models import Need
from broker.prices.worth import Worth
from web.i18n import NO_BREAK, after_number, day, number
from web.pages.listings.words import short_unit


def register(app: Flask) -> None:
    app.template_filter("exact_percent")(exact_percent)
    app.template_filter("price_per")(price_per)
    app.template_filter("worth_caution")(worth_caution)


def price_per(need: Need) -> str:
    """GTQ/lb: what the figures of its price are in."""
    return f"{need.currency}/{short_unit(need.price_unit)}"


def exact_percent(value: Decimal) -> str:
    """6 % or 2,5 %: with the digits it was stated in."""
    return f"{number(value)}{after_number('%')}"


def worth_caution(need: Need, worth: Worth) -> str:
    """What a price by formula was counted at, as the day of delivery may pay another one; empty where it is fixed."""
    if worth.quote is not None:
        return _(
            "The price follows %(series)s: counted at %(value)s of %(day)s. Each delivery is paid at the quotation of "
            "its own day.",
            series=worth.quote.series,
            value=number(worth.quote.value) + (f"{NO_BREAK}¢/lb" if worth.quote.unit == "usc_lb" else ""),
            day=day(dt.date.fromisoformat(worth.quote.date)),
        )
    params = {name: number(Decimal(str(value))) for name, value in need.price_params.items()}
    if need.price_method == "floor_plus_premium":
        return _("Counted at the floor and its premium; the price does not fall below it.")
    if need.price_method == "collar":
        return _(
            "The price follows its reference between %(low)s and %(high)s: counted at the reference published.",
            low=params["collar_low"], high=params["collar_high"],
        )  # fmt: skip
    if need.price_method == "split_payment":
        return _("Counted at the first payment; the second one depends on what the buyer sells at.")
    if need.price_method == "cost_plus":
        return _("Counted at the price stated; it follows the audited costs.")
    return ""
