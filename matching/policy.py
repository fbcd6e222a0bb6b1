"""The policy of a run: what decides, what only breaks ties, and how much each thing weighs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

FEATURES = ("spec", "volume", "price_payment", "reliability", "logistics", "certificates")


def default_weights() -> dict[str, float]:
    """Points per feature, summing to 100 (domain of rural alliances, match score)."""
    return {
        "spec": 30.0,
        "volume": 20.0,
        "price_payment": 15.0,
        "reliability": 15.0,
        "logistics": 10.0,
        "certificates": 10.0,
    }


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a broker may set for a run; stored with the run so that it can be replayed.

    Default: money decides, fit breaks ties, a pair costs nothing to set up. Money is in the numeraire
    of the market, distances in km, weeks as the unit of ``Market.periods``.

    readiness_floor   lowest readiness (0-100) that may trade
    radius_km         longest road distance, None for no limit
    monthly_cash_cost local cost of cash per 30 days, used by the effective-price feature only
    price_weight      weight of money in the objective
    fit_weight        weight of fit: a full score is worth this share of the need's price level per kg
    risk_weight       numeraire per kg, as a share of the price level, that full unreliability costs
    fixed_cost        numeraire per pair that trades
    service_share     worth of serving a kg at all, as a share of the price level, so that a deal
                      without surplus is still preferred to none
    least_share       smallest share of a need's demand that lets a supplier count towards the
                      need's minimum number of suppliers
    max_share         overrides every need's own largest share of one supplier, None keeps them
    max_buyer_share   largest share of a capacity's supply that one buyer may take (dependency)
    switching_cost    numeraire per pair credited to links of running alliances
    standby_share     reserve wanted per need, as a multiple of its largest supplier's volume
    near_misses       how many near misses are explained per need and gate
    keep_closed       every pair is kept for explanation in markets of up to this many; beyond, links and near
                      misses only
    tail_weight       weight of the worst twentieth of the scenarios against the mean, 0 for the mean alone
    scenarios         shortfall scenarios drawn for the robustness of a plan, 0 for none
    shared_shortfall, own_shortfall   typical share of a delivery that fails in a scenario, for a whole
                      crop and country together and for one half-ready organization
    """

    readiness_floor: float = 55.0
    radius_km: float | None = None
    monthly_cash_cost: float = 0.04
    price_weight: float = 1.0
    fit_weight: float = 1e-4
    risk_weight: float = 0.0
    fixed_cost: float = 0.0
    service_share: float = 1e-3
    least_share: float = 0.01
    max_share: float | None = None
    max_buyer_share: float = 1.0
    switching_cost: float = 0.0
    road_factor: float = 1.35
    standby_share: float = 1.0
    near_misses: int = 5
    keep_closed: int = 20_000
    tail_weight: float = 0.0
    scenarios: int = 200
    shared_shortfall: float = 0.05
    own_shortfall: float = 0.10
    weights: Mapping[str, float] = field(default_factory=default_weights)

    def __post_init__(self) -> None:
        for name in (
            "readiness_floor",
            "monthly_cash_cost",
            "price_weight",
            "fit_weight",
            "risk_weight",
            "fixed_cost",
            "service_share",
            "least_share",
            "switching_cost",
            "road_factor",
            "standby_share",
            "near_misses",
            "keep_closed",
            "scenarios",
            "shared_shortfall",
            "own_shortfall",
        ):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"policy.{name}: must be a finite number not below 0, is {value}")
        if self.radius_km is not None and not self.radius_km >= 0:
            raise ValueError(f"policy.radius_km: must not be below 0, is {self.radius_km}")
        for name in ("max_share", "max_buyer_share", "least_share", "tail_weight"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise ValueError(f"policy.{name}: must lie between 0 and 1, is {share}")
        self._check_weights()

    def _check_weights(self) -> None:
        unknown = set(self.weights) ^ set(FEATURES)
        if unknown:
            raise ValueError(f"policy.weights: expected exactly {FEATURES}, differs in {sorted(unknown)}")
        if any(not weight >= 0 for weight in self.weights.values()):
            raise ValueError("policy.weights: must not be negative")
        total = sum(self.weights.values())
        if abs(total - 100.0) > 1e-9:
            raise ValueError(f"policy.weights: must sum to 100, sum to {total}")
        object.__setattr__(self, "weights", {name: float(self.weights[name]) for name in FEATURES})

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; ``Policy.from_dict`` gives the same policy back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Policy:
        """Inverse of ``as_dict``; missing entries take their default.

        Raises ValueError on an unknown entry, so that a misspelt setting is never ignored.
        """
        unknown = set(values) - {entry.name for entry in fields(cls)}
        if unknown:
            raise ValueError(f"policy: unknown entries {sorted(unknown)}")
        return cls(**dict(values))
