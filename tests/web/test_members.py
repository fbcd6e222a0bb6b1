"""The people of an organization: added by mail, removed by a manager."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.notifications.models import Message
from broker.parties.models import User
from tests.factories import parties
from tests.factories.parties import PASSWORD
from tests.web.conftest import SignIn, Write, read


@pytest.fixture
def manager(write: Write) -> User:
    with write() as tx:
        return parties.user(tx)


def test_a_new_colleague_sets_her_own_password(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    sign_in(client, manager.email)
    answer = client.post(
        "/organization/members", data={"name": "Ana", "email": "Ana@Example.org", "role": "clerk"}
    )
    assert answer.status_code == 303
    page = client.get("/organization/members")
    assert "ana@example.org" in read(page)
    with write() as tx:
        letter = tx.session.scalars(select(Message)).one()
    assert letter.to_address == "ana@example.org"
    link = re.search(r"http://localhost(/password/reset/\S+)", letter.body)[1]
    client.post("/sign-out")
    assert client.post(link, data={"password": PASSWORD}).status_code == 303
    sign_in(client, "ana@example.org")
    assert "clerk" in read(client.get("/account"))


def test_an_existing_account_joins_with_the_password_it_has(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    with write() as tx:
        other = parties.user(tx, "buyer")
    sign_in(client, manager.email)
    client.post("/organization/members", data={"name": "", "email": other.email, "role": "reader"})
    with write() as tx:
        assert "/password/" not in tx.session.scalars(select(Message)).one().body
        assert len(tx.session.get_one(User, other.id).memberships) == 2
    again = client.post("/organization/members", data={"email": other.email, "role": "reader"})
    assert again.status_code == 422
    assert "already belongs" in read(again)


def test_a_removed_colleague_acts_no_more_and_a_manager_stays(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    with write() as tx:
        colleague = parties.member(tx, manager, "clerk")
        stranger = parties.user(tx)
    mine, theirs, foreign = (user.memberships[0].id for user in (manager, colleague, stranger))
    sign_in(client, manager.email)
    assert client.post(f"/organization/members/{theirs}/remove").status_code == 303
    assert client.post(f"/organization/members/{mine}/remove").status_code == 422
    assert client.post(f"/organization/members/{foreign}/remove").status_code == 404
    client.post("/sign-out")
    sign_in(client, colleague.email)
    assert "You belong to no organization now" in read(client.get("/account"))
    assert client.get("/organization").status_code == 403


def test_the_people_page_sends_as_many_queries_for_one_as_for_many(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write, queries: list[str]
) -> None:
    sign_in(client, manager.email)
    counts = []
    for more in (0, 24):
        with write() as tx:
            for _number in range(more):
                parties.member(tx, tx.session.get_one(User, manager.id), "clerk")
        client.get("/organization/members")
        queries.clear()
        client.get("/organization/members")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6
