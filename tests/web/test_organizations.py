"""An organization's own record, people and certificates, and what the public may know of it."""

from __future__ import annotations

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.parties import services, unions
from broker.parties.models import Certificate, Membership, Organization, User
from tests.factories import parties
from tests.web.conftest import SignIn, Write, read, soup

RECORD = {
    "legal_name": "Asociación Guadual",
    "tax_id": "890903938-8",
    "legal_status": "registered",
    "municipality": "Montenegro",
    "lat": "4.5",
    "lon": "-75.7",
    "phone": "300 123 4567",
    "email": "guadual@example.org",
    "representative": "Luis Cardona",
    "representative_power": "Acta 12",
    "members_total": "96",
    "members_women": "30",
    "members_indigenous": "0",
    "about": "Plátano de ladera",
}


@pytest.fixture
def manager(write: Write) -> User:
    with write() as tx:
        return parties.user(tx)


def _record(write: Write, organization_id: int) -> Organization:
    with write() as tx:
        return tx.session.get_one(Organization, organization_id)


def test_a_manager_edits_the_record(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    sign_in(client, manager.email)
    assert len(soup(client.get("/organization")).findall(".//h1")) == 1
    answer = client.post(
        "/organization", data={**RECORD, "kind": "broker", "country": "US", "is_fictional": "1"}
    )
    assert answer.status_code == 303
    own = _record(write, parties.organization_of(manager).id)
    assert (own.legal_name, own.tax_id, own.phone) == ("Asociación Guadual", "890903938-8", "+573001234567")
    assert (own.lat, own.lon, own.members_women) == (4.5, -75.7, 30)
    assert (own.kind, own.country, own.is_fictional) == ("producer_org", "CO", False), (
        "only what may change changes"
    )
    assert soup(client.get("/organization")).find(".//input[@name='phone']").get("value") == "+57 300 1234567"


def test_emptied_coordinates_become_those_of_the_town(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    sign_in(client, manager.email)
    client.post("/organization", data={**RECORD, "municipality": "quimbaya", "lat": "", "lon": ""})
    own = _record(write, parties.organization_of(manager).id)
    assert (own.municipality, own.lat, own.lon) == ("Quimbaya", 4.6244, -75.7651)


def test_coordinates_follow_when_only_the_town_changes(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    sign_in(client, manager.email)
    client.post(
        "/organization", data={**RECORD, "municipality": "Pitalito", "lat": "4.6244", "lon": "-75.7651"}
    )
    own = _record(write, parties.organization_of(manager).id)
    assert own.municipality == "Pitalito"
    assert (own.lat, own.lon) != (4.6244, -75.7651)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("legal_name", "ab"),
        ("tax_id", "890903938-1"),
        ("municipality", ""),
        ("lat", "91"),
        ("lat", "abc"),
        ("lat", "45"),
        ("phone", "12"),
        ("members_women", "97"),
        ("members_total", "-1"),
        ("about", "x" * 201),
        ("legal_status", "royal"),
    ],
)
def test_a_wrong_entry_is_shown_at_its_field_and_nothing_is_lost(
    client: FlaskClient, sign_in: SignIn, manager: User, field: str, wrong: str
) -> None:
    sign_in(client, manager.email)
    answer = client.post("/organization", data={**RECORD, field: wrong})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.find(f".//*[@id='e-{field}']") is not None
    assert page.find(".//input[@name='representative_power']").get("value") == "Acta 12"


def test_a_tax_number_belongs_to_one_organization(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    with write() as tx:
        parties.organization(tx, tax_id="890903938-8")
    sign_in(client, manager.email)
    answer = client.post("/organization", data=RECORD)
    assert answer.status_code == 422
    assert soup(answer).find(".//*[@id='e-tax_id']") is not None


@pytest.mark.parametrize("role", ["clerk", "reader"])
def test_only_a_manager_changes_record_people_and_certificates(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write, role: str
) -> None:
    with write() as tx:
        colleague = parties.member(tx, manager, role)
    sign_in(client, colleague.email)
    for path in ("/organization", "/organization/members", "/organization/certificates"):
        assert "manager" in read(client.get(path))
    assert client.post("/organization", data=RECORD).status_code == 403
    assert (
        client.post(
            "/organization/members", data={"name": "A", "email": "a@b.co", "role": "clerk"}
        ).status_code
        == 403
    )
    certificate = {"scheme": "BPA_ICA", "holder": "own", "valid_from": "2026-01-01", "valid_to": "2027-01-01"}
    assert client.post("/organization/certificates", data=certificate).status_code in (403, 422)
    with write() as tx:
        assert tx.session.scalars(select(Certificate)).all() == []
        assert len(tx.session.scalars(select(Membership)).all()) == 2


def test_certificates_and_their_holders(
    client: FlaskClient, sign_in: SignIn, manager: User, write: Write
) -> None:
    with write() as tx:
        own = parties.organization_of(manager)
        union, buyer = (
            parties.organization(tx, "union"),
            parties.organization(tx, "buyer", legal_name="Café Cumbre SA"),
        )
        other = parties.organization(tx)
        unions.join_union(tx, own.id, union.id)
    sign_in(client, manager.email)
    codes = [
        o.get("value")
        for o in soup(client.get("/organization/certificates")).findall(".//select[@name='scheme']/option")
    ]
    dates = {"scheme": codes[1], "valid_from": "2026-01-01", "valid_to": "2027-01-10"}
    path = "/organization/certificates"
    for holder in ({"holder": "own"}, {"holder": "union"}, {"holder": "buyer", "holder_name": "café cumbre"}):
        assert client.post(path, data={**dates, **holder}).status_code == 303
    for wrong in (
        {"holder": "buyer", "holder_name": "Nadie"},
        {"holder": "buyer"},
        {"holder": "buyer", "holder_name": other.legal_name},
        {"holder": "own", "valid_to": "2025-01-01"},
        {"holder": "own", "scheme": "none such"},
    ):
        assert client.post(path, data={**dates, **wrong}).status_code == 422
    with write() as tx:
        held = [c.holder_id for c in tx.session.scalars(select(Certificate).order_by(Certificate.id))]
    assert held == [own.id, union.id, buyer.id]
    page = read(client.get(path))
    assert "48 days left" in page
    assert "Café Cumbre SA" in page


def test_nobody_enters_a_certificate_held_by_a_rival(write: Write, manager: User) -> None:
    from broker.errors import RuleBroken

    with write() as tx, pytest.raises(RuleBroken, match="certificate_holder"):
        rival = parties.organization(tx)
        services.add_certificate(
            tx,
            scheme="bpa",
            holder_id=rival.id,
            covers_id=parties.organization_of(manager).id,
            valid_from=dt.date(2026, 1, 1),
            valid_to=dt.date(2027, 1, 1),
        )


def test_the_public_page_tells_only_public_facts(
    app: object, client: FlaskClient, sign_in: SignIn, write: Write
) -> None:
    secret = {"phone": "+573009998877", "representative": "Canario Secreto", "email": "canary@example.org"}
    with write() as tx:
        owner = parties.user(tx, tax_id="890903938-8", representative_power="Acta Canaria 7", **secret)
        rival, house = parties.user(tx), parties.user(tx, "broker")
        parties.mandate(tx, house, owner)
    path = f"/organizations/{parties.organization_of(owner).id}"
    private = (
        "300 9998877",
        "9998877",
        "Canario Secreto",
        "canary@example.org",
        "Acta Canaria 7",
        "890903938",
        "eadiness",
    )
    for email in (None, rival.email):
        if email:
            sign_in(client, email)
        text = client.get(path).get_data(as_text=True).split("<main")[1]
        assert parties.organization_of(owner).legal_name in text
        assert [canary for canary in private if canary in text] == []
    client.post("/sign-out")
    for email in (owner.email, house.email):
        sign_in(client, email)
        assert "+57 300 9998877" in read(client.get(path))
        client.post("/sign-out")


def test_an_unknown_organization_is_not_found(client: FlaskClient) -> None:
    assert client.get("/organizations/999999").status_code == 404


def test_a_name_cannot_bring_markup(client: FlaskClient, write: Write) -> None:
    with write() as tx:
        own = parties.organization(
            tx, legal_name="<script>alert(1)</script>", about="<img src=x onerror=alert(1)>"
        )
    page = soup(client.get(f"/organizations/{own.id}"))
    assert all(script.get("src", "").startswith("/assets/") for script in page.findall(".//script"))
    assert page.findall(".//img") == []


@pytest.mark.parametrize("kind", ["producer_org", "buyer"])
def test_the_public_page_sends_few_queries(
    client: FlaskClient, sign_in: SignIn, write: Write, queries: list[str], kind: str
) -> None:
    with write() as tx:
        house, other = parties.user(tx, "broker"), parties.organization(tx, kind)
    sign_in(client, house.email)
    client.get(f"/organizations/{other.id}")
    queries.clear()
    client.get(f"/organizations/{other.id}")
    assert len(queries) <= 6, queries
