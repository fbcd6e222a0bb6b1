"""The workspace of one need, put together for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from broker.agreements.sending import suggestions_and_unsent
from broker.listings.models import Need
from broker.matchmaking import queries
from broker.matchmaking.dependence import Dependence, candidates_for
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.matchmaking.wishes import Wishes
from broker.money import KgPrice, Money
from broker.parties.actor import Actor
from broker.prices.bridging import WEEKS, Bridge, bridge_of
from broker.prices.formulas import cash_gap

TAKEN = ("shortlisted", "sent", "accepted_one", "accepted_both", "converted")


@dataclass(frozen=True)
class Seen:
    """A candidate as the run saw it."""

    candidate: Candidate

    @property
    def pair(self) -> dict[str, Any]:
        return self.candidate.pair

    def price(self, name: str) -> KgPrice | None:
        """'landed', 'low', 'high', 'proposed' or 'freight', per kg."""
        points = self.pair[name]
        return None if points is None else KgPrice(points, self.pair["currency"])

    @property
    def ask(self) -> KgPrice | None:
        """What the organization asks at its door."""
        landed, freight = self.price("landed"), self.price("freight")
        return KgPrice(landed.points - freight.points, landed.currency) if landed and freight else None

    @property
    def usual_kg(self) -> Decimal:
        return max((Decimal(kg) for kg in self.pair["periods"]), default=Decimal(0))

    @property
    def offered_kg(self) -> Decimal:
        return Decimal(self.pair["offered_kg"])


@dataclass(frozen=True)
class Line(Seen):
    """One candidate with who would depend on whom, the suggestion that stands for it, if any, and the last one that was
    declined."""

    dependence: Dependence
    suggestion: Suggestion | None
    declined: Suggestion | None


@dataclass(frozen=True)
class PeriodRow:
    """One delivery period: kg wanted, agreed with organizations, and planned in all."""

    start: str
    end: str
    wanted: Decimal
    agreed: Decimal
    planned: Decimal

    @property
    def agreed_pct(self) -> Decimal:
        return 100 * self.agreed / self.wanted if self.wanted else Decimal(100)

    @property
    def planned_pct(self) -> Decimal:
        return 100 * self.planned / self.wanted if self.wanted else Decimal(100)


@dataclass(frozen=True)
class Workspace:
    """Everything the page of one need shows."""

    need: Need
    run: MatchingRun | None
    result: NeedResult | None
    chosen: Sequence[Line]
    others: Sequence[Line]
    suggestions: Sequence[Suggestion]
    periods: Sequence[PeriodRow]
    unsent: int
    """Drafts of it that the broker has not sent to the parties."""
    to_draft: int
    """Pairs that both sides accepted and both of whose sides are clients still."""

    @property
    def summary(self) -> dict[str, Any]:
        return self.result.summary if self.result else {}

    @property
    def wishes(self) -> Wishes:
        """Under which the plan in force was made."""
        return Wishes.from_dict((self.run and self.run.wishes) or {})

    def count(self, *states: str) -> int:
        return sum(suggestion.state in states for suggestion in self.suggestions)

    @property
    def to_shortlist(self) -> list[Suggestion]:
        taken = {s.capacity_id for s in self.suggestions if s.state in TAKEN}
        return [s for s in self.suggestions if s.state == "generated" and s.capacity_id not in taken]

    @property
    def covered_pct(self) -> Decimal:
        """Share of what the run was asked for that is suggested and not declined."""
        wanted = sum((row.wanted for row in self.periods), Decimal(0))
        planned = sum((row.planned for row in self.periods), Decimal(0))
        return 100 * planned / wanted if wanted else Decimal(0)

    @property
    def planned_kg(self) -> Decimal:
        """kg in a usual period."""
        return max((row.planned for row in self.periods), default=Decimal(0))

    @property
    def mean_landed(self) -> KgPrice | None:
        """Mean of asking price plus freight, weighted by quantity; None while somebody takes the buyer's
        formula."""
        return self._mean("landed")

    @property
    def mean_proposed(self) -> KgPrice | None:
        """Mean of what is proposed, weighted by quantity."""
        return self._mean("proposed")

    @property
    def cash_gap(self) -> Money | None:
        """What bridges the time until the buyer pays, for a usual period of the plan, at the proposed prices."""
        return cash_bridge(self.need, self.mean_proposed, self.planned_kg)

    @property
    def bridge(self) -> Bridge | None:
        """The cash gap of all that is asked, at the buyer's price; where that follows an index, at what the run
        proposed."""
        mean = self.mean_proposed
        return bridge_of(self.need, mean.amount if mean else None)

    def _mean(self, name: str) -> KgPrice | None:
        priced = [(line.price(name), line.candidate.quantity_kg) for line in self.chosen]
        kg = sum((quantity for _, quantity in priced), Decimal(0))
        if not kg or any(price is None for price, _ in priced):
            return None
        total = sum((price.amount * quantity for price, quantity in priced if price), Decimal(0))
        return KgPrice.rounded(total / kg, self.need.currency)


def cash_bridge(need: Need, price: KgPrice | None, usual_kg: Decimal) -> Money | None:
    """What bridges the time until the buyer pays, for `usual_kg` a period at a price; None where there is no wait."""
    wait = need.wait_days
    if price is None or need.period not in WEEKS or not wait:
        return None
    weekly = price.amount * usual_kg / WEEKS[need.period]
    return Money.rounded(cash_gap(weekly, wait, Decimal(0)), price.currency)


def open_need(session: Session, actor: Actor, need_id: int) -> Workspace:
    """The workspace of a client's need. Raises NotFound."""
    need = queries.need_of_client(session, actor, need_id)
    run, result = queries.latest_result(session, actor, need_id)
    suggestions, unsent = suggestions_and_unsent(session, actor, need_id)
    # The newest of each pair; what is under way stands before what a later run found for the same pair.
    standing = {s.capacity_id: s for s in sorted(suggestions, key=lambda s: s.state in TAKEN)}
    declined = {s.capacity_id: s for s in suggestions if s.state == "declined"}
    lines = [
        Line(c, dependence, standing.get(c.capacity_id), declined.get(c.capacity_id))
        for c, dependence in candidates_for(session, run, need)
    ]
    chosen = [line for line in lines if line.candidate.kind == "chosen"]
    others = [line for line in lines if line.candidate.kind != "chosen"]
    periods = _periods(result, suggestions)
    to_draft = sum(
        one.state == "accepted_both" and one.capacity.organization_id in actor.clients for one in suggestions
    )
    return Workspace(need, run, result, chosen, others, suggestions, periods, unsent, to_draft)


def _periods(result: NeedResult | None, suggestions: Sequence[Suggestion]) -> list[PeriodRow]:
    if result is None:
        return []
    of_run = [suggestion for suggestion in suggestions if suggestion.plan_run_id == result.run_id]
    agreed = _by_start([s for s in of_run if s.state in ("accepted_both", "converted")])
    # What was declined is no longer planned, until the next run plans anew.
    declined = _by_start([s for s in of_run if s.state == "declined"])
    return [
        PeriodRow(
            row["start"],
            row["end"],
            Decimal(row["wanted"]),
            agreed.get(row["start"], Decimal(0)),
            Decimal(row["planned"]) - declined.get(row["start"], Decimal(0)),
        )
        for row in result.per_period
    ]


def _by_start(suggestions: Sequence[Suggestion]) -> dict[str, Decimal]:
    """kg by the first day of each period."""
    found: dict[str, Decimal] = {}
    for suggestion in suggestions:
        for row in suggestion.periods:
            found[row["start"]] = found.get(row["start"], Decimal(0)) + Decimal(row["kg"])
    return found
