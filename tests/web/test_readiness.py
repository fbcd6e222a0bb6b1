"""Readiness: who reads it, who assesses, and whose assessment counts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.parties.models import User
from broker.readiness.indicators import for_scope
from broker.readiness.models import Assessment
from broker.readiness.services import readiness_by_organization
from tests.factories import parties
from tests.web.conftest import NOON, SignIn, Write, read, soup

CODES = [indicator.code for indicator in for_scope("producer")]


def _form(value: int | str = 4, codes: list[str] = CODES, evidence_on: str = "2026-10-01") -> dict[str, str]:
    form = {"note": "Visita de octubre"}
    for code in codes:
        form |= {
            f"value-{code}": str(value),
            f"evidence-{code}": "Acta y libros",
            f"evidence_on-{code}": evidence_on,
            f"confidence-{code}": "100",
        }
    return form


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    """An organization, its broker, a broker without a mandate, and a buyer."""
    with write() as tx:
        owner, house = parties.user(tx), parties.user(tx, "broker")
        parties.mandate(tx, house, owner)
        return {
            "owner": owner,
            "house": house,
            "rival": parties.user(tx, "broker"),
            "buyer": parties.user(tx, "buyer"),
        }


def _path(people: dict[str, User]) -> str:
    return f"/organizations/{parties.organization_of(people['owner']).id}/readiness"


def _counted(write: Write, people: dict[str, User]) -> Decimal | None:
    own = parties.organization_of(people["owner"]).id
    with write() as tx:
        found = readiness_by_organization(tx.session, [own], NOON.date()).get(own)
    return found and found.score


@pytest.mark.parametrize(("who", "status"), [("owner", 200), ("house", 200), ("rival", 404), ("buyer", 404)])
def test_only_the_organization_and_its_broker_read_it(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], who: str, status: int
) -> None:
    sign_in(client, people[who].email)
    assert client.get(_path(people)).status_code == status
    assert client.get(_path(people) + "/new").status_code == status
    assert client.post(_path(people) + "/new", data=_form()).status_code == (303 if status == 200 else 404)


def test_a_visitor_is_asked_to_sign_in(client: FlaskClient, people: dict[str, User]) -> None:
    assert client.get(_path(people)).location.startswith("/sign-in")


def test_a_brokers_assessment_counts_and_is_shown(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], write: Write
) -> None:
    sign_in(client, people["house"].email)
    soup(client.get(_path(people) + "/new"))
    form = _form() | {"value-S1": "0", "evidence-S1": "Registro de entregas"}
    assert client.post(_path(people) + "/new", data=form).status_code == 303
    client.post("/sign-out")
    sign_in(client, people["owner"].email)
    answer = client.get(_path(people))
    page = read(answer)
    assert "73.6 of 100" in page
    assert "Ready with a plan" in page
    assert "Visita de octubre" in page
    costliest = soup(answer).find(".//section[@aria-labelledby='h-drivers']//li")
    assert "−8" in "".join(costliest.itertext())
    assert "Members delivering" in "".join(costliest.itertext())
    rows = soup(answer).findall(".//section[@aria-labelledby='h-lines']//tbody/tr")
    assert len(rows) == len(CODES)
    assert _counted(write, people) == Decimal("73.6")


def test_a_self_assessment_never_counts(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], write: Write
) -> None:
    sign_in(client, people["owner"].email)
    client.post(_path(people) + "/new", data=_form(5))
    assert _counted(write, people) is None
    page = read(client.get(_path(people)))
    assert "Not assessed yet" in page
    assert "100 of 100" in page
    client.post("/sign-out")

    sign_in(client, people["house"].email)
    client.post(_path(people) + "/new", data=_form(2))
    client.post("/sign-out")
    sign_in(client, people["owner"].email)
    client.post(_path(people) + "/new", data=_form(5))
    assert _counted(write, people) == 40
    assert "closed" in read(client.get(_path(people)))


def test_the_assessor_is_stored(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], write: Write
) -> None:
    for who in ("owner", "house"):
        sign_in(client, people[who].email)
        client.post(_path(people) + "/new", data=_form())
        client.post("/sign-out")
    with write() as tx:
        assessors = tx.session.scalars(select(Assessment.assessor_id).order_by(Assessment.id)).all()
    assert list(assessors) == [parties.organization_of(people[who]).id for who in ("owner", "house")]


def test_old_or_missing_evidence_gives_no_number(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User]
) -> None:
    sign_in(client, people["house"].email)
    client.post(_path(people) + "/new", data=_form(5, evidence_on="2025-11-23"))
    page = read(client.get(_path(people)))
    assert "Insufficient evidence" in page
    assert "of 100" not in page
    assert page.count("no fresh evidence") == len(CODES)


@pytest.mark.parametrize(
    ("field", "wrong", "at"),
    [
        ("value-G1", "6", "value-G1"),
        ("value-G1", "-1", "value-G1"),
        ("value-G1", "x", "value-G1"),
        ("value-G1", "", "value-G1"),
        ("evidence_on-G2", "2026-11-24", "evidence_on-G2"),
        ("evidence_on-G2", "yesterday", "evidence_on-G2"),
        ("confidence-M1", "101", "confidence-M1"),
    ],
)
def test_a_wrong_entry_is_shown_at_its_field(
    client: FlaskClient,
    sign_in: SignIn,
    people: dict[str, User],
    write: Write,
    field: str,
    wrong: str,
    at: str,
) -> None:
    sign_in(client, people["house"].email)
    answer = client.post(_path(people) + "/new", data=_form() | {field: wrong})
    page = soup(answer)
    assert answer.status_code == 422
    assert page.find(f".//*[@id='e-{at}']") is not None
    assert page.find(".//input[@name='evidence-C1']").get("value") == "Acta y libros"
    with write() as tx:
        assert tx.session.scalars(select(Assessment)).all() == []


def test_an_empty_assessment_is_refused(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User]
) -> None:
    sign_in(client, people["house"].email)
    answer = client.post(_path(people) + "/new", data={"note": "nothing"})
    assert answer.status_code == 422
    assert "at least one indicator" in read(answer)


def test_a_reader_looks_but_does_not_assess(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], write: Write
) -> None:
    with write() as tx:
        reader = parties.member(tx, tx.session.get_one(User, people["owner"].id), "reader")
    sign_in(client, reader.email)
    assert client.get(_path(people)).status_code == 200
    assert client.post(_path(people) + "/new", data=_form()).status_code == 403


def test_a_buyer_is_assessed_by_its_own_indicators(
    client: FlaskClient, sign_in: SignIn, write: Write
) -> None:
    with write() as tx:
        buyer, house = parties.user(tx, "buyer"), parties.user(tx, "broker")
        parties.mandate(tx, house, buyer)
    path = f"/organizations/{parties.organization_of(buyer).id}/readiness"
    sign_in(client, house.email)
    assert client.post(path + "/new", data=_form()).status_code == 422, (
        "a producer's indicators are none of a buyer's"
    )
    codes = [indicator.code for indicator in for_scope("buyer")]
    assert client.post(path + "/new", data=_form(3, codes)).status_code == 303
    page = read(client.get(path))
    assert "60 of 100" in page
    assert "Gate" not in page


def test_brokers_have_no_readiness(client: FlaskClient, sign_in: SignIn, people: dict[str, User]) -> None:
    sign_in(client, people["house"].email)
    own = parties.organization_of(people["house"]).id
    assert client.get(f"/organizations/{own}/readiness").status_code == 404


def test_the_page_sends_few_queries(
    client: FlaskClient, sign_in: SignIn, people: dict[str, User], queries: list[str]
) -> None:
    sign_in(client, people["house"].email)
    client.post(_path(people) + "/new", data=_form())
    queries.clear()
    client.get(_path(people))
    assert len(queries) <= 6, queries
