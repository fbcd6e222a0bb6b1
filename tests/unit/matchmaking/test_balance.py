"""Demand that is not met beside capacity that lies idle, by region and month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from broker.matchmaking.balance import Stretch, balances, months_from
from tests.factories.bare import bare_capacity, bare_need

TODAY = dt.date(2026, 11, 16)


def test_the_first_month_begins_today_and_the_last_is_the_eleventh_after_it() -> None:
    months = months_from(TODAY)
    assert (months[0].start, months[0].end) == (TODAY, dt.date(2026, 11, 30))
    assert (months[-1].start, months[-1].end) == (dt.date(2027, 10, 1), dt.date(2027, 10, 31))


def test_each_side_stands_in_its_own_region_and_its_own_months() -> None:
    need = bare_need()
    half = Stretch(dt.date(2026, 12, 17), dt.date(2027, 1, 15), Decimal(30_000))
    near, idle = bare_capacity(365), bare_capacity(365, municipality="Calarcá")
    [found] = balances({need: [half]}, [near, idle], {}, {near.id: near.organization_id}, TODAY)
    by_name = {region.region.name: region for region in found.regions}
    assert list(by_name) == ["Risaralda", "Quindío"]
    assert by_name["Risaralda"].unmet[:3] == (0, 15_000, 15_000)
    quindio = by_name["Quindío"]
    assert sum(quindio.unmet) == 0
    assert round(quindio.near[1]) == round(quindio.idle[1]) > 30_000
    assert found.total("unmet") == 30_000
    assert (found.needs, found.organizations) == (1, 1)


def test_a_plan_that_waits_for_an_answer_takes_from_what_is_free() -> None:
    need, capacity = bare_need(), bare_capacity(365)
    lacks = {need: [Stretch(dt.date(2026, 12, 1), dt.date(2026, 12, 31), Decimal(1))]}
    december = Stretch(dt.date(2026, 12, 1), dt.date(2026, 12, 31), Decimal(10_000))
    [free] = balances(lacks, [capacity], {}, {}, TODAY)
    [left] = balances(lacks, [capacity], {capacity.id: [december]}, {}, TODAY)
    taken = [before - after for before, after in zip(free.monthly("idle"), left.monthly("idle"), strict=True)]
    assert taken == [0, 10_000, *[0] * 10]


def test_a_product_of_which_nothing_is_missing_does_not_stand_there() -> None:
    assert balances({}, [bare_capacity()], {}, {}, TODAY) == []
