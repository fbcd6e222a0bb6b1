"""Quoted prices and exchange rates, each with its date and source."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, ExactDecimal, Id


class PricePoint(Entity, kw_only=True):
    """One quotation of a series on one day, in the series' own unit (ICE C in US cents per lb, for instance)."""

    __tablename__ = "price_points"
    __table_args__ = (UniqueConstraint("series", "quoted_on"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    series: Mapped[str]
    quoted_on: Mapped[dt.date]
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str]
    source: Mapped[str]


class ExchangeRate(Entity, kw_only=True):
    """Units of `currency` for one US dollar on one day."""

    __tablename__ = "exchange_rates"
    __table_args__ = (UniqueConstraint("currency", "quoted_on"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    currency: Mapped[str]
    quoted_on: Mapped[dt.date]
    per_usd: Mapped[Decimal] = mapped_column(ExactDecimal)
    source: Mapped[str]
