"""How the suggestions of a broker house were answered: the arrays that learning takes, and the counts a page tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.matchmaking.models import MatchingRun, Suggestion
from matching.features import FEATURES
from matching.learning import History

ACCEPTED = ("accepted_both", "converted")
ANSWERED = (*ACCEPTED, "declined")
REFUSALS = ("suggestion.decline", "suggestion.step_back")
SIDES = ("buyer", "producer", "broker")
MOST_RECENT = 500
"""So many suggestions of the newest run are looked at to tell whether the market has moved."""


@dataclass
class Tally:
    """Proposals of one house that have their last word: accepted by both sides, or declined by a side or the house
    itself, with the reasons given. `said_yes` counts the sides that accepted and stayed with it."""

    accepted: int = 0
    declined: int = 0
    said_yes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES[:2], 0))
    said_no: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        return self.accepted + self.declined


def tally(session: Session, broker_id: int) -> Tally:
    """The counts of a house, in one query."""
    buyer = Suggestion.buyer_accepted_at.is_not(None)
    producer = Suggestion.producer_accepted_at.is_not(None)
    columns = (Suggestion.declined_by, Suggestion.decline_reason, buyer, producer)
    query = (
        select(*columns, func.count())
        .where(Suggestion.broker_id == broker_id, Suggestion.state.in_(ANSWERED))
        .group_by(*columns)
    )
    found = Tally()
    for by, reason, buyer_yes, producer_yes, count in session.execute(query):
        for side, yes in (("buyer", buyer_yes), ("producer", producer_yes)):
            found.said_yes[side] += count if yes and by != side else 0
        if by is None or reason is None:
            found.accepted += count
            continue
        found.declined += count
        found.said_no[by] += count
        found.reasons[reason] = found.reasons.get(reason, 0) + count
    return found


def history_of(session: Session, broker_id: int) -> History:
    """Every answered suggestion of a house as it was scored when it was made, and of no other house.

    A suggestion that is out of date or waits for a side has no last word and is left out; so is one scored by other
    features than today's.
    """
    rows = [(row, feature_values(row.explanation)) for row in session.execute(_answered(broker_id))]
    known = [(row, values) for row, values in rows if values is not None]
    moments = [row.declined_at or max(row.buyer_at or row.at, row.producer_at or row.at) for row, _ in known]
    return History(
        features=np.array([values for _, values in known], dtype=float).reshape(len(known), len(FEATURES)),
        score=np.array([row.score / 100.0 for row, _ in known], dtype=float),
        answered=np.array([moment.timestamp() for moment in moments], dtype=float),
        accepted=np.array([row.state in ACCEPTED for row, _ in known], dtype=np.bool_),
        group=np.array([row.need_id for row, _ in known], dtype=np.int64),
    )


def recent_features(session: Session, broker_id: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """[R,F] feature values of what the house's newest run proposed."""
    newest = select(func.max(MatchingRun.id)).where(
        MatchingRun.broker_id == broker_id, MatchingRun.state == "done", MatchingRun.need_id.is_(None)
    )
    query = select(Suggestion.explanation).where(Suggestion.run_id == newest.scalar_subquery())
    found = map(feature_values, session.scalars(query.order_by(Suggestion.id).limit(MOST_RECENT)))
    rows = [values for values in found if values is not None]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))


def feature_values(explanation: Mapping[str, Any]) -> list[float] | None:
    """The values in [0, 1] behind a suggestion's score; None when it was scored by other features than today's."""
    terms: Sequence[Mapping[str, Any]] = explanation["terms"]
    by_name = {term["feature"]: _value(term) for term in terms}
    values = [by_name.get(feature.name) for feature in FEATURES]
    known = [min(1.0, max(0.0, value)) for value in values if value is not None]
    return known if len(known) == len(FEATURES) == len(by_name) else None


def _value(term: Mapping[str, Any]) -> float | None:
    """Proposals made before values were kept have them in tenths of a point; a feature of no weight has none."""
    if "value" in term:
        return float(term["value"])
    return float(term["points"]) / float(term["weight"]) if term["weight"] else None


def _answered(broker_id: int) -> Select[Any]:
    """When a suggestion was declined stands in the audit alone."""
    refused = (
        select(AuditEntry.subject_id, func.max(AuditEntry.at).label("declined_at"))
        .where(
            AuditEntry.owner_id == broker_id,
            AuditEntry.subject == "suggestion",
            AuditEntry.verb.in_(REFUSALS),
        )
        .group_by(AuditEntry.subject_id)
        .subquery()
    )
    return (
        select(
            Suggestion.need_id,
            Suggestion.score,
            Suggestion.state,
            Suggestion.explanation,
            Suggestion.created_at.label("at"),
            Suggestion.buyer_accepted_at.label("buyer_at"),
            Suggestion.producer_accepted_at.label("producer_at"),
            refused.c.declined_at,
        )
        .outerjoin(refused, refused.c.subject_id == Suggestion.id)
        .where(Suggestion.broker_id == broker_id, Suggestion.state.in_(ANSWERED))
        .order_by(Suggestion.id)
    )
