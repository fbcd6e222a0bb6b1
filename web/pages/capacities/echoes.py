"""Each number that a clerk has typed, said back in figures and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import get_currency_name
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from broker.catalogue import countries, products
from broker.errors import NotFound, RuleBroken
from broker.listings.capacity_input import CapacityInput
from broker.listings.periods import WEEKS_PER_MONTH
from broker.numerals import parse_decimal
from web.i18n import amount, decimal_separator, language, number, percent, unit_name
from web.number_words import MOST, counted
from web.pages.capacities.steps import Question


@dataclass(frozen=True)
class Said:
    """A number as it is read and as it is heard; no words for what nobody would say."""

    figures: str
    words: str


@dataclass(frozen=True)
class Volume:
    """What the answers come to: kg a week while it delivers, kg a year, and the months."""

    week: Said
    year: Decimal
    months: int


def echo_of(question: Question, answers: Mapping[str, str]) -> Said | None:
    """The number that a question asked for; None where it asked for none, or what was typed is no number."""
    say = SAYINGS.get(question.name)
    text = answers.get(question.fields[0], "") if question.fields else ""
    if say is None or not text.strip():
        return None
    try:
        value = parse_decimal(text, decimal_separator())
    except RuleBroken:
        return None
    return say(value, answers)


def kilos_a_week(value: Decimal) -> Said:
    """So many kg a week."""
    words = ngettext(
        "%(number)s kilogram a week", "%(number)s kilograms a week", _count(value), number=_heard(value)
    )
    return Said(_("%(number)s kg a week", number=number(value)), _sentence(value, words))


def volume_echo(data: CapacityInput, volume: Decimal) -> Volume:
    """The volume of an input, left after what is promised elsewhere."""
    months = 12 if products.get(data.product).storable else sum(1 for weight in data.calendar if weight)
    free = volume - data.elsewhere_kg_year
    week = (free / months / WEEKS_PER_MONTH).quantize(Decimal(1))
    return Volume(kilos_a_week(week), free, months)


def _area(value: Decimal) -> Said:
    words = ngettext(
        "%(number)s hectare", "%(number)s hectares", _count(value), number=_heard(value, feminine=True)
    )
    return Said(_("%(number)s hectares", number=number(value, most=4)), _sentence(value, words))


def _yield(value: Decimal) -> Said:
    words = ngettext(
        "%(number)s tonne per hectare in a year",
        "%(number)s tonnes per hectare in a year",
        _count(value),
        number=_heard(value, feminine=True),
    )
    return Said(_("%(number)s t/ha a year", number=number(value, most=4)), _sentence(value, words))


def _of_a_hundred(value: Decimal) -> Said:
    words = ngettext(
        "%(number)s kilogram of every hundred",
        "%(number)s kilograms of every hundred",
        _count(value),
        number=_heard(value),
    )
    return Said(percent(value, None if value != value.to_integral_value() else 0), _sentence(value, words))


def _days(value: Decimal) -> Said:
    if not value:
        return Said(_("On delivery"), _("Members do not wait: the money comes with the delivery."))
    words = ngettext("%(number)s day", "%(number)s days", _count(value), number=_heard(value))
    return Said(ngettext("%(num)d day", "%(num)d days", _count(value, whole=True)), _sentence(value, words))


def _price(value: Decimal, answers: Mapping[str, str]) -> Said:
    currency = answers.get("currency") or countries.get(answers["country"]).currency
    unit = answers.get("price_unit") or "kg"
    named = _("kilogram") if unit == "kg" else _unit_words(unit)
    money = get_currency_name(currency, count=_count(value), locale=get_locale())
    words = _("%(amount)s %(currency)s per %(unit)s", amount=_heard(value), currency=money, unit=named)
    figures = f"{amount(value)} {currency} / {'kg' if unit == 'kg' else named}"
    return Said(figures, _sentence(value, words))


SAYINGS: dict[str, Callable[[Decimal, Mapping[str, str]], Said]] = {
    "week": lambda value, _answers: kilos_a_week(value),
    "area": lambda value, _answers: _area(value),
    "yield": lambda value, _answers: _yield(value),
    "share": lambda value, _answers: _of_a_hundred(value),
    "loss": lambda value, _answers: _of_a_hundred(value),
    "delivery": lambda value, _answers: _of_a_hundred(value),
    "price": _price,
    "wait": lambda value, _answers: _days(value),
}


def _heard(value: Decimal, *, feminine: bool = False) -> str:
    return counted(value, language(), feminine=feminine) if 0 <= value < MOST else number(value)


def _sentence(value: Decimal, words: str) -> str:
    """Nothing where the words would be the figures again."""
    return f"{words[:1].upper()}{words[1:]}." if 0 <= value < MOST else ""


def _count(value: Decimal, *, whole: bool = False) -> int:
    """The number by which the noun is chosen: only one is one."""
    return int(value) if whole or value == 1 else 2


def _unit_words(code: str) -> str:
    try:
        return unit_name(code).split(" (")[0]
    except NotFound:
        return code
