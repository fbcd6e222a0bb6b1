"""What is the same everywhere: colours and shortcuts kept on the device, the tour, the style page."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from broker.parties.models import User
from tests.factories import parties
from tests.support.tree import ROOT
from tests.web.conftest import SignIn, Write, read, soup

BLOCK = r"\{(\s+color-scheme: dark;.*?)\}"


def test_the_colours_stay_for_a_year_without_a_session(client: FlaskClient) -> None:
    assert soup(client.get("/needs")).get("class") is None
    answer = client.post("/help/preferences", data={"theme": "dark", "next": "/needs?q=papa"})
    assert (answer.status_code, answer.location) == (303, "/needs?q=papa")
    kept = client.get_cookie("alianza_theme")
    assert kept is not None and kept.http_only and kept.max_age == 60 * 60 * 24 * 365
    page = soup(client.get("/needs"))
    assert page.get("class") == "theme-dark"
    pressed = page.findall(".//form[@action='/help/preferences']/button[@aria-pressed='true']")
    assert [button.get("value") for button in pressed] == ["dark"]


@pytest.mark.parametrize("sent", [{}, {"theme": "pink"}, {"session": "1", "csrf_token": "dark"}])
def test_only_what_is_offered_is_remembered(client: FlaskClient, sent: dict[str, str]) -> None:
    answer = client.post("/help/preferences", data=sent)
    assert answer.status_code == 400 and "alianza_" not in str(answer.headers)
    client.set_cookie("alianza_theme", 'dark" onload="x')
    assert soup(client.get("/needs")).get("class") is None


def test_both_ways_into_the_dark_use_the_same_colours() -> None:
    """Chosen on the page, or asked for by the system: axe looks at one of them."""
    style = (ROOT / "web/static/alianza.css").read_text()
    chosen, asked = (" ".join(block.split()) for block in re.findall(BLOCK, style, re.DOTALL))
    assert chosen == asked


def test_shortcuts_are_listed_and_switched_off(client: FlaskClient, sign_in: SignIn, write: Write) -> None:
    with write() as tx:
        broker = parties.user(tx, "broker")
    sign_in(client, broker.email)
    page = soup(client.get("/help/shortcuts"))
    listed = [key.text for key in page.findall(".//tbody/tr/th/kbd[2]")]
    offered = [link.get("data-go") for link in page.findall(".//nav/a[@data-go]")]
    assert listed[: len(offered)] == offered and len(set(offered)) == len(offered) > 4
    assert "<kbd>?</kbd>" in client.get("/help/shortcuts", headers={"HX-Request": "true"}).text
    assert "keys.js" in client.get("/help/shortcuts").text
    client.post("/help/preferences", data={"keys": "off"})
    assert "keys.js" not in client.get("/help/shortcuts").text


@pytest.mark.parametrize(("kind", "last"), [("broker", 5), ("buyer", 4), ("producer_org", 4)])
def test_a_tour_leads_through_and_every_stop_opens(
    client: FlaskClient, sign_in: SignIn, write: Write, kind: str, last: int
) -> None:
    with write() as tx:
        person: User = parties.user(tx, kind)
    sign_in(client, person.email)
    for number in range(1, last + 1):
        page = soup(client.get(f"/help/tour?step={number}"))
        stop = page.find(".//main//div[@class='row']/a[@class='btn']")
        assert client.get(stop.get("href")).status_code == 200
        assert (page.find(".//a[@rel='next']") is None) == (number == last)
    assert f"step {last} of {last}" in read(client.get("/help/tour?step=99"))


def test_the_style_page_is_not_for_the_trade(client: FlaskClient) -> None:
    assert client.get("/styleguide").status_code == 404
