"""The pages that look at the market as a whole, walked as the broker, the buyer and the organization."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import unquote
from xml.etree.ElementTree import Element

import pytest
from flask.testing import FlaskClient

from broker.matchmaking import comparing
from broker.matchmaking.comparing import Compared
from broker.matchmaking.dependence import Dependence
from broker.matchmaking.models import Candidate, Suggestion
from tests.factories.bare import bare
from tests.support.site import Site, open_site
from tests.web.conftest import read, soup, text_of
from web.pages.market import compare


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def links(tree: Element, part: str) -> list[str]:
    return [a.get("href", "") for a in tree.iter("a") if part in a.get("href", "")]


def test_a_row_of_the_radar_leads_to_the_need_and_to_a_question_that_can_be_sent(site: Site) -> None:
    broker, need = site.enter("house_a"), site.world.objects["need_unseen_a"]
    tree = soup(broker.get("/desk/radar?gate=price"))
    assert f"/desk/needs/{need}" in links(tree, "/desk/needs/")
    [address] = links(tree, "/question/")
    assert address == f"/desk/needs/{need}/question/price"
    assert not links(soup(broker.get("/desk/radar?gate=certificate")), "/question/")
    question = soup(broker.get(address))
    [text] = [text_of(area) for area in question.iter("textarea")]
    assert "Would you look at a higher one?" in text and "house_a" in text
    assert "producer_a" not in text and "920" not in text
    changed = soup(broker.get(address, query_string={"text": "Otra pregunta & más"}))
    for scheme in ("mailto:", "https://wa.me/"):
        [link] = links(changed, scheme)
        assert unquote(link).endswith("Otra pregunta & más")


def test_candidates_side_by_side(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    objects, broker = site.world.objects, site.enter("house_a")
    address = f"/desk/needs/{objects['need_fresh_a']}/compare"
    marks = [objects[f"capacity_{party}_a"] for party in ("producer", "rival")]
    page = soup(broker.get(address, query_string={"c": marks}))
    heads = [text_of(head) for head in page.iter("th")]
    assert any("producer_a" in head for head in heads) and any("rival_a" in head for head in heads)
    assert "Other buyers within three hours" in heads
    assert any(head.startswith("Place") for head in heads) and "Planned per week" in " ".join(heads)
    alone = broker.get(address, query_string={"c": marks[:1]})
    assert alone.status_code == 422 and "Choose two to four" in read(alone)
    monkeypatch.setattr(comparing, "MOST", 1)
    many = broker.get(address, query_string={"c": marks})
    kept = [box.get("value") for box in soup(many).iter("input") if box.get("name") == "c"]
    assert many.status_code == 422 and kept == [str(mark) for mark in marks]


def test_what_became_of_each_candidate_stands_in_the_comparison(site: Site) -> None:
    balanced = Dependence(Decimal(10), Decimal(20), 3, False)
    candidate = bare(Candidate, quantity_kg=Decimal(100))

    def said(**of: str) -> str:
        suggestion = bare(Suggestion, **of) if of else None
        return compare.suggested(Compared(candidate, suggestion, balanced, (), None))

    with site.app.test_request_context(headers={"Accept-Language": "en"}):
        assert (said(), said(state="sent")) == ("–", "Sent")
        declined = said(state="declined", declined_by="producer", decline_reason="price")
        assert declined == "Declined by the organization: the price does not suit"


def test_of_others_the_calendar_tells_what_they_publish_and_not_what_is_promised(site: Site) -> None:
    def kinds(client: FlaskClient) -> set[str]:
        said = [text_of(one) for one in soup(client.get("/calendar?product=plantain_dom_harton")).iter("th")]
        return {"Committed", "Free", "Published by others"} & set(said)

    assert kinds(site.enter("buyer_a")) == {"Published by others"}
    assert kinds(site.enter("producer_a")) == {"Committed", "Free", "Published by others"}


def test_what_is_not_there_is_said(site: Site) -> None:
    for address in ("/map", "/calendar"):
        assert "Nothing is published or asked for" in read(
            site.enter("buyer_a").get(f"{address}?product=cardamom")
        )
    assert "No client has an open need here." in read(site.enter("house_past").get("/desk/radar"))
