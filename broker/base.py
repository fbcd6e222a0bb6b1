"""The base of every entity: typed, dataclass-like, with named constraints and exact column types."""

import datetime as dt
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Integer, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, registry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment, stored in UTC; SQLite drops the zone, so it is put back on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Kilograms(TypeDecorator[Decimal]):
    """A mass in kg, stored as whole grams, so that it is exact on both databases."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        return int((Decimal(value) * 1000).to_integral_value(ROUND_HALF_EVEN))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 1000


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal kept digit for digit as text: unit factors, areas, shares. Never summed in SQL."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else format(Decimal(value), "f")

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


# SQLite counts up only on INTEGER keys.
Id = BigInteger().with_variant(Integer, "sqlite")
# Whole minor units and points of a price; SQLite's INTEGER is as wide.
PriceUnits = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={
            dt.datetime: UtcDateTime(),
            str: String(200),
            dict[str, Any]: JSON(),
            list[Any]: JSON(),
            list[str]: JSON(),
            list[int]: JSON(),
        },
    )


class Entity(MappedAsDataclass, Base, kw_only=True, eq=False):
    """A thing with an identity. Subclasses name their table themselves."""

    __abstract__ = True
