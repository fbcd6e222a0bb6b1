"""What the parties still have to decide: one open point per missing fact, with the one who owes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Who has to bring the missing fact; both_parties for what only the two can settle together.
OWNERS = ("buyer", "producer_organization", "both_parties", "broker")


@dataclass(frozen=True)
class OpenPoint:
    """A missing fact at `path`. `clause` is the id of the clause that first needs it.

    `question` and `recommended` hold one text per language; `recommended_value` is the JSON value that
    negotiable.changed takes when the recommendation is adopted. A recommendation is never filled in by itself.
    """

    number: int
    path: str
    clause: str
    clause_number: str
    placeholder: str
    owner: str
    question: Mapping[str, str]
    recommended: Mapping[str, str] | None = None
    recommended_value: str | int | bool | None = None


@dataclass
class OpenPoints:
    """Collects the open points of one document in reading order, each path once."""

    found: dict[str, OpenPoint] = field(default_factory=dict)

    def add(
        self,
        *,
        path: str,
        clause: str,
        clause_number: str,
        placeholder: str,
        owner: str,
        question: Mapping[str, str],
        recommended: Mapping[str, str] | None = None,
        recommended_value: str | int | bool | None = None,
    ) -> OpenPoint:
        """The open point of `path`, made when it is the first time that the path is missed."""
        if path not in self.found:
            self.found[path] = OpenPoint(
                len(self.found) + 1, path, clause, clause_number, placeholder, owner, question,
                recommended, recommended_value,
            )  # fmt: skip
        return self.found[path]

    @property
    def in_order(self) -> tuple[OpenPoint, ...]:
        return tuple(self.found.values())


def by_owner(points: tuple[OpenPoint, ...]) -> dict[str, tuple[OpenPoint, ...]]:
    """The open points of each owner that has any, in the order of OWNERS."""
    groups = {owner: tuple(point for point in points if point.owner == owner) for owner in OWNERS}
    return {owner: group for owner, group in groups.items() if group}
