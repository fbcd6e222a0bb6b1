"""For each need the plan of a house that came into force last."""

from __future__ import annotations

from sqlalchemy import Subquery, func, select

from broker.matchmaking.models import MatchingRun, NeedResult
from broker.parties.actor import Actor


def latest_runs(actor: Actor) -> Subquery:
    """Rows of `need_id` and `run_id`: the run from which the plan came. What was asked and not kept is in none."""
    newest = (NeedResult.in_force_at.desc(), NeedResult.id.desc())
    place = func.row_number().over(partition_by=NeedResult.need_id, order_by=newest)
    ranked = (
        select(NeedResult.need_id, NeedResult.run_id, place.label("place"))
        .join(MatchingRun, MatchingRun.id == NeedResult.run_id)
        .where(MatchingRun.broker_id == actor.organization_id, NeedResult.in_force_at.is_not(None))
        .subquery()
    )
    return select(ranked.c.need_id, ranked.c.run_id).where(ranked.c.place == 1).subquery()
