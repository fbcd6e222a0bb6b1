"""Quoted prices and exchange rates, each with its date, its source and its owner: the broker house that entered it, or
nobody where it is the installation's own."""

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, ExactDecimal, Id


def _of_the_installation(name: str, *columns: str) -> Index:
    nobody = text("owner_id IS NULL")
    return Index(name, *columns, unique=True, sqlite_where=nobody, postgresql_where=nobody)


class PricePoint(Entity, kw_only=True):
    """One quotation of a series on one day, in the series' own unit (ICE C in US cents per lb, for instance). With a
    `product` it is what the market pays for that product, in a currency per kg or another unit of its trade."""

    __tablename__ = "price_points"
    __table_args__ = (
        UniqueConstraint("owner_id", "series", "quoted_on"),
        # Two NULLs are never equal, so the installation's own need an index of their own.
        _of_the_installation("uq_price_points_installation", "series", "quoted_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    series: Mapped[str]
    quoted_on: Mapped[dt.date]
    value: Mapped[Decimal] = mapped_column(ExactDecimal)
    unit: Mapped[str]
    source: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), default=None)
    product: Mapped[str | None] = mapped_column(default=None)


class ExchangeRate(Entity, kw_only=True):
    """Units of `currency` for one US dollar on one day."""

    __tablename__ = "exchange_rates"
    __table_args__ = (
        UniqueConstraint("owner_id", "currency", "quoted_on"),
        _of_the_installation("uq_exchange_rates_installation", "currency", "quoted_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    currency: Mapped[str]
    quoted_on: Mapped[dt.date]
    per_usd: Mapped[Decimal] = mapped_column(ExactDecimal)
    source: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), default=None)
