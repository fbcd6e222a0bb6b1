"""Numbers as typed: strict about the separator, in both conventions."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import RuleBroken
from broker.numerals import format_decimal, parse_decimal, parse_integer


@pytest.mark.parametrize(
    ("text", "separator", "value"),
    [
        ("1.500,5", ",", "1500.5"),
        ("1,500.5", ".", "1500.5"),
        ("1.500", ",", "1500"),
        ("1,500", ",", "1.500"),
        ("1 500,25", ",", "1500.25"),
        ("1\u00a0500\u00a0000", ".", "1500000"),
        (" 12 ", ".", "12"),
        ("0,5", ",", "0.5"),
        ("123456789012345678", ".", "123456789012345678"),
    ],
)
def test_numbers_are_read(text: str, separator: Literal[",", "."], value: str) -> None:
    assert parse_decimal(text, separator) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "separator", "code"),
    [
        ("1,500.5", ",", "number_wrong_separator"),
        ("1.500,5", ".", "number_wrong_separator"),
        ("12.5", ",", "number_wrong_separator"),
        ("0.500", ",", "number_wrong_separator"),
        ("1,5", ".", "number_wrong_separator"),
        ("1.50.000", ",", "number_format"),
        ("1.500 000", ",", "number_format"),
        ("5,", ",", "number_format"),
        (",5", ",", "number_format"),
        ("1e5", ".", "number_format"),
        ("NaN", ".", "number_format"),
        ("Infinity", ".", "number_format"),
        ("12 kg", ".", "number_format"),
        ("+5", ".", "number_format"),
        ("٣", ".", "number_format"),
        ("--5", ".", "number_format"),
        ("-5", ".", "number_negative"),
        ("\u22125", ".", "number_negative"),
        ("1234567890123456789", ".", "number_too_long"),
        ("", ".", "number_missing"),
        ("\u00a0", ".", "number_missing"),
    ],
)
def test_everything_else_is_refused_by_name(text: str, separator: Literal[",", "."], code: str) -> None:
    with pytest.raises(RuleBroken) as fault:
        parse_decimal(text, separator, field="quantity")
    assert (fault.value.code, fault.value.field) == (code, "quantity")


def test_the_error_says_which_separator_was_expected() -> None:
    with pytest.raises(RuleBroken) as fault:
        parse_decimal("1,500.5", ",")
    assert fault.value.params == {"text": "1,500.5", "expected": ","}


def test_negative_numbers_only_when_asked() -> None:
    assert parse_decimal("-1.500,5", ",", allow_negative=True) == Decimal("-1500.5")


def test_whole_numbers() -> None:
    assert parse_integer("1.500", ",") == 1500
    with pytest.raises(RuleBroken, match="number_not_whole"):
        parse_integer("1,5", ",")


@given(
    st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False, allow_infinity=False),
    st.sampled_from([",", "."]),
)
def test_what_is_written_is_read_back(value: Decimal, separator: Literal[",", "."]) -> None:
    assert parse_decimal(format_decimal(value, separator), separator) == value
