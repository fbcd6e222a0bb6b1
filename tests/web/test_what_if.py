"""The what-if of a need: typed wishes stay with their faults, an answer stands beside the plan until it is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from broker.matchmaking.models import MatchingRun
from tests.support.site import Site, open_site
from tests.web.conftest import read
from web.extensions import db


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def test_from_wishes_to_the_plan_in_force_and_back(site: Site) -> None:
    broker, need = site.enter("house_a"), site.world.objects["need_fresh_a"]
    rival = site.world.objects["capacity_rival_a"]
    page = f"/desk/needs/{need}/what-if"
    site.work()
    wrong = broker.post(page, data={"max_share_pct": "150", "risk_pct": "7", f"cap-{rival}": "-1"})
    text = read(wrong)
    assert wrong.status_code == 422 and 'value="150"' in wrong.get_data(as_text=True)
    assert 'value="7"' in wrong.get_data(as_text=True)
    assert "Largest share of one" in text and "There are 2 things to mend" in text
    wishes = {"max_share_pct": "60", f"choice-{rival}": "free", f"cap-{rival}": "450"}
    for _ in range(2):
        assert broker.post(page, data=wishes).status_code == 303
    assert _what_ifs(site) == 1
    assert "Waiting for a worker" in read(broker.get(page))
    site.work()
    text = read(broker.get(page))
    # What is under way keeps its part in the answer, whatever is wished for it.
    assert "1 limited" in text and "Organización rival_a under way 14.00 t 14.00 t 0.00 t" in text
    run = _newest(site)
    assert "is in force now" in read(
        broker.post(f"/desk/needs/{need}/plan", data={"run": run}, follow_redirects=True)
    )
    assert "kept from a what-if · 1 limited" in read(broker.get(f"/desk/needs/{need}"))
    # Asked again with the same wishes, the form holds them.
    assert 'value="450"' in broker.get(f"{page}?like={run}").get_data(as_text=True)


def _what_ifs(site: Site) -> int:
    with site.app.app_context():
        return (
            db.session.scalar(select(func.count(MatchingRun.id)).where(MatchingRun.need_id.is_not(None))) or 0
        )


def _newest(site: Site) -> int:
    with site.app.app_context():
        return db.session.scalar(select(func.max(MatchingRun.id))) or 0
