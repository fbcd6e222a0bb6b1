"""What a price clause pays today: every method of domain model 2.6, with its inputs and steps shown.

All amounts are Decimals in major units; nothing is rounded before the last step of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.errors import RuleBroken

LB_PER_KG = Decimal("2.20462262")
"""Pounds in a kilogram, at the digits the coffee trade uses (ICE C is quoted in US cents per pound)."""
CENTS = Decimal(100)


@dataclass(frozen=True)
class Quote:
    """A dated value of a series and who published it: ICE C in US cents per lb, a market price in currency per kg.

    `unit` says so where it is known: usc_lb, or a currency and a unit such as HNL/qq.
    """

    series: str
    value: Decimal
    date: str
    unit: str = ""
    source: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a calculation: a code for its wording, and the numbers in it."""

    code: str
    numbers: Mapping[str, Decimal | str]


@dataclass(frozen=True)
class Computed:
    """A price per kg in major units of `currency`, and how it came about."""

    per_kg: Decimal
    currency: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Clause:
    """A price clause: the method, its unit price (per `unit_kg` kg, in `currency`) and its parameters as text."""

    method: str
    currency: str
    unit_kg: Decimal
    unit_price: Decimal | None
    params: Mapping[str, Any]

    def number(self, name: str, default: Decimal | None = None) -> Decimal:
        """A parameter. Raises RuleBroken('price_method_needs')."""
        if name in self.params:
            return Decimal(str(self.params[name]))
        if default is None:
            raise RuleBroken("price_method_needs", field=name, method=self.method)
        return default


def compute(clause: Clause, quotes: Mapping[str, Quote], per_usd: Decimal = Decimal(1)) -> Computed:
    """The price per kg today. `per_usd` is units of the clause's currency per US dollar, for index clauses.

    Raises RuleBroken('price_method_needs') when a parameter is missing and RuleBroken('quote_missing') when the
    clause follows a series that has no quotation.
    """
    return METHODS[clause.method](clause, quotes, per_usd)


def index_usd_per_kg(quote_usc_lb: Decimal, differential_usc_lb: Decimal) -> Decimal:
    """(C + differential) / 100 x 2.20462262, in US dollars per kg of green coffee."""
    return (quote_usc_lb + differential_usc_lb) / CENTS * LB_PER_KG


def effective_price(
    net: Decimal, wait_days: Decimal, monthly_cost: Decimal, rejects_pct: Decimal = Decimal(0)
) -> Decimal:
    """What a price paid later, and only for what is not rejected, is worth today:
    net x (1 - rejects / 100) / (1 + r x days / 30)."""
    return net * (1 - rejects_pct / 100) / (1 + monthly_cost * wait_days / 30)


def cash_gap(weekly_value: Decimal, buyer_days: Decimal, members_wait: Decimal) -> Decimal:
    """Money needed between paying members and being paid: weekly value x (buyer days - members' days) / 7."""
    return max(Decimal(0), weekly_value * (buyer_days - members_wait) / 7)


def _unit_price(clause: Clause) -> Decimal:
    if clause.unit_price is None:
        raise RuleBroken("price_method_needs", field="price", method=clause.method)
    return clause.unit_price / clause.unit_kg


def _stated(clause: Clause, quotes: Mapping[str, Quote], per_usd: Decimal) -> Computed:
    price = _unit_price(clause)
    return Computed(price, clause.currency, (Step("stated", {"price": price}),))


def _collar(clause: Clause, quotes: Mapping[str, Quote], per_usd: Decimal) -> Computed:
    low, high = clause.number("collar_low") / clause.unit_kg, clause.number("collar_high") / clause.unit_kg
    reference = _unit_price(clause)
    price = min(max(reference, low), high)
    step = Step("collar", {"low": low, "high": high, "reference": reference, "price": price})
    return Computed(price, clause.currency, (step,))


def _index(clause: Clause, quotes: Mapping[str, Quote], per_usd: Decimal) -> Computed:
    quote, usd = _index_usd(clause, quotes)
    price, step = _in_currency(clause, usd, per_usd)
    shown = Step("index", {"series": quote.series, "date": quote.date, "quote": quote.value, "usd_kg": usd})
    return Computed(price, clause.currency, (shown, step))


def _floor_premium(clause: Clause, quotes: Mapping[str, Quote], per_usd: Decimal) -> Computed:
    premium = clause.number("premium", Decimal(0))
    if "index_series" not in clause.params:
        floor = clause.number("floor")
        price = (floor + premium) / clause.unit_kg
        return Computed(price, clause.currency, (Step("floor", {"floor": floor, "premium": premium}),))
    quote, usd = _index_usd(clause, quotes)
    floor_usd = clause.number("floor") / CENTS * LB_PER_KG
    usd = max(usd, floor_usd) + premium / CENTS * LB_PER_KG
    price, step = _in_currency(clause, usd, per_usd)
    shown = Step(
        "index_floor", {"series": quote.series, "date": quote.date, "quote": quote.value, "floor": floor_usd}
    )
    return Computed(price, clause.currency, (shown, step))


def _index_usd(clause: Clause, quotes: Mapping[str, Quote]) -> tuple[Quote, Decimal]:
    series = str(clause.params.get("index_series", ""))
    if series not in quotes:
        raise RuleBroken("quote_missing", series=series)
    quote = quotes[series]
    return quote, index_usd_per_kg(quote.value, clause.number("differential"))


def _in_currency(clause: Clause, usd_kg_green: Decimal, per_usd: Decimal) -> tuple[Decimal, Step]:
    """From US dollars per kg of green coffee to the clause's currency per kg of what is delivered: parchment yields
    70 kg of excelso for every `base_factor` kg (FNC's yield factor)."""
    factor = clause.number("base_factor", Decimal(70))
    if factor <= 0:
        raise RuleBroken("price_method_needs", field="base_factor", method=clause.method)
    share = 70 / factor
    price = usd_kg_green * share * per_usd
    return price, Step("converted", {"share": share, "rate": per_usd, "price": price})


METHODS: dict[str, Callable[[Clause, Mapping[str, Quote], Decimal], Computed]] = {
    "fixed": _stated,
    "fixed_reviewed": _stated,
    "cost_plus": _stated,
    "split_payment": _stated,
    "collar": _collar,
    "index_differential": _index,
    "floor_plus_premium": _floor_premium,
}
