"""The inbox, what comes by mail, and ending a kind of mail without signing in."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from broker.notifications.letters import write_letter
from broker.notifications.models import MailSettings, Notification
from broker.notifications.unsubscribing import token_of
from broker.parties import accounts
from broker.parties.models import User
from tests.factories import parties
from tests.factories.parties import acting, organization_of
from tests.web.conftest import SignIn, Write, read, soup

NAMES = {"buyer": "Frutas SA", "organization": "Asopla", "number": "3"}


@pytest.fixture
def person(write: Write) -> User:
    """A manager of one organization who is clerk of another, where three letters have come."""
    with write() as tx:
        made, other = parties.user(tx, legal_name="Asociación Una"), parties.user(tx, legal_name="Frutas Dos")
        with acting(tx, other) as own:
            accounts.add_member(
                own, organization_of(other).id, email=made.email, name="x", role="clerk", password=""
            )
        for letter in ("delivery_cancel", "payment_confirmed", "delivery_miss"):
            write_letter(tx, organization_of(other).id, letter, path="/organizations/certificates", **NAMES)
        return made


def test_messages_are_counted_opened_for_their_house_and_read(
    client: FlaskClient, sign_in: SignIn, write: Write, person: User
) -> None:
    sign_in(client, person.email)
    home = read(client.get("/home"))
    assert "Messages 3 unread" in home
    page = soup(client.get("/messages?kind=deliveries"))
    assert len(page.findall(".//ul[@class='list messages']/li")) == 2
    opening = next(form for form in page.iter("form") if (form.get("action") or "").endswith("/open"))
    answer = client.post(opening.get("action") or "")
    assert (answer.status_code, answer.location) == (303, "/organizations/certificates")
    shown = read(client.get("/messages"))
    assert "You act for Frutas Dos now." in shown and "2 messages wait" in shown
    assert "of 160 characters" in shown
    assert client.post("/messages/read", follow_redirects=True).status_code == 200
    assert "You have read everything." in read(client.get("/messages"))
    with write() as tx:
        assert all(entry.read_at for entry in tx.session.query(Notification).filter_by(user_id=person.id))


def test_a_wrong_time_is_told_at_its_field_and_loses_nothing(
    client: FlaskClient, sign_in: SignIn, write: Write, person: User
) -> None:
    sign_in(client, person.email)
    form = {"deliveries": "daily", "payments": "off", "quiet_from": "9 pm", "quiet_to": "06:30"}
    answer = client.post("/account/mail", data=form)
    assert answer.status_code == 422
    page = soup(answer)
    assert "Write a time such as 21:00." in "".join(page.find(".//*[@id='e-quiet_from']").itertext())
    kept = {
        field.get("name"): field.get("value") for field in page.iter("input") if field.get("type") == "time"
    }
    assert kept == {"quiet_from": "9 pm", "quiet_to": "06:30"}
    chosen = {f.get("name"): f.get("value") for f in page.iter("input") if f.get("checked") is not None}
    assert (chosen["deliveries"], chosen["payments"]) == ("daily", "off") and "urgent_passes" not in chosen
    assert client.post("/account/mail", data={**form, "quiet_from": "21:00"}).status_code == 303
    with write() as tx:
        kept_row = tx.session.get_one(MailSettings, person.id)
        assert kept_row.choices == {"deliveries": "daily", "payments": "off"}
        assert (str(kept_row.quiet_from), kept_row.urgent_passes) == ("21:00:00", False)


def test_one_click_ends_a_kind_of_mail_without_signing_in(
    app: Flask, client: FlaskClient, write: Write, person: User
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    path = "/unsubscribe/" + token_of(app.config["SECRET_KEY"], person.id, "deliveries")
    assert "it comes at once now" in read(client.get(path))
    with write() as tx:
        assert tx.session.get(MailSettings, person.id) is None, "looking at the link changes nothing"
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200 and "No more mail of this kind" in read(answer)
    assert "It is changed" in read(client.post(path, data={"how": "daily"}))
    with write() as tx:
        assert tx.session.get_one(MailSettings, person.id).choices == {"deliveries": "daily"}


@pytest.mark.parametrize("broken", ["cut", "fixed kind", "nobody"])
def test_a_link_that_is_not_whole_ends_nothing(
    app: Flask, client: FlaskClient, write: Write, person: User, broken: str
) -> None:
    key = app.config["SECRET_KEY"]
    token = {
        "cut": token_of(key, person.id, "deliveries")[:-1],
        "fixed kind": token_of(key, person.id, "account"),
        "nobody": token_of(key, 10**6, "deliveries"),
    }[broken]
    assert client.get(f"/unsubscribe/{token}").status_code == 404
    answer = client.post(f"/unsubscribe/{token}")
    assert answer.status_code == 404 and "The link is not whole" in read(answer)
    with write() as tx:
        assert not tx.session.query(MailSettings).all()
