"""The broker matches, watches, shortlists and sends; both sides accept; the draft says what the database says."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement, AgreementPart
from broker.demo.load import BROKER
from broker.listings.models import Need
from broker.matchmaking.models import Suggestion
from tests.e2e.conftest import Running


@pytest.mark.parametrize(
    ("language", "reference", "organization"), [("es", "B01", "P01"), ("en", "B04", "P11")]
)
def test_from_run_to_draft(
    enter: Callable[..., Page], installation: Running, language: str, reference: str, organization: str
) -> None:
    need_id = _need(installation, reference)
    broker = enter(BROKER, language)
    broker.click("form[action='/runs'] button")
    expect(broker.locator("#progress")).to_be_visible()
    # The page asks for its own progress until the run is done, without being reloaded.
    expect(broker.locator("#progress a[href='/desk']")).to_be_visible(timeout=90_000)
    broker.goto(f"/desk/needs/{need_id}")
    broker.click(
        f"form[action='/desk/needs/{need_id}/shortlist']:has(input[type=hidden][name=suggestion]) button"
    )
    if language == "es":
        _undo_and_walk_by_keys(broker, need_id)
    broker.click(f"form[action='/desk/needs/{need_id}/send'] button")

    suggestion_id = _sent(installation, need_id, organization)
    buyer_account = "compras@demo.example" if reference == "B01" else f"{reference.lower()}@demo.example"
    for account in (buyer_account, f"{organization.lower()}@demo.example"):
        party = enter(account, language, width=360)
        party.goto("/suggestions")
        party.click(f"a.btn[href='/suggestions/{suggestion_id}']")
        party.click(f"form[action='/suggestions/{suggestion_id}/accept'] button")
        expect(party.locator(f"form[action='/suggestions/{suggestion_id}/accept']")).to_have_count(0)

    broker.goto(f"/desk/needs/{need_id}")
    broker.click(f"form[action='/agreements/from-suggestion/{suggestion_id}'] button")
    expect(broker.locator("article.doc")).to_be_visible()
    _same_as_database(broker, installation, suggestion_id, language)


def _undo_and_walk_by_keys(page: Page, need_id: int) -> None:
    """What is undone is offered again; `g` and a letter lead on, `?` tells which, `j` goes down the rows."""
    page.click(".toast button")
    page.click(".toast button")
    expect(page.locator(f"form[action='/desk/needs/{need_id}/send'] button")).to_be_enabled()
    page.keyboard.press("?")
    expect(page.locator("dialog kbd").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/desk")
    page.keyboard.press("j")
    expect(page.locator("tbody tr a").first).to_be_focused()
    page.go_back()


def _same_as_database(page: Page, installation: Running, suggestion_id: int, language: str) -> None:
    answer = page.request.get(page.locator("a[href*='.pdf']").first.get_attribute("href") or "")
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(
        " ".join(sheet.extract_text().split()) for sheet in PdfReader(io.BytesIO(answer.body())).pages
    )
    shown = " ".join(page.inner_text("article.doc").split())
    with Session(installation.engine) as session:
        suggestion = session.get_one(Suggestion, suggestion_id)
        agreement = session.scalars(
            select(Agreement).join(Agreement.parts).where(AgreementPart.suggestion_id == suggestion_id)
        ).one()
        locale = "es_CO" if language == "es" else "en"
        weekly = max(Decimal(row["kg"]) for row in suggestion.periods)
        for said in (
            suggestion.need.buyer.legal_name,
            suggestion.capacity.organization.legal_name,
            format_decimal(weekly / 1000, "#,##0.###", locale=locale),
            str(suggestion.need.payment_days),
        ):
            assert said in text, said
            assert said in shown, said
        assert agreement.versions[0].sha256 in page.content()


def _need(installation: Running, reference: str) -> int:
    with Session(installation.engine) as session:
        return session.scalars(select(Need.id).where(Need.reference == reference)).one()


def _sent(installation: Running, need_id: int, reference: str) -> int:
    with Session(installation.engine) as session:
        query = select(Suggestion).where(Suggestion.need_id == need_id, Suggestion.state == "sent")
        return next(s.id for s in session.scalars(query) if s.capacity.reference == reference)
