"""Similarity features in [0, 1]. A feature is one file with ``measure``, ``REASONS`` and ``PARAMS``, and its
line in ``FEATURES``; its weight is policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matching.features import certificates, logistics, price_payment, reliability, spec, volume
from matching.features.measured import Measured
from matching.gates.block import Block


@dataclass(frozen=True)
class Feature:
    """A named measure with its reason codes and the names of the numbers that go with them."""

    name: str
    measure: Callable[[Block], Measured]
    reasons: tuple[str, ...]
    params: tuple[str, ...]


FEATURES: tuple[Feature, ...] = (
    Feature("spec", spec.measure, spec.REASONS, spec.PARAMS),
    Feature("volume", volume.measure, volume.REASONS, volume.PARAMS),
    Feature("price_payment", price_payment.measure, price_payment.REASONS, price_payment.PARAMS),
    Feature("reliability", reliability.measure, reliability.REASONS, reliability.PARAMS),
    Feature("logistics", logistics.measure, logistics.REASONS, logistics.PARAMS),
    Feature("certificates", certificates.measure, certificates.REASONS, certificates.PARAMS),
)
