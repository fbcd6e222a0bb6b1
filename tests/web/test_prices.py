"""A broker enters quotations and rates; each keeps its day and source, and mistakes stay in the form."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.prices.models import ExchangeRate, PricePoint
from broker.prices.quotes import enter_rate
from tests.factories import parties
from tests.web.conftest import SignIn, Write, read, soup
from web.extensions import db

QUOTE = {
    "series": "ICE C",
    "value": "284.5",
    "unit": "usc_lb",
    "quoted_on": "2026-11-20",
    "source": "boletín",
}
RATE = {"currency": "COP", "per_usd": "3,912.40", "rate_on": "2026-11-20", "rate_source": "TRM"}


def _broker(client: FlaskClient, write: Write, sign_in: SignIn) -> None:
    with write() as tx:
        person = parties.user(tx, "broker")
    sign_in(client, person.email)


def test_entered_once_and_corrected(app: Flask, client: FlaskClient, write: Write, sign_in: SignIn) -> None:
    _broker(client, write, sign_in)
    assert client.post("/prices/quotes", data=QUOTE).status_code == 303
    assert client.post("/prices/quotes", data=QUOTE | {"value": "285"}).status_code == 303
    assert client.post("/prices/rates", data=RATE).status_code == 303
    with app.app_context():
        assert [point.value for point in db.session.scalars(select(PricePoint))] == [Decimal(285)]
        assert [rate.per_usd for rate in db.session.scalars(select(ExchangeRate))] == [Decimal("3912.40")]
    soup(client.get("/prices"))


def test_a_row_says_whose_it_is_and_another_house_does_not_see_it(
    client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as tx:
        enter_rate(tx, "COP", Decimal(3800), tx.today, "Banco de la República")
        house, rival = parties.user(tx, "broker"), parties.user(tx, "broker")
    sign_in(client, house.email)
    client.post("/prices/rates", data=RATE)
    text = read(client.get("/prices"))
    assert "TRM Your house" in text and "Banco de la República The installation" in text
    sign_in(client, rival.email)
    text = read(client.get("/prices"))
    assert "TRM" not in text and "Banco de la República The installation" in text


def test_a_mistake_keeps_what_was_typed(client: FlaskClient, write: Write, sign_in: SignIn) -> None:
    _broker(client, write, sign_in)
    answer = client.post("/prices/quotes", data=QUOTE | {"value": "-1", "quoted_on": "2026-12-24"})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert 'value="ICE C"' in text and 'href="#f-value"' in text and 'href="#f-quoted_on"' in text
    soup(answer)


def test_only_brokers(client: FlaskClient, write: Write, sign_in: SignIn) -> None:
    with write() as tx:
        buyer = parties.user(tx, "buyer")
    sign_in(client, buyer.email)
    assert client.get("/prices").status_code == 403
    assert client.post("/prices/rates", data=RATE).status_code == 403
