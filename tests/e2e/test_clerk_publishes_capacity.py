"""A clerk publishes capacity on a phone of 360 px without JavaScript, one question per screen."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.demo.load import CLERK
from broker.listings.models import Capacity
from tests.e2e.conftest import Running

ANSWERS = {
    "way": "area", "area_ha": "20", "yield_t_ha_year": "10,5", "grade_share_pct": "10", "loss_pct": "15",
    "delivery_share_pct": "80", "ask_price": "1.500", "max_wait_days": "diez",
}  # fmt: skip


SIGNED_UP = {
    "legal_name": "Asociación El Comienzo", "municipality": "Quimbaya", "name": "Rosa Díaz",
    "email": "rosa@comienzo.example", "password": "maíz fríjol plátano",
}  # fmt: skip
MOST_SECONDS = 180


def test_publish_without_javascript(enter: Callable[..., Page], installation: Running) -> None:
    page = enter(CLERK, width=360, javascript=False)
    page.click("main a[href='/capacities/new']")
    page.click("button[value=plantain_dom_harton]")
    page.check("[name=spec_grade][value=segunda]")
    _next(page)
    page.check(f"[name=way][value={ANSWERS['way']}]")
    _next(page)
    for name in list(ANSWERS)[1:6]:
        page.fill(f"[name={name}]", ANSWERS[name])
        _next(page)
    # Said back on the next screen; left and found again at the same question.
    expect(page.locator("output")).to_contain_text("Ochenta kilos de cada cien.")
    page.click("button[name=go][value=leave]")
    page.click("main a[href*='/capacities/drafts/'].btn")
    _next(page)
    page.fill("[name=ask_price]", ANSWERS["ask_price"])
    _next(page)
    page.fill("[name=max_wait_days]", ANSWERS["max_wait_days"])
    _next(page)
    expect(page.locator("#errors a[href='#f-max_wait_days']")).to_have_count(1)
    expect(page.locator("[name=max_wait_days]")).to_have_value("diez")
    page.fill("[name=max_wait_days]", "10")
    for _question in ("wait", "place", "certificates"):
        _next(page)

    # The page that says what it comes to: 20 ha x 10.5 t x 10 % x 85 % x 80 % / 52 = 274.6 kg a week.
    expect(page.locator("output")).to_contain_text("Doscientos setenta y cinco kilos por semana.")
    page.click("main form button.primary")
    capacity_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    _fits(page)
    with Session(installation.engine) as session:
        capacity = session.scalars(select(Capacity).where(Capacity.id == capacity_id)).one()
        assert capacity.state == "published"
        assert capacity.attributes["grade"] == "segunda"
        assert (capacity.ask_minor, capacity.max_wait_days) == (150000, 10)
        assert round(capacity.volume_kg_year) == 14280


def test_from_signing_up_to_the_first_published_capacity(browser: Browser, installation: Running) -> None:
    """Somebody whom nobody knows yet, on the phone without JavaScript: three minutes, the script's typing included."""
    began = time.monotonic()
    context = browser.new_context(
        base_url=installation.address,
        viewport={"width": 360, "height": 740},
        locale="es-CO",
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/")
    page.click("a[href='/sign-up']")
    page.check("[name=kind][value=producer_org]")
    for name, text in SIGNED_UP.items():
        page.fill(f"main [name={name}]", text)
    _next(page)
    page.click("main a[href='/capacities/new']")
    page.click("button[value=plantain_dom_harton]")
    page.check("[name=spec_grade][value=segunda]")
    _next(page)
    page.check("[name=way][value=week]")
    _next(page)
    for name, text in (("kg_week", "900"), ("", ""), ("ask_price", "1.500"), ("max_wait_days", "10")):
        # The months of harvest stand as they are usual.
        if name:
            page.fill(f"[name={name}]", text)
        _next(page)
    for _question in ("place", "certificates"):
        _next(page)
    _next(page)
    expect(page.locator(".tag.ok").first).to_be_visible()
    context.close()
    with Session(installation.engine) as session:
        published = session.scalars(select(Capacity).order_by(Capacity.id.desc())).first()
        assert published is not None and published.state == "published"
        assert published.organization.legal_name == SIGNED_UP["legal_name"]
    assert time.monotonic() - began < MOST_SECONDS


def _next(page: Page) -> None:
    _fits(page)
    page.click("main form button.primary")


def _fits(page: Page) -> None:
    """No sideways scrolling: without JavaScript the widths are read from the layout."""
    widest = page.locator("body").bounding_box()
    assert widest is not None
    assert widest["width"] <= 360
