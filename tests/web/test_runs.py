"""The page of a run, also of one over rows that could not be priced."""

from __future__ import annotations

from decimal import Decimal

from flask.testing import FlaskClient

from broker.matchmaking.models import MatchingRun
from broker.prices.quotes import enter_quote, enter_rate
from tests.factories import listings, parties
from tests.web.conftest import SignIn, Write, read


def test_capacities_left_out_are_named_with_their_reason(
    client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as tx:
        house, producer = parties.user(tx, "broker"), parties.user(tx, legal_name="Los Guaduales")
        parties.mandate(tx, house, producer)
        offered = listings.capacity(tx, producer, currency="EUR", ask_price="0.45")
        run = MatchingRun(
            broker_id=parties.organization_of(house).id, policy={}, state="done", status="optimal",
            stats={"left_out": [[offered.id, "rate_missing"]]}, created_at=tx.now,
        )  # fmt: skip
        tx.session.add(run)
        tx.session.flush()
        number, email = run.id, house.email
    sign_in(client, email)
    text = read(client.get(f"/runs/{number}"))
    assert "Los Guaduales EUR There is no exchange rate for its currency." in text


def test_an_organization_reads_needs_with_a_price_that_cannot_be_reckoned(
    client: FlaskClient, write: Write, sign_in: SignIn
) -> None:
    with write() as tx:
        producer = parties.user(tx)
        enter_rate(tx, "COP", Decimal(3900), tx.today, "TRM")
        enter_quote(tx, "ICE C", Decimal(280), "usc_lb", tx.today, "ICE")
        need = listings.need(
            tx, parties.user(tx, "buyer"), price_method="index_differential", index_series="ICE C",
            differential="10", base_factor="94",
        )  # fmt: skip
        # As older versions let it in.
        need.price_params = {**need.price_params, "base_factor": "0"}
        number, email = need.id, producer.email
    sign_in(client, email)
    assert client.get("/needs").status_code == 200
    assert client.get(f"/needs/{number}").status_code == 200
