"""The pages of needs: browsing, one need, the steps of the state table, the export."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask.testing import FlaskClient

from broker.catalogue import schemes
from broker.listings.imports import import_needs
from broker.parties.models import User
from broker.prices.quotes import enter_quote, enter_rate
from tests.factories import listings as make
from tests.factories.parties import actor_of, member, organization_of, user
from tests.web.conftest import SignIn, Write, read
from tests.web.listing_help import FORM, RESERVE, need_people, posted, value_of


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    return need_people(write)


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
    # 2,150 discounted by 8 days at 4 % a month, less freight of 28 + 0.6 x 28.3 km.
    assert "2,082 COP/kg" in text
    assert "102 more than you ask" in text
    assert "Pays 5 days too late for you" in text
    assert "Grade: asks Second, yours is First" in text
    assert f"Asks for {schemes.get('bpa_ica').name('en')}" in text
    assert "meets everything" in read(client.get(f"/needs/{fits}"))
    assert "Pays 5 days too late" in read(client.get(f"/needs/{late}"))


def test_usual_rejects_and_what_a_formula_was_counted_at_are_said(
    client: FlaskClient, write: Write, people: dict[str, User], sign_in: SignIn
) -> None:
    rejecting = posted(write, people["buyer"], usual_rejects_pct="6", payment_days="15")
    silent = posted(write, people["buyer"], payment_days="0")
    indexed = posted(
        write,
        people["buyer"],
        price_method="index_differential",
        index_series="ICE C",
        differential="18",
        price="",
    )
    collared = posted(
        write, people["buyer"], price_method="collar", collar_low="2000", collar_high="2300", price="2200"
    )
    sign_in(client, "producer@example.org")
    text = read(client.get(f"/needs/{rejecting}"))
    assert (
        "Usual rejects, 6% −129 Waiting 15 days at 4% a month −40 Delivered, it is worth 1,981 Freight"
        in text
    )
    assert "4% a month, what money costs locally" in text and "says how much he usually rejects" in text
    text = read(client.get(f"/needs/{silent}"))
    assert "does not say how much he usually rejects" in text and "a month" not in text
    assert "Not computed" in read(client.get(f"/needs/{indexed}"))
    with write() as tx:
        enter_quote(tx, "ICE C", Decimal(284), "usc_lb", tx.today, "close")
    text = read(client.get(f"/needs/{indexed}"))
    assert "The price follows ICE C: counted at 284 ¢/lb of 23 Nov 2026." in text
    assert "between 2,000 and 2,300: counted at the reference" in read(client.get(f"/needs/{collared}"))


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


def test_at_the_farm_gate_no_freight_is_taken_off(client: FlaskClient, write: Write, sign_in: SignIn) -> None:
    with write() as tx:
        enter_rate(tx, "COP", Decimal(3900), tx.today, "TRM")
        need = make.need(tx, user(tx, "buyer"), delivery_term="farm_gate")
        producer = user(tx)
        number = need.id
    sign_in(client, producer.email)
    for path in ("/needs", f"/needs/{number}"):
        assert "No freight: the buyer fetches it −0" in read(client.get(path))
