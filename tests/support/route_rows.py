"""A row of the matrix of who may do what, and the people of tenant "a" by what they are to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

EVERYBODY = frozenset({"*"})
NOBODY: frozenset[str] = frozenset()
BUYER, ITS_READER = frozenset({"buyer_a"}), frozenset({"reader_a"})
PRODUCER, ITS_CLERK = frozenset({"producer_a"}), frozenset({"clerk_a"})
RIVAL, HOUSE, HOUSE_NEW = frozenset({"rival_a"}), frozenset({"house_a"}), frozenset({"house_new"})
NO_MANAGERS = frozenset({"reader_a", "clerk_a"})
UNITABLE = PRODUCER | RIVAL | frozenset({"producer_b"})
BUYERS, PRODUCERS = BUYER | ITS_READER, PRODUCER | ITS_CLERK
ASKERS = PRODUCERS | RIVAL | frozenset({"producer_b", "union"})


@dataclass(frozen=True)
class Row:
    """`may` do it; `knows` are others who know of the object and hear 403; for the rest it does not exist (404)."""

    object: str
    may: frozenset[str]
    knows: frozenset[str] = NOBODY
    values: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


def need(stage: str, *people: frozenset[str], **more: Any) -> Row:
    return Row(f"need_{stage}_a", frozenset().union(*people), **more)
