"""The acceptance points of the experience that no journey walks, each wide and on a phone, in Spanish.

Points 2 and 3 are in test_buyer_posts_need.py and test_clerk_publishes_capacity.py, 7, 10 and 13 also in
test_match_to_draft.py, test_drafts_sent.py and the stories, 15 for every form and 18 in test_pages_accessible.py, 19 in
test_page_weight.py.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.jobs.models import Job
from broker.listings.models import Need
from broker.matchmaking.models import MatchingRun
from tests.e2e.conftest import House, Running
from tests.support.demo_market import SHORTLISTED, VISITOR

Go = Callable[..., Page]
ROWS = (
    "producto;cantidad;unidad;periodo;inicio;fin;municipio;días de pago;precio;moneda\n"
    "plátano dominico-hartón;5;t;semana;{start};{end};Pereira;8;2100;COP\n"
    "plátano dominico-hartón;muchas;t;semana;{start};{end};Pereira;8;2100;COP\n"
)


@pytest.fixture(params=[1440, 360])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def go(browser: Browser, house: House, width: int) -> Iterator[Go]:
    """Open a page as a person: go(who, path)."""
    contexts: dict[str, BrowserContext] = {}

    def open_page(who: str, path: str) -> Page:
        if who not in contexts:
            size = {"width": width, "height": 900 if width == 1440 else 740}
            contexts[who] = browser.new_context(base_url=house.address, viewport=size, locale="es-CO")
            kept = {"name": "alianza", "value": house.cookie(who, "es"), "url": house.address}
            contexts[who].add_cookies([kept])  # type: ignore[list-item]
        page = contexts[who].new_page()
        page.goto(path.format(**house.market.objects))
        return page

    yield open_page
    for context in contexts.values():
        context.close()


def test_point_1_a_first_visitor_reads_what_it_is_and_enters_with_one_click(go: Go) -> None:
    page = go(VISITOR, "/")
    for part in ("h1", ".hero .lead", *(f"form[action='/demo/{who}'] button" for who in ("broker", "buyer"))):
        expect(page.locator(part)).to_be_in_viewport()
    for who in ("broker", "buyer", "producer"):
        page.context.clear_cookies()
        page.goto("/")
        page.click(f"form[action='/demo/{who}'] button")
        page.wait_for_url("**/home")
        expect(page.locator("h1")).to_be_visible()


def test_point_4_a_spreadsheet_is_looked_at_row_by_row_before_anything_is_kept(
    go: Go, installation: Running, width: int
) -> None:
    page = go("buyer", "/needs/import")
    text = ROWS.format(start="2027-02-01", end=f"2027-0{5 if width == 360 else 6}-30")
    page.set_input_files(
        "main input[type=file]", {"name": "filas.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.click("main form button.primary")
    bad = page.locator("tr", has_text="muchas")
    expect(bad).to_contain_text("no es un número")
    before = _needs(installation)
    with page.expect_download() as download:
        page.locator("main a", has_text="CSV").click()
    assert "muchas" in download.value.path().read_text("utf-8-sig")
    assert _needs(installation) == before
    page.uncheck("[name=publish]")
    page.click("main form[action$='/confirm'] button.primary")
    expect(page.locator(".note.ok")).to_be_visible()
    assert _needs(installation) == before + 1


def test_point_5_which_quintal_is_asked_and_the_factor_is_shown(go: Go) -> None:
    page = go("buyer", "/needs/new?product=potato")
    page.fill("[name=quantity]", "40")
    page.select_option("[name=unit]", "quintal")
    page.click("button[name=check]")
    expect(page.locator("#errors a[href='#f-unit_kg']")).to_contain_text("50, 100")
    page.check("[name=unit_kg][value='50']")
    page.fill("[name=price]", "900")
    page.fill("[name=payment_days]", "8")
    page.click("button[name=check]")
    expect(page.locator("main")).to_contain_text(re.compile(r"40 × quintal de 50\s*kg"))
    expect(page.locator("output")).to_contain_text("Dos mil kilos")


def test_point_6_what_is_sought_stands_in_the_address(go: Go) -> None:
    page = go(VISITOR, "/needs")
    everything = page.locator(".offer").count()
    for words in ("coffee", "café"):
        page.goto("/needs")
        page.fill("[name=q]", words)
        page.press("[name=q]", "Enter")
        page.wait_for_url("**q=*")
        expect(page.locator(".offer")).not_to_have_count(everything)
    page.reload()
    assert 0 < page.locator(".offer").count() < everything
    page.go_back()
    expect(page.locator(".offer")).to_have_count(everything)
    page.goto("/needs?q=nada+igual")
    expect(page.locator(".empty a")).to_be_visible()


def test_point_7_a_run_is_left_found_again_and_cancelled(go: Go, installation: Running) -> None:
    page = go("broker", f"/runs/{_waiting(installation)}")
    expect(page.locator("#progress form[action$='/cancel'] button")).to_be_visible()
    address = page.url
    page.goto("/home")
    page.goto("/runs")
    page.click(f"main a[href='{address.removeprefix(installation.address)}']")
    page.click("#progress form[action$='/cancel'] button")
    expect(page.locator("#progress form[action$='/cancel']")).to_have_count(0)
    expect(page.locator("#progress h2")).to_contain_text("Cancelado")


def test_points_8_and_9_every_candidate_says_why_and_why_not(go: Go) -> None:
    page = go("broker", "/desk/needs/{need}")
    page.locator(".cand details summary").first.click()
    points = [_number(one) for one in page.locator(".cand details[open] .terms b").all_inner_texts()]
    total = _number(page.locator(".cand details[open] summary b").first.inner_text())
    assert abs(sum(points) - total) < 1
    for part in ("#h-gap", "#h-periods", "#h-bundle"):
        expect(page.locator(part)).to_be_visible()
    expect(page.locator(".cand", has_text=re.compile(r"\d+ km")).first).to_be_visible()
    held = go("broker", "/desk/needs/{uncovered}").locator(".cand.held .why", has_text=re.compile(r"\d"))
    expect(held.first).to_be_visible()
    expect(go("buyer", "/suggestions/{refused}").locator("main")).to_contain_text("corredor de precio")


@pytest.mark.parametrize("width", [360], indirect=True)
def test_point_10_a_what_if_beside_the_plan_discarded_and_taken_up_again(go: Go) -> None:
    """Kept, and on the wide screen, in test_drafts_sent.py."""
    page = go("broker", "/desk/needs/{need}/what-if")
    page.fill("[name=payment_days]", "3")
    page.fill("[name=max_share_pct]", "60")
    page.locator("form[action$='/what-if'] .btn").last.click()
    page.click("#progress a.btn[href$='/what-if']", timeout=90_000)
    compared = page.locator("table", has_text="Plan vigente").first
    expect(compared).to_contain_text("Diferencia")
    page.click("form[action$='/discard'] button")
    expect(page.locator("form[action$='/discard']")).to_have_count(0)
    page.click(".toast button")
    expect(page.locator("form[action$='/discard'] button")).to_be_visible()


def test_point_11_candidates_side_by_side(go: Go, width: int) -> None:
    page = go("broker", "/desk/needs/{need}")
    for box in page.locator("input[form=compare]").all()[:2]:
        box.check()
    page.click("#compare button")
    expect(page.locator("thead th a")).to_have_count(2)
    expect(page.locator("tbody .tag.warn").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_points_12_and_21_what_is_drawn_stands_in_a_table_too(go: Go) -> None:
    page = go("broker", "/map")
    expect(page.locator("main svg[role=img]").first).to_be_visible()
    named = page.locator("main table tbody th").all_inner_texts()
    for organization in page.locator("main svg[role=img] a").all():
        assert any((organization.get_attribute("aria-label") or "").split(",")[0] in name for name in named)
    for path in ("/calendar", "/desk/radar"):
        page.goto(path)
        expect(page.locator("main svg[role=img]").first).to_have_attribute("aria-label", re.compile(r"\d"))
        assert page.locator("main table tbody tr").count() > 1


def test_point_13_a_draft_lists_its_open_points_and_who_accepted_what(go: Go) -> None:
    page = go("broker", "/agreements/{agreement}")
    expect(page.locator("#open-points li").first).to_be_visible()
    agreed = go("signer", "/agreements/{agreed_text}")
    expect(agreed.locator("main")).to_contain_text(re.compile(r"[0-9a-f]{64}"))
    expect(agreed.locator("main")).to_contain_text(re.compile(r"\d{4}, \d\d:\d\d"))
    agreed.goto(f"{agreed.url.split('?')[0]}/changes")
    expect(agreed.locator("ins, del").first).to_be_visible()


def test_point_14_a_refusal_has_a_reason_that_the_other_side_reads(go: Go) -> None:
    page = go("asked", "/suggestions/{asked}")
    page.click("form[action$='/decline'] button")
    expect(page.locator("#errors a[href='#f-reason']")).to_be_visible()
    other = go("buyer", "/suggestions/{refused}").locator("main")
    expect(other).to_contain_text("Rechazada por la organización: el precio no sirve.")
    expect(other).not_to_contain_text("cooperativa")


def test_point_15_what_was_done_is_undone(go: Go, installation: Running) -> None:
    with Session(installation.engine) as session:
        need_id = session.scalars(select(Need.id).where(Need.reference == SHORTLISTED)).one()
    page = go("broker", f"/desk/needs/{need_id}")
    off = page.locator("form[action$='/unshortlist'] button.small")
    listed = off.count()
    off.first.click()
    expect(page.locator(".toast")).to_be_visible()
    expect(off).to_have_count(listed - 1)
    page.click(".toast button")
    expect(off).to_have_count(listed)


def test_point_16_the_language_is_switched_anywhere_and_remembered(go: Go) -> None:
    page = go(VISITOR, "/needs?q=caf%C3%A9&sort=newest")
    spanish = page.locator("main .offer").first.inner_text()
    page.click("button[name=language][value=en]")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "q=caf" in page.url and page.locator("main .offer").first.inner_text() != spanish
    page.goto("/capacities")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("main")).to_contain_text(re.compile(r"\d,\d{3}|\d\.\d"))


def test_point_17_everything_by_keyboard(go: Go) -> None:
    page = go("broker", "/home")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.wait_for_url("**#content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("?")
    expect(page.locator("dialog kbd").first).to_be_visible()


def test_point_20_a_link_that_opens_without_an_account_and_shows_nothing_confidential(
    go: Go, house: House, installation: Running
) -> None:
    page = go("buyer", "/shares/need/{need}")
    page.click("main form button.primary")
    expect(page.locator("a[href^='https://wa.me/?text=']")).to_be_visible()
    shown = go(VISITOR, page.locator("#f-address").input_value())
    expect(shown.locator("h1")).to_be_visible()
    with Session(installation.engine) as session:
        need = session.get_one(Need, house.market.objects["need"])
        assert need.buyer.legal_name in shown.inner_text("main")
    assert "¢/lb" not in shown.inner_text("main")
    summary = go("signer", "/agreements/{agreed_text}/summary")
    summary.emulate_media(media="print")
    expect(summary.locator("header nav").first).to_be_hidden()
    expect(summary.locator("h1")).to_be_visible()


def test_point_22_how_long_ago_and_when_by_the_clock_of_the_organization(go: Go) -> None:
    page = go("broker", "/home")
    expect(page.locator("main")).to_contain_text(re.compile(r"(hoy|ayer|hace \d+ días?) \([\d: a-z]+\)"))
    expect(go("clerk", "/capacities/{capacity}").locator("main")).to_contain_text(
        re.compile(r"hoy|ayer|hace")
    )


def _needs(installation: Running) -> int:
    with Session(installation.engine) as session:
        return len(session.scalars(select(Need.id)).all())


def _waiting(installation: Running) -> int:
    """A run of the market that no worker will take yet."""
    with Session(installation.engine) as session:
        first = session.scalars(select(MatchingRun).order_by(MatchingRun.id)).first()
        assert first is not None
        run = MatchingRun(
            broker_id=first.broker_id, policy=first.policy, created_by_id=first.created_by_id,
            created_at=first.created_at,
        )  # fmt: skip
        session.add(run)
        session.flush()
        job = Job(
            kind="matching_run", payload={"run": run.id}, run_at=first.created_at + dt.timedelta(days=1)
        )
        session.add(job)
        session.flush()
        run.job_id = job.id
        session.commit()
        return run.id


def _number(text: str) -> float:
    """The first number of a text in Spanish: 7,9/20 is 7.9."""
    return float(text.split("/")[0].strip().replace(".", "").replace(",", "."))
