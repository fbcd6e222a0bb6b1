"""Names beside their marks, so that none covers another name or a mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LETTER = 0.58
"""Mean width of a letter in parts of the type size, on the safe side."""
GAP = 3.0


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


@dataclass(frozen=True)
class Named:
    """A mark that would carry a name; the first in a list are placed first."""

    name: str
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Label:
    """A name whose base line starts, is centred on or ends at (x, y), as `anchor` says in SVG's words."""

    name: str
    x: float
    y: float
    anchor: str
    box: Box


def place(marks: Sequence[Named], frame: Box, size: float, taken: Sequence[Box] = ()) -> list[Label]:
    """A label for every mark that has room for one; the others go without. `taken` is covered already."""
    circles = [Box(m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in marks]
    placed: list[Label] = []
    named: set[str] = set()
    for mark in marks:
        if mark.name in named:
            continue
        covered = [*circles, *taken, *(label.box for label in placed)]
        for label in _choices(mark, size):
            if label.box.within(frame) and not any(label.box.meets(box) for box in covered):
                placed.append(label)
                named.add(mark.name)
                break
    return placed


def _choices(mark: Named, size: float) -> list[Label]:
    """To the right, to the left, above, below, and in the four corners."""
    wide, away = len(mark.name) * LETTER * size, mark.radius + GAP
    slant = away * 0.75
    spots = [
        ("start", away, 0.0), ("end", -away, 0.0), ("middle", 0.0, -away - size / 2), ("middle", 0.0, away + size / 2),
        ("start", slant, -slant - size / 3), ("start", slant, slant + size / 3),
        ("end", -slant, -slant - size / 3), ("end", -slant, slant + size / 3),
    ]  # fmt: skip
    return [_label(mark.name, mark.x + dx, mark.y + dy, anchor, wide, size) for anchor, dx, dy in spots]


def _label(name: str, x: float, middle: float, anchor: str, wide: float, size: float) -> Label:
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
    box = Box(left, middle - size / 2, left + wide, middle + size / 2)
    return Label(name, x, middle + size * 0.34, anchor, box)
