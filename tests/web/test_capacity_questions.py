"""Publishing a capacity one question per screen: answers are kept, said back in words, and count once."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from broker.listings.drafts import CapacityDraft
from broker.listings.models import Capacity
from broker.parties.models import User
from tests.factories.parties import member, user
from tests.web.conftest import SignIn, Write, read
from tests.web.listing_help import value_of

WEEK = {
    "grade": {"spec_grade": "primera"},
    "way": {"way": "week"},
    "week": {"kg_week": "1,500"},
    "months": {"months": [str(month) for month in range(1, 13)]},
    "price": {"ask_price": "1980", "price_unit": "kg"},
    "wait": {"max_wait_days": "10"},
    "place": {"municipality": "Quimbaya"},
    "certificates": {},
}
AREA = {
    "area": {"area_ha": "130.5"},
    "yield": {"yield_t_ha_year": "10.5"},
    "share": {"grade_share_pct": "84"},
    "loss": {"loss_pct": "15"},
    "delivery": {"delivery_share_pct": "78"},
}
START = {"product": "plantain_dom_harton", "request_key": "k1"}


@pytest.fixture
def clerk(client: FlaskClient, write: Write, sign_in: SignIn) -> FlaskClient:
    """Signed in for an organization in Quimbaya that has published nothing."""
    with write() as tx:
        user(
            tx,
            "producer_org",
            email="producer@example.org",
            municipality="Quimbaya",
            lat=4.6226,
            lon=-75.7617,
        )
        user(tx, "producer_org", email="neighbour@example.org")
    sign_in(client, "producer@example.org")
    return client


def begun(clerk: FlaskClient) -> str:
    """The address of the draft."""
    address = clerk.post("/capacities/drafts", data=START).location
    return str(address)


def count(write: Write, model: type[Capacity] | type[CapacityDraft]) -> int:
    with write() as tx:
        return tx.session.scalar(select(func.count()).select_from(model)) or 0


def test_from_an_empty_home_to_a_published_capacity(clerk: FlaskClient, write: Write) -> None:
    home = clerk.get("/home").get_data(as_text=True)
    assert 'href="/capacities/new"' in home
    address = begun(clerk)
    assert begun(clerk) == address
    assert count(write, CapacityDraft) == 1
    following = clerk.get(address).location
    for name, answer in WEEK.items():
        assert following == f"{address}/{name}"
        page = clerk.get(following)
        assert page.status_code == 200 and len(page.data) < 30_000
        assert 'class="phone"' in page.get_data(as_text=True)
        following = clerk.post(following, data=answer).location
    check = clerk.get(following)
    text = read(check)
    assert "1,500 kg a week One thousand five hundred kilograms a week." in text
    assert "Ten days." in text and "Colombian pesos per kilogram" in text
    done = clerk.post(following)
    assert done.status_code == 303
    # A second tap counts once, and leads to the same page.
    assert clerk.post(following).location == done.location
    assert count(write, Capacity) == 1
    with write() as tx:
        capacity = tx.session.scalars(select(Capacity)).one()
        assert (capacity.kg_week, capacity.volume_kg_year) == (1500, 78_000)
        assert capacity.attributes == {"grade": "primera"}
        assert capacity.ask_minor == 198_000
    assert "1.5 t" in read(clerk.get(done.location))


def test_each_number_is_said_back_on_the_next_screen(clerk: FlaskClient) -> None:
    address = begun(clerk)
    heard = {
        "yield": "130.5 hectares One hundred and thirty point five hectares.",
        "share": "10.5 t/ha a year Ten point five tonnes per hectare in a year.",
        "loss": "84% Eighty-four kilograms of every hundred.",
        "delivery": "15% Fifteen kilograms of every hundred.",
        "months": "78% Seventy-eight kilograms of every hundred.",
    }
    clerk.post(f"{address}/way", data={"way": "area"})
    for name, answer in AREA.items():
        clerk.post(f"{address}/{name}", data=answer)
    for name, words in heard.items():
        assert words in read(clerk.get(f"{address}/{name}"))


def test_the_volume_by_area(clerk: FlaskClient, write: Write) -> None:
    address = begun(clerk)
    answers = {"grade": WEEK["grade"], "way": {"way": "area"}, **AREA} | {
        name: WEEK[name] for name in ("months", "price", "wait", "place", "certificates")
    }
    for name, answer in answers.items():
        assert clerk.post(f"{address}/{name}", data=answer).status_code == 303, name
    assert clerk.post(f"{address}/check").status_code == 303
    with write() as tx:
        capacity = tx.session.scalars(select(Capacity)).one()
        assert (capacity.area_ha, capacity.kg_week) == (Decimal("130.5"), None)


def test_what_is_wrong_is_told_at_its_field_and_kept(clerk: FlaskClient) -> None:
    address = begun(clerk)
    wrong = clerk.post(f"{address}/week", data={"kg_week": "mucho"})
    assert wrong.status_code == 422
    page = wrong.get_data(as_text=True)
    assert 'href="#f-kg_week"' in page and 'id="e-kg_week"' in page
    assert value_of(page, "kg_week") == "mucho"
    # Left and found again, it still stands there.
    assert value_of(clerk.get(f"{address}/week").get_data(as_text=True), "kg_week") == "mucho"
    assert clerk.post(f"{address}/way", data={}).status_code == 422
    assert clerk.post(f"{address}/week", data={"kg_week": ""}).status_code == 422


def test_back_and_leaving_keep_what_was_typed(clerk: FlaskClient) -> None:
    address = begun(clerk)
    back = clerk.post(f"{address}/wait", data={"max_wait_days": "1o", "go": "back"})
    assert back.location == f"{address}/price"
    assert value_of(clerk.get(f"{address}/wait").get_data(as_text=True), "max_wait_days") == "1o"
    left = clerk.post(f"{address}/wait", data={"max_wait_days": "12", "go": "leave"})
    assert left.location == "/home"
    home = clerk.get("/home")
    assert "Continue where you left" in read(home)
    assert f'href="{address}"' in home.get_data(as_text=True)
    assert clerk.get(address).location == f"{address}/wait"
    assert value_of(clerk.get(f"{address}/wait").get_data(as_text=True), "max_wait_days") == "12"


def test_the_check_leads_to_the_first_answer_that_lacks(clerk: FlaskClient) -> None:
    address = begun(clerk)
    assert "How do you want to say how much?" in read(clerk.get(f"{address}/check"))
    for name in ("way", "week", "wait"):
        clerk.post(f"{address}/{name}", data=WEEK[name])
    assert clerk.get(f"{address}/check").status_code == 200
    # From the check a question leads back to it.
    changed = clerk.post(f"{address}/week?then=check", data={"kg_week": "20"})
    assert changed.location == f"{address}/check"
    clerk.post(f"{address}/way", data={"way": "area"})
    for name, answer in AREA.items():
        clerk.post(f"{address}/{name}", data=answer)
    clerk.post(f"{address}/yield", data={"yield_t_ha_year": "150"})
    implausible = clerk.post(f"{address}/check")
    assert implausible.status_code == 422
    assert 'id="e-yield_t_ha_year"' in implausible.get_data(as_text=True)


def test_another_language_reads_the_same_number(clerk: FlaskClient, write: Write) -> None:
    address = begun(clerk)
    for name, answer in WEEK.items():
        clerk.post(f"{address}/{name}", data=answer)
    clerk.post("/language", data={"language": "es"})
    page = clerk.get(f"{address}/check")
    assert "1.500 kg" in read(page)
    assert clerk.post(f"{address}/check").status_code == 303
    with write() as tx:
        assert tx.session.scalars(select(Capacity.kg_week)).one() == 1500


def test_another_place_is_looked_up_and_not_put_at_home(clerk: FlaskClient, write: Write) -> None:
    address = begun(clerk)
    for name, answer in {**WEEK, "place": {"municipality": "Montenegro"}}.items():
        clerk.post(f"{address}/{name}", data=answer)
    clerk.post(f"{address}/check")
    with write() as tx:
        capacity = tx.session.scalars(select(Capacity)).one()
    assert capacity.municipality == "Montenegro"
    assert round(capacity.lat, 2) != 4.62


def test_thrown_away_it_is_gone(clerk: FlaskClient, write: Write) -> None:
    address = begun(clerk)
    assert "Throw the answers away?" in read(clerk.post(f"{address}/discard"))
    for _tap in range(2):
        assert clerk.post(f"{address}/discard", data={"confirm": "1"}).status_code == 303
    assert clerk.get(address).status_code == 409
    assert clerk.post(f"{address}/check").status_code in (409, 422)
    assert "Continue where you left" not in read(clerk.get("/home"))
    assert count(write, Capacity) == 0


def test_a_colleague_goes_on_and_a_neighbour_does_not(
    clerk: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    address = begun(clerk)
    with write() as tx:
        owner = tx.session.scalars(select(User).where(User.email == "producer@example.org")).one()
        member(tx, owner, "clerk", email="clerk@example.org")
        member(tx, owner, "reader", email="reader@example.org")
    for who, status in (("clerk", 200), ("reader", 403), ("neighbour", 404)):
        clerk.delete_cookie("alianza")
        sign_in(clerk, f"{who}@example.org")
        assert clerk.get(f"{address}/grade").status_code == status
        expected = 303 if status == 200 else status
        assert clerk.post(f"{address}/week", data={"kg_week": "1"}).status_code == expected


def test_a_product_with_a_variety_asks_for_it(clerk: FlaskClient) -> None:
    address = clerk.post(
        "/capacities/drafts", data={"product": "coffee_parch_co", "request_key": "k2"}
    ).location
    page = clerk.get(f"{address}/grade").get_data(as_text=True)
    assert re.search(r'<select[^>]*name="spec_coffee_variety"', page)
    assert clerk.post("/capacities/drafts", data={"product": "gold"}).status_code == 400
