"""Story 2, organic coffee from Caranavi: an advance, the index of the day with its differential, and the floor."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.deliveries.models import Payment
from broker.demo.load import BROKER
from broker.prices.models import PricePoint
from tests.e2e import life
from tests.e2e.conftest import Running

NEED, ORGANIZATION = "B06", "P15"
# 38.4 t are 84,657.5 lb: at C 284 + 45 = 329 ¢ they make USD 278,523, of which 40 % are 111,409; at C 165 + 45 the
# floor of 240 ¢ counts, and they make 203,178 (domain model, section 6, story 2).
KG = Decimal(38_400)
AT_INDEX, ADVANCE, AT_FLOOR = 27_852_320, 11_140_928, 20_317_802


@pytest.fixture
def broker(enter: Callable[..., Page], installation: Running) -> Iterator[Page]:
    """The broker, whose market has the index back where it stood when the test is over."""
    with Session(installation.engine) as session:
        # As if entered before: it may be a day on already where the organization is, and the later day counts.
        for point in session.scalars(select(PricePoint).where(PricePoint.owner_id.is_(None))):
            point.quoted_on -= dt.timedelta(days=2)
        session.commit()
    page = enter(BROKER)
    yield page
    _quote(page, "284")


def test_the_index_of_the_day_an_advance_and_the_floor(
    enter: Callable[..., Page], installation: Running, broker: Page
) -> None:
    """From the need to the money by the pages."""
    buyer = enter(life.account(NEED), "en")
    phone = enter(life.account(ORGANIZATION), width=360, javascript=False)
    made = life.allied(
        broker, buyer, phone, installation, (NEED, ORGANIZATION), {"payment.deductions": "advance"}
    )
    _quote(broker, "284")
    _advance(buyer, phone, installation, made)
    first = life.first_delivery(installation, made)
    _deliver(buyer, phone, installation, first)
    _settle(broker, buyer, phone, installation, first)


def _quote(broker: Page, value: str) -> None:
    """The broker enters what ICE C stands at today; the same day again is corrected."""
    broker.goto("/prices")
    form = broker.locator("form[action='/prices/quotes']")
    for field, text in (("series", "ICE C"), ("value", value), ("source", "cierre")):
        form.locator(f"[name={field}]").fill(text)
    form.locator("button").click()
    row = broker.locator("[aria-labelledby=h-quotes] tr", has_text="ICE C").filter(has_text="Su casa").first
    expect(row).to_contain_text(value)


def _advance(buyer: Page, phone: Page, running: Running, made: int) -> None:
    """40 % of the value at the index of today: the buyer reports it, the organization has it."""
    buyer.goto(f"/agreements/{made}")
    clause = buyer.locator("#clause-price")
    for said in ("ICE C", "45", "240", "¢/lb"):
        expect(clause).to_contain_text(said)
    expect(buyer.locator("#fairness")).to_contain_text("Certificate in the buyer's name")
    buyer.click(f"[aria-labelledby=h-signed] a[href='/deliveries/agreements/{made}/advance']")
    expect(buyer.locator(".title")).to_contain_text("40% of the value")
    address = f"/deliveries/agreements/{made}/advance"
    life.report_payment(buyer, address, "SWIFT 118", "111,409.28")
    expect(buyer.locator("main")).to_contain_text("The organization has not confirmed it yet")
    life.confirm_payment(phone, address)
    expect(phone.locator("main dl")).to_contain_text("111.409,28 USD")
    with Session(running.engine) as session:
        paid = session.scalars(select(Payment).where(Payment.agreement_id == made)).one()
        assert (paid.kind, paid.minor, paid.currency) == ("advance", ADVANCE, "USD")
        assert paid.confirmed_at is not None


def _deliver(buyer: Page, phone: Page, running: Running, first: int) -> None:
    """Both containers at once, as the agreement has one delivery: in sacks as it was agreed, weighed in kg."""
    assert life.delivery(running, first).planned_kg == KG
    life.send_delivery(phone, first, "640", "Grupo Nube Alta; 640")
    expect(phone.locator("[aria-labelledby=h-lots]")).to_contain_text("38.400 kg")
    expect(phone.locator("[aria-labelledby=h-lots]")).to_contain_text("640 sacos")
    life.weigh(buyer, first, "38,560", "160", {"unit": "kg"})
    life.step(buyer, first, "grade", life.parts("640") | {"grader": "Inés Ruiz", "sample": "Cup score 85"})
    expect(buyer.locator("[aria-labelledby=h-verdict]")).to_contain_text("38,400 kg")
    assert life.delivery(running, first).accepted_kg == KG


def _settle(broker: Page, buyer: Page, phone: Page, running: Running, first: int) -> None:
    """At C 284 the index counts and at C 165 the floor; the statement takes the advance off and shows its steps."""
    phone.goto(f"/deliveries/{first}")
    _previewed(phone, first, "278.523,20", "-111.409,28", "167.113,92")
    _quote(broker, "165")
    phone.goto(f"/deliveries/{first}")
    _previewed(phone, first, "203.178,02", "-111.409,28", "91.768,74")
    life.invoice(phone, first, "NA-1", "91.768,74")
    steps = phone.locator("[aria-labelledby=h-price]")
    for said in ("ICE C", "165", "45", "4,6297", "5,2911"):
        expect(steps).to_contain_text(said)
    expect(steps.locator(".now")).to_contain_text("2,40 USD/lb")
    made = life.statement(running, first)
    assert made.value_minor == AT_FLOOR
    assert [(line.kind, line.code, line.minor) for line in made.lines] == [
        ("grade", "agreed", AT_FLOOR),
        ("advance", "advance", -ADVANCE),
    ]
    assert made.total_minor == AT_FLOOR - ADVANCE
    assert [step["code"] for step in made.steps] == ["index", "index_floor", "premiums", "unit"]
    address = f"/deliveries/statements/{made.id}"
    buyer.goto(address)
    expect(buyer.locator("section[aria-labelledby=h-lines]")).to_contain_text("203,178.02")
    expect(buyer.locator("[name=amount]")).to_have_value("91768.74")
    life.report_payment(buyer, address, "SWIFT 131")
    life.confirm_payment(phone, address)
    assert life.delivery(running, first).state == "paid"
    phone.goto(f"/deliveries/agreements/{made.agreement_id}/advance")
    expect(phone.locator("main dl")).to_contain_text("0,00 USD")


def _previewed(phone: Page, first: int, value: str, advance: str, total: str) -> None:
    """What the organization reads before it makes the statement."""
    table = phone.locator(f"form[action='/deliveries/{first}/invoice'] table")
    expect(table.locator("tbody .num")).to_have_text([value, advance])
    expect(table.locator("tfoot .num")).to_have_text(f"{total} USD")
