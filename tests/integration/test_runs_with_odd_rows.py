"""A run over a market in which some rows cannot be priced: it says which, and matches the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import broker.subscriptions  # noqa: F401  (the worker needs its handlers)
from broker.clock import FixedClock
from broker.database import make_engine
from broker.jobs.worker import work_once
from broker.listings.models import Capacity, Need
from broker.matchmaking import queries, runs
from broker.matchmaking.models import MatchingRun, NeedResult, Suggestion
from broker.parties.actor import SYSTEM
from broker.parties.models import User
from broker.prices.quotes import enter_quote, enter_rate
from broker.readiness.indicators import for_scope
from broker.readiness.services import ValueInput, assess
from broker.transaction import Transaction, transaction
from tests.factories import listings, parties

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))
ALONE = {"min_suppliers": "1", "max_share_pct": "100", "min_fill_pct": "0"}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


def test_rows_that_cannot_be_priced_are_told_and_the_others_matched(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        house, buyer = _market(tx)
        _needs(tx, buyer)
        other = parties.user(tx)
        parties.mandate(tx, house, other)
        listings.capacity(tx, other, currency="EUR", ask_price="0.45")
    run = _run(engine, house, tmp_path)
    with Session(engine) as session:
        found = {
            result.need.reference: [reason["code"] for reason in result.summary["reasons"]]
            for result in session.scalars(select(NeedResult))
        }
        assert found.pop("R001") == ["supply_short"]
        assert found == {
            "R002": ["rate_missing"],
            "R003": ["price_unusable"],
            "R004": ["price_unusable"],
            "R005": ["price_unusable"],
        }
        left_out = queries.left_out_of(session, session.get_one(MatchingRun, run))
        assert [(capacity.currency, code) for capacity, code in left_out] == [("EUR", "rate_missing")]


def test_a_rate_of_the_house_counts_in_its_run(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        house, buyer = _market(tx)
        listings.need(tx, buyer, currency="EUR", price="0.60", **ALONE)
        with parties.acting(tx, house) as own:
            enter_rate(own, "EUR", Decimal("0.9"), tx.today, "BCE")
    _run(engine, house, tmp_path)
    with Session(engine) as session:
        assert session.scalars(select(Suggestion)).one().currency == "EUR"


def test_prices_by_the_tonne_are_kept_whole(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine, SYSTEM, CLOCK) as tx:
        house, buyer = _market(tx, ask_price="900000000", price_unit="t")
        listings.need(tx, buyer, price="1500000000", price_unit="t", **ALONE)
    _run(engine, house, tmp_path)
    with Session(engine) as session:
        assert session.scalars(select(Need)).one().price_minor == 150_000_000_000
        assert session.scalars(select(Capacity)).one().ask_minor == 90_000_000_000
        assert session.scalars(select(Suggestion)).one().price_low > 900_000 * 10**4


def _market(tx: Transaction, **capacity: str) -> tuple[User, User]:
    """A broker house, and a buyer and an organization who gave it a mandate; the organization's capacity."""
    house, buyer, producer = (parties.user(tx, kind) for kind in ("broker", "buyer", "producer_org"))
    for client in (buyer, producer):
        parties.mandate(tx, house, client)
    listings.capacity(tx, producer, **capacity)
    with parties.acting(tx, house) as own:
        values = {one.code: ValueInput(5, "visita", tx.today) for one in for_scope("producer")}
        assess(own, parties.organization_of(producer).id, values)
    enter_rate(tx, "COP", Decimal(3900), tx.today, "TRM")
    enter_quote(tx, "ICE C", Decimal(280), "usc_lb", tx.today, "ICE")
    return house, buyer


def _needs(tx: Transaction, buyer: User) -> None:
    """One as it should be, one in a currency without a rate, and three as older versions let them in."""
    listings.need(tx, buyer, **ALONE)
    listings.need(tx, buyer, currency="EUR", price="0.60")
    for params in (
        {"floor": "-5"},
        {"floor": "5", "index_series": "ICE C", "differential": "10", "base_factor": "0"},
        {"floor": "1000000000000"},
    ):
        old = listings.need(tx, buyer, **ALONE)
        old.price_method, old.price_minor, old.price_params = "floor_plus_premium", None, params
        old.price_unit_kg = Decimal("0.000000000000001")


def _run(engine: Engine, house: User, mail: Path) -> int:
    """The number of a run that came to its end."""
    with transaction(engine, SYSTEM, CLOCK) as tx, parties.acting(tx, house) as own:
        run = runs.start(own).id
    while work_once(engine, CLOCK, {"mail_dir": str(mail)}):
        pass
    with Session(engine) as session:
        assert session.get_one(MatchingRun, run).state == "done"
    return run
