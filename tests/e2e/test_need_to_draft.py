"""From a new need to the draft of its agreement, by a broker who asks what if first: eight actions, keyboard only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.clock import system_clock
from broker.demo.load import BROKER
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties.actor import SYSTEM
from broker.parties.models import Membership, User
from broker.transaction import transaction
from tests.e2e.conftest import Running
from tests.factories import listings
from tests.factories.parties import acting

MOST_ACTIONS = 8


class Broker:
    """The broker's browser, which counts what he does. With the keyboard alone: he moves to a control and presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, control: Locator) -> None:
        self.actions += 1
        control.focus()
        self.page.keyboard.press("Enter")


def test_from_a_new_need_to_its_draft(enter: Callable[..., Page], installation: Running) -> None:
    """What he does between opening the need and the first look at the draft."""
    need_id = _post(installation)
    broker = Broker(enter(BROKER))
    page = broker.page
    page.goto(f"/desk/needs/{need_id}")
    broker.press(page.locator(f"a[href='/desk/needs/{need_id}/what-if']"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/what-if'] .btn").last)
    expect(page.locator("#progress")).to_be_visible()
    broker.press(page.locator(f"#progress a.btn[href='/desk/needs/{need_id}/what-if']"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/plan'] button").first)
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/shortlist'] button.primary"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/send'] button"))
    expect(page.locator(f"form[action='/desk/needs/{need_id}/send']")).to_have_count(0)
    agreed = _accept(installation, need_id)
    page.goto(f"/desk/needs/{need_id}")
    broker.press(page.locator(f"form[action='/agreements/from-suggestion/{agreed}'] button"))
    expect(page.locator("article.doc")).to_be_visible()
    assert broker.actions <= MOST_ACTIONS


def _post(installation: Running) -> int:
    """A small need, and a small capacity that no other test of the installation has taken."""
    with transaction(installation.engine, SYSTEM, system_clock) as tx:
        buyer, producer = (
            tx.session.scalars(select(User).where(User.email == f"{code}@demo.example")).one()
            for code in ("b02", "p01")
        )
        listings.capacity(tx, producer, area_ha="8")
        start, terms = tx.today + dt.timedelta(days=14), {"min_suppliers": "1", "max_share_pct": "100"}
        days = {
            "start": start.isoformat(), "end": (start + dt.timedelta(days=55)).isoformat(),
            "reply_by": (tx.today + dt.timedelta(days=7)).isoformat(),
        }  # fmt: skip
        return listings.need(tx, buyer, quantity="0.5", **terms, **days).id


def _accept(installation: Running, need_id: int) -> int:
    """Both sides say yes to the first suggestion that lies before them."""
    with Session(installation.engine) as session:
        query = select(Suggestion).where(Suggestion.need_id == need_id, Suggestion.state == "sent")
        sent = session.scalars(query.order_by(Suggestion.id)).first()
        assert sent is not None
        found, parties = sent.id, (sent.need.buyer_id, sent.capacity.organization_id)
    with transaction(installation.engine, SYSTEM, system_clock) as tx:
        for party in parties:
            query_user = select(User).join(User.memberships).where(Membership.organization_id == party)
            with acting(tx, tx.session.scalars(query_user.order_by(User.id)).first()) as own:
                suggestions.accept(own, found)
    return found
