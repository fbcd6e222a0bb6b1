"""The market of a what-if: one need under other wishes, beside what is under way and what other needs were promised."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broker.listings.models import Capacity
from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.grid import need_periods
from broker.matchmaking.models import LIVE_STATES, Suggestion
from broker.matchmaking.snapshot import Inputs
from broker.matchmaking.wishes import Wishes
from broker.money import KgPrice

WITH_PARTIES = ("shortlisted", "sent", "accepted_one")
PLANNED = ("generated", *WITH_PARTIES)

Taken = tuple[dt.date, dt.date, Decimal]
"""First and last day of a delivery period, and kg."""


def live_of(session: Session, need_id: int) -> list[Suggestion]:
    """The need's suggestions that somebody has taken up, with their capacities."""
    query = select(Suggestion).where(Suggestion.need_id == need_id, Suggestion.state.in_(LIVE_STATES))
    query = query.options(joinedload(Suggestion.capacity).joinedload(Capacity.organization))
    return list(session.scalars(query.order_by(Suggestion.id)))


def taken_for_others(
    session: Session, broker_id: int, need_id: int, capacities: Sequence[int]
) -> dict[int, list[Taken]]:
    """What the house's plans for other needs take of some capacities, as far as it is not yet promised."""
    pair = (Suggestion.need_id, Suggestion.capacity_id, Suggestion.state, Suggestion.periods)
    query = select(*pair).where(
        Suggestion.broker_id == broker_id,
        Suggestion.need_id != need_id,
        Suggestion.capacity_id.in_(capacities),
        Suggestion.state.in_(PLANNED),
    )
    return taken_by(session.execute(query))


def taken_by(planned: Iterable[tuple[int, int, str, Sequence[Mapping[str, str]]]]) -> dict[int, list[Taken]]:
    """By capacity what suggestions take: need, capacity, state and periods of each. Of one pair what is with the
    parties counts, not what a later run found for it."""
    standing: dict[tuple[int, int], Sequence[Mapping[str, str]]] = {}
    for need_id, capacity_id, state, periods in planned:
        if state in WITH_PARTIES or (need_id, capacity_id) not in standing:
            standing[need_id, capacity_id] = periods
    found: dict[int, list[Taken]] = defaultdict(list)
    for (_, capacity_id), periods in standing.items():
        found[capacity_id] += [(*_days(row), Decimal(row["kg"])) for row in periods]
    return dict(found)


def asked(inputs: Inputs, wishes: Wishes, live: Sequence[Suggestion]) -> Inputs:
    """The inputs of one need under the wishes. What is under way counts as covered, and its capacities as used."""
    if not inputs.needs:
        return inputs
    [need] = inputs.needs
    under_way = [one for one in live if one.state in WITH_PARTIES]
    per_period = _kg_by_start(under_way)
    promised = inputs.promised.get(need.id, [Decimal(0)] * len(need_periods(need)))
    # The need is held by no session: these are questions, and nothing of them is written.
    need.covered_kg = min(need.total_kg, need.covered_kg + sum(per_period.values(), Decimal(0)))
    wishes.put_into(need)
    busy = {one.capacity_id for one in live}
    capacities = [capacity for capacity in inputs.capacities if capacity.id not in busy]
    return replace(
        inputs,
        capacities=capacities,
        promised={
            need.id: [
                kg + per_period.get(period.start, Decimal(0))
                for period, kg in zip(need_periods(need), promised, strict=True)
            ]
        },
        partners={need.id: inputs.partners.get(need.id, 0) + len(under_way)},
        pins=frozenset((need.id, one) for one in wishes.pins),
        exclusions=frozenset((need.id, one) for one in wishes.exclusions),
        caps={(need.id, one): kg for one, kg in wishes.caps.items()},
    )


def with_live(finding: NeedFinding, live: Sequence[Suggestion]) -> NeedFinding:
    """The finding with what is under way as a part of the plan, at the price at which it was proposed. What is agreed
    already is no longer wanted, and stands among the others."""
    under_way = [one for one in live if one.state in WITH_PARTIES]
    kg = _kg_by_start(under_way)
    return replace(
        finding,
        periods=tuple(
            replace(p, wanted=p.wanted + kg.get(p.start, 0), planned=p.planned + kg.get(p.start, 0))
            for p in finding.periods
        ),
        pairs=(*(_pair_of(finding, one) for one in live), *finding.pairs),
    )


def _pair_of(finding: NeedFinding, one: Suggestion) -> PairFinding:
    by_start = _kg_by_start([one])
    prices = {
        name: KgPrice(points, one.currency)
        for name, points in (
            ("low", one.price_low),
            ("high", one.price_high),
            ("proposed", one.price_proposed),
        )
    }
    periods = tuple(by_start.get(period.start, Decimal(0)) for period in finding.periods)
    planned = one.state in WITH_PARTIES
    return PairFinding(
        need=finding.need,
        capacity=one.capacity,
        kind="chosen" if planned else "open",
        periods=periods if planned else (Decimal(0),) * len(periods),
        offered=max(periods),
        km=None,
        freight=KgPrice(one.freight, one.currency),
        landed=None,
        score=Decimal(repr(one.score)),
        terms=tuple(one.explanation["terms"]),
        closed=(),
        reliance=bool(one.explanation.get("reliance")),
        why=one.explanation["why"],
        **prices,
    )


def _kg_by_start(suggestions: Sequence[Suggestion]) -> dict[dt.date, Decimal]:
    found: dict[dt.date, Decimal] = defaultdict(Decimal)
    for one in suggestions:
        for row in one.periods:
            found[_days(row)[0]] += Decimal(row["kg"])
    return dict(found)


def _days(row: Mapping[str, Any]) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(row["start"]), dt.date.fromisoformat(row["end"])
