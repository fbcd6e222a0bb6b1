"""The year of a product week by week: nothing is lost in cutting it, and a reader sees what she may."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from broker.listings.market_calendar import calendars
from broker.listings.models import CapacitySlot
from tests.factories.bare import MONDAY, bare, bare_capacity, bare_need

TODAY = dt.date(2026, 11, 25)


def everybody(organization_id: int) -> bool:
    return True


def test_demand_stands_in_its_weeks_and_adds_up_to_the_need() -> None:
    need = bare_need(
        period="month",
        starts_on=dt.date(2026, 12, 1),
        ends_on=dt.date(2027, 2, 14),
        covered_kg=Decimal(5_000),
    )
    [found] = calendars([need], [], TODAY, everybody)
    assert len(found.weeks) == 52
    assert found.weeks[0].monday == dt.date(2026, 11, 23)
    assert found.weeks[0].demand == 0
    assert round(found.total("demand"), 6) == round(need.total_kg, 6)
    assert round(found.total("covered"), 6) == 5_000
    assert [round(week.demand) for week in found.weeks[1:3]] == [
        round(Decimal(60_000) / 31),
        round(Decimal(70_000) / 31),
    ]


def test_what_lies_beyond_the_year_is_left_out() -> None:
    need = bare_need(ends_on=MONDAY + dt.timedelta(days=7 * 104 - 1))
    [found] = calendars([need], [], TODAY, everybody)
    assert found.total("open") == 50 * 10_000


def test_promises_are_shown_to_those_who_may_know_them() -> None:
    week = {"kind": "week", "starts_on": MONDAY, "reserved_kg": Decimal(400)}
    own = bare_capacity(slots=[bare(CapacitySlot, **week)])
    other = bare_capacity(slots=[bare(CapacitySlot, **week)])
    [found] = calendars([], [own, other], TODAY, lambda owner: owner == own.id)
    promised = found.weeks[2]
    assert (promised.committed, promised.free, promised.offered) == (400, 600, 1000)
    assert found.weeks[3].committed == 0
    assert found.total("supply") == found.total("committed") + found.total("free") + found.total("offered")


def test_the_season_weighs_capacities_by_their_volume() -> None:
    january, june = [1] + [0] * 11, [0] * 5 + [1] + [0] * 6
    [found] = calendars(
        [], [bare_capacity(30, calendar=january), bare_capacity(10, calendar=june)], TODAY, everybody
    )
    assert (found.season[0], found.season[5], sum(found.season)) == (Decimal("0.75"), Decimal("0.25"), 1)


def test_products_with_most_demand_stand_first() -> None:
    needs = [bare_need(), bare_need(product="hass_avocado", quantity_kg=Decimal(50_000))]
    found = calendars(needs, [bare_capacity(product="snow_pea")], TODAY, everybody)
    assert [one.product for one in found] == ["hass_avocado", "plantain_dom_harton", "snow_pea"]
