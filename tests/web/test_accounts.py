"""Coming in and one's own account: sign-up, sign-in, second factor, forgotten passwords."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.parties.models import LoginAttempt, Organization, User
from tests.factories import parties
from tests.factories.parties import PASSWORD
from tests.web.conftest import SignIn, Write, read, soup, without_tokens

NEW = "otras cinco palabras muy largas"
JOINING = {
    "kind": "producer_org",
    "legal_name": "Asociación de Prueba",
    "country": "CO",
    "municipality": "quimbaya",
    "name": "Luz Marina",
    "email": "Luz@Example.org",
    "password": PASSWORD,
}


@pytest.fixture
def email(write: Write) -> str:
    """A person with an organization."""
    with write() as tx:
        return parties.user(tx).email


def _enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> int:
    return client.post("/sign-in", data={"email": email, "password": password, **more}).status_code


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/password/forgot", "/sign-up?kind=union"])
def test_a_visitor_reads_sound_pages(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert len(soup(answer).findall(".//h1")) == 1


def test_signing_up_enters_organization_and_manager(client: FlaskClient, write: Write) -> None:
    answer = client.post("/sign-up", data=JOINING)
    assert (answer.status_code, answer.location) == (303, "/home")
    with write() as tx:
        user = tx.session.scalars(select(User)).one()
        organization = tx.session.scalars(select(Organization)).one()
    assert (user.email, user.language) == ("luz@example.org", "en")
    assert (organization.municipality, organization.lat, organization.lon) == ("Quimbaya", 4.6244, -75.7651)
    assert "manager" in read(client.get("/account"))


@pytest.mark.parametrize("country", ["XX", "", "Colombia"])
def test_a_country_that_nobody_knows_is_refused(client: FlaskClient, write: Write, country: str) -> None:
    answer = client.post("/sign-up", data={**JOINING, "country": country})
    assert answer.status_code == 422
    assert "is not a country we know" in read(answer)
    with write() as tx:
        assert tx.session.scalars(select(User)).all() == []


def test_an_organization_of_an_older_version_with_no_known_country_still_reads_pages(
    client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as tx:
        person = parties.user(tx)
        person.memberships[0].organization.country = "XX"
    sign_in(client, person.email)
    for language in ("es", "en"):
        with client.session_transaction() as session:
            session["language"] = language
        for path, status in (("/home", 200), ("/needs", 200), ("/organization", 200), ("/nowhere", 404)):
            assert client.get(path).status_code == status, path


def test_an_unknown_municipality_is_kept_without_coordinates(client: FlaskClient, write: Write) -> None:
    client.post("/sign-up", data={**JOINING, "municipality": "Vereda El Silencio"})
    with write() as tx:
        organization = tx.session.scalars(select(Organization)).one()
    assert (organization.municipality, organization.lat) == ("Vereda El Silencio", None)


def test_signing_up_shows_every_fault_at_once_and_keeps_what_was_typed(
    client: FlaskClient, write: Write
) -> None:
    answer = client.post("/sign-up", data={"country": "CO", "name": "Luz", "password": "short", "email": "x"})
    page = soup(answer)
    assert answer.status_code == 422
    faulty = {a.get("href") for a in page.findall(".//div[@id='errors']//a")}
    assert faulty == {"#f-kind", "#f-legal_name", "#f-municipality", "#f-email", "#f-password"}
    assert all(page.find(f".//*[@id='{href[1:]}']") is not None for href in faulty)
    assert page.find(".//input[@name='name']").get("value") == "Luz"
    assert 'value="short"' not in answer.get_data(as_text=True)
    with write() as tx:
        assert tx.session.scalars(select(User)).all() == []


def test_an_address_that_has_an_account_cannot_sign_up_again(client: FlaskClient, email: str) -> None:
    answer = client.post("/sign-up", data={**JOINING, "email": email.upper()})
    assert answer.status_code == 422
    assert "already has an account" in read(answer)


def test_signing_in_leads_on_to_a_page_of_this_site_only(client: FlaskClient, email: str) -> None:
    own = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/account"})
    assert (own.status_code, own.location) == (303, "/account")
    for foreign in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": foreign})
        assert answer.location == "/home"


def test_signing_in_starts_a_session_of_its_own(app: Flask, email: str) -> None:
    client = app.test_client()
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
    assert _enter(client, email) == 303
    with client.session_transaction() as session:
        assert "planted" not in session


def test_known_and_unknown_accounts_get_the_same_answer(client: FlaskClient, email: str) -> None:
    known = client.post("/sign-in", data={"email": email, "password": "wrong"})
    unknown = client.post("/sign-in", data={"email": "nobody@example.org", "password": "wrong"})
    assert known.status_code == unknown.status_code == 422
    assert without_tokens(known) == without_tokens(unknown).replace("nobody@example.org", email)


def test_an_unknown_account_costs_a_password_check_too(
    client: FlaskClient, email: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from broker.parties import passwords

    checked: list[str] = []
    real = passwords._hasher

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return real.verify(stored, password)

    monkeypatch.setattr(passwords, "_hasher", Counting())
    _enter(client, email, "wrong")
    _enter(client, "nobody@example.org", "wrong")
    assert len(checked) == 2


def test_failures_slow_an_account_down_whoever_it_is(
    client: FlaskClient, email: str, clock: FixedClock, write: Write
) -> None:
    for address in (email, "nobody@example.org"):
        for _try in range(5):
            assert _enter(client, address, "wrong") == 422
        answer = client.post("/sign-in", data={"email": address, "password": PASSWORD})
        assert answer.status_code == 422
        assert "Too many tries. Wait 15 minutes." in read(answer)
    with write() as tx:
        assert len(tx.session.scalars(select(LoginAttempt)).all()) == 10
    clock.forward(minutes=16)
    assert _enter(client, email) == 303


def test_failures_slow_an_address_down_over_many_accounts(client: FlaskClient, email: str) -> None:
    for number in range(30):
        _enter(client, f"nobody{number}@example.org", "wrong")
    assert _enter(client, email) == 422


def test_a_right_sign_in_forgets_earlier_failures(client: FlaskClient, email: str, write: Write) -> None:
    _enter(client, email, "wrong")
    assert _enter(client, email) == 303
    with write() as tx:
        assert tx.session.scalars(select(LoginAttempt)).all() == []


def test_signing_out_ends_every_session(app: Flask, email: str) -> None:
    here, there = app.test_client(), app.test_client()
    assert _enter(here, email) == _enter(there, email) == 303
    assert there.get("/account").status_code == 200
    assert here.post("/sign-out").location == "/"
    for client in (here, there):
        assert client.get("/account").location.startswith("/sign-in")


def test_signing_out_is_never_done_by_following_a_link(client: FlaskClient, email: str) -> None:
    _enter(client, email)
    assert client.get("/sign-out").status_code == 405


def test_changing_the_password_asks_for_the_present_one(app: Flask, client: FlaskClient, email: str) -> None:
    elsewhere = app.test_client()
    assert _enter(client, email) == _enter(elsewhere, email) == 303
    wrong = client.post("/account/password", data={"current": "wrong", "password": NEW})
    assert wrong.status_code == 422
    assert soup(wrong).find(".//*[@id='e-current']") is not None
    assert client.post("/account/password", data={"current": PASSWORD, "password": NEW}).status_code == 303
    assert client.get("/account").status_code == 200, "one's own session goes on"
    assert elsewhere.get("/account").status_code == 302, "every other session ends"


def test_the_second_factor_from_set_up_to_removal(client: FlaskClient, email: str, sign_in: SignIn) -> None:
    sign_in(client, email)
    client.post("/account/totp", data={"step": "start"})
    page = soup(client.get("/account"))
    assert page.find(".//{*}svg[@class='qr']/{*}path").get("d").startswith("M2 2h1v1h-1z")
    secret = "".join(page.find(".//span[@class='mono wrap-anywhere']").text.split())
    totp = pyotp.TOTP(secret)

    wrong = client.post("/account/totp", data={"step": "confirm", "totp_code": "000000"})
    assert wrong.status_code == 422
    assert client.post("/account/totp", data={"step": "confirm", "totp_code": totp.now()}).status_code == 303
    client.post("/sign-out")

    asked = client.post("/sign-in", data={"email": email, "password": PASSWORD, "next": "/account"})
    assert asked.status_code == 200
    proof = soup(asked).find(".//input[@name='proof']").get("value")
    assert client.get("/account").status_code == 302, "the password alone opens nothing"
    refused = client.post("/sign-in", data={"proof": proof, "code": "000000"})
    assert refused.status_code == 422
    assert "The code is not right" in read(refused)
    entered = client.post("/sign-in", data={"proof": proof, "code": totp.now(), "next": "/account"})
    assert (entered.status_code, entered.location) == (303, "/account")

    assert client.post("/account/totp", data={"step": "remove", "totp_password": "wrong"}).status_code == 422
    assert client.post("/account/totp", data={"step": "remove", "totp_password": PASSWORD}).status_code == 303
    client.post("/sign-out")
    assert _enter(client, email) == 303


def test_the_second_step_cannot_be_reached_without_the_first(
    client: FlaskClient, email: str, clock: FixedClock, write: Write
) -> None:
    secret = pyotp.random_base32()
    with write() as tx:
        tx.session.scalars(select(User)).one().totp_secret = secret
    code = pyotp.TOTP(secret).now()
    assert client.post("/sign-in", data={"proof": "made up", "code": code}).location.startswith("/sign-in")
    proof = soup(client.post("/sign-in", data={"email": email, "password": PASSWORD})).find(
        ".//input[@name='proof']"
    )
    clock.forward(minutes=6)
    late = client.post("/sign-in", data={"proof": proof.get("value"), "code": code})
    assert late.location.startswith("/sign-in")
    assert client.get("/account").status_code == 302


def test_codes_cannot_be_guessed_at_leisure(client: FlaskClient, email: str, write: Write) -> None:
    secret = pyotp.random_base32()
    with write() as tx:
        tx.session.scalars(select(User)).one().totp_secret = secret
    asked = client.post("/sign-in", data={"email": email, "password": PASSWORD})
    proof = soup(asked).find(".//input[@name='proof']").get("value")
    for _try in range(5):
        client.post("/sign-in", data={"proof": proof, "code": "000000"})
    answer = client.post("/sign-in", data={"proof": proof, "code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 422
    assert "Too many tries" in read(answer)


def test_a_person_switches_between_her_organizations_only(client: FlaskClient, write: Write) -> None:
    with write() as tx:
        manager, person, stranger = parties.user(tx, "buyer"), parties.user(tx), parties.user(tx, "buyer")
        parties.member(tx, manager, "clerk", email=person.email)
        second, foreign = parties.organization_of(manager), parties.organization_of(stranger)
    _enter(client, person.email)
    assert client.post("/account/organization", data={"organization": second.id}).status_code == 303
    with client.session_transaction() as session:
        session["language"] = "en"
    page = soup(client.get("/account"))
    acting = [
        li for li in page.findall(".//ul[@class='list']/li") if "acting for it now" in "".join(li.itertext())
    ]
    assert [second.legal_name in "".join(li.itertext()) for li in acting] == [True]
    assert client.post("/account/organization", data={"organization": foreign.id}).status_code == 404


def test_a_person_corrects_her_name(client: FlaskClient, email: str, write: Write) -> None:
    _enter(client, email)
    assert client.post("/account/name", data={"name": "  "}).status_code == 422
    assert (
        client.post("/account/name", data={"name": "Luz Marina Ríos", "email": "x@y.zz"}).status_code == 303
    )
    with write() as tx:
        user = tx.session.scalars(select(User)).one()
    assert (user.name, user.email) == ("Luz Marina Ríos", email)


def test_what_matters_is_audited(client: FlaskClient, email: str, write: Write) -> None:
    _enter(client, email)
    client.post("/account/password", data={"current": PASSWORD, "password": NEW})
    client.post("/sign-out")
    with write() as tx:
        verbs = set(tx.session.scalars(select(AuditEntry.verb)))
    assert {"user.signed_up", "user.signed_in", "user.password_changed", "user.signed_out"} <= verbs
