"""Whose exchange rates and quotations count for whom: a broker house's own for itself, the installation's for all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from broker import schema
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import NotAllowed
from broker.parties.actor import SYSTEM
from broker.prices.models import ExchangeRate, PricePoint
from broker.prices.quotes import enter_quote, enter_rate, quotes_on
from broker.transaction import transaction
from tests.factories import parties

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
TODAY = dt.date(2026, 11, 23)
YESTERDAY = dt.date(2026, 11, 22)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_a_house_changes_prices_for_itself_only(engine: Engine) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        house, rival = parties.user(tx, "broker"), parties.user(tx, "broker")
        enter_rate(tx, "COP", Decimal(3900), TODAY, "TRM")
        enter_quote(tx, "ICE C", Decimal(280), "usc_lb", TODAY, "ICE")
        for person, per_usd in ((house, 1), (rival, 4000), (house, 2)):
            with parties.acting(tx, person) as own:
                enter_rate(own, "COP", Decimal(per_usd), TODAY, "own")
                enter_quote(own, "ICE C", Decimal(per_usd), "usc_lb", TODAY, "own")
        own_id, rival_id = (parties.organization_of(person).id for person in (house, rival))
    with Session(engine) as session:
        for owner, expected in ((own_id, 2), (rival_id, 4000)):
            found = quotes_on(session, TODAY, owner)
            assert (found.rate("COP"), found.series["ICE C"].value) == (expected, expected)
        installation = quotes_on(session, TODAY)
        assert (installation.rate("COP"), installation.series["ICE C"].value) == (3900, 280)
        for model in (ExchangeRate, PricePoint):
            assert len(session.scalars(select(model)).all()) == 3


def test_the_later_day_counts_and_on_one_day_the_own(engine: Engine) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        house = parties.user(tx, "broker")
        with parties.acting(tx, house) as own:
            enter_rate(own, "COP", Decimal(3950), YESTERDAY, "own")
        enter_rate(tx, "COP", Decimal(3800), YESTERDAY, "TRM")
        owner = parties.organization_of(house).id
        assert quotes_on(tx.session, TODAY, owner).rate("COP") == 3950
        enter_rate(tx, "COP", Decimal(3900), TODAY, "TRM")
        assert quotes_on(tx.session, TODAY, owner).rate("COP") == 3900


def test_nobody_but_a_house_enters_any(engine: Engine) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        buyer = parties.user(tx, "buyer")
        with parties.acting(tx, buyer) as own, pytest.raises(NotAllowed):
            enter_rate(own, "COP", Decimal(1), TODAY, "own")


def test_what_houses_entered_before_becomes_their_own(bare_database_url: str) -> None:
    engine = make_engine(bare_database_url)
    schema.upgrade(engine, "0007")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO organizations (id, kind, legal_name, country, municipality, legal_status, about,"
                " is_fictional, created_at)"
                " VALUES (1, 'broker', 'Casa', 'CO', 'Armenia', 'registered', '', TRUE, '2026-11-01')"
            )
        )
        for row, entered_by in ((1, None), (2, 1)):
            connection.execute(
                text("INSERT INTO exchange_rates VALUES (:id, 'COP', :day, '3900', 's')"),
                {"id": row, "day": f"2026-11-2{row}"},
            )
            connection.execute(
                text(
                    "INSERT INTO audit_entries (at, actor_organization_id, owner_id, verb, subject, subject_id, detail)"
                    " VALUES ('2026-11-22', :who, :who, 'rate.entered', 'exchange_rate', :id, '{}')"
                ),
                {"id": row, "who": entered_by},
            )
    schema.upgrade(engine)
    with engine.connect() as connection:
        owners = connection.execute(text("SELECT id, owner_id FROM exchange_rates ORDER BY id")).all()
    assert [tuple(row) for row in owners] == [(1, None), (2, 1)]
    schema.downgrade(engine, "0007")
    with engine.connect() as connection:
        assert connection.scalars(text("SELECT id FROM exchange_rates")).all() == [1]
    engine.dispose()
