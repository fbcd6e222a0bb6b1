"""What the style page shows the components with: invented, and the same in every installation."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.catalogue import attributes, products
from broker.listings.queries import Filter, Page
from broker.money import KgPrice
from web.pages.home.board import Section
from web.pages.home.first_steps import Step
from web.pages.home.task import Task

PRODUCT = "plantain_dom_harton"


@dataclass(frozen=True)
class Term:
    """One term of a score: points of a weight."""

    feature: str
    points: Decimal
    weight: Decimal


def everything() -> dict[str, Any]:
    """Examples by the names under which the page asks for them."""
    product = products.get(PRODUCT)
    return {
        "product": product,
        "asked": attributes.for_product(product.code),
        "tasks": tasks(),
        "sections": [Section("late_payment", "Late payments", tasks(), 12, "#sg-tasks")],
        "steps": steps(),
        "terms": [
            Term("price_payment", Decimal("21.5"), Decimal(30)),
            Term("volume", Decimal(18), Decimal(20)),
        ],
        "prices": {name: KgPrice(points, "COP") for name, points in PRICES.items()},
        "found": Page([], 137, 2),
        "chosen": Filter(text="papa", product=PRODUCT),
        "done": {"text": "2 suggestions shortlisted.", "action": "#", "fields": {"suggestion": ["1", "2"]}},
        "day": dt.date(2026, 12, 7),
    }


PRICES = {"low": 19_800_000, "proposed": 21_150_000, "high": 22_400_000}


def tasks() -> list[Task]:
    """A line of each tone."""
    return [
        Task(
            "Late payment", "bad", "Granos del Salar owes 204,000 BOB", "Delivery of quinoa by Salar Sereno.",
            "See what is owed", "#sg-tasks", "6 days late", "bad",
        ),
        Task(
            "Draft", "warn", "La Cosecha Andina and Guadual del Sol", "4 open points.", "Complete and send",
            "#sg-tasks", "Since 3 days ago", "warn",
        ),
        Task("To send", "info", "3 shortlisted suggestions", "Neither side saw them.", "Review and send", "#sg-tasks"),
        Task("Accepted", "ok", "Both sides said yes", "The quantities are reserved.", "Open and draft", "#sg-tasks"),
        Task("Ageing", "", "Río Verde: plantain", "It is still fresh.", "See the capacity", "#sg-tasks"),
    ]  # fmt: skip


def steps() -> list[Step]:
    """A list of first steps with one done."""
    return [
        Step("Complete your record", "Who represents you.", True, "To the record", "#h-steps"),
        Step("Post your first need", "A template fills in what is usual.", False, "Post a need", "#h-steps"),
        Step("Give a broker your mandate", "You see the fee first.", False, "See proposals", "#h-steps"),
    ]
