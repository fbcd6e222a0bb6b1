"""The pages of needs: browsing, posting from a template, editing, the steps of the state table, the export."""

from __future__ import annotations

import datetime as dt
import html
import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.catalogue import schemes
from broker.listings.imports import import_needs
from broker.listings.models import Need
from broker.listings.services import edit_need
from broker.parties.models import User
from broker.prices.quotes import enter_rate
from tests.factories import listings as make
from tests.factories.parties import actor_of, mandate, member, organization_of, user
from tests.web.conftest import SignIn, Write, read, soup

FORM = {**make.NEED, "request_key": "k1", "country": "CO", "price_unit": "kg", "publish": "1"}
RESERVE = "2987"


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    """A buyer, another one, a producer organization, and a broker house with a mandate of the first buyer."""
    with write() as tx:
        enter_rate(tx, "COP", Decimal(3700), tx.today, "test")
        made = {
            "buyer": user(
                tx, "buyer", email="buyer@example.org", municipality="Pereira", lat=4.8055, lon=-75.7172
            ),
            "rival": user(tx, "buyer", email="rival@example.org"),
            "producer": user(tx, "producer_org", email="producer@example.org"),
            "broker": user(tx, "broker", email="broker@example.org"),
        }
        mandate(tx, made["broker"], made["buyer"])
    return made


def posted(write: Write, buyer: User, **fields: str) -> int:
    publish = fields.pop("publish", "1") == "1"
    with write() as tx:
        return make.need(tx, tx.session.get_one(User, buyer.id), publish=publish, **fields).id


def value_of(page: str, name: str) -> str:
    """What an input of the page holds."""
    tag = next(tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag)
    found = re.search(r'value="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def test_a_visitor_browses_without_confidential_fields(
    client: FlaskClient, write: Write, people: dict[str, User]
) -> None:
    need_id = posted(write, people["buyer"], reserve_price=RESERVE)
    posted(write, people["buyer"], publish="0")
    posted(write, people["buyer"], visibility="broker")
    text = read(client.get("/needs"))
    assert "1 open need" in text
    assert "40 t per week" in text
    assert "2,150 COP/kg" in text
    for address in ("/needs", f"/needs/{need_id}"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert RESERVE not in answer.get_data(as_text=True).replace(",", "")


def test_drafts_and_private_needs_do_not_exist_for_others(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    hidden = [
        posted(write, people["buyer"], publish="0"),
        posted(write, people["buyer"], visibility="broker"),
    ]
    sign_in(client, "rival@example.org")
    for need_id in hidden:
        assert client.get(f"/needs/{need_id}").status_code == 404
        assert client.get(f"/needs/{need_id}/edit").status_code == 404
        assert client.post(f"/needs/{need_id}/withdraw").status_code == 404


def test_filters_stand_in_the_address_and_a_fragment_is_only_the_results(
    client: FlaskClient, write: Write, people: dict[str, User]
) -> None:
    posted(write, people["buyer"])
    posted(
        write,
        people["buyer"],
        product="potato",
        spec_grade="",
        spec_finger_weight_g_min="",
        spec_finger_weight_g_max="",
    )
    whole = client.get("/needs?q=papa&sort=payment")
    assert value_of(whole.get_data(as_text=True), "q") == "papa"
    assert "1 open need" in read(whole)
    fragment = client.get("/needs?q=papa", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert fragment.lstrip().startswith('<div id="results"')
    assert "<html" not in fragment
    empty = read(client.get("/needs?q=nothing+like+it"))
    assert "Nothing fits these filters" in empty
    assert "Show all open needs" in empty
    assert client.get("/needs?page=-1&days=x&sort=bogus&product=bogus&country=ZZ").status_code == 200


def test_the_first_empty_market_says_what_to_do(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    assert "Post the first one" in read(client.get("/needs"))
    assert "You have not posted a need yet" in read(client.get("/needs/mine"))


def test_an_organization_sees_what_a_need_is_worth_and_what_is_closed(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    fits = posted(write, people["buyer"])
    late = posted(write, people["buyer"], payment_days="15", spec_grade="segunda", certificates="bpa_ica")
    with write() as tx:
        make.capacity(tx, tx.session.get_one(User, people["producer"].id))
    sign_in(client, "producer@example.org")
    text = read(client.get("/needs"))
    assert "They suit you" in text
    assert "Not for now" in text
    # 2,150 less freight of 28 + 0.6 x 28.3 km, discounted by 8 days at 4 % a month.
    assert "2,083 COP" in text
    assert "103 more than you ask" in text
    assert "Pays 5 days too late for you" in text
    assert "Grade: asks Second, yours is First" in text
    assert f"Asks for {schemes.get('bpa_ica').name('en')}" in text
    assert "meets everything" in read(client.get(f"/needs/{fits}"))
    assert "Pays 5 days too late" in read(client.get(f"/needs/{late}"))


@pytest.mark.parametrize("who", ["visitor", "producer", "buyer"])
def test_queries_do_not_grow_with_the_rows(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn, queries: list[str], who: str
) -> None:
    if who != "visitor":
        sign_in(client, f"{who}@example.org")
    address, counts = "/needs/mine" if who == "buyer" else "/needs", []
    with write() as tx:
        buyer = tx.session.get_one(User, people["buyer"].id)
        acting = actor_of(tx.session, buyer, tx.today)
        producer = tx.session.get_one(User, people["producer"].id)
        make.capacity(tx, producer)
    for batch, rows in (("one", 1), ("more", 24)):
        with write(acting) as tx:
            inputs = [("", make.need_input(contributions="inputs: bags"))] * rows
            import_needs(tx, acting.organization_id or 0, inputs, publish=True, batch=batch)
        queries.clear()
        assert client.get(address).status_code == 200
        counts.append(len([statement for statement in queries if statement.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 6


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
    for field in ("quantity", "municipality", "payment_days"):
        assert f'href="#f-{field}"' in page
        assert f'id="e-{field}"' in page
    assert value_of(page, "quantity") == "1.500,5"
    assert value_of(page, "request_key") == "k1"
    assert "&lt;b&gt;\n«ñ»" in page


def test_forty_quintales_ask_which_quintal(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    offered = client.get("/needs/new?product=plantain_dom_harton").get_data(as_text=True)
    assert '<option value="qq">quintal</option>' in offered
    typed = FORM | {"quantity": "40", "unit": "qq"}
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


def test_withdrawing_asks_first_and_wants_a_reason(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    need_id = posted(write, people["buyer"])
    sign_in(client, "buyer@example.org")
    assert "Withdraw the need?" in read(client.post(f"/needs/{need_id}/withdraw"))
    assert client.post(f"/needs/{need_id}/withdraw", data={"confirm": "1"}).status_code == 422
    done = client.post(f"/needs/{need_id}/withdraw", data={"confirm": "1", "reason": "bought elsewhere"})
    assert done.status_code == 303
    assert "Withdrawn" in read(client.get(f"/needs/{need_id}"))
    # A second click finds the state moved on.
    assert client.post(f"/needs/{need_id}/withdraw", data={"confirm": "1", "reason": "x"}).status_code == 409
    assert client.post(f"/needs/{need_id}/publish").status_code == 409
    assert client.post(f"/needs/{need_id}/explode").status_code == 404
    assert client.post(f"/needs/{need_id}/expire").status_code == 404
    assert client.get(f"/needs/{need_id}/edit").status_code == 409


def test_a_reader_has_no_buttons_and_no_way_around(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    need_id = posted(write, people["buyer"], publish="0", reserve_price=RESERVE)
    with write() as tx:
        member(tx, tx.session.get_one(User, people["buyer"].id), "reader", email="reader@example.org")
    sign_in(client, "reader@example.org")
    page = client.get(f"/needs/{need_id}")
    assert f"/needs/{need_id}/publish" not in page.get_data(as_text=True)
    assert "2,987" in read(page)
    assert client.post(f"/needs/{need_id}/publish").status_code == 403
    assert client.get(f"/needs/{need_id}/edit").status_code == 403
    assert client.post("/needs/new", data=FORM).status_code == 403


def test_the_broker_posts_for_a_client_only(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    buyer, rival = organization_of(people["buyer"]), organization_of(people["rival"])
    sign_in(client, "broker@example.org")
    assert buyer.legal_name in read(client.get("/needs/new"))
    assert rival.legal_name not in read(client.get("/needs/new"))
    assert client.get(f"/needs/new?buyer={rival.id}").status_code == 404
    assert client.post("/needs/new", data=FORM | {"buyer": str(rival.id)}).status_code == 404
    answer = client.post("/needs/new", data=FORM | {"buyer": str(buyer.id), "reserve_price": RESERVE})
    shown = read(client.get(answer.location))
    assert buyer.legal_name in shown
    assert "2,987" in shown
    # The state table gives the broker no withdrawal.
    assert client.post(f"{answer.location}/withdraw", data={"confirm": "1", "reason": "x"}).status_code == 403


def test_the_export_holds_the_own_needs_and_can_be_read_again(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    posted(write, people["buyer"], reserve_price=RESERVE, description="=1+1", contributions="inputs: bags")
    posted(write, people["rival"])
    sign_in(client, "buyer@example.org")
    answer = client.get("/needs/export.csv")
    text = answer.get_data().decode("utf-8-sig")
    assert answer.headers["Content-Disposition"].endswith('.csv"')
    assert len(text.splitlines()) == 2
    assert "'=1+1" in text
    assert RESERVE in text
    assert client.get("/needs/export.xlsx").get_data()[:2] == b"PK"
    assert client.get("/needs/export.ods").status_code == 404
    assert client.get("/needs/export.csv").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/needs/mine", "/needs/new", "/needs/import", "/needs/export.csv"])
def test_who_may_not_even_look(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn, address: str
) -> None:
    assert "/sign-in" in client.get(address).location
    sign_in(client, "producer@example.org")
    assert client.get(address).status_code == 403


def test_the_page_speaks_spanish_with_its_numbers(
    client: FlaskClient, write: Write, people: dict[str, User]
) -> None:
    need_id = posted(write, people["buyer"])
    spanish = client.get(f"/needs/{need_id}", headers={"Accept-Language": "es"})
    assert "2.150 COP/kg" in read(spanish)
    assert "7 dic 2026" in read(spanish)


def test_a_template_begins_three_weeks_away(
    client: FlaskClient, people: dict[str, User], sign_in: SignIn
) -> None:
    sign_in(client, "buyer@example.org")
    page = client.get("/needs/new?product=snow_pea").get_data(as_text=True)
    start = dt.date.fromisoformat(value_of(page, "start"))
    assert start.weekday() == 0
    assert dt.date.fromisoformat(value_of(page, "reply_by")) < start
