"""A past for a broker house: suggestions for needs long closed, and how they were answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.orm import Session

from broker.audit.models import AuditEntry
from broker.audit.sealing import seal
from broker.listings.models import Need
from broker.matchmaking.models import MatchingRun, Suggestion
from matching.policy import FEATURES, default_weights

PAYMENT_RULES = (0.0, 0.0, 6.0, 0.0, 0.0, 0.0)
COINS = (0.0,) * 6


def past(
    engine: Engine,
    broker_id: int,
    answers: int,
    now: dt.datetime,
    *,
    pull: tuple[float, ...] = PAYMENT_RULES,
    seed: int = 1,
) -> None:
    """So many answered suggestions, one an hour until now, like the house's first one. `pull` is what moves people to
    say yes: log-odds per unit of a feature."""
    random = np.random.default_rng(seed)
    values = random.uniform(0.2, 1.0, (answers, len(FEATURES)))
    chance = 1.0 / (1.0 + np.exp(-(values - values.mean(axis=0)) @ np.array(pull)))
    accepted = random.random(answers) < chance
    with engine.begin() as connection:
        query = select(Suggestion.__table__).where(Suggestion.__table__.c.broker_id == broker_id).limit(1)
        like = dict(connection.execute(query).mappings().one())
        table: Any = Need.__table__
        # Of a run that never ended, so that the house's newest run stays what it was.
        runs: Any = MatchingRun.__table__
        run = dict(connection.execute(select(runs).where(runs.c.id == like["run_id"])).mappings().one())
        like["run_id"] = _insert(connection, MatchingRun, run | {"state": "cancelled"})
        need = dict(connection.execute(select(table).where(table.c.id == like["need_id"])).mappings().one())
        for k in range(answers):
            moment = now - dt.timedelta(hours=answers - k)
            closed = _insert(connection, Need, need | {"reference": f"H{seed}-{k}", "state": "closed"})
            row = like | {"need_id": closed, "periods": [], **_scored(values[k].tolist())}
            row |= {"created_at": moment - dt.timedelta(days=2), "sent_at": moment - dt.timedelta(days=1)}
            _answer(connection, row, bool(accepted[k]), moment)


def _answer(connection: Connection, row: dict[str, Any], yes: bool, moment: dt.datetime) -> None:
    given = moment if yes else None
    row |= {
        "buyer_accepted_at": given,
        "producer_accepted_at": given,
        "declined_by": None,
        "decline_reason": None,
    }
    row |= {"state": "converted"} if yes else {
        "state": "declined", "declined_by": "producer", "decline_reason": "payment", "buyer_accepted_at": moment,
    }  # fmt: skip
    suggestion = _insert(connection, Suggestion, row)
    if not yes:
        entry = AuditEntry(
            at=moment, actor_user_id=None, actor_organization_id=None, owner_id=row["broker_id"],
            verb="suggestion.decline", subject="suggestion", subject_id=suggestion, detail={},
        )  # fmt: skip
        with Session(connection) as session:
            seal(session, [entry])


def _scored(values: list[float]) -> dict[str, Any]:
    """Score and explanation of a suggestion with these feature values."""
    weights = default_weights()
    terms = [
        {"feature": name, "points": round(value * weights[name], 1), "weight": weights[name], "value": value,
         "reason": "volume_full", "params": {}}
        for name, value in zip(FEATURES, values, strict=True)
    ]  # fmt: skip
    score = round(sum(term["points"] for term in terms), 1)
    return {
        "score": score,
        "explanation": {"terms": terms, "why": {"code": "x", "params": {}}, "reliance": False},
    }


def _insert(connection: Connection, model: Any, values: dict[str, Any]) -> int:
    fresh = {name: value for name, value in values.items() if name != "id"}
    made = connection.execute(insert(model.__table__).values(fresh)).inserted_primary_key
    assert made is not None
    return int(made[0])
