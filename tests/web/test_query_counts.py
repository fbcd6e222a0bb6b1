"""Statements per page: every page of every person on the demonstration market, and on one grown by 24 of each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, event, insert, select

import broker.subscriptions  # noqa: F401  (the worker needs its handlers)
from broker.agreements.models import Agreement, AgreementPart, AgreementVersion
from broker.clock import FixedClock
from broker.database import make_engine
from broker.demo import load
from broker.jobs.worker import work_once
from broker.listings.drafts import CapacityDraft
from broker.listings.models import Capacity, Contribution, Need, NeedQuestion
from broker.listings.sharing import ShareLink
from broker.matchmaking.models import Candidate, MatchingRun, NeedResult, Suggestion
from broker.notifications.models import Notification
from broker.parties import accounts
from broker.parties.models import Certificate, Mandate, Membership, Organization, User
from broker.prices.models import ExchangeRate, PricePoint
from broker.readiness.models import Assessment, AssessmentValue
from tests.factories.parties import cheap_hash
from tests.support.database import open_store
from tests.support.demo_market import VISITOR, Market, stage
from tests.support.pages import KINDS, Address, addresses
from tests.support.scratch import make_folder
from tests.web.conftest import NOON
from web.app import create_app
from web.config import Settings
from web.extensions import db

Key = tuple[str, str, str, str]
"""Who, endpoint, address, and "page" or "fragment"."""
MOST = {"page": 6, "fragment": 4}
MORE = 24
FRAGMENTS = ("needs.browse", "capacities.browse", "runs.show")
# What must be longer by half at least when there are 24 more of everything; the published capacities fill a page
# from the start.
LISTS = {
    "agreements.listing", "capacities.buyers", "capacities.mine", "desk.ask", "desk.need", "desk.needs",
    "home.home", "home.matters", "mandates.listing", "market.opportunities", "messages.inbox", "needs.browse",
    "needs.mine", "needs.offers", "organizations.certificates", "organizations.members", "prices.listing",
    "runs.listing", "shared.listing", "suggestions.inbox",
}  # fmt: skip
GROWN = 1.5


class Counted:
    """The app on a market, and how many statements each address sends."""

    def __init__(self, app: Flask, engine: Engine, market: Market) -> None:
        self.app, self.engine, self.market = app, engine, market
        self.sent: list[str] = []

    def enter(self, who: str) -> FlaskClient:
        client = self.app.test_client()
        if who != VISITOR:
            with self.app.app_context():
                query = select(User).where(User.email == self.market.people[who])
                user = db.session.scalars(query).one()
            with client.session_transaction() as session:
                session["user"], session["epoch"] = user.id, user.epoch
        return client

    def addresses(self, who: str) -> list[Address]:
        return list(addresses(self.app, self.market, who))

    def measure(self) -> dict[Key, tuple[int, int]]:
        """Statements, and characters of the answer."""
        found = {}
        for who in KINDS:
            client = self.enter(who)
            for address in self.addresses(who):
                parts = ("page", "fragment") if address.endpoint in FRAGMENTS else ("page",)
                for part in parts:
                    self.sent.clear()
                    answer = client.get(
                        address.path, headers={"HX-Request": "true"} if part == "fragment" else {}
                    )
                    assert answer.status_code in (200, 302), address
                    found[who, address.endpoint, address.path, part] = (len(self.sent), len(answer.data))
        return found

    def note(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith("BEGIN"):
            self.sent.append(statement)


@pytest.fixture(scope="module")
def counted() -> Iterator[Counted]:
    """The demonstration market, matched and played on."""
    data = make_folder("counted", in_memory=True)
    store = open_store("sqlite")
    url = store.fresh()
    clock = FixedClock(NOON)
    with patch.object(accounts, "hash_password", cheap_hash):
        engine = make_engine(url)
        load.load(engine, clock)
        load.order_first_run(engine, clock)
        while work_once(engine, clock, {"mail_dir": str(data)}):
            pass
        market = stage(engine, clock)
        engine.dispose()
    app = create_app(_settings(url, data), clock=clock)
    app.config.update(TESTING=True)
    with app.app_context():
        made = Counted(app, db.engine, market)
    event.listen(made.engine, "before_cursor_execute", made.note)
    yield made
    made.engine.dispose()
    store.drop(url)


def _settings(url: str, data: Path) -> Settings:
    return Settings(
        data=data, database_url=url, secret_key="a key for tests", demo=True, host="127.0.0.1", port=8000,
        hosts=("localhost",), https=False, smtp="", mail_from="alianza@example.org",
    )  # fmt: skip


def test_every_page_sends_few_statements_and_as_many_for_25_rows_as_for_one(counted: Counted) -> None:
    few = counted.measure()
    above = {key: number for key, (number, _) in few.items() if number > MOST[key[3]]}
    assert above == {}
    _grow(counted)
    many = counted.measure()
    grown = {
        endpoint
        for (who, endpoint, path, part) in few
        if many[who, endpoint, path, part][1] > GROWN * few[who, endpoint, path, part][1]
    }
    assert grown >= LISTS
    assert {key: (few[key], many[key]) for key in few if many[key][0] != few[key][0]} == {}


def _grow(counted: Counted) -> None:
    """24 more of each row that lists show, straight into the tables: what matters is how they are read."""
    objects = counted.market.objects
    with counted.engine.begin() as connection:
        reader = connection.scalars(select(User.id).where(User.email == counted.market.people["buyer"])).one()
        for number in range(1, MORE + 1):
            need = _copy(connection, Need, objects["need"], reference=f"N{number}")
            capacity = _copy(connection, Capacity, objects["capacity"], reference=f"C{number}")
            _copy(connection, Contribution, 1, need_id=objects["need"])
            _copy(connection, NeedQuestion, 1, request_key=f"copy{number}")
            _copy(connection, CapacityDraft, objects["begun"], request_key=f"copy{number}")
            for model in (NeedResult, Candidate):
                _copy_all(connection, model, {"need_id": objects["need"]}, need_id=need)
            pair = {"need_id": objects["need"], "capacity_id": objects["capacity"]}
            _copy_all(connection, Candidate, pair, capacity_id=capacity)
            for name in ("asked", "refused"):
                _copy(connection, Suggestion, objects[name], need_id=need)
            _copy(connection, Suggestion, objects["agreed"], capacity_id=capacity)
            agreed = _copy(connection, Suggestion, objects["agreed"], need_id=need)
            agreement = _copy(connection, Agreement, objects["agreement"], need_id=need, renews_id=None)
            part = {"agreement_id": objects["agreement"]}
            _copy_all(connection, AgreementPart, part, agreement_id=agreement, suggestion_id=agreed)
            first = {"agreement_id": objects["agreement"], "number": 1}
            _copy_all(connection, AgreementVersion, first, agreement_id=agreement)
            _copy_all(connection, AgreementVersion, first, number=number + 1)
            _copy(connection, MatchingRun, objects["run"], state="cancelled")
            _copy(connection, Notification, 1, user_id=reader, organization_id=None)
            _copy(connection, ShareLink, 1, token_sha256=f"copy {number}")
            _copy_parties(connection, objects["producer"], number)
            for model in (PricePoint, ExchangeRate):
                _copy(connection, model, 1, quoted_on=NOON.date() - dt.timedelta(days=number))


def _copy_parties(connection: Connection, producer: int, number: int) -> None:
    """A colleague and a certificate of the organization, an assessment, and a client of the broker."""
    membership = connection.execute(
        select(Membership.id, Membership.user_id).where(Membership.organization_id == producer)
    ).first()
    assert membership is not None
    user = _copy(connection, User, membership.user_id, email=f"copy{number}@example.org")
    _copy(connection, Membership, membership.id, user_id=user)
    _copy(connection, Certificate, 1, covers_id=producer, holder_id=producer)
    _copy(connection, Certificate, 1, holder_id=producer)
    assessment = connection.scalars(
        select(Assessment.id).where(Assessment.organization_id == producer)
    ).first()
    assert assessment is not None
    copied = _copy(connection, Assessment, assessment)
    _copy_all(connection, AssessmentValue, {"assessment_id": assessment}, assessment_id=copied)
    client = _copy(connection, Organization, producer, legal_name=f"Copia {number}", tax_id=None)
    mandate = connection.scalars(select(Mandate.id).where(Mandate.client_id == producer)).one()
    _copy(connection, Mandate, mandate, client_id=client)


def _copy(connection: Connection, model: Any, row_id: int, **changes: Any) -> int:
    """Another row like the one with this number, and its own number."""
    table = model.__table__
    row = dict(connection.execute(select(table).where(table.c.id == row_id)).mappings().one())
    del row["id"]
    made = connection.execute(insert(table).values(row | changes)).inserted_primary_key
    assert made is not None
    return int(made[0])


def _copy_all(connection: Connection, model: Any, like: dict[str, Any], **changes: Any) -> None:
    """The same for every row with these values; there must be one."""
    table = model.__table__
    wanted = [table.c[name] == value for name, value in like.items()]
    found = connection.scalars(select(table.c.id).where(*wanted)).all()
    assert found, (model, like)
    for row_id in found:
        _copy(connection, model, row_id, **changes)
