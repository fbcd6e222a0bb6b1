"""Needs and capacities in plain words: quantity, price, specification, and the conditions that are not
met."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from babel.dates import get_month_names
from flask import Flask
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from broker.catalogue import attributes, countries, packings, products, schemes
from broker.catalogue.attributes import Attribute
from broker.listings.capacity_input import months_text
from broker.listings.conditions import Closed
from broker.listings.models import Capacity, Need
from web.figures import in_line
from web.i18n import (
    NO_BREAK,
    after_number,
    amount,
    country_name,
    language,
    number,
    percent,
    product_name,
    unit_name,
)
from web.number_words import MOST, counted
from web.pages.listings.field_texts import field_name
from web.wording import label

ONE_LETTER = ("kg", "g", "t", "lb")


def register(app: Flask) -> None:
    """Make the words known to templates."""
    for function in (
        mass,
        quantity_words,
        original_words,
        price_words,
        condition_words,
        title_of,
        payment_words,
        payment_terms,
    ):
        app.template_filter(function.__name__)(function)
    app.template_filter("field_name")(field_name)
    app.template_filter("need_spec")(need_spec)
    app.template_filter("capacity_spec")(capacity_spec)
    for function in (
        named,
        listed,
        scheme_name,
        packing_name,
        month_name,
        months_words,
        ask_words,
        kilos_in_words,
    ):
        app.template_filter(function.__name__)(function)
    for choices in (product_options, country_options, attribute_options):
        app.template_global(choices.__name__)(choices)


def named(errors: dict[str, str]) -> dict[str, str]:
    """The sentences of a form with the name of the field before each, for the summary at the top."""
    return {name: f"{field_name(name)}: {text}" for name, text in errors.items()}


def product_options() -> list[tuple[str, str]]:
    """Every product by its name."""
    return sorted(((p.code, p.name(language())) for p in products.all()), key=lambda pair: pair[1].casefold())


def country_options() -> list[tuple[str, str]]:
    """Every country by its name."""
    return sorted(
        ((c.code, c.name(language())) for c in countries.all()), key=lambda pair: pair[1].casefold()
    )


def attribute_options(attribute: Attribute, product: str) -> list[tuple[str, str]]:
    """The choices of an attribute for a product."""
    return [(c.code, c.labels.get(language(), c.labels["es"])) for c in attribute.choices_for(product)]


def scheme_name(code: str) -> str:
    """A certificate scheme by its name."""
    return schemes.get(code).name(language())


def packing_name(code: str) -> str:
    """A packing by its name."""
    return packings.get(code).name(language())


def month_name(number: int) -> str:
    """The short name of a month, 1 to 12."""
    return str(get_month_names("abbreviated", "stand-alone", locale=get_locale())[number]).rstrip(".")


def months_words(calendar: list[int]) -> str:
    """All year, or the months of the harvest: Sep–Feb, Apr–Jun."""
    if all(calendar):
        return _("all year")
    spans = [span.split("-") for span in months_text(calendar).split(",")]
    return ", ".join("–".join(month_name(int(month)) for month in span) for span in spans)


def ask_words(capacity: Capacity) -> str:
    """What the organization asks: 1.980 COP/kg."""
    price = capacity.ask_price
    return (
        ""
        if price is None
        else f"{amount(price.money.amount)} {capacity.currency}/{short_unit(capacity.price_unit)}"
    )


def kilos_in_words(kg: Decimal) -> str:
    """Whole kilograms spelt out; empty for numbers nobody would say."""
    whole = kg.to_integral_value()
    return _("%(number)s kilograms", number=counted(whole, language())).capitalize() if whole < MOST else ""


def listed(text: str) -> list[str]:
    """The words of a list that was typed or joined with semicolons."""
    return [word.strip() for word in text.split(";") if word.strip()]


def mass(kg: Decimal) -> str:
    """kg below a tonne, else tonnes with at most two decimals: 14,62 t."""
    return f"{number(kg)}{NO_BREAK}kg" if kg < 1000 else f"{number(kg / 1000)}{NO_BREAK}t"


def quantity_words(need: Need) -> str:
    """40 t per week."""
    return f"{mass(need.quantity_kg)} {label(need.period, 'period')}"


def original_words(need: Need) -> str:
    """The quantity as it was said, with its factor; empty where that adds nothing."""
    if need.quantity_unit in ("kg", "t"):
        return ""
    return _(
        "%(count)s × %(unit)s of %(kg)s kg",
        count=number(need.quantity_original, most=4),
        unit=unit_name(need.quantity_unit).split(" (")[0],
        kg=number(need.quantity_factor, most=8),
    )


def title_of(listing: Need | Capacity) -> str:
    """The product with its grade: Plantain, first."""
    wanted = listing.attributes.get("grade")
    codes = wanted.get("one_of", []) if isinstance(wanted, dict) else [wanted] if wanted else []
    known = {grade.code: grade.names for grade in products.get(listing.product).grades}
    grades = [in_line(known[code].get(language(), known[code]["es"])) for code in codes if code in known]
    return ", ".join(
        [product_name(listing.product), "/".join(grades)] if grades else [product_name(listing.product)]
    )


def price_words(need: Need) -> str:
    """What is published of the price: 2.150 COP/kg, or ICE C + 18 ¢/lb."""
    per = f"{need.currency}/{short_unit(need.price_unit)}"
    stated = amount(need.price.money.amount) if need.price else ""
    params = {k: v if k == "index_series" else number(Decimal(str(v))) for k, v in need.price_params.items()}
    if need.price_method == "index_differential":
        sign = "-" if str(need.price_params["differential"]).startswith("-") else "+"
        return f"{params['index_series']} {sign} {params['differential'].lstrip('-')}{NO_BREAK}¢/lb"
    if need.price_method == "floor_plus_premium" and "index_series" in params:
        return _(
            "%(series)s + %(diff)s, at least %(floor)s ¢/lb",
            series=params["index_series"], diff=params.get("differential", "0"), floor=params["floor"],
        )  # fmt: skip
    if need.price_method == "floor_plus_premium":
        return f"{params['floor']} + {params.get('premium', '0')} {per}"
    if need.price_method == "collar":
        return _("%(low)s to %(high)s %(per)s", low=params["collar_low"], high=params["collar_high"], per=per)
    if need.price_method == "split_payment":
        return _("%(price)s %(per)s and a second payment", price=stated, per=per)
    return f"{stated} {per}"


def payment_words(need: Need) -> str:
    """At 15 days, 20 % in advance."""
    when = _("on delivery") if need.payment_days == 0 else _("at %(days)s days", days=need.payment_days)
    return (
        when
        if not need.advance_pct
        else _("%(when)s, %(share)s in advance", when=when, share=percent(need.advance_pct))
    )


def payment_terms(need: Need) -> str:
    """15 days from receipt, 20 % in advance; or on delivery."""
    when = _("On delivery")
    if need.payment_days:
        days = ngettext("%(num)d day", "%(num)d days", need.payment_days)
        when = f"{days} {label(need.payment_basis, 'payment_basis')}"
    return (
        when
        if not need.advance_pct
        else _("%(when)s, %(share)s in advance", when=when, share=percent(need.advance_pct))
    )


def need_spec(need: Need) -> list[tuple[str, str]]:
    """Each limit of the specification: its name and what is asked."""
    return [(_label(code), limit_words(need.product, code, limit)) for code, limit in need.attributes.items()]


def capacity_spec(capacity: Capacity) -> list[tuple[str, str]]:
    """Each declared value: its name and the value."""
    return [(_label(code), value_words(capacity.product, code, v)) for code, v in capacity.attributes.items()]


def limit_words(product: str, code: str, limit: dict[str, Any]) -> str:
    """250 to 400 g, at least 62 %, First, yes."""
    unit = after_number(attributes.get(code).unit)
    if "one_of" in limit:
        return ", ".join(value_words(product, code, value) for value in limit["one_of"])
    if "is" in limit:
        return _("yes") if limit["is"] else _("no")
    if "text" in limit:
        return str(limit["text"])
    low, high = (number(Decimal(limit[side]), most=4) if side in limit else None for side in ("low", "high"))
    if low and high:
        return _("%(low)s to %(high)s", low=low, high=high) + unit
    if low:
        return _("at least %(low)s", low=low) + unit
    return _("at most %(high)s", high=high) + unit


def value_words(product: str, code: str, value: Any) -> str:
    """One declared value in words."""
    attribute = attributes.get(code)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if attribute.type == "number":
        return number(Decimal(str(value)), most=4) + after_number(attribute.unit)
    names = {choice.code: choice.labels for choice in attribute.choices_for(product)}
    return names[value].get(language(), names[value]["es"]) if value in names else str(value)


def condition_words(closed: Closed, need: Need) -> str:
    """A condition that is not met, and by how much."""
    params = closed.params
    if closed.code == "waiting":
        return _("Pays %(days)s days too late for you", days=number(params["days"]))
    if closed.code == "certificate":
        return _("Asks for %(scheme)s", scheme=schemes.get(params["scheme"]).name(language()))
    if closed.code == "origin":
        return _("Only from %(countries)s", countries=", ".join(map(country_name, params["origins"])))
    if closed.code == "calendar":
        return _("Nothing of yours is harvested in its months")
    if closed.code == "min_lot":
        return _("Less than your smallest lot of %(kg)s", kg=mass(params["kg"]))
    code, product = params["attribute"], need.product
    return _(
        "%(name)s: asks %(limit)s, yours is %(value)s",
        name=_label(code),
        limit=limit_words(product, code, params["limit"]),
        value=value_words(product, code, params["value"]),
    )


def _label(code: str) -> str:
    return attributes.get(code).label(language())


def short_unit(code: str) -> str:
    """A unit as it stands behind a price: kg, lb, quintal."""
    return code if code in ONE_LETTER else unit_name(code).split(" (")[0]
