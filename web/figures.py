"""Figures of the trade as they are shown: prices per unit, specification lines, short names."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext as _

from broker.catalogue import attributes, schemes, units
from broker.listings.models import Need
from broker.money import UnitPrice
from web.i18n import NO_BREAK, after_number, amount, day, language, number
from web.wording import label

FICTIONAL = " (ficticia)"


def register(app: Flask) -> None:
    for function in (
        short_name, lower_first, in_line, kg_price, compact, decimal, iso_day, unit_price, price_text, spec_lines,
        scheme_name,
    ):  # fmt: skip
        app.template_filter(function.__name__)(function)


def short_name(name: str) -> str:
    """A legal name without the mark that it is invented, where the page says so already."""
    return name.removesuffix(FICTIONAL)


def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def in_line(grade: str) -> str:
    """The name of a grade within a sentence: first, but SHG."""
    return lower_first(grade) if grade[1:2].islower() else grade


def decimal(value: Any) -> Decimal:
    return Decimal(str(value))


def iso_day(value: str) -> str:
    return day(dt.date.fromisoformat(value))


def kg_price(price: Decimal, like: Decimal | None = None) -> str:
    """A price per kg: one decimal in the hundreds, more digits below ten, so that what differs is seen. `like` is the
    sum it is part of, so that both show the same decimals."""
    size = abs(like if like is not None else price)
    return number(price, 1 if size >= 100 else 2 if size >= 10 else 3)


def compact(total: Decimal) -> str:
    """A large sum in millions."""
    return f"{number(total / 1_000_000, 1)} M" if abs(total) >= 1_000_000 else number(total, 0)


def unit_price(price: UnitPrice) -> str:
    """2.150 COP por kg, as the party said it."""
    return f"{amount(price.money.amount)} {price.money.currency}/{_unit(price.unit)}"


def price_text(need: Need) -> str:
    """The price of a need in one line: what it pays and by which rule."""
    said = unit_price(need.price) if need.price else ""
    params = need.price_params
    if need.price_method == "fixed_reviewed":
        return _(
            "%(price)s, fixed %(weeks)s weeks; reviewed beyond ±%(band)s %% of the market",
            price=said,
            weeks=params["review_weeks"],
            band=params["band_pct"],
        )
    if "index_series" in params:
        text = _(
            "%(series)s %(differential)s ¢/lb", series=params["index_series"], differential=_signed(params)
        )
        return text + (", " + _("floor %(floor)s ¢/lb", floor=params["floor"]) if "floor" in params else "")
    if need.price_method == "floor_plus_premium":
        premium = Decimal(params.get("premium", "0"))
        floor = number(Decimal(params["floor"]))
        return _("floor %(floor)s + %(premium)s %(currency)s/%(unit)s", floor=floor, premium=number(premium),
                 currency=need.currency, unit=_unit(need.price_unit))  # fmt: skip
    if need.price_method == "collar":
        low, high = number(Decimal(params["collar_low"])), number(Decimal(params["collar_high"]))
        return _("%(price)s, between %(low)s and %(high)s", price=said, low=low, high=high)
    return f"{said}, {label(need.price_method, 'price_method').lower()}"


def spec_lines(need: Need) -> list[str]:
    """What a need requires, a line per attribute and certificate."""
    lines = []
    for attribute in attributes.for_product(need.product):
        limit = need.attributes.get(attribute.code)
        if limit:
            lines.append(f"{attribute.label(language())}: {_limit(attribute, limit, need.product)}")
    return lines + [scheme_name(code) for code in need.certificates]


def scheme_name(code: str) -> str:
    return schemes.get(code).name(language())


def _limit(attribute: attributes.Attribute, limit: dict[str, Any], product: str) -> str:
    if "one_of" in limit:
        names = {choice.code: choice.labels for choice in attribute.choices_for(product)}
        return ", ".join(names[code][language()] for code in limit["one_of"])
    if "is" in limit:
        return _("yes") if limit["is"] else _("no")
    if "text" in limit:
        return str(limit["text"])
    unit = after_number(attribute.unit)
    low, high = (number(Decimal(limit[end])) if end in limit else "" for end in ("low", "high"))
    if low and high:
        return _("%(low)s to %(high)s", low=low, high=high) + unit
    return (f"≥{NO_BREAK}{low}" if low else f"≤{NO_BREAK}{high}") + unit


def _unit(code: str) -> str:
    return code if code in ("kg", "t", "lb", "g") else units.get(code).name(language())


def _signed(params: dict[str, Any]) -> str:
    differential = Decimal(params["differential"])
    return f"{'+' if differential >= 0 else '−'} {number(abs(differential))}"
