"""A link to a need or a capacity: made by its owner, opened by anybody, ended in time."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.clock import FixedClock
from broker.listings.sharing import ShareLink
from broker.parties.models import User
from tests.factories import listings, parties
from tests.web.conftest import SignIn, Write, read, soup
from web.pages.shared.views import OPENINGS_A_MINUTE


@pytest.fixture
def buyer(write: Write) -> User:
    with write() as tx:
        return parties.user(tx, "buyer", legal_name="Frutas del Valle")


@pytest.fixture
def path(write: Write, buyer: User) -> str:
    """Where a link to an open need is made."""
    with write() as tx:
        need = listings.need(tx, buyer, price="1850", reserve_price="1987")
        return f"/shares/need/{need.id}"


def make(client: FlaskClient, path: str, **form: str) -> str:
    """The address that its maker is shown."""
    answer = client.post(path, data={"days": "7", "request_key": "one", **form})
    assert answer.status_code == 303
    page = soup(client.get(answer.location))
    address: str = page.find(".//input[@id='f-address']").get("value")
    whatsapp = [
        a.get("href") for a in page.iter("a") if (a.get("href") or "").startswith("https://wa.me/?text=")
    ]
    assert unquote(whatsapp[0]).endswith(address) and "We look for" in unquote(whatsapp[0])
    return address.removeprefix("http://localhost")


def test_a_link_is_made_once_opened_by_anybody_and_ended(
    app: Flask, client: FlaskClient, sign_in: SignIn, write: Write, buyer: User, path: str
) -> None:
    sign_in(client, buyer.email)
    address = make(client, path)
    assert make(client, path) == address, "the form sent twice makes one link"
    visitor = app.test_client()
    visitor.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    answer = visitor.get(address)
    assert (answer.headers["X-Robots-Tag"], answer.headers["Cache-Control"]) == (
        "noindex, nofollow",
        "no-store",
    )
    shown = read(answer)
    assert "Frutas del Valle" in shown and "plantain" in shown.lower()
    assert "1,850" not in shown and "1,987" not in shown
    with_price = read(visitor.get(make(client, path, request_key="two", with_price="1")))
    assert "1,850" in with_price and "1,987" not in with_price
    with write() as tx:
        links = tx.session.scalars(select(ShareLink).order_by(ShareLink.id)).all()
        assert [link.opened for link in links] == [1, 1]
    assert client.post(f"/shares/{links[0].id}/revoke").status_code == 303
    answer = visitor.get(address)
    assert answer.status_code == 410 and "Whoever sent it has ended it." in read(answer)


def test_a_choice_that_is_none_is_told_at_its_field(
    client: FlaskClient, sign_in: SignIn, buyer: User, path: str
) -> None:
    sign_in(client, buyer.email)
    answer = client.post(path, data={"days": "400", "with_price": "1"})
    assert answer.status_code == 422
    page = soup(answer)
    assert page.find(".//*[@id='e-days']") is not None
    assert any(f.get("name") == "with_price" and f.get("checked") is not None for f in page.iter("input"))


def test_an_expired_link_says_so_and_many_tries_are_slowed_down(
    client: FlaskClient, sign_in: SignIn, buyer: User, path: str, clock: FixedClock
) -> None:
    sign_in(client, buyer.email)
    address = make(client, path)
    clock.forward(days=8)
    answer = client.get(address)
    assert answer.status_code == 410 and "It was good until" in read(answer)
    tries = [client.get("/s/guess").status_code for _ in range(OPENINGS_A_MINUTE)]
    assert tries == [404] * (OPENINGS_A_MINUTE - 1) + [429]
    clock.forward(minutes=1)
    assert client.get(address).status_code == 410
