"""Units of a delivery: to the gram, and parts that add up to the net however it was read off."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.deliveries.measures import KILOGRAM, Measure, divided

LB, CARGA, SACK = (
    Measure("lb", Decimal("0.45359237")),
    Measure("carga_cafe", Decimal(125)),
    Measure("saco_60", Decimal(60)),
)
MEASURES = st.sampled_from((LB, CARGA, SACK, Measure("qq_100lb", Decimal("45.359237"))))
THOUSANDTHS = st.integers(0, 10**8)


def in_thousandths(*numbers: int) -> list[Decimal]:
    return [Decimal(number).scaleb(-3) for number in numbers]


def test_a_quantity_is_counted_to_the_gram() -> None:
    assert LB.kg(Decimal(1100)) == Decimal("498.952")
    assert CARGA.kg(Decimal("0.5")) == Decimal("62.500")
    # Half a gram goes to the even neighbour.
    assert Measure("x", Decimal("0.0005")).kg(Decimal(1)) == 0
    assert Measure("x", Decimal("0.0015")).kg(Decimal(1)) == Decimal("0.002")


def test_kg_are_read_back_as_they_were_typed() -> None:
    assert LB.of(Decimal("498.952")) == 1100
    assert SACK.of(Decimal(38_400)) == 640


def test_three_parts_in_pounds_make_the_net_that_each_of_them_rounds_by_itself() -> None:
    """8,100 lb are 3,674.098 kg; 7,000, 400 and 700, each to the gram, are a gram more."""
    net = LB.kg(Decimal(8100))
    typed = [Decimal(7000), Decimal(400), Decimal(700)]
    assert sum(LB.kg(part) for part in typed) == net + Decimal("0.001")
    parts = divided(typed, LB, net)
    assert parts is not None and sum(parts) == net
    assert parts == (Decimal("3175.146"), Decimal("181.437"), Decimal("317.515"))


@pytest.mark.parametrize(
    ("typed", "measure", "net", "fits"),
    [
        (("600", "0", "400"), KILOGRAM, "1000", True),
        (("600", "0", "399.999"), KILOGRAM, "1000", False),
        # 1,000 kg are 2,204.62 lb as the page says; a hundredth of a pound more is no rounding.
        (("2204.62", "0", "0"), LB, "1000", True),
        (("2204.64", "0", "0"), LB, "1000", False),
        (("0", "0", "0"), LB, "0.001", True),
        (("0", "0", "0"), SACK, "60", False),
    ],
)
def test_what_adds_up(typed: tuple[str, ...], measure: Measure, net: str, fits: bool) -> None:
    found = divided([Decimal(part) for part in typed], measure, Decimal(net))
    assert (found is not None) == fits
    assert found is None or sum(found) == Decimal(net)


@given(MEASURES, THOUSANDTHS, THOUSANDTHS, THOUSANDTHS, st.integers(0, 10**6))
def test_parts_in_the_unit_of_the_slip_make_its_net_to_the_gram(
    measure: Measure, accepted: int, lower: int, rejected: int, tare: int
) -> None:
    typed = in_thousandths(accepted, lower, rejected)
    [tare_typed] = in_thousandths(tare)
    net = measure.kg(sum(typed, tare_typed)) - measure.kg(tare_typed)
    found = divided(typed, measure, net)
    assert found is not None and sum(found) == net
    for part, exact in zip(found, typed, strict=True):
        assert abs(part - exact * measure.factor) <= Decimal("0.004")
    assert all(part >= 0 for part in found)


@given(MEASURES, st.integers(0, 10**11))
def test_the_net_as_the_page_shows_it_is_taken_for_the_net(measure: Measure, grams: int) -> None:
    """Whoever accepts everything writes what he reads."""
    net = Decimal(grams).scaleb(-3)
    assert divided([measure.of(net), Decimal(0), Decimal(0)], measure, net) == (net, 0, 0)


@given(st.lists(THOUSANDTHS, min_size=3, max_size=3), st.integers(-5, 5))
def test_kilograms_add_up_to_the_gram_or_not_at_all(grams: list[int], more: int) -> None:
    typed = in_thousandths(*grams)
    net = sum(typed, Decimal(0)) + Decimal(more).scaleb(-3)
    assert divided(typed, KILOGRAM, net) == (None if more else tuple(typed))
