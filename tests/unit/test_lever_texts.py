"""Every lever of the radar has its sentence and its question, with all figures, and a question tells no secret."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from broker.matchmaking.openings import BUYER_GATES, LEVERS, Opening, Step
from tests.factories.bare import bare_capacity, bare_need
from web.offline import speaking
from web.pages.market.lever_texts import lever_sentence, question_to_buyer, question_to_organization

FIGURES = {
    "payment_days": ("30", "12"), "price": ("2150", "2398"), "grade": ("primera", "segunda"), "spec": (None, "2"),
    "variety": (None, None), "origin": ("BO", "CO"), "calendar": (None, None), "min_lot": (None, "340"),
    "radius": (None, "57.5"), "certificate": (None, None), "readiness": ("55", "48"), "loss": ("10", "20"),
    "confirm": (None, None),
}  # fmt: skip
GAIN = {"organizations": "3 x", "families": "120", "quantity": "9 t", "per": "x"}


@pytest.fixture(autouse=True, params=["es", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with speaking(request.param):
        yield request.param


def opening(lever: str) -> Opening:
    want, have = FIGURES[lever]
    missing = ("eu_organic",) if lever == "certificate" else ()
    step = Step(want, have, missing, ((bare_capacity(), Decimal(9_000)),))
    return Opening(bare_need(), lever, (step,), Decimal(99_000))


@pytest.mark.parametrize("lever", LEVERS)
def test_lever(lever: str) -> None:
    one = opening(lever)
    said = lever_sentence(one, one.whole)
    ask = question_to_buyer if lever in BUYER_GATES else question_to_organization
    asked = ask(one, GAIN)
    assert said[0].isupper()
    assert "%" not in said.replace("20%", "").replace("20\u00a0%", "") and "%(" not in asked
    assert "9 t" in asked and asked.endswith((".", "?"))


def test_a_question_about_the_price_names_no_price() -> None:
    asked = question_to_buyer(opening("price"), GAIN)
    assert "2150" not in asked.replace(".", "").replace(",", "") and "2398" not in asked.replace(
        ".", ""
    ).replace(",", "")


def test_an_advance_is_told_apart_from_the_day_of_payment() -> None:
    one = opening("payment_days")
    without = lever_sentence(one, one.whole)
    one.need.advance_pct = 30
    assert lever_sentence(one, one.whole) != without
