"""Migrations make exactly the schema of the models, up and down, on both databases."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broker import schema
from broker.audit.chain import heads, verify
from broker.database import make_engine
from broker.listings.models import Capacity, CapacitySlot
from broker.prices.models import PricePoint
from tests.factories.market import capacity_id, demonstration


def test_migrated_is_modelled(bare_database_url: str) -> None:
    engine = make_engine(bare_database_url)
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    schema.upgrade(engine)
    engine.dispose()


def test_down_and_up_again_with_data(bare_database_url: str) -> None:
    engine = make_engine(bare_database_url)
    schema.upgrade(engine)
    demonstration(engine)
    schema.downgrade(engine, "base")
    assert [name for name in inspect(engine).get_table_names() if name != "alembic_version"] == []
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    engine.dispose()


def test_rows_of_the_audit_that_were_there_before_are_chained_as_if_written_today(
    bare_database_url: str,
) -> None:
    engine = make_engine(bare_database_url)
    schema.upgrade(engine)
    demonstration(engine)
    with Session(engine) as session:
        before = heads(session)
    assert len(before) > 30
    schema.downgrade(engine, "0009")
    schema.upgrade(engine)
    with Session(engine) as session:
        assert heads(session) == before
        assert verify(session) == []
    engine.dispose()


def test_values_come_back_to_the_last_digit(database_url: str) -> None:
    engine = make_engine(database_url)
    day = dt.date(2026, 11, 23)
    with Session(engine) as session:
        session.add(
            PricePoint(series="X", quoted_on=day, value=Decimal("12345678901234.5678"), unit="u", source="s")
        )
        session.commit()
    with Session(engine) as session:
        assert session.scalars(select(PricePoint)).one().value == Decimal("12345678901234.5678")
    engine.dispose()


def test_the_database_itself_refuses_an_oversold_slot(database_url: str) -> None:
    engine = make_engine(database_url)
    demonstration(engine)
    with Session(engine) as session:
        slot = CapacitySlot(
            capacity_id=capacity_id(engine, "P01"), kind="week", starts_on=dt.date(2026, 12, 7),
            available_kg=Decimal(100), reserved_kg=Decimal(0),
        )  # fmt: skip
        session.add(slot)
        session.commit()
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE capacity_slots SET reserved_kg = available_kg + 1"))
        session.rollback()
        with pytest.raises(IntegrityError):
            session.execute(text("UPDATE needs SET covered_kg = total_kg + 1"))
        session.rollback()
        assert session.get_one(Capacity, slot.capacity_id).reference == "P01"
    engine.dispose()
