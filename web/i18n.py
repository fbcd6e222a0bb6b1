"""Language, numbers, money, dates and quantities in the reader's locale."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, get_decimal_symbol
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import get_locale, gettext, ngettext

from broker.catalogue import countries, products, units
from broker.clock import local_date
from broker.errors import NotFound
from broker.numerals import Separator

LANGUAGES = {"es": "Español", "en": "English"}
# English readers of the region use the point; Spanish ones write as their country does.
ENGLISH = "en_US"
NO_BREAK = "\u00a0"
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=(?:t|kg|km)\b)")
HOME = "CO"


def register(app: Flask) -> None:
    filters = (
        number,
        percent,
        day,
        long_day,
        moment,
        product_name,
        unit_name,
        country_name,
        since,
    )
    for function in filters:
        app.template_filter(function.__name__)(function)
    for measure in (tonnes, kilograms, to_the_gram):
        app.template_filter(measure.__name__)(unbroken(measure))
    app.template_global("language")(language)
    app.jinja_env.globals["LANGUAGES"] = LANGUAGES


def language() -> str:
    """'es' or 'en': chosen by the reader, else what the browser asks for, else Spanish."""
    if not has_request_context():
        return "es"
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(list(LANGUAGES), "es") or "es"


def locale() -> str:
    """The locale of the reader: the language, and for Spanish the country of the organization."""
    if language() == "en":
        return ENGLISH
    return f"es_{_country().code}"


def now() -> dt.datetime:
    """The moment of the request."""
    moment: dt.datetime = current_app.config["CLOCK"]()
    return moment


def today() -> dt.date:
    """The reader's calendar day: that of the organization's country, as all dates that people type."""
    return local_date(now(), time_zone())


def time_zone() -> str:
    return _country().time_zone


def decimal_separator() -> Separator:
    """The sign in which the reader writes decimals, the same in which numbers are shown."""
    symbol = get_decimal_symbol(get_locale() or Locale.parse("es_CO"))
    return "," if symbol == "," else "."


def number(value: Any, decimals: int | None = None, *, most: int = 2) -> str:
    """A number with grouping; exactly `decimals` digits after the point, or at most `most`."""
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0" if decimals == 0 else "#,##0." + "#" * most
    return format_decimal(value, format=pattern.rstrip("."), locale=get_locale())


def amount(value: Decimal) -> str:
    """A price without its currency: 4,20 but 2.150."""
    return number(value, None if value == value.to_integral_value() else 2)


def plain(value: Any) -> str:
    """A number for an input field: no grouping, the reader's decimal sign."""
    return "" if value is None else format(Decimal(str(value)), "f").replace(".", decimal_separator())


def kilograms(value: Any) -> str:
    """A mass: kg below a tonne, tonnes above."""
    kg = Decimal(value)
    return f"{number(kg)} kg" if abs(kg) < 1000 else f"{number(kg / 1000)} t"


def to_the_gram(value: Any) -> str:
    """A weight as it stands on a slip: in kg, nothing rounded, so that what people write adds up to it."""
    return f"{number(value, most=3)} kg"


def tonnes(value: Any, decimals: int = 2) -> str:
    """Kilograms as tonnes."""
    return f"{number(Decimal(value) / 1000, decimals)} t"


def percent(value: Any, decimals: int = 0) -> str:
    """Percent points, with the space that Spanish puts before the sign."""
    sign = f"{NO_BREAK}%" if language() == "es" else "%"
    return f"{number(value, decimals)}{sign}"


def after_number(unit: str | None) -> str:
    """A unit as it stands after its number, on the same line; English sets the percent sign close."""
    return "" if not unit else unit if unit == "%" and language() == "en" else f"{NO_BREAK}{unit}"


def day(value: dt.date) -> str:
    """7 dic 2026."""
    return format_date(value, "d MMM y", locale=get_locale()).replace(".", "")


def long_day(value: dt.date) -> str:
    """lunes 7 de diciembre."""
    pattern = "EEEE d 'de' MMMM" if language() == "es" else "EEEE d MMMM"
    return format_date(value, pattern, locale=get_locale())


def moment(value: dt.datetime) -> str:
    """A moment in the organization's time zone: 7 dic 2026, 14:05."""
    from flask_babel import to_user_timezone

    local = to_user_timezone(value)
    return f"{day(local.date())}, {local:%H:%M}"


def since(value: dt.datetime) -> str:
    """How long ago by the calendar of the reader's organization, and when: hace 3 días (23 nov)."""
    from flask_babel import to_user_timezone

    then, here = to_user_timezone(value), to_user_timezone(now())
    days = (here.date() - then.date()).days
    if days <= 0:
        return gettext("today (%(time)s)", time=f"{then:%H:%M}")
    pattern = "d MMM" if then.year == here.year else "d MMM y"
    date = format_date(then.date(), pattern, locale=get_locale()).replace(".", "")
    if days == 1:
        return gettext("yesterday (%(date)s)", date=date)
    return ngettext("%(num)d day ago (%(date)s)", "%(num)d days ago (%(date)s)", days, date=date)


def product_name(code: str) -> str:
    return products.get(code).name(language())


def unit_name(code: str) -> str:
    return units.get(code).name(language())


def country_name(code: str) -> str:
    """The country's name; the code itself where an older version let an unknown one in."""
    try:
        return countries.get(code).name(language())
    except NotFound:
        return code


def _country() -> countries.Country:
    """The country of the organization, or Colombia; error pages stand on it, so it never fails."""
    organization = _organization()
    try:
        return countries.get(organization.country if organization else HOME)
    except NotFound:
        return countries.get(HOME)


def unbroken(words: Callable[..., str]) -> Callable[..., str]:
    """The same words for a page, where no line ends between a number and its unit."""

    def kept_together(*values: Any) -> str:
        return _BEFORE_UNIT.sub(NO_BREAK, words(*values))

    return kept_together


def _organization() -> Any:
    user = g.get("user") if has_request_context() else None
    if user is None or g.actor.organization_id is None:
        return None
    return next(m.organization for m in user.memberships if m.organization_id == g.actor.organization_id)
