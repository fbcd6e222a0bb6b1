"""Matching runs, what they found for each need and pair, and the suggestions that come of them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id, Kilograms, PriceUnits
from broker.listings.models import Capacity, Need

RUN_STATES = ("queued", "running", "done", "failed", "cancelled")
SUGGESTION_STATES = (
    "generated", "shortlisted", "sent", "accepted_one", "accepted_both", "converted", "declined", "stale",
)  # fmt: skip
# Why a suggestion no longer stands, for the parties before whom it lay.
ENDINGS = (
    "need_withdrawn", "need_closed", "need_expired", "need_changed", "need_filled", "capacity_withdrawn",
    "capacity_stale", "capacity_changed", "goods_gone", "mandate_ended", "judged_anew",
    "draft_abandoned",
)  # fmt: skip
LIVE_STATES = ("shortlisted", "sent", "accepted_one", "accepted_both", "converted")


class MatchingRun(Entity, kw_only=True):
    """One run of the matching over the broker's market, replayable from snapshot hash, policy and seed.

    With `need_id` it is a what-if: of this need alone, under `wishes` (broker.matchmaking.wishes), and it suggests
    nothing until the broker keeps its plan; `discarded_at` says that he does not want it.
    """

    __tablename__ = "matching_runs"
    __table_args__ = (
        CheckConstraint(f"state IN {RUN_STATES}", name="state"),
        CheckConstraint("progress_pct BETWEEN 0 AND 100", name="progress"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id"), index=True, default=None)
    wishes: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    discarded_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("jobs.id"), default=None)
    policy: Mapped[dict[str, Any]]
    seed: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="queued")
    stage: Mapped[str] = mapped_column(default="")
    progress_pct: Mapped[int] = mapped_column(default=0)
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    snapshot_hash: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str | None] = mapped_column(default=None)
    value_usd: Mapped[float | None] = mapped_column(default=None)
    bound_usd: Mapped[float | None] = mapped_column(default=None)
    gap: Mapped[float | None] = mapped_column(default=None)
    stats: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    error: Mapped[str | None] = mapped_column(Text, default=None)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    finished_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class NeedResult(Entity, kw_only=True):
    """What a run found for one need: coverage in all and per period, why the rest is open, what would open it.

    It is a version of the need's plan; the one whose `in_force_at` is the latest is in force. None: never kept.
    """

    __tablename__ = "need_results"
    __table_args__ = (UniqueConstraint("run_id", "need_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("matching_runs.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    need_version: Mapped[int]
    planned_kg: Mapped[Decimal] = mapped_column(Kilograms)
    total_kg: Mapped[Decimal] = mapped_column(Kilograms)
    per_period: Mapped[list[Any]]
    summary: Mapped[dict[str, Any]]
    in_force_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    need: Mapped[Need] = relationship(init=False, repr=False)


class Candidate(Entity, kw_only=True):
    """One pair of need and capacity in one run, chosen or not, with its full explanation.

    `pair` holds what only the broker may see (closed gates, both corridor ends, terms of the score).
    """

    __tablename__ = "candidates"
    __table_args__ = (UniqueConstraint("run_id", "need_id", "capacity_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("matching_runs.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"), index=True)
    capacity_id: Mapped[int] = mapped_column(ForeignKey("capacities.id"), index=True)
    kind: Mapped[str]
    quantity_kg: Mapped[Decimal] = mapped_column(Kilograms)
    score: Mapped[float | None]
    pair: Mapped[dict[str, Any]]

    capacity: Mapped[Capacity] = relationship(init=False, repr=False)


class LearnedModel(Entity, kw_only=True):
    """What a broker house has learned about acceptance: the model, its back-test, and whether its runs use it.

    `parameters` and `backtest` are those of `matching.learning`; rows stay, so that a run can be replayed with the
    version it used. `held` is the house's own "off", which later models inherit.
    """

    __tablename__ = "acceptance_models"
    __table_args__ = (
        CheckConstraint("state IN ('on', 'off')", name="state"),
        CheckConstraint("state = 'off' OR NOT held", name="held"),
        UniqueConstraint("broker_id", "version"),
        Index(
            "uq_acceptance_models_on",
            "broker_id",
            unique=True,
            sqlite_where=text("state = 'on'"),
            postgresql_where=text("state = 'on'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    version: Mapped[str]
    created_at: Mapped[dt.datetime]
    parameters: Mapped[dict[str, Any]]
    backtest: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="off")
    state_since: Mapped[dt.datetime]
    held: Mapped[bool] = mapped_column(default=False)


class Suggestion(Entity, kw_only=True):
    """A computed, explained match of one need and one capacity. No commitment until both sides accept it.

    Prices are whole ten-thousandths of the need's currency unit per kg (broker.money.KgPrice), landed at the
    buyer's place: a price per kg of a cheap good moves below the cent. `run_id` proposed it; `plan_run_id` is the run
    whose plan counts on it now, another one when a later plan was kept while it was under way. `ended_because` is one
    of ENDINGS once it is stale, `ended_note` the reason that the party gave who ended it; both sides read them.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        CheckConstraint(f"state IN {SUGGESTION_STATES}", name="state"),
        CheckConstraint("total_kg > 0", name="total"),
        CheckConstraint("price_low <= price_proposed AND price_proposed <= price_high", name="corridor"),
        CheckConstraint("state <> 'declined' OR decline_reason IS NOT NULL", name="reason"),
        CheckConstraint(
            "state NOT IN ('accepted_both', 'converted')"
            " OR (buyer_accepted_at IS NOT NULL AND producer_accepted_at IS NOT NULL)",
            name="both",
        ),
        Index(
            "uq_suggestions_live",
            "need_id",
            "capacity_id",
            unique=True,
            sqlite_where=text(f"state IN {LIVE_STATES}"),
            postgresql_where=text(f"state IN {LIVE_STATES}"),
        ),
        Index("ix_suggestions_need_state", "need_id", "state"),
        Index("ix_suggestions_capacity_state", "capacity_id", "state"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    run_id: Mapped[int] = mapped_column(ForeignKey("matching_runs.id"), index=True)
    plan_run_id: Mapped[int | None] = mapped_column(ForeignKey("matching_runs.id"), index=True, default=None)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("needs.id"))
    capacity_id: Mapped[int] = mapped_column(ForeignKey("capacities.id"))
    need_version: Mapped[int]
    capacity_version: Mapped[int]
    periods: Mapped[list[Any]]
    total_kg: Mapped[Decimal] = mapped_column(Kilograms)
    price_low: Mapped[int] = mapped_column(PriceUnits)
    price_high: Mapped[int] = mapped_column(PriceUnits)
    price_proposed: Mapped[int] = mapped_column(PriceUnits)
    freight: Mapped[int] = mapped_column(PriceUnits)
    currency: Mapped[str]
    score: Mapped[float]
    explanation: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="generated")
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    buyer_accepted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    producer_accepted_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    declined_by: Mapped[str | None] = mapped_column(default=None)
    decline_reason: Mapped[str | None] = mapped_column(default=None)
    decline_note: Mapped[str] = mapped_column(Text, default="")
    ended_because: Mapped[str | None] = mapped_column(default=None)
    ended_note: Mapped[str | None] = mapped_column(Text, default=None)
    version: Mapped[int] = mapped_column(init=False)

    need: Mapped[Need] = relationship(init=False, repr=False)
    capacity: Mapped[Capacity] = relationship(init=False, repr=False)

    __mapper_args__ = {"version_id_col": version}
