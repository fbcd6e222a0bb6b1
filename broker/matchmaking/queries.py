"""What the broker reads of runs, coverage and suggestions."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_NEEDS
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.parties.actor import Actor

ANSWERING = ("sent", "accepted_one")
AGREED = ("accepted_both", "converted")


@dataclass(frozen=True)
class CoverageRow:
    """One open need on the broker's desk: percent agreed, percent agreed or suggested, and the run's summary."""

    need: Need
    agreed_pct: Decimal
    planned_pct: Decimal
    result: NeedResult | None
    suggestions: int
    waiting: int


def runs_of(session: Session, actor: Actor) -> Sequence[MatchingRun]:
    """The broker's last 25 runs, newest first."""
    query = select(MatchingRun).where(MatchingRun.broker_id == actor.organization_id)
    return session.scalars(query.order_by(MatchingRun.id.desc()).limit(25)).all()


def latest_run(session: Session, actor: Actor) -> MatchingRun | None:
    """The newest run, whatever its state."""
    query = select(MatchingRun).where(MatchingRun.broker_id == actor.organization_id)
    return session.scalar(query.order_by(MatchingRun.id.desc()).limit(1))


def latest_done(session: Session, actor: Actor) -> MatchingRun | None:
    """The newest run that came to its end."""
    query = select(MatchingRun).where(
        MatchingRun.broker_id == actor.organization_id, MatchingRun.state == "done"
    )
    return session.scalar(query.order_by(MatchingRun.id.desc()).limit(1))


def run_of(session: Session, actor: Actor, run_id: int) -> MatchingRun:
    """One of the broker's runs. Raises NotFound."""
    run = session.get(MatchingRun, run_id)
    if run is None or run.broker_id != actor.organization_id:
        raise NotFound("not_found")
    return run


def results_of(session: Session, run: MatchingRun) -> Sequence[NeedResult]:
    """What a run found, need by need."""
    query = select(NeedResult).where(NeedResult.run_id == run.id).order_by(NeedResult.need_id)
    return session.scalars(query.options(joinedload(NeedResult.need).joinedload(Need.buyer))).all()


def coverage_board(session: Session, actor: Actor, today: dt.date) -> list[CoverageRow]:
    """Every open need of the clients, least covered first."""
    needs = session.scalars(
        select(Need)
        .where(Need.buyer_id.in_(actor.clients), Need.state.in_((*OPEN_NEEDS, "covered")))
        .options(joinedload(Need.buyer))
    ).all()
    run = latest_done(session, actor)
    results = {result.need_id: result for result in _results(session, run, [need.id for need in needs])}
    states: dict[int, dict[str, int]] = defaultdict(dict)
    counted = (
        select(Suggestion.need_id, Suggestion.state, func.count())
        .where(Suggestion.broker_id == actor.organization_id, Suggestion.need_id.in_([n.id for n in needs]))
        .group_by(Suggestion.need_id, Suggestion.state)
    )
    for need_id, state, count in session.execute(counted):
        states[need_id][state] = count
    rows = [_row(need, results.get(need.id), states[need.id]) for need in needs]
    return sorted(rows, key=lambda row: (row.planned_pct, row.need.starts_on, row.need.id))


def need_of_client(session: Session, actor: Actor, need_id: int) -> Need:
    """A client's need. Raises NotFound."""
    need = session.scalar(select(Need).where(Need.id == need_id).options(joinedload(Need.buyer)))
    if need is None or need.buyer_id not in actor.clients:
        raise NotFound("not_found")
    return need


def result_for(session: Session, run: MatchingRun | None, need_id: int) -> NeedResult | None:
    if run is None:
        return None
    return session.scalar(
        select(NeedResult).where(NeedResult.run_id == run.id, NeedResult.need_id == need_id)
    )


def candidates_for(session: Session, run: MatchingRun | None, need_id: int) -> Sequence[Candidate]:
    """All pairs that a run looked at for a need, in the order in which they were found: chosen first."""
    if run is None:
        return []
    query = (
        select(Candidate)
        .where(Candidate.run_id == run.id, Candidate.need_id == need_id)
        .options(joinedload(Candidate.capacity).joinedload(Capacity.organization))
        .order_by(Candidate.id)
    )
    return session.scalars(query).all()


def suggestions_for(session: Session, actor: Actor, need_id: int) -> Sequence[Suggestion]:
    """The broker's suggestions for a need that are not out of date, oldest first."""
    query = (
        select(Suggestion)
        .where(
            Suggestion.broker_id == actor.organization_id,
            Suggestion.need_id == need_id,
            Suggestion.state != "stale",
        )
        .options(joinedload(Suggestion.capacity).joinedload(Capacity.organization))
        .order_by(Suggestion.id)
    )
    return session.scalars(query).all()


def shortlisted_ids(session: Session, actor: Actor, need_id: int) -> list[int]:
    query = select(Suggestion.id).where(
        Suggestion.broker_id == actor.organization_id,
        Suggestion.need_id == need_id,
        Suggestion.state == "shortlisted",
    )
    return list(session.scalars(query))


def waiting_suggestions(session: Session, actor: Actor, states: Sequence[str]) -> Sequence[Suggestion]:
    """The broker's suggestions in some states, longest waiting first."""
    query = (
        select(Suggestion)
        .where(Suggestion.broker_id == actor.organization_id, Suggestion.state.in_(states))
        .options(
            joinedload(Suggestion.capacity).joinedload(Capacity.organization),
            joinedload(Suggestion.need).joinedload(Need.buyer),
        )
        .order_by(Suggestion.sent_at, Suggestion.id)
    )
    return session.scalars(query).all()


def _results(session: Session, run: MatchingRun | None, needs: list[int]) -> Sequence[NeedResult]:
    if run is None:
        return []
    return session.scalars(
        select(NeedResult).where(NeedResult.run_id == run.id, NeedResult.need_id.in_(needs))
    ).all()


def _row(need: Need, result: NeedResult | None, states: dict[str, int]) -> CoverageRow:
    agreed = 100 * need.covered_kg / need.total_kg
    # What is agreed since the run must not be counted twice.
    planned = result.planned_kg if result else Decimal(0)
    before = need.total_kg - result.total_kg if result else need.covered_kg
    both = max(need.covered_kg, min(need.total_kg, before + planned))
    waiting = sum(states.get(state, 0) for state in ANSWERING)
    live = sum(count for state, count in states.items() if state not in ("stale", "declined"))
    return CoverageRow(need, agreed, 100 * both / need.total_kg, result, live, waiting)
