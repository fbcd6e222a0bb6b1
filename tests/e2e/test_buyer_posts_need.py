"""A buyer posts a need from a template, in Spanish and in English; an error keeps what was typed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.demo.load import BUYER
from broker.listings.models import Need
from tests.e2e.conftest import Running


@pytest.mark.parametrize(
    ("language", "price", "kg"), [("es", "2.150,50", "12500"), ("en", "2,150.50", "13500")]
)
def test_a_need_from_a_template(
    enter: Callable[..., Page], installation: Running, language: str, price: str, kg: str
) -> None:
    # In Spanish on a phone without JavaScript.
    spanish = language == "es"
    page = enter(BUYER, language, width=360 if spanish else 1440, javascript=not spanish)
    page.click("main a[href='/needs/new']")
    page.click("a[href*='product=plantain_dom_harton']")
    expect(page.locator("[name=spec_finger_weight_g_min]")).to_have_value("250")
    page.fill("[name=quantity]", str(int(kg) // 1000) + ("," if language == "es" else ".") + "5")
    page.fill("[name=price]", price)
    page.click("button[name=check]")

    # Payment days were left out: the summary names it, leads to it, and nothing typed is lost.
    summary = page.locator("#errors")
    expect(summary).to_be_visible()
    expect(summary.locator("a[href='#f-payment_days']")).to_have_count(1)
    expect(page.locator("[name=price]")).to_have_value(price)
    page.fill("[name=payment_days]", "8")
    page.click("button[name=check]")
    # The check says it all back; changing something leads to its part of the form with everything still there.
    expect(page.locator("main")).to_contain_text(f"{price} COP")
    page.click("button[formaction$='#p-pay']")
    expect(page.locator("[name=payment_days]")).to_have_value("8")
    page.click("button[name=check]")
    page.click("button[name=publish][value='1']")

    expect(page.locator("h1")).to_be_visible()
    need_id = int(page.url.rstrip("/").rsplit("/", 1)[1])
    with Session(installation.engine) as session:
        need = session.scalars(select(Need).where(Need.id == need_id)).one()
        assert need.state == "open"
        assert need.quantity_kg == Decimal(kg)
        assert need.price_minor == 215050
        assert need.attributes["finger_weight_g"] == {"low": "250", "high": "400"}
        assert need.payment_days == 8
