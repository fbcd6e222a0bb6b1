"""The plans of one need: ask what if, keep an answer or discard it, go back to an earlier plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, joinedload

from broker.errors import Conflict, NotFound, RuleBroken
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_CAPACITIES, OPEN_NEEDS
from broker.listings.reserve import fits
from broker.listings.services import load_need
from broker.matchmaking.grid import need_periods
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.queries import plan_in_force
from broker.matchmaking.runs import UNDER_WAY
from broker.matchmaking.what_if import WITH_PARTIES, live_of
from broker.matchmaking.wishes import Wishes
from broker.matchmaking.written import suggestion, supersede
from broker.parties.actor import Actor
from broker.parties.models import User
from broker.parties.permissions import require_kind
from broker.transaction import Transaction

SHOWN = 20
GRAM = Decimal("0.001")


@dataclass(frozen=True)
class Version:
    """A plan of a need, or a what-if that may become one: its run, what was found if it has ended, who asked."""

    run: MatchingRun
    result: NeedResult | None
    asked_by: str | None
    in_force: bool

    @property
    def wishes(self) -> Wishes:
        return Wishes.from_dict(self.run.wishes or {})

    @property
    def kept(self) -> bool:
        return self.result is not None and self.result.in_force_at is not None

    @property
    def open(self) -> bool:
        """A what-if that nobody has kept or discarded."""
        return self.run.need_id is not None and not self.kept and self.run.discarded_at is None


def ask(tx: Transaction, need_id: int, wishes: Wishes) -> MatchingRun:
    """Order a what-if of a client's need; a worker answers it. An earlier answer that was not kept is discarded.

    The same question while it is under way is the same run. Raises NotFound and Conflict('run_under_way' |
    'need_not_open').
    """
    broker_id = require_kind(tx.actor, "broker")
    need = _open_need(tx, need_id)
    for earlier in tx.session.scalars(_undecided(broker_id, need_id)):
        if earlier.state in UNDER_WAY:
            if Wishes.from_dict(earlier.wishes or {}) == wishes and not earlier.cancel_requested:
                return earlier
            raise Conflict("run_under_way")
        earlier.discarded_at = tx.now
    run = MatchingRun(
        broker_id=broker_id,
        need_id=need.id,
        wishes=wishes.as_dict(),
        policy=wishes.policy.as_dict(),
        created_by_id=tx.actor.user_id,
        created_at=tx.now,
    )
    tx.session.add(run)
    tx.session.flush()
    run.job_id = tx.enqueue("matching_run", {"run": run.id}).id
    tx.record("plan.asked", "matching_run", run.id, broker_id, need=need.id, wishes=wishes.as_dict())
    return run


def discard(tx: Transaction, need_id: int, run_id: int) -> None:
    """Put an answer aside; the plan in force stays as it is. Raises NotFound and Conflict('plan_kept')."""
    broker_id = require_kind(tx.actor, "broker")
    run, result = _version(tx, broker_id, need_id, run_id)
    if result.in_force_at is not None:
        raise Conflict("plan_kept")
    if run.discarded_at is None:
        run.discarded_at = tx.now
        tx.record("plan.discarded", "matching_run", run.id, broker_id, need=need_id)


def take_up(tx: Transaction, need_id: int, run_id: int) -> None:
    """Take back that an answer was put aside. Raises NotFound, Conflict('need_not_open') and
    Conflict('plan_asked_anew') when there is another answer since, or one is being worked out."""
    broker_id = require_kind(tx.actor, "broker")
    _open_need(tx, need_id)
    run, _result = _version(tx, broker_id, need_id, run_id)
    if run.discarded_at is None:
        return
    since = _undecided(broker_id, need_id).where(MatchingRun.state.in_((*UNDER_WAY, "done")))
    if tx.session.scalars(since).first() is not None:
        raise Conflict("plan_asked_anew")
    run.discarded_at = None
    tx.record("plan.taken_up", "matching_run", run.id, broker_id, need=need_id)


def keep(tx: Transaction, need_id: int, run_id: int) -> NeedResult:
    """Put a plan in force: an answer, or an earlier plan again. Suggestions that nobody has taken up give way to those
    of the plan; what is under way stays and counts. Twice is once.

    Raises NotFound, RuleBroken('plan_empty' | 'plan_infeasible' | 'plan_needs_other_terms') and
    Conflict('need_not_open' | 'plan_out_of_date').
    """
    broker_id = require_kind(tx.actor, "broker")
    need = _open_need(tx, need_id)
    run, result = _version(tx, broker_id, need_id, run_id)
    if tx.session.scalar(select(plan_in_force(tx.actor, need_id))) == result.id:
        return result
    _require_sound(run, result, need)
    live = live_of(tx.session, need_id)
    chosen = _still_to_suggest(tx.session, run, need_id, live)
    _require_fitting(tx, need, result, live, chosen)
    supersede(tx, (Suggestion.broker_id == broker_id) & (Suggestion.need_id == need_id))
    tx.session.add_all(suggestion(tx, run, result, one) for one in chosen)
    tx.session.execute(
        # What is under way stays as it is: only which plan counts on it changes, so its version does not.
        update(Suggestion)
        .where(Suggestion.id.in_([one.id for one in live if one.state in WITH_PARTIES]))
        .values(plan_run_id=run.id)
        .execution_options(synchronize_session=False)
    )
    verb = "plan.kept" if result.in_force_at is None else "plan.restored"
    result.in_force_at, run.discarded_at = tx.now, None
    tx.record(verb, "matching_run", run.id, broker_id, need=need_id, suggestions=len(chosen))
    return result


def versions(session: Session, actor: Actor, need_id: int) -> list[Version]:
    """The plans of a client's need and the what-if that is not decided, newest first."""
    since = func.coalesce(NeedResult.in_force_at, MatchingRun.created_at)
    query = (
        select(MatchingRun, NeedResult, User.name, NeedResult.id == plan_in_force(actor, need_id))
        .outerjoin(NeedResult, (NeedResult.run_id == MatchingRun.id) & (NeedResult.need_id == need_id))
        .outerjoin(User, User.id == MatchingRun.created_by_id)
        .where(MatchingRun.broker_id == actor.organization_id)
        .where(
            NeedResult.in_force_at.is_not(None)
            | ((MatchingRun.need_id == need_id) & MatchingRun.discarded_at.is_(None))
        )
        .order_by(since.desc(), MatchingRun.id.desc())
        .limit(SHOWN)
    )
    return [Version(run, result, name, bool(now)) for run, result, name, now in session.execute(query)]


def pairs_of(session: Session, need_id: int, runs: Sequence[int]) -> Sequence[Candidate]:
    """The pairs of a need that some runs looked at, in the order in which they were found."""
    query = select(Candidate).where(Candidate.need_id == need_id, Candidate.run_id.in_(runs))
    query = query.options(joinedload(Candidate.capacity).joinedload(Capacity.organization))
    return session.scalars(query.order_by(Candidate.run_id, Candidate.id)).all()


def _open_need(tx: Transaction, need_id: int) -> Need:
    need = load_need(tx, need_id)
    if need.buyer_id not in tx.actor.clients:
        raise NotFound("not_found")
    if need.state not in OPEN_NEEDS:
        raise Conflict("need_not_open")
    return need


def _undecided(broker_id: int, need_id: int) -> Select[MatchingRun]:
    """What-ifs that are neither kept nor discarded."""
    kept = select(NeedResult.run_id).where(NeedResult.need_id == need_id, NeedResult.in_force_at.is_not(None))
    return select(MatchingRun).where(
        MatchingRun.broker_id == broker_id,
        MatchingRun.need_id == need_id,
        MatchingRun.discarded_at.is_(None),
        MatchingRun.id.not_in(kept),
    )


def _version(tx: Transaction, broker_id: int, need_id: int, run_id: int) -> tuple[MatchingRun, NeedResult]:
    query = (
        select(MatchingRun, NeedResult)
        .join(NeedResult, NeedResult.run_id == MatchingRun.id)
        .where(MatchingRun.id == run_id, MatchingRun.broker_id == broker_id, NeedResult.need_id == need_id)
    )
    found = tx.session.execute(query).one_or_none()
    if found is None:
        raise NotFound("not_found")
    return found[0], found[1]


def _require_sound(run: MatchingRun, result: NeedResult, need: Need) -> None:
    """The plan plans something, does what was wished, and holds under the need's own terms."""
    if result.summary.get("notes"):
        raise RuleBroken("plan_infeasible")
    if not result.planned_kg:
        raise RuleBroken("plan_empty")
    if Wishes.from_dict(run.wishes or {}).beyond(need):
        raise RuleBroken("plan_needs_other_terms")
    if result.need_version != need.version:
        raise Conflict("plan_out_of_date")


def _still_to_suggest(
    session: Session, run: MatchingRun, need_id: int, live: Sequence[Suggestion]
) -> list[Candidate]:
    """The chosen pairs of a plan that are not under way already."""
    busy = {one.capacity_id for one in live}
    return [
        c for c in pairs_of(session, need_id, [run.id]) if c.kind == "chosen" and c.capacity_id not in busy
    ]


def _require_fitting(
    tx: Transaction, need: Need, result: NeedResult, live: Sequence[Suggestion], chosen: Sequence[Candidate]
) -> None:
    """The goods are as they were, still free, and no period gets more than is asked. Raises Conflict."""
    if len(result.per_period) != len(need_periods(need)):
        raise Conflict("plan_out_of_date")
    planned = _planned_kg(need, live, chosen)
    over = any(
        kg > p.share * need.quantity_kg + GRAM for p, kg in zip(need_periods(need), planned, strict=True)
    )
    if over or not all(_as_it_was(tx, need, one) for one in chosen):
        raise Conflict("plan_out_of_date")


def _planned_kg(need: Need, live: Sequence[Suggestion], chosen: Sequence[Candidate]) -> list[Decimal]:
    """kg per period of what is under way or agreed, and of what would be suggested."""
    by_start: dict[str, Decimal] = defaultdict(Decimal)
    for one in live:
        for row in one.periods:
            by_start[row["start"]] += Decimal(row["kg"])
    return [
        by_start[period.start.isoformat()] + sum((Decimal(c.pair["periods"][n]) for c in chosen), Decimal(0))
        for n, period in enumerate(need_periods(need))
    ]


def _as_it_was(tx: Transaction, need: Need, one: Candidate) -> bool:
    """The capacity is the one that the plan saw, its owner still a client, and the goods are free."""
    capacity = one.capacity
    if capacity.version != one.pair.get("capacity_version") or capacity.state not in OPEN_CAPACITIES:
        return False
    if capacity.organization_id not in tx.actor.clients:
        return False
    deliveries = [
        (period, Decimal(kg))
        for period, kg in zip(need_periods(need), one.pair["periods"], strict=True)
        if Decimal(kg)
    ]
    return fits(tx.session, need, capacity, deliveries)
