"""The questions by which a capacity is published on a phone, one screen each, and the order they come in.

A question is one row here and one template in capacities/questions/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.catalogue import attributes
from broker.errors import Invalid, RuleBroken
from broker.listings.capacity_input import read_capacity
from broker.listings.drafts import WAYS, as_fields
from broker.numerals import Separator
from web.pages.listings.forms import errors_of
from web.wording import message

CHECK = "check"
VARIETIES = ("spec_variety", "spec_coffee_variety")


@dataclass(frozen=True)
class Question:
    """One screen: its name in the address, the fields it asks for, and the way of saying the volume that it belongs
    to; None where everybody is asked."""

    name: str
    fields: tuple[str, ...]
    way: str | None = None


QUESTIONS = (
    Question("grade", ("spec_grade", *VARIETIES)),
    Question("way", ("way",)),
    Question("week", ("kg_week",), "week"),
    Question("area", ("area_ha",), "area"),
    Question("yield", ("yield_t_ha_year",), "area"),
    Question("share", ("grade_share_pct",), "area"),
    Question("loss", ("loss_pct",), "area"),
    Question("delivery", ("delivery_share_pct",), "area"),
    Question("months", ("months",)),
    Question("price", ("ask_price", "price_unit", "price_unit_kg")),
    Question("wait", ("max_wait_days",)),
    Question("place", ("municipality", "lat", "lon")),
    Question("certificates", ()),
)


def path(answers: Mapping[str, str]) -> list[Question]:
    """The questions of this draft in their order; before the way is said, the shorter one is counted."""
    way = answers.get("way") if answers.get("way") in WAYS else WAYS[0]
    return [question for question in QUESTIONS if question.way in (None, way)]


def question_named(name: str, answers: Mapping[str, str]) -> Question | None:
    return next((question for question in path(answers) if question.name == name), None)


def after(question: Question, answers: Mapping[str, str]) -> str:
    """The name of the screen behind a question: the next question, or the check of all answers."""
    names = [one.name for one in path(answers)]
    return [*names, CHECK][names.index(question.name) + 1]


def before(name: str, answers: Mapping[str, str]) -> Question | None:
    """The question before a screen; None before the first."""
    questions = path(answers)
    names = [*(one.name for one in questions), CHECK]
    place = names.index(name)
    return questions[place - 1] if place else None


def errors_at(
    question: Question, answers: Mapping[str, str], separator: Separator, home: str
) -> dict[str, str]:
    """What is wrong with the answer to one question, by field; what the others lack is asked later."""
    return {name: text for name, text in errors(answers, separator, home).items() if name in question.fields}


def errors(answers: Mapping[str, str], separator: Separator, home: str) -> dict[str, str]:
    """What is wrong with the answers so far, by field."""
    found = {}
    if answers.get("way") not in WAYS:
        found["way"] = message(RuleBroken("required"))
    try:
        read_capacity(as_fields(answers), decimal_separator=separator, home=home)
    except Invalid as fault:
        found |= errors_of(fault)
    # An empty way of the two leaves the fields of the area as missing; a week that is asked for is asked outright.
    if answers.get("way") != "area" and not answers.get("kg_week", "").strip():
        found["kg_week"] = message(RuleBroken("required"))
    return found


def first_faulty(found: Mapping[str, str], answers: Mapping[str, str]) -> Question | None:
    """The first question that has one of the faults."""
    return next((q for q in path(answers) if any(name in q.fields for name in found)), None)


def varieties_of(product: str) -> Sequence[str]:
    """The fields by which a product names its variety."""
    known = {f"spec_{one.code}" for one in attributes.for_product(product)}
    return [name for name in VARIETIES if name in known]
