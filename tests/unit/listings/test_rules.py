"""The days by which a need is judged are those of the place to which it is delivered."""

from __future__ import annotations

import datetime as dt

import pytest

from broker.errors import Invalid
from broker.listings.rules import check_need
from tests.factories.listings import need_input

# 20:18 of 4 December in Bogotá, and 21:18 in La Paz.
EVENING = dt.datetime(2026, 12, 5, 1, 18, tzinfo=dt.UTC)
MORNING = dt.datetime(2026, 12, 5, 5, 1, tzinfo=dt.UTC)


def test_in_the_evening_today_is_not_yet_past() -> None:
    check_need(need_input(reply_by="2026-12-04"), EVENING)


def test_after_midnight_it_is() -> None:
    with pytest.raises(Invalid, match="reply_in_past"):
        check_need(need_input(reply_by="2026-12-04"), MORNING)
    with pytest.raises(Invalid, match="reply_in_past"):
        check_need(need_input(reply_by="2026-12-04"), dt.date(2026, 12, 5))


def test_an_end_before_the_start_is_told_once() -> None:
    with pytest.raises(Invalid) as caught:
        check_need(need_input(end="2026-12-01"), EVENING)
    assert [fault.code for fault in caught.value.faults] == ["end_before_start"]
