"""How often a free-text product is resolved to the right concept, on the list the tests use."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass, field
from pathlib import Path

from broker.catalogue import aliases

UNSEEN = Path(__file__).parents[1] / "unit" / "matching" / "names_unseen.csv"
KINDS = ("catalogue", "typo", "other", "none")


@dataclass
class Hits:
    """Rows of one kind; of those that name a concept, how many had it first and among five; how many were accepted
    without asking, and how many of those rightly."""

    rows: int = 0
    named: int = 0
    first: int = 0
    five: int = 0
    accepted: int = 0
    right: int = 0
    seconds: float = field(default=0.0, compare=False)


def rates(with_language: bool) -> dict[str, Hits]:
    """Hits per kind, and under "all" with the rows that mean no concept of the table; seconds under "all"."""
    resolver = aliases.resolver()
    resolver.resolve("papa")  # builds what the first name needs
    found: dict[str, Hits] = {kind: Hits() for kind in (*KINDS, "all")}
    begun = time.perf_counter()
    with UNSEEN.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            expected = set(row["concept"].split("|")) - {""}
            answer = resolver.resolve(row["text"], row["lang"] if with_language else None)
            among = any(item.concept in expected for item in answer.candidates)
            for hits in (found[row["kind"]], found["all"]):
                hits.rows += 1
                if expected:
                    hits.named += 1
                    hits.first += answer.concept in expected
                    hits.five += among
                if answer.accepted:
                    hits.accepted += 1
                    hits.right += answer.concept in expected
    found["all"].seconds = time.perf_counter() - begun
    return found
