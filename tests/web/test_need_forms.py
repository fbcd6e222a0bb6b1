"""Posting a need from a template and changing it: everything typed is kept until it is right."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.listings.models import Need
from broker.listings.services import edit_need
from broker.parties.models import User
from tests.factories import listings as make
from tests.factories.parties import actor_of
from tests.web.conftest import SignIn, Write, read, soup
from tests.web.listing_help import FORM, RESERVE, need_people, posted, value_of


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    return need_people(write)


def test_a_need_from_a_template(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    assert "What do you want to buy?" in read(client.get("/needs/new"))
    page = client.get("/needs/new?product=plantain_dom_harton")
    text = page.get_data(as_text=True)
    assert soup(page) is not None
    assert (value_of(text, "spec_finger_weight_g_min"), value_of(text, "municipality")) == ("250", "Pereira")
    assert value_of(text, "start") == "2026-12-14"
    answer = client.post("/needs/new", data=FORM)
    assert answer.status_code == 303
    shown = read(client.get(answer.location))
    assert "The need is published" in shown
    assert "Open" in shown
    # The same form again, as a second click sends it, is the same need.
    assert client.post("/needs/new", data=FORM).location == answer.location


def test_what_is_checked_is_published_and_can_be_copied(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    typed = {k: text for k, text in FORM.items() if k != "publish"} | {"reserve_price": RESERVE}
    check = client.post("/needs/new", data=typed | {"check": "1"})
    page = check.get_data(as_text=True)
    assert soup(check) is not None
    assert "Forty thousand kilograms 1,040 t in all, in 26 deliveries" in read(check), read(check)
    assert "0 open needs" in read(client.get("/needs"))
    for name, text in typed.items():
        assert value_of(page, name) == text
    changed = client.post("/needs/new", data=typed | {"change": "1"}).get_data(as_text=True)
    assert value_of(changed, "reserve_price") == RESERVE
    address = client.post("/needs/new", data=typed | {"publish": "1"}).location
    number = address.rpartition("/")[2]
    assert f"/needs/new?copy={number}" in client.get("/needs/new").get_data(as_text=True)
    copied = client.get(f"/needs/new?copy={number}").get_data(as_text=True)
    kept = [value_of(copied, name) for name in ("quantity", "reserve_price", "spec_finger_weight_g_min")]
    assert kept == ["40", RESERVE, "250"]
    # As long as before, from a Monday about three weeks away.
    assert [value_of(copied, name) for name in ("start", "reply_by")] == ["2026-12-14", "2026-12-07"]
    assert "Nothing has been proposed" in read(client.get(f"{address}/offers"))
    client.delete_cookie("alianza")
    sign_in(client, "rival@example.org")
    assert client.get(f"/needs/new?copy={number}").status_code == 404


def test_a_draft_is_kept_until_it_is_published(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    address = client.post("/needs/new", data=FORM | {"publish": "0"}).location
    assert "Draft" in read(client.get(address))
    assert "0 open needs" in read(client.get("/needs"))
    assert client.post(f"{address}/publish").status_code == 303
    assert "1 open need" in read(client.get("/needs"))


def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    typed = FORM | {
        "quantity": "1.500,5",
        "municipality": "Macondo",
        "payment_days": "",
        "description": "<b>\n«ñ»",
    }
    answer = client.post("/needs/new", data=typed)
    assert answer.status_code == 422
    page, text = answer.get_data(as_text=True), read(answer)
    assert "There are 3 things to mend" in text
    assert "Paid after: Fill this in." in text
    for field in ("quantity", "municipality", "payment_days"):
        assert f'href="#f-{field}"' in page
        assert f'id="e-{field}"' in page
    assert value_of(page, "quantity") == "1.500,5"
    assert value_of(page, "request_key") == "k1"
    assert "&lt;b&gt;\n«ñ»" in page


@pytest.mark.parametrize("typed", ["61", "-1", "six"])
def test_usual_rejects_are_a_plausible_share(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn, typed: str
) -> None:
    sign_in(client, "buyer@example.org")
    answer = client.post("/needs/new", data=FORM | {"usual_rejects_pct": typed})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert value_of(text, "usual_rejects_pct") == typed
    assert 'href="#f-usual_rejects_pct"' in text
    done = client.post("/needs/new", data=FORM | {"usual_rejects_pct": "2.5"})
    assert "Usual rejects 2.5%" in read(client.get(done.location))


def test_forty_quintales_ask_which_quintal(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    offered = client.get("/needs/new?product=plantain_dom_harton").get_data(as_text=True)
    assert '<option value="quintal">quintal</option>' in offered
    typed = FORM | {"quantity": "40", "unit": "quintal"}
    asked = client.post("/needs/new", data=typed)
    assert asked.status_code == 422
    page = asked.get_data(as_text=True)
    assert "How many kg is yours: 50, 100?" in read(asked)
    assert re.search(r'type="radio" name="unit_kg" value="50"', page)
    assert re.search(r'type="radio" name="unit_kg" value="100"', page)
    address = client.post("/needs/new", data=typed | {"unit_kg": "50"}).location
    shown = read(client.get(address))
    assert "2 t per week" in shown
    assert "40 × quintal of 50 kg" in shown
    with write() as tx:
        need = tx.session.scalars(select(Need)).one()
        assert (need.quantity_original, need.quantity_unit, need.quantity_factor) == (40, "qq_co", 50)
    # The stored reading is offered again when it is edited.
    assert 'value="qq_co" selected' in client.get(f"{address}/edit").get_data(as_text=True)


def test_a_stale_edit_keeps_the_text_and_shows_both(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    need_id = posted(write, people["buyer"])
    sign_in(client, "buyer@example.org")
    version = value_of(client.get(f"/needs/{need_id}/edit").get_data(as_text=True), "version")
    with write() as tx:
        buyer = actor_of(tx.session, tx.session.get_one(User, people["buyer"].id), tx.today)
    with write(buyer) as tx:
        edit_need(tx, need_id, int(version), make.need_input(payment_days="30"))
    mine = FORM | {"version": version, "payment_days": "15", "quantity": "41"}
    answer = client.post(f"/needs/{need_id}/edit", data=mine)
    assert answer.status_code == 409
    page, text = answer.get_data(as_text=True), read(answer)
    assert "Stored now" in text
    assert "30" in text
    assert (value_of(page, "payment_days"), value_of(page, "quantity")) == ("15", "41")
    again = client.post(f"/needs/{need_id}/edit", data=mine | {"version": value_of(page, "version")})
    assert again.status_code == 303
    assert "41 t per week" in read(client.get(f"/needs/{need_id}"))


def test_an_edit_with_a_broken_version_is_a_conflict(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    need_id = posted(write, people["buyer"])
    sign_in(client, "buyer@example.org")
    assert client.post(f"/needs/{need_id}/edit", data=FORM | {"version": "x"}).status_code == 409


def test_a_template_begins_three_weeks_away(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    page = client.get("/needs/new?product=snow_pea").get_data(as_text=True)
    start = dt.date.fromisoformat(value_of(page, "start"))
    assert start.weekday() == 0
    assert dt.date.fromisoformat(value_of(page, "reply_by")) < start
