"""The broker's wishes about single pairs as rows of a market's arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import numpy as np

from broker.listings.models import Capacity, Need

Pair = tuple[int, int]
"""The ids of a need and a capacity."""


def pair_rows(needs: tuple[Need, ...], capacities: tuple[Capacity, ...], pairs: Iterable[Pair]) -> np.ndarray:
    """[*,2] where some pairs stand in the arrays, as far as both are there."""
    need_row = {need.id: i for i, need in enumerate(needs)}
    row = {capacity.id: j for j, capacity in enumerate(capacities)}
    found = sorted((need_row[i], row[j]) for i, j in pairs if i in need_row and j in row)
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def cap_rows(
    needs: tuple[Need, ...], capacities: tuple[Capacity, ...], caps: Mapping[Pair, Decimal]
) -> np.ndarray:
    """[*,3] where the capped pairs stand, and the most kg per period."""
    rows = pair_rows(needs, capacities, caps)
    kg = [float(caps[needs[i].id, capacities[j].id]) for i, j in rows]
    return np.column_stack([rows.astype(np.float64), np.array(kg).reshape(-1, 1)])
