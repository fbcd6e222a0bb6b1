"""From a new need to drafts that are with their parties, by a broker who asks what if first: eight actions, 90 seconds,
keyboard only."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
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
MOST_SECONDS = 90


class Broker:
    """The broker's browser, which counts what he does. With the keyboard alone: he moves to a control and presses."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def press(self, control: Locator) -> None:
        self.actions += 1
        control.focus()
        self.page.keyboard.press("Enter")


def test_from_a_new_need_to_its_drafts_sent(enter: Callable[..., Page], installation: Running) -> None:
    """What he does between opening the need and its drafts lying before both parties, who say yes in between."""
    need_id = _post(installation)
    broker = Broker(enter(BROKER))
    page, began = broker.page, time.monotonic()
    page.goto(f"/desk/needs/{need_id}")
    broker.press(page.locator(f"a[href='/desk/needs/{need_id}/what-if']"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/what-if'] .btn").last)
    expect(page.locator("#progress")).to_be_visible()
    broker.press(page.locator(f"#progress a.btn[href='/desk/needs/{need_id}/what-if']"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/plan'] button").first)
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/shortlist'] button.primary"))
    broker.press(page.locator(f"form[action='/desk/needs/{need_id}/send'] button"))
    expect(page.locator(f"form[action='/desk/needs/{need_id}/send']")).to_have_count(0)
    accepted = _accept(installation, need_id)
    page.goto(f"/desk/needs/{need_id}")
    broker.press(page.locator(f"form[action='/agreements/of-need/{need_id}/draft'] button"))
    expect(page.locator("input[name=draft]")).to_have_count(accepted)
    broker.press(page.locator(f"form[action='/agreements/of-need/{need_id}'] button.primary"))
    expect(page.locator(".note.ok")).to_be_visible()
    assert _with_the_parties(installation, need_id) == accepted >= 2
    assert broker.actions <= MOST_ACTIONS
    assert time.monotonic() - began <= MOST_SECONDS


def _post(installation: Running) -> int:
    """A small need, and small capacities that no other test of the installation has taken."""
    with transaction(installation.engine, SYSTEM, system_clock) as tx:
        buyer, *producers = (
            tx.session.scalars(select(User).where(User.email == f"{code}@demo.example")).one()
            for code in ("b02", "p01", "p02")
        )
        for producer in producers:
            listings.capacity(tx, producer, area_ha="8")
        start = tx.today + dt.timedelta(days=14)
        terms = {"min_suppliers": "2", "max_share_pct": "60", "packing": "canastilla_20"}
        days = {
            "start": start.isoformat(), "end": (start + dt.timedelta(days=55)).isoformat(),
            "reply_by": (tx.today + dt.timedelta(days=7)).isoformat(),
        }  # fmt: skip
        return listings.need(tx, buyer, quantity="0.5", **terms, **days).id


def _accept(installation: Running, need_id: int) -> int:
    """Both sides say yes to every suggestion that lies before them. Returns how many there were."""
    with Session(installation.engine) as session:
        query = select(Suggestion).where(Suggestion.need_id == need_id, Suggestion.state == "sent")
        sent = session.scalars(query.order_by(Suggestion.id)).all()
        answers = [(one.id, (one.need.buyer_id, one.capacity.organization_id)) for one in sent]
    with transaction(installation.engine, SYSTEM, system_clock) as tx:
        for suggestion_id, parties in answers:
            for party in parties:
                people = select(User).join(User.memberships).where(Membership.organization_id == party)
                with acting(tx, tx.session.scalars(people.order_by(User.id)).first()) as own:
                    suggestions.accept(own, suggestion_id)
    return len(answers)


def _with_the_parties(installation: Running, need_id: int) -> int:
    with Session(installation.engine) as session:
        query = select(func.count(Agreement.id)).where(
            Agreement.need_id == need_id, Agreement.state == "negotiating"
        )
        return session.scalar(query) or 0
