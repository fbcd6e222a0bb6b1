"""The broker's day: what needs him now, what he waits for, and how far the needs of his clients are covered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from broker.matchmaking.queries import CoverageRow, coverage_board
from broker.parties.actor import Actor
from broker.today import queries
from broker.today.matters import Moment
from broker.today.queries import Begun, Group
from web import i18n
from web.figures import lower_first, short_name
from web.i18n import percent, product_name
from web.pages.home.matter_texts import TITLES, task_of
from web.pages.home.task import Task

EACH = 3
WORST_NEEDS = 8
# In the order of the board; the others wait for somebody else.
NOW = (
    "late_payment", "rejection", "breach", "grievance", "overdue_task", "accepted", "shortlist", "draft", "uncovered",
)  # fmt: skip
WAITING = ("answer", "negotiation", "signature")
ENDING = ("mandate", "certificate")


@dataclass(frozen=True)
class Section:
    """The most urgent lines of a kind, how many there are in all, and the page with exactly those."""

    kind: str
    title: str
    tasks: Sequence[Task]
    total: int
    url: str


@dataclass(frozen=True)
class BrokerBoard:
    """The broker's day. `rows` are the needs least covered, of `needs` in all."""

    sections: dict[str, Section]
    rows: Sequence[CoverageRow]
    needs: int
    begun: Begun
    computed_at: dt.datetime | None

    def shown(self, *kinds: str) -> list[Section]:
        """The sections of some kinds that have a line."""
        return [self.sections[kind] for kind in kinds if self.sections[kind].total]

    @property
    def now(self) -> list[Section]:
        return self.shown(*NOW)

    @property
    def waiting(self) -> list[Section]:
        return self.shown(*WAITING)

    @property
    def ending(self) -> list[Section]:
        return self.shown(*ENDING)

    @property
    def stale(self) -> Section:
        return self.sections["stale"]


def broker_board(session: Session, actor: Actor, now: dt.datetime) -> BrokerBoard:
    """Everything in three statements, however much there is."""
    rows = coverage_board(session, actor)
    found = queries.board(session, actor, moment(now), EACH)
    sections = {kind: _section(group) for kind, group in found.items()}
    sections["uncovered"] = _uncovered([row for row in rows if row.uncovered])
    computed_at = max((row.computed_at for row in rows if row.computed_at), default=None)
    return BrokerBoard(sections, rows[:WORST_NEEDS], len(rows), queries.begun(session, actor), computed_at)


def moment(now: dt.datetime) -> Moment:
    """Now, with the reader's day."""
    return Moment(now, i18n.today())


def _section(group: Group) -> Section:
    url = url_for("home.matters", kind=group.kind)
    return Section(group.kind, str(TITLES[group.kind]), [task_of(m) for m in group.rows], group.total, url)


def _uncovered(rows: Sequence[CoverageRow]) -> Section:
    url = url_for("desk.needs", show="uncovered")
    tasks = [_uncovered_task(row) for row in rows[:EACH]]
    return Section("uncovered", str(TITLES["uncovered"]), tasks, len(rows), url)


def _uncovered_task(row: CoverageRow) -> Task:
    need = row.need
    return Task(
        kind=_("Not covered"),
        tone="warn",
        what=_(
            "%(buyer)s: %(product)s at %(share)s",
            buyer=short_name(need.buyer.legal_name),
            product=lower_first(product_name(need.product)),
            share=percent(row.planned_pct),
        ),
        why=_("The least that serves this buyer is %(share)s.", share=percent(need.min_fill_pct)),
        action=_("See why"),
        url=url_for("desk.need", need_id=need.id),
        due=_("First delivery %(day)s", day=i18n.day(need.starts_on)),
    )
