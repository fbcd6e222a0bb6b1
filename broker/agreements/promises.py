"""What an agreement promises of each capacity: held, given back, and shared out anew when the parties change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from broker.agreements.models import Agreement, AgreementPart
from broker.documents.canonical import decimal_text
from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.listings.periods import Period
from broker.listings.reserve import release, reserve
from broker.listings.services import load_capacity, load_need
from broker.matchmaking.grid import need_periods
from broker.quantity import to_gram
from broker.transaction import Transaction

Rows = Sequence[Mapping[str, Any]]


def hold(tx: Transaction, agreement_id: int) -> tuple[Need, dict[int, Capacity]]:
    """The need and the capacities of an agreement, locked before the agreement itself and always in this order, so that
    two people never wait for each other. Raises NotFound."""
    found = tx.session.get(Agreement, agreement_id)
    if found is None:
        raise NotFound("not_found")
    need = load_need(tx, found.need_id)
    query = select(AgreementPart.capacity_id).where(AgreementPart.agreement_id == agreement_id)
    ids = sorted(tx.session.scalars(query))
    return need, {number: load_capacity(tx, number) for number in ids}


def give_back(tx: Transaction, agreement: Agreement, need: Need, capacities: Mapping[int, Capacity]) -> None:
    """Everything that is promised is free again on both sides."""
    for part in agreement.parts:
        if part.promised:
            release(tx, need, capacities[part.capacity_id], deliveries_of(part.promised, need))


def promise(
    tx: Transaction, agreement: Agreement, need: Need, capacities: Mapping[int, Capacity], rows: list[Any]
) -> None:
    """In place of what was promised, `rows` (start, end, quantity_kg), shared over the parts as they share now.

    Raises Conflict('oversold' | 'need_filled'); the whole transaction is then undone.
    """
    before = [part.promised for part in agreement.parts]
    give_back(tx, agreement, need, capacities)
    agreement.promised = list(rows)
    for part, own in zip(agreement.parts, shared(before, rows), strict=True):
        part.promised = own
        if own:
            reserve(tx, need, capacities[part.capacity_id], deliveries_of(own, need), under_way=True)


def deliveries_of(rows: Rows, need: Need) -> list[tuple[Period, Decimal]]:
    """The rows of a promise as the need's periods with their kg."""
    by_start = {period.start: period for period in need_periods(need)}
    return [(by_start[dt.date.fromisoformat(row["start"])], Decimal(row["quantity_kg"])) for row in rows]


def shared(parts: Sequence[Rows], wanted: Rows) -> list[list[dict[str, Any]]]:
    """The wanted kg of each period over the parts in the proportion in which they deliver in that period now, or in all
    where nobody delivers then; to the gram, and what rounding leaves goes to the largest. The sum is what is wanted."""
    totals = [sum((Decimal(row["quantity_kg"]) for row in rows), Decimal(0)) for rows in parts]
    found: list[list[dict[str, Any]]] = [[] for _ in parts]
    for row in wanted:
        weights = [_kg_at(rows, row["start"]) for rows in parts]
        for own, kg in zip(found, split(Decimal(row["quantity_kg"]), weights, totals), strict=True):
            if kg > 0:
                own.append({"start": row["start"], "end": row["end"], "quantity_kg": decimal_text(kg)})
    return found


def split(kg: Decimal, weights: Sequence[Decimal], otherwise: Sequence[Decimal]) -> list[Decimal]:
    """`kg` in proportion to `weights`, or to `otherwise` where those are all zero; grams that add up to it."""
    weights = weights if sum(weights) > 0 else otherwise
    total = sum(weights, Decimal(0))
    pieces = [to_gram(kg * weight / total) for weight in weights]
    largest = max(range(len(pieces)), key=lambda index: weights[index])
    pieces[largest] += kg - sum(pieces, Decimal(0))
    return pieces


def _kg_at(rows: Rows, start: str) -> Decimal:
    return sum((Decimal(row["quantity_kg"]) for row in rows if row["start"] == start), Decimal(0))
