"""A forgotten password: the link that sets a new one, and what it tells to whom."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.clock import FixedClock
from broker.notifications.models import Message
from tests.factories import parties
from tests.factories.parties import PASSWORD
from tests.web.conftest import Write, read, without_tokens

NEW = "otras cinco palabras muy largas"


@pytest.fixture
def email(write: Write) -> str:
    """A person with an organization."""
    with write() as tx:
        return parties.user(tx).email


def test_a_forgotten_password_is_set_by_the_link_once(client: FlaskClient, email: str, write: Write) -> None:
    client.post("/password/forgot", data={"email": email.upper()})
    link = _link_of_last_mail(write)
    assert client.get(link).headers["Cache-Control"] == "no-store"
    assert client.post(link, data={"password": "short"}).status_code == 422
    answer = client.post(link, data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert _enter(client, email) == 422
    assert _enter(client, email, NEW) == 303
    with client.session_transaction() as session:
        session["language"] = "en"
    again = client.post(link, data={"password": PASSWORD})
    assert again.status_code == 410
    assert "no longer works" in read(again)


def test_a_new_password_by_link_ends_open_sessions(
    app: Flask, client: FlaskClient, email: str, write: Write
) -> None:
    _enter(client, email)
    app.test_client().post("/password/forgot", data={"email": email})
    app.test_client().post(_link_of_last_mail(write), data={"password": NEW})
    assert client.get("/account").status_code == 302


def test_a_link_lives_for_two_hours(client: FlaskClient, email: str, write: Write, clock: FixedClock) -> None:
    client.post("/password/forgot", data={"email": email})
    link = _link_of_last_mail(write)
    clock.forward(minutes=119)
    assert client.get(link).status_code == 200
    clock.forward(minutes=2)
    assert client.get(link).status_code == 410


def test_a_link_cannot_be_made_up_or_changed(client: FlaskClient, email: str, write: Write) -> None:
    client.post("/password/forgot", data={"email": email})
    link = _link_of_last_mail(write)
    for wrong in (link[:-1], link.replace("reset/W", "reset/X"), "/password/reset/x", "/password/reset/.."):
        assert client.get(wrong).status_code in (404, 410)
    assert client.get(link).status_code == 200


def test_the_link_leads_to_the_address_of_the_installation(
    app: Flask, client: FlaskClient, email: str, write: Write
) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], address="https://alianza.example.org")
    client.post("/password/forgot", data={"email": email})
    with write() as tx:
        (message,) = tx.session.scalars(select(Message))
    assert "https://alianza.example.org/password/reset/" in message.body
    assert "http://" not in message.body


def test_asking_for_a_link_tells_nothing(client: FlaskClient, email: str, write: Write) -> None:
    known = client.post("/password/forgot", data={"email": email})
    unknown = client.post("/password/forgot", data={"email": "nobody@example.org"})
    assert without_tokens(known) == without_tokens(unknown).replace("nobody@example.org", email)
    with write() as tx:
        assert [message.to_address for message in tx.session.scalars(select(Message))] == [email]


def test_nobodys_mailbox_is_flooded(client: FlaskClient, email: str, write: Write) -> None:
    for _try in range(9):
        assert client.post("/password/forgot", data={"email": email}).status_code == 200
    with write() as tx:
        assert len(tx.session.scalars(select(Message)).all()) == 5
    assert _enter(client, email) == 303, "asking for links must not lock the account"


def _link_of_last_mail(write: Write) -> str:
    with write() as tx:
        body = tx.session.scalars(select(Message).order_by(Message.id.desc())).first().body
    return re.search(r"http://localhost(/password/reset/\S+)", body)[1]


def _enter(client: FlaskClient, email: str, password: str = PASSWORD) -> int:
    return client.post("/sign-in", data={"email": email, "password": password}).status_code
