"""Hard conditions. A gate is one file with ``check(block) -> Outcome`` and its line in ``GATES``.

The order is part of the product: it numbers the bits of ``Pairs.closed`` and the columns of
``Pairs.distance``, and the names are the reason codes that pages translate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matching.gates import (
    calendar,
    certificate,
    excluded,
    grade,
    min_lot,
    origin,
    payment_days,
    price,
    radius,
    readiness,
    spec,
    variety,
)
from matching.gates.block import Block, Outcome


@dataclass(frozen=True)
class Gate:
    """A named condition; ``bit`` is its place in ``Pairs.closed``."""

    name: str
    check: Callable[[Block], Outcome]


GATES: tuple[Gate, ...] = (
    Gate("variety", variety.check),
    Gate("grade", grade.check),
    Gate("spec", spec.check),
    Gate("origin", origin.check),
    Gate("readiness", readiness.check),
    Gate("payment_days", payment_days.check),
    Gate("certificate", certificate.check),
    Gate("calendar", calendar.check),
    Gate("price", price.check),
    Gate("radius", radius.check),
    Gate("min_lot", min_lot.check),
    Gate("excluded", excluded.check),
)

GATE_NAMES: tuple[str, ...] = tuple(gate.name for gate in GATES)


def bit(name: str) -> int:
    """The bit of a gate in ``Pairs.closed``; raises ValueError for an unknown name."""
    return 1 << GATE_NAMES.index(name)
