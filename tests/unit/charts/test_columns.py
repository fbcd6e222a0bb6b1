"""Columns stand to scale, one on the other, over an axis of round numbers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from web.charts.columns import round_step, stacked_columns
from web.charts.months import month_spans


def test_blocks_stand_on_each_other_to_scale() -> None:
    chart = stacked_columns([[[("low", Decimal(30)), ("high", Decimal(10))], [("other", Decimal(20))]]])
    low, high, other = chart.blocks
    assert low.y + low.height == pytest.approx(chart.bottom)
    assert high.y + high.height == pytest.approx(low.y)
    assert low.height == pytest.approx(3 * high.height) == pytest.approx(1.5 * other.height)
    assert other.x >= low.x + low.width
    top = next(tick for tick in chart.ticks if tick.amount == 40)
    assert top.y == pytest.approx(high.y)


def test_nothing_at_all_has_a_scale_too() -> None:
    chart = stacked_columns([[[("none", Decimal(0))]]])
    assert (chart.blocks, [tick.amount for tick in chart.ticks]) == ((), [0, 1])


@pytest.mark.parametrize(("most", "step"), [(97, 25), (40, 10), (41, 20), (0.7, 0.2), (1201, 500)])
def test_steps_are_round(most: float, step: float) -> None:
    assert round_step(most, 4) == pytest.approx(step)


def test_months_fill_their_axis() -> None:
    spans = month_spans(dt.date(2026, 11, 23), 364, 50, 1050)
    assert [span.month.month for span in spans] == [11, 12, *range(1, 12)]
    assert sum(span.width for span in spans) == pytest.approx(1000)
    assert spans[0].width == pytest.approx(1000 * 8 / 364)
