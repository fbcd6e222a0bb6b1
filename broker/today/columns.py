"""The shape that matters of every kind share, so that one statement reads all of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Integer, String, Text, cast, func, null
from sqlalchemy.orm import aliased

from broker.base import UtcDateTime
from broker.parties.models import Organization

BUYER, PARTY = aliased(Organization), aliased(Organization)


@dataclass(frozen=True)
class Matter:
    """One thing that needs the broker or that he waits for.

    `id` is of what the kind speaks of; `first` and `second` are the legal names of buyer and organization, or of the
    one that it is about. `state` is the code that tells matters of the kind apart, `minor` an amount of `currency`,
    `number` a count (open points, suggestions), `what` the words of a person.
    """

    kind: str
    id: int
    first: str
    second: str
    product: str
    state: str
    since: dt.datetime | None
    due: dt.date | None
    minor: int | None
    currency: str
    number: int
    what: str


def columns(
    order: Any, id: Any, *, alone: bool = False, product: Any = None, state: Any = None, since: Any = None,
    due: Any = None, minor: Any = None, currency: Any = None, number: Any = None, what: Any = None,
) -> list[ColumnElement[Any]]:  # fmt: skip
    """The columns of a matter, with its place by `order` among its kind and how many of the kind there are. `alone`:
    one organization, not the two of an agreement. What is not given is empty, of the right type on both databases."""
    given: list[tuple[str, Any, Any]] = [
        ("id", BigInteger(), id), ("first", String(), BUYER.legal_name),
        ("second", String(), None if alone else PARTY.legal_name), ("product", String(), product),
        ("state", String(), state), ("since", UtcDateTime(), since), ("due", Date(), due),
        ("minor", BigInteger(), minor), ("currency", String(), currency), ("number", Integer(), number),
        ("what", Text(), what),
    ]  # fmt: skip
    found: list[ColumnElement[Any]] = [
        (cast(null(), kind) if value is None else value).label(name) for name, kind, value in given
    ]
    place = func.row_number().over(order_by=(order, id)).label("place")
    return [*found, place, func.count().over().label("total")]
