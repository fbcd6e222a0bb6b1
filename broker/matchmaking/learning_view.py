"""What the house reads of its own learning."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from broker.matchmaking.answers import Tally, recent_features, tally
from broker.matchmaking.learning import last_job, newest_model
from broker.matchmaking.models import LearnedModel
from broker.parties.actor import Actor
from matching.learning import (
    LEAST_ANSWERS,
    LEAST_OF_EACH,
    AcceptanceModel,
    Backtest,
    Drift,
    Influence,
    drift,
    enough,
    influence,
)


@dataclass(frozen=True)
class FeatureRow:
    """One feature: what it does to the chance of a yes, and whether the newest run's suggestions have moved away from
    what was learned from; `drift` is None when there is nothing to compare."""

    influence: Influence
    drift: Drift | None


@dataclass(frozen=True)
class LearningView:
    """Counts, the newest model with its proof and features, and how far a learning that was ordered is: 'waiting',
    'running', 'done', 'failed' or ''."""

    tally: Tally
    stored: LearnedModel | None
    proof: Backtest | None
    features: tuple[FeatureRow, ...]
    job: str

    @property
    def status(self) -> str:
        """Why the model is on or off: few, alike, untrained, on, held, not_better."""
        if self.stored is not None and self.stored.state == "on":
            return "on"
        if self.tally.answers < LEAST_ANSWERS:
            return "few"
        if not enough(self.tally.answers, self.tally.accepted):
            return "alike"
        if self.stored is None or self.proof is None:
            return "untrained"
        return "held" if self.stored.held else "not_better"

    @property
    def missing_kind(self) -> tuple[str, int, int]:
        """The kind of answer that is rarer, how many there are, and how many are needed."""
        kind = "accepted" if self.tally.accepted < self.tally.declined else "declined"
        return kind, min(self.tally.accepted, self.tally.declined), LEAST_OF_EACH

    @property
    def least(self) -> int:
        return LEAST_ANSWERS

    @property
    def may_order(self) -> bool:
        return enough(self.tally.answers, self.tally.accepted) and self.job not in ("waiting", "running")


def learning_of(session: Session, actor: Actor) -> LearningView:
    """The learning of the actor's own house."""
    broker_id = actor.organization_id or 0
    stored, job = newest_model(session, broker_id), last_job(session, broker_id)
    return LearningView(
        tally=tally(session, broker_id),
        stored=stored,
        proof=None if stored is None else Backtest.from_dict(stored.backtest),
        features=() if stored is None else _features(session, broker_id, stored),
        job="" if job is None else job.state,
    )


def _features(session: Session, broker_id: int, stored: LearnedModel) -> tuple[FeatureRow, ...]:
    model = AcceptanceModel.from_dict(stored.parameters)
    moved = {each.feature: each for each in drift(model, recent_features(session, broker_id))}
    return tuple(FeatureRow(each, moved.get(each.feature)) for each in influence(model))
