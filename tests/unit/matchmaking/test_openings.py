"""Which single step opens how much of a need, for how many organizations and families."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from broker.listings.models import Capacity
from broker.listings.reserve import supply_of
from broker.matchmaking.balance import Stretch
from broker.matchmaking.openings import Opening, Pair, mean_free, openings_of
from tests.factories.bare import bare_capacity, bare_need

LACKS = Decimal(100_000)


def missing(
    gate: str, have: str | None, kg: int, certificates: tuple[str, ...] = (), **capacity: Any
) -> Pair:
    closed = [{"gate": gate, "want": "30", "have": have, "missing": list(certificates)}]
    return Pair(bare_capacity(**capacity), "near_miss", {"closed": closed}, Decimal(kg))


def openings(*pairs: Pair, stale: tuple[Capacity, ...] = (), lacks: Decimal = LACKS) -> list[Opening]:
    return openings_of(bare_need(), pairs, stale, lacks)


def test_each_concession_takes_in_those_before_it_and_the_smallest_comes_first() -> None:
    [found] = openings(
        missing("payment_days", "8", 3_000),
        missing("payment_days", "20", 1_000),
        missing("payment_days", "15", 2_000),
    )
    assert [(step.have, step.kg_per_period) for step in found.steps] == [
        ("20", 1_000), ("15", 3_000), ("8", 6_000),
    ]  # fmt: skip
    assert found.asks_buyer
    assert (found.whole.organizations, found.whole.families) == (3, 120)


def test_many_steps_are_thinned_but_the_farthest_stays() -> None:
    [found] = openings(*(missing("radius", str(km), 100) for km in range(1, 11)))
    assert len(found.steps) == 4
    assert (found.whole.have, found.whole.kg_per_period) == ("10", 1_000)


def test_a_certificate_also_opens_those_who_lack_fewer() -> None:
    found = openings(
        missing("certificate", None, 3_000, ("eu_organic",)),
        missing("certificate", None, 2_000, ("eu_organic", "fairtrade"), members=None),
    )
    assert [(one.whole.missing, one.whole.kg_per_period) for one in found] == [
        (("eu_organic",), 3_000), (("eu_organic", "fairtrade"), 5_000),
    ]  # fmt: skip
    assert not found[0].asks_buyer
    assert (found[1].whole.families, found[1].whole.unknown) == (40, 1)


def test_no_more_is_opened_than_the_need_lacks() -> None:
    [found] = openings(missing("price", "2400", 8_000), lacks=Decimal(20_000))
    assert found.whole.kg_per_period * 4 == 32_000
    assert found.kg == 20_000


def test_readiness_that_nobody_assessed_is_a_step_of_its_own() -> None:
    found = openings(missing("readiness", "48", 1_000), missing("readiness", None, 2_000))
    assert [(one.whole.have, one.whole.kg_per_period) for one in found] == [("48", 1_000), (None, 2_000)]


def test_half_the_loss_counts_where_all_is_given_already() -> None:
    """20 % lost: 80 of 100 arrive, and half of the loss saved makes 90 of them."""
    giving = bare_capacity(52, loss_pct=Decimal(20))
    spare = bare_capacity(52, loss_pct=Decimal(20))
    pairs = [
        Pair(capacity, "chosen", {"why": {"code": code}})
        for capacity, code in ((giving, "all_it_has"), (spare, "enough"))
    ]
    [found] = openings(*pairs)
    assert (found.lever, found.whole.groups) == ("loss", (giving,))
    assert round(found.whole.kg_per_period, 6) == 125
    assert (found.whole.want, found.whole.have) == ("10", "20")


def test_a_capacity_that_nobody_confirmed_is_asked_about() -> None:
    [found] = openings(stale=(bare_capacity(52), bare_capacity(0)))
    assert (found.lever, found.whole.organizations, found.whole.kg_per_period) == ("confirm", 1, 1_000)


def test_what_opens_nothing_is_no_opening() -> None:
    assert openings(missing("grade", "segunda", 0)) == []


def test_what_another_plan_takes_is_not_free_for_this_one() -> None:
    """A tonne a week, of which another plan takes 600 kg in the first two of the four weeks and more than all in the
    third."""
    need, supply = bare_need(), supply_of(bare_capacity(52))
    start = need.starts_on
    planned = [
        Stretch(start, start + dt.timedelta(days=13), Decimal(1_200)),
        Stretch(start + dt.timedelta(days=14), start + dt.timedelta(days=20), Decimal(5_000)),
    ]
    assert round(mean_free(need, supply)) == 1_000
    assert round(mean_free(need, supply, planned)) == (400 + 400 + 0 + 1_000) / 4


def test_what_is_stored_and_sold_at_once_comes_out_of_the_whole_year() -> None:
    """52 t of quinoa a year, asked for once in December: 4 t of them are in store, unless plans take what is left."""
    need, march = bare_need(product="quinoa_real", period="once"), dt.date(2026, 3, 1)
    supply = supply_of(bare_capacity(52, product="quinoa_real"))

    def left(planned: int) -> Decimal:
        return mean_free(need, supply, [Stretch(march, march + dt.timedelta(days=30), Decimal(planned))])

    assert (left(0), left(40_000), left(49_000), left(60_000)) == (4_000, 4_000, 3_000, 0)
