"""A page of rows that are reckoned and not read one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from broker.listings.queries import PAGE, Page


def part(rows: Sequence[Any], number: int) -> Page:
    """One page of the rows; a page beyond the last is the last."""
    last = max(1, -(-len(rows) // PAGE))
    number = min(max(1, number), last)
    return Page(rows[(number - 1) * PAGE : number * PAGE], len(rows), number)
