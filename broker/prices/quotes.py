"""Rates and quotations known on a day, from the tables or from given values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from broker.errors import RuleBroken
from broker.parties.permissions import require_kind
from broker.prices.formulas import Quote
from broker.prices.models import ExchangeRate, PricePoint
from broker.transaction import Transaction

INDEX_UNIT = "usc_lb"
"""US cents per pound: no market pays a product in it."""


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
    rate = (ExchangeRate.currency, ExchangeRate.per_usd, literal(""))
    point = (PricePoint.series, PricePoint.value, PricePoint.unit)
    # One statement: pages for organizations, which read both, are to send few.
    latest = union_all(
        _latest(ExchangeRate, "rate", *rate, day, house), _latest(PricePoint, "point", *point, day, house)
    ).subquery()
    rates: dict[str, Decimal] = {}
    series: dict[str, Quote] = {}
    for kind, name, value, unit, quoted_on, source in session.execute(
        select(*list(latest.c)[:6]).where(latest.c.place == 1)
    ):
        if kind == "rate":
            rates[name] = value
        else:
            series[name] = Quote(name, value, quoted_on.isoformat(), unit, source)
    return Quotes(rates, series)


def rate_on(session: Session, currency: str, day: dt.date, house: int | None = None) -> ExchangeRate | None:
    """The exchange rate in force on a day, with its date and source; a house's own before the installation's."""
    query = select(ExchangeRate).where(
        ExchangeRate.currency == currency, ExchangeRate.quoted_on <= day, readable(ExchangeRate, house)
    )
    return session.scalars(query.order_by(*_last_first(ExchangeRate)).limit(1)).first()


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


def _latest(
    kind: type[ExchangeRate] | type[PricePoint],
    said: str,
    name: Any,
    value: Any,
    unit: Any,
    day: dt.date,
    house: int | None,
) -> Select[Any]:
    """Rows of a table by what they quote; the one in force has the place 1."""
    place = func.row_number().over(partition_by=name, order_by=_last_first(kind))
    return select(
        literal(said).label("kind"), name.label("name"), value.label("value"), unit.label("unit"),
        kind.quoted_on, kind.source, place.label("place"),
    ).where(kind.quoted_on <= day, readable(kind, house))  # fmt: skip


def _last_first(kind: type[ExchangeRate] | type[PricePoint]) -> tuple[ColumnElement[Any], ...]:
    """The row in force before those that it replaces."""
    return (kind.quoted_on.desc(), case((kind.owner_id.is_not(None), 0), else_=1))


def _owner(tx: Transaction) -> int | None:
    """A house enters for itself; only the system for the whole installation."""
    return None if tx.actor.is_system else require_kind(tx.actor, "broker")
