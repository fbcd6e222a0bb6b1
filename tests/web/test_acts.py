"""No act that cannot be taken back is one careless press away: each is undone, asked about, or given a reason."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from broker.matchmaking.models import MatchingRun
from tests.support.acts import ASKED, GIVEN, KEEPS, OPENED, UNDONE, act_at, acts
from tests.support.site import Site, open_site
from tests.web.conftest import read
from web.extensions import db

CLASSES = (UNDONE, ASKED, OPENED, GIVEN, KEEPS)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def test_every_act_of_every_form_is_of_one_class(site: Site) -> None:
    assert acts(site.app) == set().union(*CLASSES)
    assert [a & b for a, b in itertools.combinations(CLASSES, 2) if a & b] == []
    assert act_at(site.app, "/needs/7/withdraw") == "needs.action/withdraw"


def test_what_asks_first_changes_nothing_at_the_first_press(site: Site) -> None:
    objects = site.world.objects
    site.restore()
    for who, path in (
        ("buyer_a", f"/needs/{objects['need_fresh_a']}/withdraw"),
        ("producer_a", f"/capacities/{objects['capacity_producer_a']}/withdraw"),
    ):
        answer = site.enter(who).post(path)
        assert answer.status_code == 200 and 'name="confirm"' in answer.text, path
    assert site.written == []


def test_a_discarded_answer_is_taken_up_again_while_nothing_was_asked_since(site: Site) -> None:
    site.restore()
    broker, need = site.enter("house_a"), site.world.objects["need_fresh_a"]
    page = f"/desk/needs/{need}/what-if"
    broker.post(page, data={"max_share_pct": "70"})
    site.work()
    run = _last(site)
    assert "Keep this plan" in read(broker.get(page))
    said = broker.post(f"{page}/discard", data={"run": run}, follow_redirects=True)
    assert f'action="{page}/take-up"' in said.text and "Keep this plan" not in read(said)
    for _ in range(2):
        assert broker.post(f"{page}/take-up", data={"run": run}).location.endswith(page)
        assert "Keep this plan" in read(broker.get(page))
    broker.post(f"{page}/discard", data={"run": run})
    broker.post(page, data={"max_share_pct": "80"})
    refused = broker.post(f"{page}/take-up", data={"run": run}, follow_redirects=True)
    assert "It was asked anew since" in read(refused)
    assert _discarded(site, run)


def _last(site: Site) -> int:
    with site.app.app_context():
        query = select(MatchingRun.id).order_by(MatchingRun.id.desc())
        return db.session.scalars(query).first() or 0


def _discarded(site: Site, run: int) -> bool:
    with site.app.app_context():
        return db.session.get_one(MatchingRun, run).discarded_at is not None
