"""The second part of a split payment: what the resale brought, less the agreed costs, shared (domain model 2.6)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from broker.catalogue.wording import key
from broker.errors import RuleBroken
from broker.money import Money
from broker.prices.agreed import Terms

State = Literal["awaited", "missing", "in_time", "late"]
_BETWEEN_NAMES = re.compile(r"[,;\n]|\s(?:y|e|and)\s")


@dataclass(frozen=True)
class Sale:
    """`kg` that the buyer resold as `what`, at `price` per `unit_kg` kg in the clause's currency."""

    what: str
    kg: Decimal
    price: Decimal
    unit_kg: Decimal = Decimal(1)


@dataclass(frozen=True)
class ResaleCost:
    """A cost of the resale, by a name of the clause, and the voucher that proves it."""

    name: str
    amount: Money
    voucher: str


@dataclass(frozen=True)
class Resale:
    """What the buyer shows of the resale of a delivery; `first_paid` is what the organization already received."""

    delivered_on: dt.date
    handed_over_on: dt.date
    sales: tuple[Sale, ...]
    costs: tuple[ResaleCost, ...]
    first_paid: Money


@dataclass(frozen=True)
class SaleLine:
    """A sale with its total, to the nearest minor unit."""

    sale: Sale
    total: Money


@dataclass(frozen=True)
class Standing:
    """Where a liquidation stands. `awaited` and `missing` have none yet, `missing` and `late` are past `due_on`."""

    state: State
    due_on: dt.date
    handed_over_on: dt.date | None
    days_late: int


@dataclass(frozen=True)
class Liquidation:
    """The liquidation statement, exact to the minor unit:

    value = sum of the sales; net = value - sum of the costs; share = share_pct of net;
    second = share - first_paid + kept, where `kept` is the part of the first payment above the share, which is never
    returned. So the second payment is never below zero.
    """

    sales: tuple[SaleLine, ...]
    value: Money
    costs: tuple[ResaleCost, ...]
    net: Money
    share_pct: Decimal
    share: Money
    first_paid: Money
    kept: Money
    second: Money
    standing: Standing


def liquidation(terms: Terms, resale: Resale) -> Liquidation:
    """The statement for a resale, with all money in the clause's currency (ValueError otherwise).

    Raises RuleBroken: deduction_not_agreed (a cost that the clause does not list), voucher_missing, number_negative,
    percent_range (of the share) and price_method_needs (share_pct, the day of the liquidation).
    """
    _check_costs(terms, resale.costs)
    share_pct = terms.number("share_pct")
    if not 0 <= share_pct <= 100:
        raise RuleBroken("percent_range", field="share_pct", low=0, high=100)
    nothing = Money(0, terms.currency)
    sales = tuple(SaleLine(sale, _total(sale, terms.currency)) for sale in resale.sales)
    value = sum((line.total for line in sales), nothing)
    net = value - sum((cost.amount for cost in resale.costs), nothing)
    share = Money.rounded(net.amount * share_pct / 100, terms.currency)
    second = max(nothing, share - resale.first_paid)
    return Liquidation(
        sales=sales,
        value=value,
        costs=resale.costs,
        net=net,
        share_pct=share_pct,
        share=share,
        first_paid=resale.first_paid,
        kept=second - (share - resale.first_paid),
        second=second,
        standing=standing(terms, resale.delivered_on, resale.handed_over_on, resale.handed_over_on),
    )


def standing(terms: Terms, delivered_on: dt.date, handed_over_on: dt.date | None, day: dt.date) -> Standing:
    """How the liquidation of a delivery stands on `day`: a late or missing one is told in days."""
    due = due_on(terms, delivered_on)
    days_late = max(0, ((handed_over_on or day) - due).days)
    if handed_over_on is None:
        return Standing("missing" if days_late else "awaited", due, None, days_late)
    return Standing("late" if days_late else "in_time", due, handed_over_on, days_late)


def due_on(terms: Terms, delivered_on: dt.date) -> dt.date:
    """The agreed date, or the agreed days after the delivery. Raises RuleBroken('price_method_needs')."""
    if terms.has("liquidation_date"):
        try:
            return dt.date.fromisoformat(terms.text("liquidation_date"))
        except ValueError:
            raise terms.lacks("liquidation_date") from None
    days = terms.number("liquidation_days")
    if days < 0 or days != days.to_integral_value():
        raise terms.lacks("liquidation_days")
    return delivered_on + dt.timedelta(days=int(days))


def agreed_costs(terms: Terms) -> tuple[str, ...]:
    """The names of the costs that the clause lets the buyer deduct, as written: "flete, empaque y comisión"."""
    text = terms.text("cost_deductions") if terms.has("cost_deductions") else ""
    return tuple(name.strip() for name in _BETWEEN_NAMES.split(text) if key(name))


def _check_costs(terms: Terms, costs: Sequence[ResaleCost]) -> None:
    agreed = {key(name) for name in agreed_costs(terms)}
    for cost in costs:
        # "carga y descarga" may be one cost: it is agreed where each of its parts is.
        parts = {key(name) for name in _BETWEEN_NAMES.split(cost.name)}
        if not parts <= agreed:
            raise RuleBroken("deduction_not_agreed", field=cost.name, cost=cost.name)
        if not cost.voucher.strip():
            raise RuleBroken("voucher_missing", field=cost.name, cost=cost.name)
        if cost.amount.minor < 0:
            raise RuleBroken("number_negative", field=cost.name, text=str(cost.amount.amount))


def _total(sale: Sale, currency: str) -> Money:
    for value in (sale.kg, sale.price):
        if value < 0:
            raise RuleBroken("number_negative", field=sale.what, text=str(value))
    return Money.rounded(sale.kg * sale.price / sale.unit_kg, currency)
