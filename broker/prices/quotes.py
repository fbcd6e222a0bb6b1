"""Rates and quotations known on a day, from the tables or from given values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from broker.errors import RuleBroken
from broker.parties.permissions import require_kind
from broker.prices.formulas import Quote
from broker.prices.models import ExchangeRate, PricePoint
from broker.transaction import Transaction

INDEX_UNIT = "usc_lb"
"""US cents per pound: no market pays a product in it."""
_Row = TypeVar("_Row", ExchangeRate, PricePoint)


@dataclass(frozen=True)
class Quotes:
    """Units of each currency per US dollar, and the last quotation of each series."""

    per_usd: Mapping[str, Decimal]
    series: Mapping[str, Quote] = field(default_factory=dict)

    def rate(self, currency: str) -> Decimal:
        """Units of `currency` per US dollar. Raises RuleBroken('rate_missing')."""
        if currency == "USD":
            return Decimal(1)
        try:
            return self.per_usd[currency]
        except KeyError:
            raise RuleBroken("rate_missing", currency=currency) from None


def readable(kind: type[ExchangeRate] | type[PricePoint], house: int | None) -> ColumnElement[bool]:
    """Which rows count: the installation's own, and those that the house entered, if there is one."""
    return or_(kind.owner_id.is_(None), kind.owner_id == house)


def quotes_on(session: Session, day: dt.date, house: int | None = None) -> Quotes:
    """The latest rates and quotations not after `day`: the installation's, and for a broker house also its own, which
    count before the installation's of the same day."""
    rates: dict[str, Decimal] = {}
    for rate in session.scalars(_in_force(ExchangeRate, day, house)):
        rates[rate.currency] = rate.per_usd
    series: dict[str, Quote] = {}
    for point in session.scalars(_in_force(PricePoint, day, house)):
        day_quoted = point.quoted_on.isoformat()
        series[point.series] = Quote(point.series, point.value, day_quoted, point.unit, point.source)
    return Quotes(rates, series)


def rate_on(session: Session, currency: str, day: dt.date, house: int | None = None) -> ExchangeRate | None:
    """The exchange rate in force on a day, with its date and source; a house's own before the installation's."""
    query = _in_force(ExchangeRate, day, house).where(ExchangeRate.currency == currency)
    return next(iter(reversed(session.scalars(query).all())), None)


def enter_rate(tx: Transaction, currency: str, per_usd: Decimal, day: dt.date, source: str) -> None:
    """Enter an exchange rate with its day and source: a broker house its own, the system the installation's."""
    owner = _owner(tx)
    if per_usd <= 0:
        raise RuleBroken("must_be_above", field="per_usd", limit=0)
    rate = tx.session.scalar(select(ExchangeRate).filter_by(owner_id=owner, currency=currency, quoted_on=day))
    if rate is None:
        rate = ExchangeRate(owner_id=owner, currency=currency, quoted_on=day, per_usd=per_usd, source=source)
        tx.session.add(rate)
    rate.per_usd, rate.source = per_usd, source
    tx.session.flush()
    tx.record("rate.entered", "exchange_rate", rate.id, tx.actor.organization_id, currency=currency)


def enter_quote(
    tx: Transaction,
    series: str,
    value: Decimal,
    unit: str,
    day: dt.date,
    source: str,
    product: str | None = None,
) -> None:
    """Enter a quotation of a series with its day and source, for a market price also its product: a broker house its
    own, the system the installation's. Raises RuleBroken: must_be_above, market_unit."""
    owner = _owner(tx)
    if value <= 0:
        raise RuleBroken("must_be_above", field="value", limit=0)
    if product and unit == INDEX_UNIT:
        raise RuleBroken("market_unit", field="unit")
    point = tx.session.scalar(select(PricePoint).filter_by(owner_id=owner, series=series, quoted_on=day))
    if point is None:
        point = PricePoint(
            owner_id=owner, series=series, quoted_on=day, value=value, unit=unit, source=source
        )
        tx.session.add(point)
    point.value, point.unit, point.source, point.product = value, unit, source, product
    tx.session.flush()
    tx.record("quote.entered", "price_point", point.id, tx.actor.organization_id, series=series)


def _in_force(kind: type[_Row], day: dt.date, house: int | None) -> Select[_Row]:
    """Rows in the order in which a later one replaces an earlier one."""
    query = select(kind).where(kind.quoted_on <= day, readable(kind, house))
    return query.order_by(kind.quoted_on, kind.owner_id.is_not(None))


def _owner(tx: Transaction) -> int | None:
    """A house enters for itself; only the system for the whole installation."""
    return None if tx.actor.is_system else require_kind(tx.actor, "broker")
