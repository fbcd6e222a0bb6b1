"""A broker enters quotations and rates; each keeps its day and source, and mistakes stay in the form."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.prices.models import ExchangeRate, PricePoint
from broker.prices.quotes import enter_rate
from tests.factories import listings, parties
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


def test_a_market_price_is_entered_in_the_unit_of_a_clients_need(
    app: Flask, client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as tx:
        house, buyer = parties.user(tx, "broker"), parties.user(tx, "buyer")
        parties.mandate(tx, house, buyer)
        listings.need(tx, buyer, price="700", currency="HNL", price_unit="qq_metrico")
    sign_in(client, house.email)
    spot = QUOTE | {"series": "Pereira", "product": "plantain_dom_harton"}
    refused = client.post("/prices/quotes", data=spot)
    assert refused.status_code == 422 and 'href="#f-unit"' in refused.get_data(as_text=True)
    assert client.post("/prices/quotes", data=spot | {"unit": "HNL/qq_metrico"}).status_code == 303
    assert client.post("/prices/quotes", data=spot | {"unit": "HNL/qq_cafe"}).status_code == 422
    assert "HNL/metric quintal (100 kg)" in read(client.get("/prices"))
    with app.app_context():
        assert [p.product for p in db.session.scalars(select(PricePoint))] == ["plantain_dom_harton"]
