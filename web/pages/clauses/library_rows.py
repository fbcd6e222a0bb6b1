"""The clauses of a broker house as the list shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from broker.agreements import house_clauses
from broker.agreements.clause_sets import set_of


@dataclass(frozen=True)
class Row:
    """One clause: its title, the price method it is for (empty for any), the set that brings it (empty for all),
    the house's version of it (0 for none), and where that applies."""

    stem: str
    part: int
    variant: str
    title: str
    set_id: str
    version: int
    products: tuple[str, ...]
    countries: tuple[str, ...]


def rows_of(session: Session, broker_id: int, language: str) -> list[Row]:
    """The library's clauses in their order, each as the house has it, and the house's own at the end of their part."""
    own = {one.stem: one for one in house_clauses.live_clauses(session, broker_id)}
    rows = []
    for stem, words in house_clauses.texts().items():
        mine = own.pop(stem, None)
        title = words[f"title_{language}"] if mine is None else getattr(mine, f"title_{language}")
        rows.append(
            Row(
                stem,
                int(words["part"]),
                stem.partition(".")[2],
                title,
                set_of(stem),
                0 if mine is None else mine.version,
                () if mine is None else tuple(mine.products),
                () if mine is None else tuple(mine.countries),
            )
        )
    for stem, one in own.items():
        title = getattr(one, f"title_{language}")
        rows.append(
            Row(stem, one.part, "", title, "", one.version, tuple(one.products), tuple(one.countries))
        )
    return rows
