"""The page of what a house has learned: in plain words why it is on or off, and nothing of any other house."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from broker.jobs.worker import work_once
from tests.factories.answers import COINS, past
from tests.support.site import Site, open_site
from tests.web.conftest import NOON, read, soup, text_of, without_tokens
from web.extensions import db

PAGE = "/runs/learning"


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def has_past(site: Site, answers: int, **more: object) -> None:
    with site.app.app_context():
        house = site.world.people["house_a"].organization_id
        past(db.engine, house, answers, NOON, **more)  # type: ignore[arg-type]
    site.worn = True


def work(site: Site) -> None:
    with site.app.app_context():
        while work_once(db.engine, site.app.config["CLOCK"], {"mail_dir": str(site.data)}):
            pass


def learned(site: Site, answers: int = 200, **more: object) -> FlaskClient:
    """The broker's browser after her house has learned."""
    has_past(site, answers, **more)
    client = site.enter("house_a")
    assert client.post(PAGE).status_code == 303
    assert "It is being learned now." in read(client.get(PAGE))
    work(site)
    return client


def test_before_there_are_enough_answers_the_page_says_how_many_are_missing(site: Site) -> None:
    page = read(site.enter("house_a").get(PAGE))
    assert "Not yet: 8 answers of 60." in page
    assert "Learn anew" not in page
    refused = site.enter("house_a").post(PAGE)
    assert refused.status_code == 422
    assert "There are 8 answers yet; learning begins with 60." in read(refused)


def test_a_model_that_proves_itself_is_on_and_explained(site: Site) -> None:
    client = learned(site)
    tree = soup(client.get(PAGE))
    page = text_of(tree)
    assert "On since 23 Nov 2026" in page
    assert "Answered suggestions 208" in page
    assert "it is not luck" in page
    rows = [text_of(row) for row in tree.iter("tr")]
    [pay] = [row for row in rows if row.startswith("Price and payment")]
    assert int(pay.split("+")[1].split()[0]) > 30
    assert sum(row.startswith(("Specification", "Volume", "Logistics")) for row in rows) == 3


def test_the_broker_switches_it_off_and_allows_it_again(site: Site) -> None:
    client = learned(site)
    answer = client.post(f"{PAGE}/switch", data={"state": "off"}, follow_redirects=True)
    assert "Off: your house switched it off on 23 Nov 2026" in read(answer)
    answer = client.post(f"{PAGE}/switch", data={"state": "on"}, follow_redirects=True)
    assert "On since" in read(answer)


def test_coins_are_told_from_knowledge(site: Site) -> None:
    page = read(learned(site, 120, pull=COINS).get(PAGE))
    assert "Off: it does not foresee the answers better than the fixed weights." in page
    assert "so it may be luck" in page
    assert "Switch it off" not in page and "Allow it again" not in page


def test_a_run_says_which_model_broke_its_ties(site: Site) -> None:
    client = site.enter("house_a")
    waiting = site.world.objects["run_waiting_a"]
    client.post(f"/runs/{waiting}/cancel")
    client = learned(site)
    run = client.post("/runs").location
    work(site)
    assert "the learned chance of acceptance breaks ties. Version" in read(client.get(run))
    assert "fit breaks ties" in read(client.get(f"/runs/{site.world.objects['run_done_a']}"))


def test_another_house_sees_nothing_of_it(site: Site) -> None:
    other = site.enter("house_b")
    before = without_tokens(other.get(PAGE))
    learned(site)
    assert without_tokens(other.get(PAGE)) == before
    assert other.post(f"{PAGE}/switch", data={"state": "off"}).status_code == 422


def test_the_page_is_for_brokers(site: Site) -> None:
    assert site.enter("buyer_a").get(PAGE).status_code == 403
    assert site.enter("visitor").get(PAGE).status_code == 302
    assert site.enter("producer_a").post(PAGE).status_code == 403


def test_the_page_sends_as_few_statements_with_a_model(site: Site) -> None:
    client, sent = learned(site), []
    with site.app.app_context():
        engine = db.engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    client.get(PAGE)
    event.remove(engine, "before_cursor_execute", note)
    assert len(sent) <= 6, sent
