"""A learned model in a run: it breaks ties and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matching.learning import AcceptanceModel, fit
from matching.result import Result
from matching.solve import solve

from .demo_market import demo_market
from .test_solve import kg, trade
from .worlds import world

ALIKE = {"demand": [[10.0]], "ceiling": [20.0]}
READY, UNREADY = 0, 1


@pytest.fixture(scope="module")
def contrary() -> AcceptanceModel:
    """Learned where reliable organizations are the ones that decline."""
    return fit(world(400, 1, (0.0, 0.0, 0.0, -6.0, 0.0, 0.0))[0])


def run(ask: list[float], model: AcceptanceModel | None) -> Result:
    return solve(
        trade(ALIKE, {"supply": [[10.0], [10.0]], "ask": ask, "readiness": [95.0, 60.0]}), acceptance=model
    )


def test_between_equals_the_likelier_one_is_chosen(contrary: AcceptanceModel) -> None:
    assert kg(run([5.0, 5.0], None)) == {(0, READY): 10.0}
    assert kg(run([5.0, 5.0], contrary)) == {(0, UNREADY): 10.0}


def test_a_cent_is_worth_more_than_any_chance(contrary: AcceptanceModel) -> None:
    assert kg(run([5.0, 5.01], contrary)) == {(0, READY): 10.0}


def test_the_score_and_its_breakdown_stay_as_they_are(contrary: AcceptanceModel) -> None:
    fixed, learned = run([5.0, 5.0], None), run([5.0, 5.0], contrary)
    assert (fixed.scores.tenths == learned.scores.tenths).all()
    assert [learned.scores.breakdown(row) for row in (0, 1)] == [
        fixed.scores.breakdown(row) for row in (0, 1)
    ]


def test_the_result_tells_what_it_used(contrary: AcceptanceModel) -> None:
    fixed, learned = run([5.0, 5.0], None), run([5.0, 5.0], contrary)
    assert fixed.acceptance is None and "acceptance" not in fixed.versions
    assert learned.versions["acceptance"] == contrary.version
    assert learned.acceptance == pytest.approx(contrary.probability(learned.scores.values))


def test_the_values_are_those_of_the_breakdown() -> None:
    found = run([5.0, 6.0], None).scores
    shown = [[line.value for line in found.breakdown(row)] for row in (0, 1)]
    assert found.values == pytest.approx(np.array(shown))


def test_the_demonstration_gains_as_much_money(contrary: AcceptanceModel) -> None:
    """Ties in money are all that a model may decide."""
    fixed, learned = solve(demo_market()), solve(demo_market(), acceptance=contrary)
    assert learned.value_money == pytest.approx(fixed.value_money, rel=1e-6)
    again = solve(demo_market(), acceptance=replace(contrary))
    assert (again.allocation.quantity == learned.allocation.quantity).all()
