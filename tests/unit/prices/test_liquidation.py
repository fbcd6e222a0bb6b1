"""The liquidation of a split payment: only agreed costs, exact lines, never a debt of the organization."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.agreed import Terms
from broker.prices.liquidation import (
    Resale,
    ResaleCost,
    Sale,
    agreed_costs,
    due_on,
    liquidation,
    standing,
)

DELIVERED = dt.date(2027, 1, 8)
DUE = dt.date(2027, 2, 7)


def clause(**params: str) -> Terms:
    agreed = {
        "share_pct": "85",
        "cost_deductions": "flete marítimo, empaque y comisión",
        "liquidation_days": "30",
    }
    return Terms("split_payment", "COP", "kg", Decimal(1), Decimal(4200), agreed | params)


def cop(amount: str | int) -> Money:
    return Money.of(amount, "COP")


def cost(name: str, amount: str | int, voucher: str = "FE-1") -> ResaleCost:
    return ResaleCost(name, cop(amount), voucher)


HASS = Resale(
    delivered_on=DELIVERED,
    handed_over_on=DUE,
    sales=(
        Sale("calibre 14-18", Decimal(800), Decimal(32_000), Decimal(4)),
        Sale("calibre 20-22", Decimal(190), Decimal("6100.50")),
        Sale("descarte", Decimal(10), Decimal(0)),
    ),
    costs=(cost("Flete maritimo", 900_000), cost("empaque", "410500.25"), cost("comisión", 300_000)),
    first_paid=cop(4_200_000),
)


def test_the_statement_of_a_container_of_hass() -> None:
    found = liquidation(clause(), HASS)
    assert [line.total for line in found.sales] == [cop(6_400_000), cop(1_159_095), cop(0)]
    assert (found.value, found.net) == (cop(7_559_095), cop("5948594.75"))
    assert (found.share_pct, found.share) == (85, cop("5056305.54"))
    assert (found.first_paid, found.kept, found.second) == (cop(4_200_000), cop(0), cop("856305.54"))
    assert (found.standing.state, found.standing.due_on) == ("in_time", DUE)


def test_the_first_payment_is_never_returned() -> None:
    found = liquidation(clause(), replace(HASS, sales=HASS.sales[1:], costs=()))
    assert (found.share, found.second) == (cop("985230.75"), cop(0))
    assert found.kept == cop("3214769.25")


def test_costs_above_the_resale_fall_on_the_buyer() -> None:
    found = liquidation(clause(), replace(HASS, sales=()))
    assert found.net == cop("-1610500.25")
    assert found.second == cop(0)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("flete marítimo, empaque y comisión", ("flete marítimo", "empaque", "comisión")),
        ("freight; packing and commission.", ("freight", "packing", "commission.")),
        ("empaque e inspección", ("empaque", "inspección")),
        ("", ()),
    ],
)
def test_the_costs_that_a_clause_names(text: str, names: tuple[str, ...]) -> None:
    assert agreed_costs(clause(cost_deductions=text)) == names


@pytest.mark.parametrize("name", ["carga y descarga", "Carga", "FLETE"])
def test_a_cost_is_known_by_its_name_or_as_a_pair(name: str) -> None:
    terms = clause(cost_deductions="flete, carga y descarga")
    assert liquidation(terms, replace(HASS, costs=(cost(name, 1),))).net == cop(7_559_094)


@pytest.mark.parametrize("name", ["mermas", "flete", "flete marítimo y mermas", ""])
def test_a_cost_that_nobody_agreed_is_refused(name: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        liquidation(clause(), replace(HASS, costs=(cost(name, 1),)))
    assert (broken.value.code, broken.value.field) == ("deduction_not_agreed", name)


def test_without_a_list_nothing_is_deducted() -> None:
    with pytest.raises(RuleBroken, match="deduction_not_agreed"):
        liquidation(clause(cost_deductions=""), HASS)


@pytest.mark.parametrize(
    ("resale", "code", "field"),
    [
        (replace(HASS, costs=(cost("empaque", 1, " "),)), "voucher_missing", "empaque"),
        (replace(HASS, costs=(cost("empaque", -1),)), "number_negative", "empaque"),
        (replace(HASS, sales=(Sale("x", Decimal(-1), Decimal(1)),)), "number_negative", "x"),
    ],
)
def test_what_a_statement_cannot_hold(resale: Resale, code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        liquidation(clause(), resale)
    assert (broken.value.code, broken.value.field) == (code, field)


@pytest.mark.parametrize(
    ("params", "code", "field"),
    [
        ({"share_pct": ""}, "price_method_needs", "share_pct"),
        ({"share_pct": "101"}, "percent_range", "share_pct"),
        ({"liquidation_days": ""}, "price_method_needs", "liquidation_days"),
        ({"liquidation_days": "7.5"}, "price_method_needs", "liquidation_days"),
        ({"liquidation_date": "in May"}, "price_method_needs", "liquidation_date"),
    ],
)
def test_what_the_clause_must_say(params: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(RuleBroken) as broken:
        liquidation(clause(**params), HASS)
    assert (broken.value.code, broken.value.field) == (code, field)


def test_a_date_comes_before_days() -> None:
    assert due_on(clause(), DELIVERED) == DUE
    assert due_on(clause(liquidation_date="2027-05-31"), DELIVERED) == dt.date(2027, 5, 31)


@pytest.mark.parametrize(
    ("handed_over", "day", "state", "days_late"),
    [
        (None, 0, "awaited", 0),
        (None, 1, "missing", 1),
        (0, 9, "in_time", 0),
        (-3, 9, "in_time", 0),
        (5, 9, "late", 5),
    ],
)
def test_a_late_or_missing_liquidation_is_seen(
    handed_over: int | None, day: int, state: str, days_late: int
) -> None:
    given_on = None if handed_over is None else DUE + dt.timedelta(days=handed_over)
    found = standing(clause(), DELIVERED, given_on, DUE + dt.timedelta(days=day))
    assert (found.state, found.days_late, found.due_on, found.handed_over_on) == (
        state, days_late, DUE, given_on,
    )  # fmt: skip


SALES = st.builds(
    Sale,
    st.just("Hass"),
    st.decimals(0, 30_000, places=3),
    st.decimals(0, 10**6, places=4),
    st.sampled_from([Decimal(1), Decimal(4), Decimal("11.33980925")]),
)
COSTS = st.builds(cost, st.sampled_from(["empaque", "comisión"]), st.integers(0, 10**9))


@given(
    st.lists(SALES, max_size=5),
    st.lists(COSTS, max_size=5),
    st.integers(0, 10**10),
    st.decimals(0, 100, places=2),
)
def test_a_statement_sums_line_by_line(
    sales: list[Sale], costs: list[ResaleCost], first_paid: int, share_pct: Decimal
) -> None:
    resale = replace(HASS, sales=tuple(sales), costs=tuple(costs), first_paid=Money(first_paid, "COP"))
    found = liquidation(clause(share_pct=str(share_pct)), resale)
    assert found.value.minor == sum(line.total.minor for line in found.sales)
    assert found.net.minor == found.value.minor - sum(one.amount.minor for one in found.costs)
    assert found.second == found.share - found.first_paid + found.kept
    assert found.second.minor >= 0 and found.kept.minor >= 0
    assert not (found.second.minor and found.kept.minor)
    assert found.first_paid + found.second == max(found.first_paid, found.share)
