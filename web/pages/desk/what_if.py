"""The what-if of one need, put together for its page: the plan in force beside the answer, and the form to ask anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from broker.listings.models import Capacity, Need
from broker.matchmaking import plans, queries
from broker.matchmaking.differences import Differences, Plan, differences, plan_of
from broker.matchmaking.models import Candidate, Suggestion
from broker.matchmaking.plans import Version
from broker.matchmaking.runs import UNDER_WAY
from broker.matchmaking.what_if import PLANNED, WITH_PARTIES
from broker.matchmaking.wishes import Wishes
from broker.parties.actor import Actor
from web.i18n import plain

CHOICE, CAP = "choice-", "cap-"


@dataclass(frozen=True)
class WhatIf:
    """Everything the page shows. `answer` is the what-if that is neither kept nor discarded, `values` what stands in
    the form, `candidates` whom a wish can be about."""

    need: Need
    in_force: Version | None
    answer: Version | None
    kept: Sequence[Version]
    plan: Plan
    under_way: frozenset[int]
    compared: Differences | None
    candidates: Sequence[Capacity]
    values: Mapping[str, str]

    @property
    def going(self) -> bool:
        return self.answer is not None and self.answer.run.state in UNDER_WAY

    @property
    def beyond(self) -> list[str]:
        """The terms of the answer that the buyer has not agreed to."""
        return self.answer.wishes.beyond(self.need) if self.answer else []

    @property
    def unmet(self) -> list[Capacity]:
        """Whom the broker fixed and the answer has no place for."""
        notes = self.answer.result.summary.get("notes", []) if self.answer and self.answer.result else []
        missed = {note["capacity"] for note in notes}
        return [capacity for capacity in self.candidates if capacity.id in missed]

    @property
    def outdated(self) -> bool:
        """Whether the need has changed since it was answered."""
        result = self.answer.result if self.answer else None
        return result is not None and result.need_version != self.need.version

    @property
    def keepable(self) -> bool:
        found = self.compared
        return bool(found and found.after.kg) and not (self.beyond or self.unmet or self.outdated)


def open_what_if(
    session: Session, actor: Actor, need_id: int, *, typed: Mapping[str, str] | None = None, like: int = 0
) -> WhatIf:
    """The what-if of a client's need; the form holds what was typed, else the wishes of the run `like`, else those of
    the answer or of the plan in force. Raises NotFound."""
    need = queries.need_of_client(session, actor, need_id)
    versions = plans.versions(session, actor, need_id)
    in_force = next((one for one in versions if one.in_force), None)
    answer = next((one for one in versions if one.open), None)
    shown = [one for one in (answer, in_force) if one]
    pairs = plans.pairs_of(session, need_id, [one.run.id for one in shown])
    suggestions = queries.suggestions_for(session, actor, need_id)
    plan = _plan_in_force(need, in_force, pairs, suggestions)
    compared = None
    if answer and answer.result:
        of_answer = [pair for pair in pairs if pair.run_id == answer.run.id]
        compared = differences(plan, plan_of(answer.result, of_answer, need.currency))
    asked = next((one for one in versions if one.run.id == like), answer or in_force)
    wishes = asked.wishes if asked else Wishes()
    return WhatIf(
        need=need,
        in_force=in_force,
        answer=answer,
        kept=[one for one in versions if one.kept],
        plan=plan,
        under_way=frozenset(one.capacity_id for one in suggestions if one.state in WITH_PARTIES),
        compared=compared,
        candidates=_candidates(pairs),
        values=form_values(need, wishes) if typed is None else typed,
    )


def form_values(need: Need, wishes: Wishes) -> dict[str, str]:
    """The wishes as they stand in the form; a term that is not wished otherwise stands as the need has it."""
    reserve = need.reserve_price
    own_price = _whole(reserve.money.amount) if reserve else None
    values = {
        "price_pct": wishes.price_pct,
        "fit_pct": wishes.fit_pct,
        "risk_pct": wishes.risk_pct,
        "radius_km": wishes.radius_km,
        "payment_days": need.payment_days if wishes.payment_days is None else wishes.payment_days,
        "min_suppliers": need.min_suppliers if wishes.min_suppliers is None else wishes.min_suppliers,
        "max_share_pct": need.max_share_pct if wishes.max_share_pct is None else wishes.max_share_pct,
        "highest_price": own_price if wishes.highest_price is None else wishes.highest_price,
    } | {f"{CAP}{capacity}": kg for capacity, kg in wishes.caps.items()}
    chosen = {f"{CHOICE}{one}": wishes.choice(one) for one in (*wishes.pins, *wishes.exclusions)}
    return {name: plain(value) for name, value in values.items()} | chosen


def _plan_in_force(
    need: Need, in_force: Version | None, pairs: Sequence[Candidate], suggestions: Sequence[Suggestion]
) -> Plan:
    """The plan in force without what was declined, has gone out of date or is agreed by now."""
    standing = {one.capacity_id for one in suggestions if one.state in PLANNED}
    run = in_force.run.id if in_force else None
    chosen = [pair for pair in pairs if pair.run_id == run and pair.capacity_id in standing]
    return plan_of(in_force.result if in_force else None, chosen, need.currency)


def _whole(amount: Decimal) -> Decimal:
    """Without the digits that say nothing."""
    return amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount


def _candidates(pairs: Sequence[Candidate]) -> list[Capacity]:
    """Everybody who was looked at, those who are chosen or could be first."""
    first: dict[int, Candidate] = {}
    for pair in sorted(pairs, key=lambda pair: (pair.kind != "chosen", pair.id)):
        first.setdefault(pair.capacity_id, pair)
    return [pair.capacity for pair in first.values()]
