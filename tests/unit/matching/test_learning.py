"""Learning acceptance: better only where there is something to learn, calibrated, stored to the last bit, and aware
of a market that has moved."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from matching.learning import (
    LEAST_ANSWERS,
    LEAST_OF_EACH,
    AcceptanceModel,
    Backtest,
    History,
    backtest,
    drift,
    enough,
    fit,
    influence,
)
from matching.learning.backtest import measures
from matching.policy import FEATURES

from .worlds import COINS, DISTANCE_REPELS, FIXED_WEIGHTS, PAYMENT_RULES, world


@pytest.fixture(scope="module")
def paid() -> tuple[History, AcceptanceModel]:
    """A market in which payment and price decide."""
    history, _ = world(300, 1, PAYMENT_RULES)
    return history, fit(history)


def test_where_payment_decides_the_model_is_better(paid: tuple[History, AcceptanceModel]) -> None:
    found = backtest(paid[0])
    assert found.better and found.gain_low > 0
    assert found.fixed and found.learned
    assert found.learned.brier < found.fixed.brier
    assert found.learned.log_loss < found.fixed.log_loss
    assert found.learned.auc > found.fixed.auc + 0.1
    assert found.foreseen == 200


@pytest.mark.parametrize("seed", range(8))
def test_where_coins_are_flipped_it_is_not(seed: int) -> None:
    assert not backtest(world(200, seed, COINS)[0]).better


@pytest.mark.parametrize("seed", range(4))
def test_where_the_fixed_weights_are_right_it_is_not(seed: int) -> None:
    assert not backtest(world(200, seed, FIXED_WEIGHTS)[0]).better


def test_too_few_answers_are_never_better() -> None:
    few, _ = world(LEAST_ANSWERS - 1, 3, PAYMENT_RULES)
    assert backtest(few) == Backtest(len(few), few.yes)
    alike = replace(few.rows(np.tile(np.arange(10), 10)), accepted=np.arange(100) < LEAST_OF_EACH - 1)
    found = backtest(alike)
    assert (found.foreseen, found.fixed, found.better) == (0, None, False)


def test_enough_means_enough_of_both_kinds() -> None:
    assert enough(LEAST_ANSWERS, LEAST_OF_EACH) and enough(LEAST_ANSWERS, LEAST_ANSWERS - LEAST_OF_EACH)
    assert not enough(LEAST_ANSWERS - 1, 30)
    assert not enough(500, LEAST_OF_EACH - 1)
    assert not enough(500, 500 - LEAST_OF_EACH + 1)


def test_the_past_alone_foresees_the_future() -> None:
    """Turning round what came last changes nothing before it: no answer is foreseen from itself or from later ones."""
    history, _ = world(120, 5, PAYMENT_RULES)
    turned = replace(history, accepted=np.where(np.arange(120) < 105, history.accepted, ~history.accepted))
    known, other = (fit(each.rows(np.arange(105))) for each in (history, turned))
    assert known == other
    shuffled = np.random.default_rng(0).permutation(120)
    assert backtest(history.rows(shuffled)) == backtest(history)


def test_chances_are_calibrated() -> None:
    history, _ = world(1200, 7, DISTANCE_REPELS)
    model = fit(history)
    fresh, truth = world(6000, 8, DISTANCE_REPELS)
    chance = model.probability(fresh.features)
    for low in np.arange(0.0, 1.0, 0.2):
        inside = (chance >= low) & (chance < low + 0.2)
        assert inside.sum() > 200
        assert fresh.accepted[inside].mean() == pytest.approx(chance[inside].mean(), abs=0.06)
    assert np.abs(chance - truth).mean() < 0.05


def test_few_answers_give_cautious_chances() -> None:
    """Coins teach nothing, so nobody is told a chance far from the share of acceptances."""
    history, _ = world(60, 11, COINS)
    chance = fit(history).probability(history.features)
    assert np.abs(chance - history.yes / 60).max() < 0.35


def test_a_model_comes_back_from_json_to_the_last_bit(paid: tuple[History, AcceptanceModel]) -> None:
    history, model = paid
    text = json.dumps(model.as_dict())
    again = AcceptanceModel.from_dict(json.loads(text))
    assert again == model
    assert json.dumps(again.as_dict()) == text
    assert (again.probability(history.features) == model.probability(history.features)).all()
    proof = backtest(history)
    assert Backtest.from_dict(json.loads(json.dumps(proof.as_dict()))) == proof


def test_a_stored_model_with_other_entries_is_refused(paid: tuple[History, AcceptanceModel]) -> None:
    stored = paid[1].as_dict()
    with pytest.raises(ValueError, match="novel"):
        AcceptanceModel.from_dict(stored | {"novel": 1})
    with pytest.raises(ValueError, match="slope"):
        AcceptanceModel.from_dict({name: value for name, value in stored.items() if name != "slope"})


def test_the_version_is_that_of_the_answers(paid: tuple[History, AcceptanceModel]) -> None:
    history, model = paid
    assert fit(history) == model
    assert fit(history.rows(np.arange(len(history))[::-1])).version == model.version
    assert fit(history, seed=1).version != model.version
    one = history.accepted.copy()
    one[17] = ~one[17]
    assert fit(replace(history, accepted=one)).version != model.version
    nudged = history.features.copy()
    nudged[17, 2] = np.nextafter(nudged[17, 2], 2.0)
    assert fit(replace(history, features=np.minimum(nudged, 1.0))).version != model.version


def test_influence_has_the_sign_of_the_world() -> None:
    found = {each.feature: each for each in influence(fit(world(600, 13, DISTANCE_REPELS)[0]))}
    assert tuple(found) == FEATURES
    assert found["price_payment"].change > 0.4
    assert found["logistics"].change < -0.3
    assert all(abs(found[name].change) < 0.15 for name in ("spec", "volume", "reliability", "certificates"))


def test_the_chance_is_monotone_in_every_feature(paid: tuple[History, AcceptanceModel]) -> None:
    _, model = paid
    for k, coefficient in enumerate(model.coefficients):
        line = np.tile(np.array(model.middle), (50, 1))
        line[:, k] = np.linspace(0, 1, 50)
        steps = np.diff(model.probability(line))
        assert (steps * coefficient >= 0).all()


def test_a_feature_that_never_varies_has_no_say() -> None:
    history, _ = world(100, 17, PAYMENT_RULES)
    flat = history.features.copy()
    flat[:, 4] = 0.5
    model = fit(replace(history, features=flat))
    assert model.coefficients[4] == 0.0
    assert influence(model)[4].change == 0.0


CALM = {"steady", "unsure"}


def test_a_shifted_feature_is_seen_and_the_others_are_not(paid: tuple[History, AcceptanceModel]) -> None:
    _, model = paid
    recent = world(100, 19, COINS)[0].features.copy()
    assert {each.level for each in drift(model, recent)} <= CALM
    recent[:, 2] = 0.2 + 0.3 * (recent[:, 2] - 0.2)
    found = {each.feature: each for each in drift(model, recent)}
    assert found["price_payment"].level == "shifted"
    assert found["price_payment"].index > 0.25
    assert {each.level for name, each in found.items() if name != "price_payment"} <= CALM


def test_a_value_that_everybody_had_and_nobody_has_is_a_shift() -> None:
    history, _ = world(100, 23, PAYMENT_RULES)
    flat = history.features.copy()
    flat[:, 5] = 0.5
    model = fit(replace(history, features=flat))
    for value in (0.0, 1.0):
        recent = flat.copy()
        recent[:, 5] = value
        assert drift(model, recent)[5].level == "shifted"
    assert drift(model, flat)[5] == replace(drift(model, flat)[5], index=0.0, level="steady")


def test_a_handful_of_suggestions_is_no_drift(paid: tuple[History, AcceptanceModel]) -> None:
    _, model = paid
    levels = [
        each.level for seed in range(30) for each in drift(model, world(8, 100 + seed, COINS)[0].features)
    ]
    assert np.mean([level in CALM for level in levels]) > 0.95
    assert "unsure" in levels
    assert drift(model, np.empty((0, 6))) == ()


def test_measures_know_the_perfect_and_the_guess() -> None:
    truth = np.array([True, False, True, False])
    perfect = measures(truth.astype(float), truth)
    assert (perfect.brier, perfect.auc) == (0.0, 1.0)
    assert perfect.log_loss == pytest.approx(0.0, abs=1e-5)
    guess = measures(np.full(4, 0.5), truth)
    assert (guess.brier, guess.auc) == (0.25, 0.5)
    assert guess.log_loss == pytest.approx(np.log(2))
    assert measures(np.full(2, 0.5), np.array([True, True])).auc == 0.5


def test_a_history_must_hang_together() -> None:
    history, _ = world(10, 29, COINS)
    with pytest.raises(ValueError, match="score"):
        replace(history, score=history.score[:9])
    with pytest.raises(ValueError, match="between 0 and 1"):
        replace(history, features=history.features + 1.0)
    with pytest.raises(ValueError, match="either kind"):
        fit(replace(history, accepted=np.ones(10, dtype=bool)))


def test_asking_a_model_loads_no_solver() -> None:
    code = "import sys, matching.learning; print(*({'sklearn', 'scipy', 'ortools'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
