"""Stacked columns side by side in groups, with a scale of round numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor, log10

Stack = Sequence[tuple[str, Decimal]]
"""What stands on top of each other, from the bottom: kind and amount, none negative."""

FILL = 0.82
"""Part of a group's width that its columns take."""
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True)
class Block:
    """One part of a column. `group` and `column` say where it stands, from 0."""

    kind: str
    group: int
    column: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Tick:
    """A line of the scale at an amount."""

    amount: float
    y: float


@dataclass(frozen=True)
class Columns:
    """The drawing: a plot from `left` to `right` and `top` to `bottom` inside `width` x `height`. `centres` are the
    middles of the groups, `pitch` their distance."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    blocks: tuple[Block, ...]
    ticks: tuple[Tick, ...]
    centres: tuple[float, ...]
    pitch: float


def stacked_columns(
    groups: Sequence[Sequence[Stack]],
    *,
    width: float = 1100,
    height: float = 260,
    left: float = 56,
    bottom: float = 26,
    ticks: int = 4,
) -> Columns:
    """Every group has the same number of columns. The height of a block is its amount on a scale that starts at 0."""
    top, right, floor_y = 10.0, width - 6, height - bottom
    most = max((sum(kg for _, kg in stack) for group in groups for stack in group), default=Decimal(0))
    step = round_step(float(most), ticks)
    scale_top = step * max(1, ceil(float(most) / step - 1e-9))
    pitch = (right - left) / max(1, len(groups))

    def across(amount: float) -> float:
        return (floor_y - top) * amount / scale_top

    blocks: list[Block] = []
    for number, group in enumerate(groups):
        thick = pitch * FILL / max(1, len(group))
        for column, stack in enumerate(group):
            x = left + number * pitch + pitch * (1 - FILL) / 2 + column * thick
            y = floor_y
            for kind, kg in stack:
                size = across(float(kg))
                y -= size
                if size > 0:
                    blocks.append(Block(kind, number, column, x, y, thick * 0.94, size))
    lines = [step * n for n in range(round(scale_top / step) + 1)]
    return Columns(
        width,
        height,
        left,
        right,
        top,
        floor_y,
        tuple(blocks),
        tuple(Tick(amount, floor_y - across(amount)) for amount in lines),
        tuple(left + (number + 0.5) * pitch for number in range(len(groups))),
        pitch,
    )


def round_step(most: float, count: int) -> float:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten that divides `most` into at most `count` parts."""
    if most <= 0:
        return 1.0
    rough = most / count
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in STEPS if step * power >= rough * (1 - 1e-9))
