"""Units of mass as people write them: 640 sacos, 84 lb."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Flask

from broker.agreements.clause_library import house_library
from broker.deliveries.measures import Measure
from web.i18n import NO_BREAK, language, number


def register(app: Flask) -> None:
    for function in (in_measure, as_typed, measure_word):
        app.template_filter(function.__name__)(function)
    app.template_global("measure_options")(measure_options)


def in_measure(kg: Any, measure: Measure) -> str:
    """So many kg in a unit."""
    return as_typed(measure.of(Decimal(kg)), measure.code)


def as_typed(quantity: Decimal, code: str) -> str:
    """A quantity as somebody wrote it, with its unit."""
    return f"{number(quantity, most=6)}{NO_BREAK}{measure_word(code, quantity)}"


def measure_word(code: str, quantity: Decimal = Decimal(2)) -> str:
    """What a unit is called after a quantity; without one, many of it."""
    group = "unit" if quantity == 1 else "unit_plural"
    words = house_library().vocabulary[group].get(code)
    return code if words is None else words[language()]


def measure_options(measures: tuple[Measure, ...]) -> list[tuple[str, str]]:
    """The units of a form, with the kg of one where that is another."""
    return [(one.code, one.code if one.is_kg else _with_kg(one)) for one in measures]


def _with_kg(measure: Measure) -> str:
    return f"{measure_word(measure.code, Decimal(1))} ({number(measure.factor, most=8)}{NO_BREAK}kg)"
