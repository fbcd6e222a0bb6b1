"""The unit in which a form of a delivery is filled in: kg, or the customary unit of the agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.agreements.facts import DraftFacts
from broker.deliveries.models import Delivery
from broker.quantity import GRAM, Quantity

# Units in which no scale of a reception shows more or less than in kg.
METRIC = ("kg", "t", "g")
# To a gram a pound is told with two decimals, anything heavier with three.
LIGHT, HEAVY = Decimal("0.01"), Decimal("0.001")


@dataclass(frozen=True)
class Measure:
    """A unit of mass by its code in the catalogue, and the kg of one."""

    code: str
    factor: Decimal

    def kg(self, original: Decimal) -> Decimal:
        """So many units in kg, to the gram, ties to even."""
        return Quantity(original, self.code, self.factor).kg

    def of(self, kg: Decimal) -> Decimal:
        """So many kg in units, with no more decimals than grams can tell."""
        return (kg / self.factor).quantize(self.step)

    @property
    def step(self) -> Decimal:
        """The smallest part of the unit that is shown."""
        return LIGHT if self.factor < 1 else HEAVY

    @property
    def is_kg(self) -> bool:
        return self.factor == 1


KILOGRAM = Measure("kg", Decimal(1))


def measure_of_slip(delivery: Delivery) -> Measure | None:
    """The unit in which the slip was written, where that was not kg."""
    unit, factor = delivery.slip_unit, delivery.slip_factor
    return None if unit is None or factor is None else Measure(unit, factor)


def said_in(measure: Measure, first: Decimal, second: Decimal) -> dict[str, object]:
    """Two quantities as they were typed, for an error that tells of them in kg; nothing where they were in kg."""
    return {} if measure.is_kg else {"measure": measure.code, "first": first, "second": second}


def agreed(facts: DraftFacts) -> Measure | None:
    """The customary unit in which the quantity was agreed, if it was."""
    schedule = facts.schedule
    return None if schedule.unit in METRIC else Measure(schedule.unit, schedule.factor)


def offered(facts: DraftFacts) -> tuple[Measure, ...]:
    """What a form may be filled in with, the usual first: the customary unit of the quantity, kg, and the customary
    unit of the price."""
    usual, price = agreed(facts), facts.price
    found = [usual, KILOGRAM] if usual else [KILOGRAM]
    if price.unit not in (*METRIC, usual.code if usual else ""):
        found.append(Measure(price.unit, price.unit_kg))
    return tuple(found)


def divided(parts: Sequence[Decimal], measure: Measure, net_kg: Decimal) -> tuple[Decimal, ...] | None:
    """The parts of a net in kg, which add up to it exactly; None where they do not add up.

    What was typed in kg must add up to the gram. In another unit each part is rounded to the gram, and the net may have
    been read off in that unit: up to half of the smallest part that is shown and three grams pass to the largest.
    """
    kg = [measure.kg(part) for part in parts]
    rest = net_kg - sum(kg, Decimal(0))
    if rest:
        margin = Decimal(0) if measure.is_kg else 3 * GRAM + measure.step * measure.factor / 2
        largest = max(range(len(kg)), key=lambda i: kg[i])
        if abs(rest) > margin or kg[largest] + rest < 0:
            return None
        kg[largest] += rest
    return tuple(kg)
