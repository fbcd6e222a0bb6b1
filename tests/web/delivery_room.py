"""A signed agreement of the demonstration in an app of its own, with both sides at their browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from broker.agreements.models import Agreement
from broker.database import make_engine
from broker.deliveries import queries
from broker.deliveries.models import Delivery
from broker.deliveries.schedule import sweep_deliveries
from broker.deliveries.terms import terms_of
from broker.documents.content import plain_text
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.factories.agreements import IN_TWO_PARTS, Deal
from tests.support.database import Store, open_store
from tests.web.conftest import read
from web.app import create_app
from web.config import Settings
from web.extensions import db
from web.pages.deliveries.statement_document import document_of

Enter = Callable[[str], "Room"]


class Room:
    """A signed agreement of the demonstration, and both sides at their browsers, reading English."""

    def __init__(self, app: Flask, deal: Deal) -> None:
        self.app, self.deal = app, deal
        self.clients: dict[str, FlaskClient] = {}
        with Session(deal.engine) as session:
            query = select(Delivery.id).where(Delivery.agreement_id == deal.id).order_by(Delivery.number)
            self.first = session.scalars(query.limit(1)).one()

    def get(self, side: str, path: str) -> TestResponse:
        return self._enter(side).get(path)

    def post(self, side: str, path: str, **fields: object) -> TestResponse:
        return self._enter(side).post(path, data=fields)

    def page(self, side: str) -> str:
        """What a side reads of the delivery."""
        return read(self.get(side, f"/deliveries/{self.first}"))

    def step(self, side: str, name: str, **fields: object) -> TestResponse:
        """One step of the delivery, by a form that nobody has sent before."""
        sent = {"key": f"{name} {len(fields)} {fields}"[:64]} | fields
        return self.post(side, f"/deliveries/{self.first}/{name}", **sent)

    def delivery(self) -> Delivery:
        with Session(self.deal.engine) as session:
            found = session.get_one(Delivery, self.first)
            assert all(lot.lines is not None for lot in found.lots)
            return found

    def document(self) -> str:
        """The words of the first statement as a document."""
        with (
            self.app.test_request_context(headers={"Accept-Language": "en"}),
            Session(self.deal.engine) as session,
        ):
            statement = queries.statement_for(session, self.deal.buyer, 1)
            terms = terms_of(session, statement.delivery.agreement)
            return plain_text(document_of(statement, terms))

    def completed(self) -> str:
        """The state of the agreement, had all other deliveries been called off and the first part been paid."""
        with transaction(self.deal.engine, SYSTEM, self.deal.clock) as tx:
            tx.session.execute(update(Delivery).where(Delivery.id == self.first).values(state="paid"))
            others = update(Delivery).where(Delivery.id != self.first)
            tx.session.execute(others.values(state="cancelled"))
            tx.session.execute(update(Agreement).where(Agreement.state == "signed").values(state="active"))
            sweep_deliveries(tx)
        return self.deal.agreement().state

    def _enter(self, side: str) -> FlaskClient:
        if side not in self.clients:
            self.clients[side] = self.app.test_client()
            with self.app.app_context(), self.clients[side].session_transaction() as session:
                session["user"] = self.deal.actor(side).user_id
                session["epoch"], session["language"] = 0, "en"
        return self.clients[side]


@cache
def _signed(need: str) -> tuple[Store, str, Deal]:
    """The database of a signed agreement, played once: of "B03", or of "B03 in two parts"."""
    store = open_store("sqlite")
    url = store.fresh()
    engine = make_engine(url)
    deal = Deal(engine, need[:3])
    if need.endswith("in two parts"):
        deal.offer("broker", IN_TWO_PARTS)
    deal.signed()
    engine.dispose()
    return store, url, deal


@contextmanager
def rooms(folder: Path, templates: FileSystemBytecodeCache) -> Iterator[Enter]:
    """Give a room on a copy of the agreement of a need: enter("B03")."""
    opened: list[tuple[Store, str, Flask, Deal]] = []

    def give(need: str) -> Room:
        store, original, deal = _signed(need)
        url = store.copy(original)
        deal = deal.on(make_engine(url))
        settings = Settings(
            data=folder, database_url=url, secret_key="a key for tests", demo=True, host="127.0.0.1", port=8000,
            hosts=("localhost",), https=False, smtp="", mail_from="alianza@example.org",
        )  # fmt: skip
        app = create_app(settings, clock=deal.clock)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        app.jinja_env.bytecode_cache = templates
        opened.append((store, url, app, deal))
        return Room(app, deal)

    yield give
    for store, url, app, deal in opened:
        with app.app_context():
            db.engine.dispose()
        deal.engine.dispose()
        store.drop(url)
