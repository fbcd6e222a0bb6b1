"""What the broker reads of runs, coverage and suggestions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased, defer, joinedload
from sqlalchemy.sql.expression import SQLColumnExpression

from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_NEEDS
from broker.matchmaking.models import LIVE_STATES, MatchingRun, NeedResult, Suggestion
from broker.parties.actor import Actor

ANSWERING = ("sent", "accepted_one")
LIVE = ("generated", *LIVE_STATES)


@dataclass(frozen=True)
class CoverageRow:
    """One open need on the broker's desk: percent agreed, percent agreed or suggested, and what the last run found.

    `suggestions` counts those that are neither out of date nor declined, `waiting` those with the parties.
    """

    need: Need
    agreed_pct: Decimal
    planned_pct: Decimal
    result: NeedResult | None
    suggestions: int
    waiting: int
    computed_at: dt.datetime | None

    @property
    def uncovered(self) -> bool:
        """Computed, and below the least that serves the buyer."""
        return self.result is not None and self.planned_pct < self.need.min_fill_pct


def runs_of(session: Session, actor: Actor) -> Sequence[MatchingRun]:
    """The broker's last 25 runs of the market, newest first."""
    query = select(MatchingRun).where(
        MatchingRun.broker_id == actor.organization_id, MatchingRun.need_id.is_(None)
    )
    return session.scalars(query.order_by(MatchingRun.id.desc()).limit(25)).all()


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


def left_out_of(session: Session, run: MatchingRun) -> list[tuple[Capacity, str]]:
    """The capacities that a run could not price, with the reason; those of an older run are not known."""
    reasons = dict(run.stats.get("left_out", []))
    if not reasons:
        return []
    query = select(Capacity).where(Capacity.id.in_(reasons)).order_by(Capacity.id)
    found = session.scalars(query.options(joinedload(Capacity.organization)))
    return [(capacity, reasons[capacity.id]) for capacity in found]


def coverage_board(session: Session, actor: Actor) -> list[CoverageRow]:
    """Every open need of the clients, least covered first."""
    query = (
        select(
            Need,
            NeedResult,
            MatchingRun.finished_at,
            _count(actor, LIVE),
            _count(actor, ANSWERING),
            _declined_kg(),
        )
        .select_from(Need)
        .outerjoin(NeedResult, NeedResult.id == plan_in_force(actor, Need.id))
        .outerjoin(MatchingRun, MatchingRun.id == func.coalesce(NeedResult.run_id, latest_done(actor)))
        .where(Need.buyer_id.in_(actor.clients), Need.state.in_((*OPEN_NEEDS, "covered")))
        .options(joinedload(Need.buyer), defer(NeedResult.summary), defer(NeedResult.per_period))
    )
    rows = [_row(*found) for found in session.execute(query)]
    return sorted(rows, key=lambda row: (row.planned_pct, row.need.starts_on, row.need.id))


def need_of_client(session: Session, actor: Actor, need_id: int) -> Need:
    """A client's need. Raises NotFound."""
    need = session.scalar(select(Need).where(Need.id == need_id).options(joinedload(Need.buyer)))
    if need is None or need.buyer_id not in actor.clients:
        raise NotFound("not_found")
    return need


def latest_result(
    session: Session, actor: Actor, need_id: int
) -> tuple[MatchingRun | None, NeedResult | None]:
    """The plan of a need that is in force with the run it came from; where the newest run of the market that came to
    its end did not look at the need, that run alone."""
    query = (
        select(MatchingRun, NeedResult)
        .outerjoin(NeedResult, NeedResult.id == plan_in_force(actor, need_id))
        .where(MatchingRun.id == func.coalesce(NeedResult.run_id, latest_done(actor)))
    )
    found = session.execute(query).one_or_none()
    return (None, None) if found is None else (found[0], found[1])


def accepted_by_both(broker_id: int, need_id: int) -> Select[Suggestion]:
    """The broker's suggestions for a need that both sides accepted and nobody has drafted, oldest first."""
    return (
        select(Suggestion)
        .where(
            Suggestion.broker_id == broker_id,
            Suggestion.need_id == need_id,
            Suggestion.state == "accepted_both",
        )
        .options(joinedload(Suggestion.capacity).joinedload(Capacity.organization))
        .order_by(Suggestion.id)
    )


def suggestions_for(session: Session, actor: Actor, need_id: int) -> Sequence[Suggestion]:
    """The broker's suggestions for a need that are not out of date, oldest first."""
    return session.scalars(suggestions_read(actor, need_id)).all()


def suggestions_read(actor: Actor, need_id: int) -> Select[Suggestion]:
    """The same, to be read together with something else."""
    return (
        select(Suggestion)
        .where(
            Suggestion.broker_id == actor.organization_id,
            Suggestion.need_id == need_id,
            Suggestion.state != "stale",
        )
        .options(joinedload(Suggestion.capacity).joinedload(Capacity.organization))
        .order_by(Suggestion.id)
    )


def shortlisted_ids(session: Session, actor: Actor, need_id: int) -> list[int]:
    query = select(Suggestion.id).where(
        Suggestion.broker_id == actor.organization_id,
        Suggestion.need_id == need_id,
        Suggestion.state == "shortlisted",
    )
    return list(session.scalars(query))


def latest_done(actor: Actor) -> ScalarSelect[Any]:
    """The newest run of the market that came to its end."""
    run = aliased(MatchingRun)
    query = select(func.max(run.id)).where(
        run.broker_id == actor.organization_id, run.state == "done", run.need_id.is_(None)
    )
    return query.scalar_subquery()


def plan_in_force(actor: Actor, need_id: SQLColumnExpression[int] | int) -> ScalarSelect[Any]:
    """The plan of a need that came into force last, not before the newest run of the market ended."""
    plan, run, newest = aliased(NeedResult), aliased(MatchingRun), aliased(MatchingRun)
    since = select(newest.finished_at).where(newest.id == latest_done(actor)).scalar_subquery()
    query = (
        select(plan.id)
        .join(run, run.id == plan.run_id)
        .where(run.broker_id == actor.organization_id, plan.need_id == need_id)
        .where(plan.in_force_at >= func.coalesce(since, plan.in_force_at))
        .order_by(plan.in_force_at.desc(), plan.id.desc())
        .limit(1)
    )
    return query.correlate(Need).scalar_subquery()


def _count(actor: Actor, states: Sequence[str]) -> ScalarSelect[Any]:
    """How many suggestions of a need are in some states."""
    query = select(func.count(Suggestion.id)).where(
        Suggestion.need_id == Need.id,
        Suggestion.broker_id == actor.organization_id,
        Suggestion.state.in_(states),
    )
    return query.correlate(Need).scalar_subquery()


def _declined_kg() -> ScalarSelect[Decimal]:
    """What the latest run suggested for a need and somebody declined."""
    query = select(func.sum(Suggestion.total_kg)).where(
        Suggestion.need_id == Need.id,
        Suggestion.plan_run_id == MatchingRun.id,
        Suggestion.state == "declined",
    )
    return query.correlate(Need, MatchingRun).scalar_subquery()


def _row(
    need: Need,
    result: NeedResult | None,
    computed_at: dt.datetime | None,
    suggestions: int,
    waiting: int,
    declined_kg: Decimal | None,
) -> CoverageRow:
    agreed = 100 * need.covered_kg / need.total_kg
    # What is agreed since the run must not be counted twice.
    planned = result.planned_kg - (declined_kg or Decimal(0)) if result else Decimal(0)
    before = need.total_kg - result.total_kg if result else need.covered_kg
    both = max(need.covered_kg, min(need.total_kg, before + planned))
    return CoverageRow(need, agreed, 100 * both / need.total_kg, result, suggestions, waiting, computed_at)
