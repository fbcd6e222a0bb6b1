"""Numbers as they are said in Spanish and in English."""

from __future__ import annotations

import pytest

from web.number_words import MOST, in_words


@pytest.mark.parametrize(
    ("value", "spanish", "english"),
    [
        (0, "cero", "zero"),
        (16, "dieciséis", "sixteen"),
        (21, "veintiuno", "twenty-one"),
        (31, "treinta y uno", "thirty-one"),
        (100, "cien", "one hundred"),
        (101, "ciento uno", "one hundred and one"),
        (1000, "mil", "one thousand"),
        (1500, "mil quinientos", "one thousand five hundred"),
        (14_620, "catorce mil seiscientos veinte", "fourteen thousand six hundred and twenty"),
        (21_021, "veintiún mil veintiuno", "twenty-one thousand twenty-one"),
        (131_000, "ciento treinta y un mil", "one hundred and thirty-one thousand"),
        (1_000_000, "un millón", "one million"),
        (21_000_001, "veintiún millones uno", "twenty-one million one"),
        (100_100_100, "cien millones cien mil cien", "one hundred million one hundred thousand one hundred"),
    ],
)
def test_words(value: int, spanish: str, english: str) -> None:
    assert (in_words(value, "es"), in_words(value, "en")) == (spanish, english)


@pytest.mark.parametrize("value", [-1, MOST])
def test_numbers_nobody_says(value: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        in_words(value, "es")
