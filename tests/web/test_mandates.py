"""A broker asks for a mandate; the client sees the fee and decides."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.clock import FixedClock
from broker.parties.models import Mandate, User
from tests.factories import parties
from tests.web.conftest import SignIn, Write, read, soup

TERMS = {
    "fee_kind": "success_pct",
    "fee_pct": "3.5",
    "fee_payer": "buyer",
    "starts_on": "2026-11-23",
    "ends_on": "2027-11-22",
}


@pytest.fixture
def house(write: Write) -> User:
    with write() as tx:
        return parties.user(tx, "broker", legal_name="Casa Corredora")


@pytest.fixture
def owner(write: Write) -> User:
    with write() as tx:
        return parties.user(tx, legal_name="Asociación Guadual")


def _state(write: Write) -> str:
    with write() as tx:
        return tx.session.scalars(select(Mandate)).one().state


def test_from_proposal_to_consent_to_end(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    own = parties.organization_of(owner)
    sign_in(client, house.email)
    form = soup(client.get(f"/organizations/{own.id}")).find(".//form[@action='/mandates']")
    assert form.find(".//input[@name='client']").get("value") == str(own.id)
    answer = client.post("/mandates", data={**TERMS, "client": own.id})
    assert answer.status_code == 303
    assert "Awaiting consent" in read(client.get("/mandates"))
    with write() as tx:
        mandate = tx.session.scalars(select(Mandate)).one()
    assert (mandate.fee_pct, mandate.fee_payer, mandate.disclosed_at) == (Decimal("3.5"), "buyer", tx.now)
    client.post("/sign-out")

    sign_in(client, owner.email)
    seen = read(client.get("/mandates"))
    for term in (
        "Casa Corredora",
        "3.50%",
        "Percent of what is paid",
        "delivered and paid",
        "the buyer",
        "23 Nov 2026",
    ):
        assert term in seen
    assert client.post(f"/mandates/{mandate.id}/consent").status_code == 303
    assert _state(write) == "active"
    assert client.post(f"/mandates/{mandate.id}/consent").status_code == 409, "twice counts once"
    client.post("/sign-out")

    sign_in(client, house.email)
    assert client.get(f"/organizations/{own.id}/readiness").status_code == 200
    assert client.post(f"/mandates/{mandate.id}/end").status_code == 303
    assert _state(write) == "ended"
    assert client.get(f"/organizations/{own.id}/readiness").status_code == 404, (
        "an ended mandate opens nothing"
    )


def test_a_declined_proposal_can_be_followed_by_another(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    own = parties.organization_of(owner)
    with write() as tx:
        first = parties.proposal(tx, house, own.id)
    sign_in(client, owner.email)
    assert client.post(f"/mandates/{first.id}/decline").status_code == 303
    client.post("/sign-out")
    sign_in(client, house.email)
    assert client.post("/mandates", data={**TERMS, "client": own.id}).status_code == 303
    assert client.post("/mandates", data={**TERMS, "client": own.id}).status_code == 409, "one at a time"


def test_a_fee_above_five_percent_is_warned_of(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    with write() as tx:
        mandate = parties.proposal(tx, house, parties.organization_of(owner).id, fee_pct=Decimal("5.01"))
    sign_in(client, owner.email)
    assert "above 5%" in read(client.get("/mandates"))
    with write() as tx:
        tx.session.get_one(Mandate, mandate.id).fee_pct = Decimal(5)
    assert "above 5%" not in read(client.get("/mandates"))


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("fee_pct", ""),
        ("fee_pct", "101"),
        ("fee_pct", "3,5"),
        ("fee_kind", "gift"),
        ("fee_payer", ""),
        ("ends_on", "2026-11-23"),
        ("starts_on", "soon"),
    ],
)
def test_wrong_terms_are_shown_at_their_field(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User, field: str, wrong: str
) -> None:
    sign_in(client, house.email)
    answer = client.post(
        "/mandates", data={**TERMS, "client": parties.organization_of(owner).id, field: wrong}
    )
    assert answer.status_code == 422
    assert soup(answer).find(f".//*[@id='e-{field}']") is not None
    with write() as tx:
        assert tx.session.scalars(select(Mandate)).all() == []


def test_only_the_client_consents_and_only_its_manager(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    with write() as tx:
        mandate = parties.proposal(tx, house, parties.organization_of(owner).id)
        clerk, stranger = parties.member(tx, owner, "clerk"), parties.user(tx)
    expected = {house.email: 403, clerk.email: 403, stranger.email: 404}
    for email, status in expected.items():
        sign_in(client, email)
        assert client.post(f"/mandates/{mandate.id}/consent").status_code == status, email
        client.post("/sign-out")
    assert _state(write) == "proposed"


def test_strangers_see_no_mandate(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    with write() as tx:
        parties.mandate(tx, house, owner)
        stranger, rival = parties.user(tx, "buyer"), parties.user(tx, "broker")
    for email in (stranger.email, rival.email):
        sign_in(client, email)
        page = read(client.get("/mandates"))
        assert "Casa Corredora" not in page
        assert "Asociación Guadual" not in page
        client.post("/sign-out")


def test_only_brokers_propose_and_only_to_those_who_trade(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User
) -> None:
    own = parties.organization_of(owner)
    with write() as tx:
        rival = parties.organization(tx, "broker")
    sign_in(client, owner.email)
    assert client.post("/mandates", data={**TERMS, "client": own.id}).status_code == 403
    client.post("/sign-out")
    sign_in(client, house.email)
    assert client.post("/mandates", data={**TERMS, "client": rival.id}).status_code == 422
    assert client.post("/mandates", data={**TERMS, "client": 999999}).status_code == 404
    assert client.post("/mandates/1/steal").status_code == 404
    assert "/mandates" not in {
        f.get("action") for f in soup(client.get(f"/organizations/{rival.id}")).iter("form")
    }


def test_a_broker_finds_an_organization_by_a_part_of_its_name(
    client: FlaskClient, sign_in: SignIn, house: User, owner: User
) -> None:
    sign_in(client, house.email)
    assert "Asociación Guadual" in read(client.get("/mandates?q=GUADUAL"))
    for nothing in ("%", "_", "zzz"):
        assert "Asociación Guadual" not in read(client.get("/mandates", query_string={"q": nothing}))


def test_a_mandate_over_its_term_is_marked(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, owner: User, clock: FixedClock
) -> None:
    with write() as tx:
        parties.mandate(tx, house, owner, ends_on=tx.today + dt.timedelta(days=10))
    clock.forward(days=11)
    sign_in(client, house.email)
    assert "term over" in read(client.get("/mandates"))
    assert client.get(f"/organizations/{parties.organization_of(owner).id}/readiness").status_code == 404


def test_the_list_sends_as_many_queries_for_one_as_for_25(
    client: FlaskClient, sign_in: SignIn, write: Write, house: User, queries: list[str]
) -> None:
    sign_in(client, house.email)
    counts = []
    for more in (1, 24):
        with write() as tx:
            asking = tx.session.get_one(User, house.id)
            for _number in range(more):
                parties.mandate(tx, asking, parties.user(tx, "buyer"))
        client.get("/mandates")
        queries.clear()
        page = soup(client.get("/mandates"))
        counts.append(len(queries))
    assert len(page.findall(".//tbody/tr")) == 25
    assert counts[0] == counts[1] <= 6
