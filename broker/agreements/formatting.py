"""How a fact is written for its reader: numbers, dates and terms by language and country."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from broker.agreements.facts import DraftFacts

# In the order that a text is looked for when the reader's language has none.
FALLBACK_LANGUAGES = ("es", "en", "pt", "fr")
DATE_PATTERNS = {"es": "d 'de' MMMM 'de' y", "en": "d MMMM y"}
NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Speech:
    """Who reads: the language, the CLDR locale of the numbers, and the words for codes."""

    language: str
    locale: str
    facts: DraftFacts
    vocabulary: Mapping[str, Mapping[str, Mapping[str, str]]]

    def word(self, group: str, code: str) -> str:
        """The words for a code of a group; a code that has none is somebody's own text and stays as it is."""
        words = self.vocabulary.get(group, {}).get(code)
        return code if words is None else pick(words, self.language)

    def unit(self, code: str) -> str:
        """The words for a unit of mass: the ones its terms bring along, or those of the vocabulary."""
        for terms in (self.facts.schedule, self.facts.price):
            if terms.unit == code and terms.unit_name is not None:
                return pick(terms.unit_name, self.language)
        return self.word("unit", code)


def locale_for(language: str, country: str) -> str:
    """Spanish follows the country of the organization (comma in CO and BO, point in HN, GT, PA)."""
    if language == "en":
        return "en_GB"
    wanted = f"{language}_{country}"
    try:
        Locale.parse(wanted)
    except (UnknownLocaleError, ValueError):
        return "es_CO" if language == "es" else language
    return wanted


def pick(words: Mapping[str, str], language: str) -> str:
    """The text in `language`, or in the first language it exists in."""
    for candidate in (language, *FALLBACK_LANGUAGES):
        if candidate in words:
            return words[candidate]
    return next(iter(words.values()))


def write(speech: Speech, format_name: str, value: Any) -> str:
    """The value as words. `format_name` is a formatter, or "choice:group" for a code of the vocabulary.

    Parameters of a price are text, so one that is no number or date stays as somebody wrote it.
    """
    name, _, group = format_name.partition(":")
    if name == "choice":
        code = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        return speech.word(group, code)
    try:
        return FORMATTERS[name](speech, value)
    except (InvalidOperation, ValueError):
        if isinstance(value, str):
            return value
        raise


def known_format(format_name: str) -> bool:
    """Whether `write` knows the format."""
    name, _, group = format_name.partition(":")
    return bool(group) if name == "choice" else name in FORMATTERS


def number(speech: Speech, value: Decimal | int | str, decimals: int = 3) -> str:
    """Digits grouped as the reader expects, with at most `decimals` places and no trailing zeros."""
    pattern = "#,##0." + "#" * decimals
    return format_decimal(Decimal(value), pattern, speech.locale)


def percent(speech: Speech, value: Decimal | int | str) -> str:
    """8 % in Spanish, 8% in English."""
    return number(speech, value) + ("%" if speech.language == "en" else NO_BREAK + "%")


def kilograms(speech: Speech, value: Decimal) -> str:
    return number(speech, value) + NO_BREAK + "kg"


def quantity(speech: Speech, value: Decimal) -> str:
    """A mass in the unit it was said in: 14,62 t."""
    schedule = speech.facts.schedule
    count = value / schedule.factor
    if count == 1:
        words = speech.unit(schedule.unit)
    elif schedule.unit_plural is not None:
        words = pick(schedule.unit_plural, speech.language)
    else:
        plural = speech.word("unit_plural", schedule.unit)
        words = speech.unit(schedule.unit) if plural == schedule.unit else plural
    return number(speech, count) + NO_BREAK + words


def price(speech: Speech, value: Decimal | str) -> str:
    """An amount of the price's currency per its unit: 2.150 COP/kg. Whole, or with two to four decimals."""
    terms = speech.facts.price
    return f"{amount(speech, value)}{NO_BREAK}{terms.currency or ''}/{speech.unit(terms.unit)}"


def price_kg(speech: Speech, value: Decimal) -> str:
    return f"{amount(speech, value)}{NO_BREAK}{speech.facts.price.currency or ''}/kg"


def amount(speech: Speech, value: Decimal | str) -> str:
    """A sum of money without its currency: whole as it is, otherwise at least two decimals."""
    exact = Decimal(value)
    pattern = "#,##0" if exact == exact.to_integral_value() else "#,##0.00##"
    return format_decimal(exact, pattern, speech.locale)


def date(speech: Speech, value: dt.date | str) -> str:
    """Day, month in words, year: never two numbers that could be swapped."""
    day = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return format_date(day, DATE_PATTERNS.get(speech.language, "long"), speech.locale)


def listing(speech: Speech, value: tuple[str, ...]) -> str:
    """Several terms as one phrase: a, b y c."""
    return format_list([speech.word("deduction", item) for item in value], locale=speech.locale)


def phrase(speech: Speech, value: Mapping[str, str]) -> str:
    """A name inside a Spanish sentence: "Plátano verde" loses its capital, "SHG" and "I" keep theirs.

    English names keep theirs too, for a first word there may be a proper name ("Hass avocado").
    """
    text = pick(value, speech.language)
    if speech.language == "es" and text[1:2].islower():
        return text[0].lower() + text[1:]
    return text


def formula_price(speech: Speech, value: Decimal | str) -> str:
    """A price inside a formula: over an index in the unit of its differential (¢/lb), else as any price.

    While that unit is open the figure stands alone, because the currency of the price would be a guess.
    """
    params = speech.facts.price.params or {}
    if "series" not in params:
        return price(speech, value)
    return f"{amount(speech, value)}{NO_BREAK}{params.get('differential_unit', '')}".rstrip()


def _counted(unit: str) -> Callable[[Speech, Any], str]:
    def count(speech: Speech, value: Any) -> str:
        form = "one" if Decimal(value) == 1 else "other"
        return number(speech, value) + NO_BREAK + speech.word(f"count_{form}", unit)

    return count


def _periods(speech: Speech, value: int) -> str:
    return _counted(speech.facts.schedule.period)(speech, value)


def _packs(speech: Speech, value: int) -> str:
    packing = speech.facts.product.packing
    if packing is None or packing.name_plural is None:
        return _counted("pack")(speech, value)
    names = packing.name if value == 1 else packing.name_plural
    return number(speech, value) + NO_BREAK + phrase(speech, names)


FORMATTERS: dict[str, Callable[[Speech, Any], str]] = {
    "text": lambda speech, value: str(value),
    "phrase": phrase,
    "formula_price": formula_price,
    "words": lambda speech, value: pick(value, speech.language),
    "number": number,
    "percent": percent,
    "plus_minus": lambda speech, value: "±" + percent(speech, value),
    "kg": kilograms,
    "quantity": quantity,
    "price": price,
    "price_kg": price_kg,
    "exact_kg": lambda speech, value: number(speech, value, decimals=8) + NO_BREAK + "kg",
    "signed": lambda speech, value: ("+" if Decimal(value) > 0 else "") + number(speech, value),
    "date": date,
    "days": _counted("day"),
    "hours": _counted("hour"),
    "weeks": _counted("week"),
    "members": _counted("member"),
    "periods": _periods,
    "packs": _packs,
    "list": listing,
    "unit": lambda speech, value: speech.unit(str(value)),
    "country": lambda speech, value: Locale.parse(speech.locale).territories.get(str(value), str(value)),
}
