"""For each need the newest run of a house that came to its end and looked at it."""

from __future__ import annotations

from sqlalchemy import Subquery, func, select

from broker.matchmaking.models import MatchingRun, NeedResult
from broker.parties.actor import Actor


def latest_runs(actor: Actor) -> Subquery:
    """Rows of `need_id` and `run_id`."""
    query = (
        select(NeedResult.need_id, func.max(NeedResult.run_id).label("run_id"))
        .join(MatchingRun, MatchingRun.id == NeedResult.run_id)
        .where(MatchingRun.broker_id == actor.organization_id, MatchingRun.state == "done")
    )
    return query.group_by(NeedResult.need_id).subquery()
