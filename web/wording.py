"""The words for the trade's codes: errors, states, choices. Codes come from broker; words live only here."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import gettext

from broker.errors import Invalid, RuleBroken, TradeError
from web.error_texts import ERRORS, HINTS
from web.i18n import country_name, day, kilograms, number, product_name, to_the_gram, unit_name
from web.label_texts import LABELS
from web.measures import measure_word

NAMED = {"products": product_name, "units": unit_name}


def register(app: Flask) -> None:
    app.template_filter("message")(message)
    app.template_filter("label")(label)
    app.template_global("options")(options)


def message(error: TradeError) -> str:
    """The sentence for an error, in the reader's language, with its numbers in the reader's locale."""
    shown = _shown(error.params)
    hints = [gettext(str(hint)) % shown for name, hint in HINTS.items() if name in error.params]
    return " ".join([gettext(str(ERRORS[error.code])) % shown, *hints])


def sentences(error: Invalid | RuleBroken) -> dict[str, str]:
    """What to mend, by field, the first fault of each; under "form" what no single field is to blame for."""
    found: dict[str, str] = {}
    for fault in error.faults if isinstance(error, Invalid) else [error]:
        found.setdefault(fault.field or "form", message(fault))
    return found


def label(code: str | None, group: str) -> str:
    """The word for a code of a group: `label('buyer_plant', 'delivery_term')`."""
    return "" if code is None else gettext(str(LABELS[group][code]))


def options(group: str, codes: list[str] | None = None) -> list[tuple[str, str]]:
    """Code and word of every choice of a group, for a select."""
    return [(code, label(code, group)) for code in (codes or LABELS[group])]


def _shown(params: dict[str, Any]) -> dict[str, str]:
    return {name: _one(name, value) for name, value in params.items()}


def _one(name: str, value: Any) -> str:
    if isinstance(value, dt.date):
        return day(value)
    if name == "kg":
        return kilograms(value)
    if name == "weight":
        return to_the_gram(value)
    if name == "country" and isinstance(value, str) and len(value) == 2:
        return country_name(value)
    if name == "measure":
        return measure_word(value)
    if name == "part" and value in LABELS["agreement_part"]:
        return label(value, "agreement_part")
    if name == "state" and value in LABELS["any_state"]:
        return label(value, "any_state")
    if isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        return number(value, most=6)
    if name in NAMED:
        return ", ".join(NAMED[name](code) for code in value)
    if isinstance(value, list | tuple):
        return ", ".join(_one("", item) for item in value)
    return str(value)


__all__ = ["label", "message", "options", "product_name", "register", "sentences"]
