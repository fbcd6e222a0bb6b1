"""The broker's radar: where the demand of the clients is not met, and which single step would open how much of it."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from broker.errors import NotFound
from broker.listings.conditions import closed_conditions
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_CAPACITIES, OPEN_NEEDS
from broker.listings.reserve import FULL, supply_of
from broker.matchmaking.balance import ProductBalance, Stretch, balances
from broker.matchmaking.grid import need_periods
from broker.matchmaking.latest import latest_runs
from broker.matchmaking.models import Candidate, NeedResult, Suggestion
from broker.matchmaking.openings import Opening, Pair, mean_free, openings_of
from broker.matchmaking.what_if import PLANNED, taken_by
from broker.parties.actor import Actor
from broker.parties.models import Certificate


@dataclass(frozen=True)
class Radar:
    """`openings` most kg first; `balances` most unmet first; `unmet` is what each need still lacks, part by part;
    `computed` of `needs` were looked at by a run."""

    openings: Sequence[Opening]
    balances: Sequence[ProductBalance]
    unmet: Mapping[Need, Sequence[Stretch]]
    needs: int
    computed: int


@dataclass(frozen=True)
class _Row:
    """A pair with what became of its suggestion."""

    need_id: int
    capacity_id: int
    kind: str
    details: Mapping[str, Any]
    state: str | None
    periods: Sequence[Mapping[str, str]]


def radar(
    session: Session,
    actor: Actor,
    today: dt.date,
    *,
    product: str = "",
    country: str = "",
    lever: str = "",
    need_id: int | None = None,
) -> Radar:
    """Everything open among the clients, by the latest run that looked at each need; filters that are empty mean
    any. `country` is the one where a need is delivered."""
    results = _results(session, actor, product, country, need_id)
    # A need alone is looked at beside the plans of all that ask for its product.
    product = product or (results[0][0].product if need_id and results else "")
    rows = _rows(session, actor, [need.id for need, _ in results])
    offers, planned = _offers(session, actor, today, product)
    unmet = {need: parts for need, result in results if (parts := _unmet(need, result, rows[need.id]))}
    published = {c.id: c for c, _ in offers if c.state in OPEN_CAPACITIES}
    stale = [(c, schemes) for c, schemes in offers if c.state == "stale"]
    openings = [
        opening
        for need, parts in unmet.items()
        for opening in openings_of(
            need, _pairs(need, rows[need.id], published, planned), _fitting(need, stale, today), _sum(parts)
        )
    ]
    near = {
        group.id: group.organization_id
        for opening in openings
        if opening.lever not in ("loss", "confirm")
        for group in opening.whole.groups
    }
    return Radar(
        openings=sorted(
            (opening for opening in openings if lever in ("", opening.lever)),
            key=lambda one: (-one.kg, -one.whole.kg_per_period, one.need.id, one.lever, one.whole.missing),
        ),
        balances=balances(unmet, list(published.values()), planned, near, today),
        unmet=unmet,
        needs=len(results),
        computed=sum(result is not None for _, result in results),
    )


def opening_of(
    session: Session, actor: Actor, today: dt.date, need_id: int, lever: str, number: int = 0
) -> Opening:
    """The opening of one need by a lever, the first of them or another by its number. Raises NotFound."""
    found = [one for one in radar(session, actor, today, need_id=need_id).openings if one.lever == lever]
    if not 0 <= number < len(found):
        raise NotFound("not_found")
    return found[number]


def _results(
    session: Session, actor: Actor, product: str, country: str, need_id: int | None
) -> list[tuple[Need, NeedResult | None]]:
    latest = latest_runs(actor)
    query = (
        select(Need, NeedResult)
        .outerjoin(latest, latest.c.need_id == Need.id)
        .outerjoin(
            NeedResult, and_(NeedResult.run_id == latest.c.run_id, NeedResult.need_id == latest.c.need_id)
        )
        .where(Need.buyer_id.in_(actor.clients), Need.state.in_(OPEN_NEEDS))
    )
    wanted = ((Need.product, product), (Need.country, country), (Need.id, need_id))
    query = query.where(*[column == value for column, value in wanted if value])
    found = session.execute(query.options(joinedload(Need.buyer)).order_by(Need.id))
    return [(need, result) for need, result in found]


def _rows(session: Session, actor: Actor, needs: Sequence[int]) -> Mapping[int, list[_Row]]:
    """By need, the pairs that fit or that one condition keeps apart."""
    latest = latest_runs(actor)
    query = (
        select(
            Candidate.need_id, Candidate.capacity_id, Candidate.kind, Candidate.pair,
            Suggestion.state, Suggestion.periods,
        )
        .join(latest, and_(latest.c.need_id == Candidate.need_id, latest.c.run_id == Candidate.run_id))
        .outerjoin(
            Suggestion,
            and_(
                Suggestion.plan_run_id == Candidate.run_id,
                Suggestion.need_id == Candidate.need_id,
                Suggestion.capacity_id == Candidate.capacity_id,
            ),
        )
        .where(Candidate.need_id.in_(needs), Candidate.kind.in_(("chosen", "near_miss")))
        .order_by(Candidate.id)
    )  # fmt: skip
    found: dict[int, list[_Row]] = defaultdict(list)
    for need_id, capacity_id, kind, details, state, periods in session.execute(query):
        found[need_id].append(_Row(need_id, capacity_id, kind, details, state, periods or ()))
    return found


def _offers(
    session: Session, actor: Actor, today: dt.date, product: str
) -> tuple[list[tuple[Capacity, frozenset[str]]], dict[int, list[Stretch]]]:
    """The capacities of the clients, also those that nobody has confirmed, each with the certificates in force; and
    what the house's plans for any need take of each. In one statement, for a page is to send few."""
    schemes = select(func.aggregate_strings(Certificate.scheme, ",")).where(
        Certificate.covers_id == Capacity.organization_id,
        Certificate.product.is_(None) | (Certificate.product == Capacity.product),
        Certificate.suspended.is_(False),
        Certificate.valid_from <= today,
        Certificate.valid_to >= today,
    )
    suggested = (
        cast(Suggestion.need_id, String) + " " + Suggestion.state + " " + cast(Suggestion.periods, String)
    )
    planned = select(func.aggregate_strings(suggested, "\n")).where(
        Suggestion.capacity_id == Capacity.id,
        Suggestion.broker_id == actor.organization_id,
        Suggestion.state.in_(PLANNED),
    )
    query = select(
        Capacity,
        schemes.correlate(Capacity).scalar_subquery(),
        planned.correlate(Capacity).scalar_subquery(),
    ).where(Capacity.organization_id.in_(actor.clients), Capacity.state.in_((*OPEN_CAPACITIES, "stale")))
    query = query.where(Capacity.product == product) if product else query
    query = query.options(joinedload(Capacity.organization), selectinload(Capacity.slots))
    found, rows = [], []
    for capacity, held, taken in session.execute(query.order_by(Capacity.id)):
        found.append((capacity, frozenset((held or "").split(","))))
        for line in (taken or "").splitlines():
            need_id, state, periods = line.split(" ", 2)
            rows.append((int(need_id), capacity.id, state, json.loads(periods)))
    return found, {
        capacity_id: [Stretch(*one) for one in stretches] for capacity_id, stretches in taken_by(rows).items()
    }


def _unmet(need: Need, result: NeedResult | None, rows: Sequence[_Row]) -> list[Stretch]:
    """What a need lacks in each period, for which nothing is agreed or planned; empty when it lacks nothing."""
    if result is None:
        left = 1 - need.covered_kg / need.total_kg
        parts = [Stretch(p.start, p.end, need.quantity_kg * p.share * left) for p in need_periods(need)]
    else:
        declined: dict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            for period in row.periods if row.state == "declined" else ():
                declined[period["start"]] += Decimal(period["kg"])
        parts = [
            Stretch(
                dt.date.fromisoformat(period["start"]),
                dt.date.fromisoformat(period["end"]),
                Decimal(period["wanted"]) - Decimal(period["planned"]) + declined[period["start"]],
            )
            for period in result.per_period
        ]
    # Quantities are cut to the gram, so what is full may lack a few.
    return [part for part in parts if part.kg > 0] if _sum(parts) > need.total_kg * (1 - FULL) else []


def _pairs(
    need: Need,
    rows: Sequence[_Row],
    published: Mapping[int, Capacity],
    planned: Mapping[int, Sequence[Stretch]],
) -> list[Pair]:
    found = []
    for row in rows:
        capacity = published.get(row.capacity_id)
        if capacity is None:
            continue
        free = Decimal(0)
        if row.kind == "near_miss":
            supply = supply_of(capacity, capacity.slots)
            free = mean_free(need, supply, planned.get(capacity.id, ()))
        found.append(Pair(capacity, row.kind, row.details, free))
    return found


def _fitting(need: Need, stale: Sequence[tuple[Capacity, frozenset[str]]], today: dt.date) -> list[Capacity]:
    """Those that meet all that the need has published."""
    return [
        capacity
        for capacity, schemes in stale
        if capacity.product == need.product
        and set(need.certificates) <= schemes
        and all(closed.code == "certificate" for closed in closed_conditions(need, capacity, (), today))
    ]


def _sum(parts: Sequence[Stretch]) -> Decimal:
    return sum((part.kg for part in parts), Decimal(0))
