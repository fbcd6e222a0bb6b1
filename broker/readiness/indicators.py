"""The readiness indicators, read from data/indicators.yml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from broker.yaml_text import read_yaml

DATA = Path(__file__).parent / "data" / "indicators.yml"


@dataclass(frozen=True)
class Indicator:
    """One indicator: its weight in points of 100; per language its name and what the values 0 to 5 mean."""

    code: str
    scope: str
    weight: int
    dimension: Mapping[str, str]
    name: Mapping[str, str]
    scale: Mapping[str, str]
    source: str


def for_scope(scope: str) -> tuple[Indicator, ...]:
    """The indicators of a 'producer' or a 'buyer', in order."""
    return tuple(indicator for indicator in _indicators() if indicator.scope == scope)


@cache
def _indicators() -> tuple[Indicator, ...]:
    return tuple(Indicator(**row) for row in read_yaml(DATA.read_text(encoding="utf-8")))
