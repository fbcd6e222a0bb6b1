"""Parts of a market: the same rows renumbered, for questions about one need."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from matching.market import Capacities, Market, Needs
from matching.types import IntArray


def of_need(market: Market, need: int) -> Market:
    """The market with one need (row 0) and all capacities in their old rows."""
    rows = np.array([need])

    def keep(pairs: Any) -> Any:
        kept = pairs[pairs[:, 0] == need].copy()
        kept[:, 0] = 0
        return kept

    return replace(
        market,
        needs=needs_of(market.needs, rows),
        exclusions=keep(market.exclusions),
        pins=keep(market.pins),
        caps=keep(market.caps),
        incumbents=keep(market.incumbents),
        bundles=keep(market.bundles),
    )


def needs_of(needs: Needs, rows: IntArray) -> Needs:
    """The given rows of the needs, in the given order."""
    columns: dict[str, Any] = _rows(needs, rows)
    place = np.full(len(needs), -1)
    place[rows] = np.arange(len(rows))
    listed = needs.spec_one_of[np.isin(needs.spec_one_of[:, 0], rows)].copy()
    listed[:, 0] = place[listed[:, 0]]
    return Needs(**{**columns, "spec_one_of": listed})


def capacities_of(capacities: Capacities, rows: IntArray) -> Capacities:
    """The given rows of the capacities, in the given order."""
    return Capacities(**_rows(capacities, rows))


def _rows(table: Needs | Capacities, rows: IntArray) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for entry in fields(table):
        value = getattr(table, entry.name)
        columns[entry.name] = (
            tuple(value[int(row)] for row in rows)
            if isinstance(value, tuple)
            else value
            if entry.name == "spec_one_of"
            else value[rows]
        )
    return columns
