"""Two plans of one need side by side: what changes per organization, per period and in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.matchmaking.models import Candidate, NeedResult
from broker.money import KgPrice, Money

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Part:
    """What one organization brings in a plan: kg in all and per period, price per kg landed, and the freight in it."""

    capacity_id: int
    name: str
    periods: tuple[Decimal, ...]
    price: KgPrice
    freight: KgPrice

    @property
    def kg(self) -> Decimal:
        return sum(self.periods, NOTHING)

    @property
    def goods(self) -> Money:
        """What its goods cost at its door."""
        return KgPrice(self.price.points - self.freight.points, self.price.currency).total(self.kg)

    @property
    def transport(self) -> Money:
        return self.freight.total(self.kg)


@dataclass(frozen=True)
class Plan:
    """A plan as far as it still stands. `starts` are the first days of its periods, `wanted` the kg asked in each."""

    currency: str
    starts: tuple[str, ...]
    wanted: tuple[Decimal, ...]
    parts: tuple[Part, ...]

    @property
    def kg(self) -> Decimal:
        return sum((part.kg for part in self.parts), NOTHING)

    @property
    def periods(self) -> tuple[Decimal, ...]:
        """kg per period of all organizations."""
        return tuple(sum((part.periods[n] for part in self.parts), NOTHING) for n in range(len(self.starts)))

    @property
    def goods(self) -> Money:
        return _together((part.goods for part in self.parts), self.currency)

    @property
    def transport(self) -> Money:
        return _together((part.transport for part in self.parts), self.currency)

    @property
    def cost(self) -> Money:
        """Goods and transport: what the buyer spends on the plan."""
        return self.goods + self.transport

    @property
    def price(self) -> KgPrice | None:
        """The mean price per kg landed, by quantity."""
        return KgPrice.rounded(self.cost.amount / self.kg, self.currency) if self.kg else None


@dataclass(frozen=True)
class PartChange:
    """One organization in both plans; None where it has no part."""

    before: Part | None
    after: Part | None

    @property
    def either(self) -> Part:
        part = self.after or self.before
        assert part is not None  # a change is of somebody who is in one of the plans
        return part

    @property
    def kg(self) -> Decimal:
        """kg more in the second plan."""
        return _kg(self.after) - _kg(self.before)

    @property
    def price(self) -> Decimal | None:
        """Major units per kg more in the second plan, where it has a part in both."""
        return self.after.price.amount - self.before.price.amount if self.before and self.after else None


@dataclass(frozen=True)
class PeriodChange:
    """One delivery period: kg asked by the second plan, and planned in each."""

    start: str
    wanted: Decimal
    before: Decimal
    after: Decimal

    @property
    def kg(self) -> Decimal:
        return self.after - self.before

    @property
    def before_pct(self) -> Decimal:
        return 100 * self.before / self.wanted if self.wanted else Decimal(100)

    @property
    def after_pct(self) -> Decimal:
        return 100 * self.after / self.wanted if self.wanted else Decimal(100)


@dataclass(frozen=True)
class Differences:
    """Every change; those of the organizations and those of the periods each add up to the change in all."""

    before: Plan
    after: Plan
    parts: tuple[PartChange, ...]
    periods: tuple[PeriodChange, ...]

    @property
    def before_pct(self) -> Decimal:
        """Coverage of what is asked by the second plan, by the first."""
        return self._covered(self.before)

    @property
    def after_pct(self) -> Decimal:
        return self._covered(self.after)

    def _covered(self, plan: Plan) -> Decimal:
        wanted = sum((one.wanted for one in self.periods), NOTHING)
        return 100 * plan.kg / wanted if wanted else Decimal(100)

    @property
    def none(self) -> bool:
        """Whether both plans are the same."""
        return all(change.kg == 0 and change.price == 0 for change in self.parts)


def plan_of(
    result: NeedResult | None, chosen: Sequence[Candidate], currency: str, dropped: Iterable[int] = ()
) -> Plan:
    """The plan of a result without the parts of capacities that have fallen out of it since."""
    rows = result.per_period if result else []
    gone = set(dropped)
    parts = tuple(
        Part(
            capacity_id=one.capacity_id,
            name=one.capacity.organization.legal_name,
            periods=tuple(map(Decimal, one.pair["periods"])),
            price=KgPrice(one.pair["proposed"], currency),
            freight=KgPrice(one.pair["freight"], currency),
        )
        for one in chosen
        if one.kind == "chosen" and one.capacity_id not in gone
    )
    starts = tuple(row["start"] for row in rows)
    return Plan(currency, starts, tuple(Decimal(row["wanted"]) for row in rows), parts)


def differences(before: Plan, after: Plan) -> Differences:
    """What becomes of `before` in `after`: the largest changes first, the periods by date."""
    old = {part.capacity_id: part for part in before.parts}
    new = {part.capacity_id: part for part in after.parts}
    parts = [PartChange(old.get(one), new.get(one)) for one in sorted(old.keys() | new.keys())]
    was, becomes = (dict(zip(plan.starts, plan.periods, strict=True)) for plan in (before, after))
    then, wanted = (dict(zip(plan.starts, plan.wanted, strict=True)) for plan in (before, after))
    wanted = then | wanted
    return Differences(
        before,
        after,
        tuple(sorted(parts, key=lambda change: (-abs(change.kg), change.either.name))),
        tuple(
            PeriodChange(start, wanted[start], was.get(start, NOTHING), becomes.get(start, NOTHING))
            for start in sorted(wanted)
        ),
    )


def _kg(part: Part | None) -> Decimal:
    return part.kg if part else NOTHING


def _together(amounts: Iterable[Money], currency: str) -> Money:
    return sum(amounts, Money(0, currency))
