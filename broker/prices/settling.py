"""What a delivery pays under an agreement's price clause on a day: every method of domain model 2.6.

formulas.compute prices a published need for the matching. Here the clause is agreed, its reference is a quotation with
its date and source, and what is missing stops the calculation instead of being guessed. Nothing is rounded: whoever
makes money of it rounds once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from broker.errors import RuleBroken
from broker.prices.agreed import Inputs, Terms
from broker.prices.formulas import CENTS, LB_PER_KG, Quote, Step

EXCELSO_KG = Decimal(70)
"""Kg of excelso (export grade green coffee) to which a yield factor counts the kg of parchment, as FNC does."""
INDEX_UNITS: Mapping[str, Decimal] = {
    "¢/lb": LB_PER_KG / CENTS,
    "usc_lb": LB_PER_KG / CENTS,
    "USD/lb": LB_PER_KG,
    "USD/kg": Decimal(1),
}
"""US dollars per kg for one of each unit in which an index, its differential and its floor are agreed."""


@dataclass(frozen=True)
class Settled:
    """The price of one unit in major units of `currency`, unrounded, and the steps that led to it."""

    per_unit: Decimal
    currency: str
    unit: str
    unit_kg: Decimal
    steps: tuple[Step, ...]

    @property
    def per_kg(self) -> Decimal:
        """Major units per kg. What kg are worth is reckoned from `per_unit`, which no division has cut off."""
        return self.per_unit / self.unit_kg


Priced = tuple[Decimal, tuple[Step, ...]]


def price_on(terms: Terms, inputs: Inputs) -> Settled:
    """What one unit pays under the clause with the inputs of the day.

    Raises RuleBroken: price_method_needs (a parameter or a measurement is missing), quote_missing,
    quote_in_other_unit, unit_unknown (of a differential), rate_missing, cost_missing, range_crossed (of a collar) and
    price_unusable (the figures make it negative).
    """
    if terms.method not in METHODS:
        raise terms.lacks("method")
    per_unit, steps = METHODS[terms.method](terms, inputs)
    if per_unit < 0:
        raise RuleBroken("price_unusable")
    return Settled(per_unit, terms.currency, terms.unit, terms.unit_kg, steps)


def by_yield_factor(at_base: Decimal, base: Decimal, measured: Decimal) -> Decimal:
    """The excelso part of a parchment price: price at the base factor x base / measured (FNC, domain model 2.6)."""
    return at_base * base / measured


def _stated(terms: Terms, inputs: Inputs) -> Priced:
    price = _unit_price(terms)
    return price, (Step("stated", {"price": price}),)


def _first_payment(terms: Terms, inputs: Inputs) -> Priced:
    price = _unit_price(terms)
    return price, (Step("first_payment", {"price": price}),)


def _unit_price(terms: Terms) -> Decimal:
    if terms.unit_price is None:
        raise terms.lacks("price")
    return terms.unit_price


def _cost_plus(terms: Terms, inputs: Inputs) -> Priced:
    """Audited cost x (1 + margin)."""
    margin, cost = terms.number("margin_pct"), inputs.audited_cost
    if cost is None:
        raise RuleBroken("cost_missing", field="audited_cost")
    price = cost.per_unit * (100 + margin) / 100
    sheet = {"sheet": cost.sheet, "date": cost.date}
    numbers = {"cost": cost.per_unit, "margin_pct": margin, "price": price}
    return price, (Step("cost_plus", {**sheet, **numbers}),)


def _collar(terms: Terms, inputs: Inputs) -> Priced:
    """The dated reference, held between the lowest and the highest price."""
    low, high = terms.number("low"), terms.number("high")
    if low > high:
        raise RuleBroken("range_crossed", field="high")
    quote = _quote(terms, inputs)
    reference = _in_clause_unit(terms, quote)
    price = min(max(reference, low), high)
    numbers = {"reference": reference, "low": low, "high": high, "price": price}
    return price, (Step("collar", {**_dated(quote), **numbers}),)


def _index_differential(terms: Terms, inputs: Inputs) -> Priced:
    """(C + differential) / 100 x 2.20462262 USD/kg x exchange rate."""
    usd, step = _index_usd(terms, inputs)
    return _delivered(terms, inputs, usd, (step,))


def _floor_plus_premium(terms: Terms, inputs: Inputs) -> Priced:
    """max(index + differential, floor) + premium + organic differential; without a series the floor and those."""
    if not terms.has("series"):
        floor = terms.number("floor")
        premium, organic = terms.number("premium", Decimal(0)), terms.number("organic_diff", Decimal(0))
        price = floor + premium + organic
        numbers = {"floor": floor, "premium": premium, "organic_diff": organic, "price": price}
        return price, (Step("floor", numbers),)
    index, step = _index_usd(terms, inputs)
    factor = _index_factor(terms)
    floor = terms.number("floor") * factor
    premium = terms.number("premium", Decimal(0)) * factor
    organic = terms.number("organic_diff", Decimal(0)) * factor
    guarded = max(index, floor)
    floored = Step("index_floor", {"index": index, "floor": floor, "price": guarded})
    usd = guarded + premium + organic
    added = Step("premiums", {"premium": premium, "organic_diff": organic, "price": usd})
    return _delivered(terms, inputs, usd, (step, floored, added))


def _index_usd(terms: Terms, inputs: Inputs) -> tuple[Decimal, Step]:
    """The called or quoted index and its differential, in US dollars per kg of green coffee."""
    differential, factor = terms.number("differential"), _index_factor(terms)
    called = inputs.fixed_quote
    quote = _quote(terms, inputs) if called is None else called
    if quote.series != terms.text("series"):
        raise RuleBroken("quote_missing", field="fixed_quote", series=terms.text("series"))
    if quote.unit and quote.unit not in INDEX_UNITS:
        raise RuleBroken("quote_in_other_unit", series=quote.series, unit=quote.unit, needed="¢/lb")
    usd = quote.value * INDEX_UNITS[quote.unit or "usc_lb"] + differential * factor
    numbers = {"quote": quote.value, "differential": differential, "usd_kg": usd}
    unit = {"differential_unit": terms.text("differential_unit")}
    return usd, Step("index" if called is None else "index_called", {**_dated(quote), **numbers, **unit})


def _index_factor(terms: Terms) -> Decimal:
    unit = terms.text("differential_unit")
    if unit not in INDEX_UNITS:
        raise RuleBroken("unit_unknown", field="differential_unit", text=unit)
    return INDEX_UNITS[unit]


def _delivered(terms: Terms, inputs: Inputs, usd_kg: Decimal, steps: tuple[Step, ...]) -> Priced:
    """From US dollars per kg of green coffee to a unit of what is delivered, in the clause's currency."""
    price = usd_kg * terms.unit_kg
    steps += (Step("unit", {"usd_kg": usd_kg, "unit_kg": terms.unit_kg, "price": price}),)
    if terms.currency != "USD":
        rate = inputs.per_usd
        if rate is None or rate.currency != terms.currency:
            raise RuleBroken("rate_missing", field="per_usd", currency=terms.currency)
        price *= rate.per_usd
        numbers = {"rate": rate.per_usd, "price": price}
        steps += (Step("converted", {**numbers, "date": rate.date, "source": rate.source}),)
    if terms.has("base_factor"):
        price, step = _parchment(terms, inputs, price)
        steps += (step,)
    if terms.has("pasilla"):
        # The coffee below excelso is paid as agreed: a better yield of excelso does not make it dearer.
        pasilla = terms.number("pasilla")
        price += pasilla
        steps += (Step("pasilla", {"pasilla": pasilla, "price": price}),)
    return price, steps


def _parchment(terms: Terms, inputs: Inputs, green: Decimal) -> tuple[Decimal, Step]:
    base, measured = terms.number("base_factor"), inputs.measured_factor
    if base <= 0:
        raise terms.lacks("base_factor")
    if measured is None or measured <= 0:
        raise terms.lacks("measured_factor")
    at_base = green * EXCELSO_KG / base
    price = by_yield_factor(at_base, base, measured)
    return price, Step(
        "yield_factor", {"base": base, "measured": measured, "at_base": at_base, "price": price}
    )


def _quote(terms: Terms, inputs: Inputs) -> Quote:
    series = terms.text("series")
    if series not in inputs.quotes:
        raise RuleBroken("quote_missing", field="quotes", series=series)
    return inputs.quotes[series]


def _in_clause_unit(terms: Terms, quote: Quote) -> Decimal:
    """A market price per unit of the clause: quoted by the kg, or by that very unit."""
    by_kg, by_unit = f"{terms.currency}/kg", f"{terms.currency}/{terms.unit}"
    if quote.unit in ("", by_kg):
        return quote.value * terms.unit_kg
    if quote.unit == by_unit:
        return quote.value
    raise RuleBroken("quote_in_other_unit", series=quote.series, unit=quote.unit, needed=by_unit)


def _dated(quote: Quote) -> dict[str, str]:
    return {"series": quote.series, "date": quote.date, "source": quote.source}


METHODS: dict[str, Callable[[Terms, Inputs], Priced]] = {
    "fixed": _stated,
    "fixed_reviewed": _stated,
    "index_differential": _index_differential,
    "floor_plus_premium": _floor_plus_premium,
    "cost_plus": _cost_plus,
    "collar": _collar,
    "split_payment": _first_payment,
}
