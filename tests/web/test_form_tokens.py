"""Form tokens stay on here: every form carries one, and nothing is written without it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.parties.models import User
from tests.factories import parties
from tests.factories.parties import PASSWORD
from tests.web.conftest import Write, soup


@pytest.fixture
def guarded(app: Flask, client: FlaskClient) -> FlaskClient:
    app.config["WTF_CSRF_ENABLED"] = True
    return client


def _token(client: FlaskClient, path: str) -> str:
    return soup(client.get(path)).find(f".//form[@action='{path}']/input[@name='csrf_token']").get("value")


def test_a_form_with_its_token_is_taken(guarded: FlaskClient, write: Write) -> None:
    with write() as tx:
        email = parties.user(tx).email
    form = {"email": email, "password": PASSWORD, "csrf_token": _token(guarded, "/sign-in")}
    assert guarded.post("/sign-in", data=form).status_code == 303


def test_nothing_is_written_without_a_token(guarded: FlaskClient, write: Write) -> None:
    with write() as tx:
        email = parties.user(tx).email
    for path in ("/sign-in", "/sign-up", "/sign-out", "/password/forgot", "/account/password", "/mandates"):
        answer = guarded.post(path, data={"email": email, "password": PASSWORD})
        assert answer.status_code == 400, path
    with write() as tx:
        assert len(tx.session.scalars(select(User)).all()) == 1


def test_a_foreign_token_is_refused(app: Flask, guarded: FlaskClient, write: Write) -> None:
    with write() as tx:
        email = parties.user(tx).email
    foreign = _token(app.test_client(), "/sign-in")
    answer = guarded.post("/sign-in", data={"email": email, "password": PASSWORD, "csrf_token": foreign})
    assert answer.status_code == 400
