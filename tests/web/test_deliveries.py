"""The pages of a delivery through HTTP: one form after another, as the two sides send them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from broker.database import make_engine
from broker.deliveries.models import Delivery
from tests.factories.agreements import PNG, Deal
from tests.support.database import Store, open_store
from tests.web.conftest import read
from web.app import create_app
from web.config import Settings
from web.extensions import db

_KEY = re.compile(r'action="/deliveries/\d+/(\w+)"[^>]*>.*?name="key" value="(\w+)"', re.S)


class Room:
    """A signed agreement of the demonstration, and both sides at their browsers, reading English."""

    def __init__(self, app: Flask, deal: Deal) -> None:
        self.app, self.deal = app, deal
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

    def _enter(self, side: str):  # type: ignore[no-untyped-def]
        client = self.app.test_client()
        with self.app.app_context(), client.session_transaction() as session:
            session["user"] = self.deal.actor(side).user_id
            session["epoch"], session["language"] = 0, "en"
        return client


@pytest.fixture(scope="session")
def signed() -> Callable[[str], tuple[Store, str, Deal]]:
    """Give the database of a signed agreement of a need of the demonstration, played once."""
    store, played = open_store("sqlite"), {}

    def give(need: str) -> tuple[Store, str, Deal]:
        if need not in played:
            url = store.fresh()
            engine = make_engine(url)
            deal = Deal(engine, need)
            deal.signed()
            engine.dispose()
            played[need] = (url, deal)
        return store, *played[need]

    return give


@pytest.fixture
def enter(
    signed: Callable[[str], tuple[Store, str, Deal]],
    tmp_path: Path,
    compiled_templates: FileSystemBytecodeCache,
) -> Iterator[Callable[[str], Room]]:
    """Give a room on a copy of the agreement of a need: enter("B03")."""
    opened: list[tuple[Store, str, Flask, Deal]] = []

    def give(need: str) -> Room:
        store, original, deal = signed(need)
        url = store.copy(original)
        deal = deal.on(make_engine(url))
        settings = Settings(
            data=tmp_path, database_url=url, secret_key="a key for tests", demo=True, host="127.0.0.1", port=8000,
            hosts=("localhost",), https=False, smtp="", mail_from="alianza@example.org",
        )  # fmt: skip
        app = create_app(settings, clock=deal.clock)
        app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        app.jinja_env.bytecode_cache = compiled_templates
        opened.append((store, url, app, deal))
        return Room(app, deal)

    yield give
    for store, url, app, deal in opened:
        with app.app_context():
            db.engine.dispose()
        deal.engine.dispose()
        store.drop(url)


def rejected_in_part(room: Room) -> None:
    """A delivery of 1,000 kg, of which 400 were rejected, and disputed."""
    room.step("producer", "confirm")
    room.step("producer", "lot", code="L-1", kg="1000", unit="kg")
    room.step("producer", "dispatch")
    room.step(
        "buyer", "receive", gross_kg="1000", tare_kg="0", unit="kg", handed_over_by="Rosa", received_by="Luis"
    )
    room.step(
        "buyer", "grade", accepted_kg="600", downgraded_kg="0", rejected_kg="400", unit="kg", grader="Inés",
        cause="Dedos cortos", photo=(io.BytesIO(PNG), "x.png"),
    )  # fmt: skip
    room.step("producer", "dispute", text="No vimos la muestra.")


def test_who_agrees_to_a_proposal_that_was_replaced_reads_both(enter: Callable[[str], Room]) -> None:
    room = enter("B01")
    rejected_in_part(room)
    parts = {"downgraded_kg": "200", "unit": "kg"}
    room.step("buyer", "proposal", accepted_kg="700", rejected_kg="100", note="Con foto.", **parts)
    page = room.get("producer", f"/deliveries/{room.first}").get_data(as_text=True)
    seen = re.findall(r'name="seen" value="(\w{64})"', page)[0]
    room.step("buyer", "proposal", accepted_kg="650", rejected_kg="150", note="Mejor así.", **parts)
    answer = room.step("producer", "agree", seen=seen)
    assert answer.status_code == 409
    said = read(answer)
    assert "You agreed to: 700 kg accepted" in said and "Con foto." in said
    assert "the buyer proposes: 650 kg accepted" in said and "Mejor así." in said
    assert room.delivery().state == "disputed"
    stands = re.findall(r'name="seen" value="(\w{64})"', answer.get_data(as_text=True))[0]
    assert room.step("producer", "agree", seen=stands).status_code == 303
    assert str(room.delivery().accepted_kg) == "650"


def test_only_the_form_that_was_refused_keeps_its_key(enter: Callable[[str], Room]) -> None:
    """Else the next form under the mended one would count as sent already."""
    room = enter("B01")
    room.step("producer", "confirm")
    answer = room.step("producer", "lot", code="", kg="1000", key="mine")
    assert answer.status_code == 422
    keys = dict(_KEY.findall(answer.get_data(as_text=True)))
    assert keys["lot"] == "mine" and keys["dispatch"] != "mine"
