"""Figures that people check and write again: weights to the gram, prices with their decimals."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask

from broker.errors import RuleBroken
from web.i18n import to_the_gram
from web.price_step_texts import money_number
from web.wording import message


def test_a_weight_is_shown_as_it_must_be_written(app: Flask) -> None:
    """The parts of a delivery add up to its net: rounded, nobody could write them."""
    fault = RuleBroken("parts_not_net", weight=Decimal("8434.772"), total=Decimal("8434.77"))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert to_the_gram(Decimal("8434.772")) == "8,434.772 kg"
        assert to_the_gram(Decimal("1000.000")) == "1,000 kg"
        assert "8,434.77 kg; the net is 8,434.772 kg." in message(fault)


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        ("2150", "2,150"),
        ("4.2", "4.20"),
        ("3.29", "3.29"),
        ("2.39999999926", "2.40"),
        ("0.0625", "0.0625"),
        ("4.205", "4.205"),
    ],
)
def test_a_price_has_two_decimals_or_as_many_as_it_needs(app: Flask, price: str, shown: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert money_number(Decimal(price)) == shown
