"""Advances, how deliveries pay them back, and interest on what is paid late (domain model 2.7)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from broker.errors import RuleBroken
from broker.money import Money

MONTH_DAYS = 30


def advance_of(value: Money, pct: Decimal) -> Money:
    """`pct` percent of the value, to the nearest minor unit. Raises RuleBroken('percent_range')."""
    if not 0 <= pct <= 100:
        raise RuleBroken("percent_range", field="advance_pct", low=0, high=100)
    return Money.rounded(value.amount * pct / 100, value.currency)


def recovery(advance: Money, values: Sequence[Money]) -> tuple[Money, ...]:
    """What each of all deliveries pays back of the advance: pro rata to their values, the last takes the rest."""
    expected = Money(sum(value.minor for value in values), advance.currency)
    paid_back: list[Money] = []
    left = advance
    for number, value in enumerate(values, 1):
        part = recovery_of(left, advance, value, expected, last=number == len(values))
        paid_back.append(part)
        left -= part
    return tuple(paid_back)


def recovery_of(outstanding: Money, advance: Money, value: Money, expected: Money, *, last: bool) -> Money:
    """What one delivery of `value` pays back while the deliveries `expected` in all are still coming in.

    advance x value / expected to the nearest minor unit, never more than is outstanding; the last delivery pays all
    that is, which may exceed its own value where less was delivered than expected.
    """
    if last:
        return outstanding
    if expected.minor <= 0:
        return Money(0, advance.currency)
    share = Money.rounded(advance.amount * value.minor / expected.minor, advance.currency)
    return min(share, outstanding)


def recovery_from_first(advance: Money, values: Sequence[Money]) -> tuple[Money, ...]:
    """What each delivery pays back where the first settlements do, each as far as its value goes."""
    paid_back: list[Money] = []
    left = advance
    for value in values:
        part = min(left, value)
        paid_back.append(part)
        left -= part
    return tuple(paid_back)


def late_interest(amount: Money, monthly_pct: Decimal, days_late: int) -> Money:
    """amount x percent / 100 x days / 30, half even to the minor unit; nothing is owed for paying early."""
    if amount.minor <= 0 or monthly_pct <= 0 or days_late <= 0:
        return Money(0, amount.currency)
    interest = amount.amount * monthly_pct * days_late / (100 * MONTH_DAYS)
    return Money.rounded(interest, amount.currency)
