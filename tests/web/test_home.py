"""Home of somebody new: the first steps of each role, ticked by what is there, and gone when the trade has begun."""

from __future__ import annotations

from flask.testing import FlaskClient

from broker.parties.models import Organization, User
from tests.factories import listings, parties
from tests.web.conftest import SignIn, Write, read, soup, text_of


def _steps(client: FlaskClient) -> list[tuple[str, bool]]:
    """Each step and whether it is ticked. The open ones lead to pages that open; one of them is the page's own act."""
    page = soup(client.get("/home"))
    rows = page.findall(".//section[@class='panel first-steps']//li")
    for row in rows:
        link = row.find("./a")
        assert (link is None) == (row.get("class") == "done")
        assert link is None or client.get(link.get("href")).status_code == 200
    assert len(page.findall(".//main//a[@class='btn primary']")) <= 1
    return [(text_of(row.find(".//h3")), row.get("class") == "done") for row in rows]


def _ticked(client: FlaskClient) -> list[bool]:
    return [done for _, done in _steps(client)]


def test_a_new_broker_house(client: FlaskClient, sign_in: SignIn, write: Write) -> None:
    with write() as tx:
        house = parties.user(tx, "broker")
        buyer, producer = parties.user(tx, "buyer"), parties.user(tx)
    sign_in(client, house.email)
    assert [title for title, _ in _steps(client)] == [
        "Complete your record",
        "Propose a mandate to an organization",
        "Get mandates from a buyer and an organization",
        "Compute suggestions for the first time",
        "Send a first suggestion to both sides",
    ]
    with write() as tx:
        parties.proposal(tx, house, parties.organization_of(buyer).id)
        _complete(tx.session.get_one(Organization, parties.organization_of(house).id))
    assert _ticked(client) == [True, True, False, False, False]
    with write() as tx:
        parties.mandate(tx, house, producer)
    assert _ticked(client) == [True, True, False, False, False]


def test_a_new_buyer(client: FlaskClient, sign_in: SignIn, write: Write) -> None:
    with write() as tx:
        buyer, house = parties.user(tx, "buyer"), parties.user(tx, "broker")
    sign_in(client, buyer.email)
    assert _ticked(client) == [False, False, False, False]
    with write() as tx:
        listings.need(tx, buyer, publish=False)
        parties.mandate(tx, house, buyer)
    assert _ticked(client) == [False, False, True, False]
    with write() as tx:
        listings.need(tx, buyer)
    assert _ticked(client) == [False, True, True, False]


def test_a_new_organization_and_its_reader(client: FlaskClient, sign_in: SignIn, write: Write) -> None:
    with write() as tx:
        manager = parties.user(tx)
        reader: User = parties.member(tx, manager, "reader")
    sign_in(client, manager.email)
    assert _ticked(client) == [False, False, False, False]
    with write() as tx:
        listings.capacity(tx, manager)
    assert _ticked(client) == [False, True, False, False]
    client.post("/sign-out")
    sign_in(client, reader.email)
    assert _steps(client) == [] and "First steps" not in read(client.get("/home"))


def _complete(own: Organization) -> None:
    own.representative, own.tax_id = "Ana Ruiz", "900123456"
