"""Every page as axe sees it: WCAG 2.2 A and AA, no sideways scroll on a phone or at 200 %, a quiet console, nothing off
the site, and no act that cannot be taken back at one press.

The pages come from the routes of the app (tests/support/pages.py), so that a page nobody thought of is looked at.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    Route,
    async_playwright,
)

from tests.e2e.conftest import House
from tests.support.acts import OPENED, act_at
from tests.support.chromium import FLAGS
from tests.support.demo_market import VISITOR
from tests.support.pages import FOR_VISITORS, KINDS

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa")
AXE = """rules => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then(found =>
  found.violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.target.join(" ")} ${n.html.slice(0, 120)}`)))"""
FACTS = """[document.documentElement.lang, document.querySelectorAll("h1").length,
  document.documentElement.scrollWidth, [...document.querySelectorAll('a[href^="#"]')].map(a => a.hash.slice(1))
    .filter(id => id && !document.getElementById(decodeURIComponent(id)))]"""
# Each form that a press carries out as it stands: in no closed part of the page.
PRESSED = """[...document.querySelectorAll('form[method=post]')]
  .filter(f => !f.closest('details') && !f.querySelector('[name=confirm]')).map(f => new URL(f.action).pathname)"""
# What a Spanish reader reads, hears or is told by a label; what is marked as another language is not meant for her.
SAID = """(() => { const body = document.body.cloneNode(true);
  body.querySelectorAll('[lang=en], datalist, code').forEach(one => one.remove());
  const labels = [...body.querySelectorAll('[aria-label], [title], [placeholder], [alt]')].map(one =>
    ['aria-label', 'title', 'placeholder', 'alt'].map(name => one.getAttribute(name) || '').join(' '));
  return document.title + ' ' + body.textContent + ' ' + labels.join(' '); })()"""
# Words that no Spanish text and no name of the demonstration has.
ENGLISH = re.compile(
    r"\b(the|and|of|with|your|this|that|not|are|was|has|have|you|for|from|week|price)\b", re.I
)
# The style page, for developers: its forms lead nowhere, and its samples are in English.
LOOKED_AT = "/styleguide"
AT_ONCE = 2
# Zoomed to 200 % a desktop has half its width; the other is the narrowest that WCAG names.
ZOOMED = (720, 320)
BAD = (
    """<!DOCTYPE html><html lang="fr"><title>Bad</title><h1>One</h1><h1>Two</h1><pre>"""
    + "wide " * 400
    + """</pre>
<form method="post" action="/shares/1/revoke"><button>End the link</button></form>
<a href="#nowhere">on</a><p style="color: red">styled</p><img src="http://elsewhere.invalid/x.png">"""
)


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: str
    width: int
    colours: str = "system"
    """As chosen on the page."""


@dataclass(frozen=True)
class Step:
    """A page that answers a form: where it starts, what is typed, the file that is sent, and what is pressed."""

    who: str
    path: str
    press: str
    typed: dict[str, str] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class Visit:
    who: str
    path: str
    step: Step | None = None


def visits_of(house: House, who: str) -> list[Visit]:
    """Every page of a person, and those that answer her forms."""
    pages = [Visit(who, a.path) for a in house.pages(who) if who == VISITOR or a.endpoint not in FOR_VISITORS]
    return pages + [Visit(who, step.path, step) for step in steps(house) if step.who == who]


def steps(house: House) -> list[Step]:
    objects = house.market.objects
    return [
        Step(VISITOR, "/sign-in", "main form button", {"email": "nobody@example.org"}),
        Step(VISITOR, "/sign-up", "main form button"),
        Step(VISITOR, "/no-such-page", ""),
        Step("buyer", "/needs/new?product=plantain_dom_harton", "button[name=check]"),
        Step("buyer", f"/needs/new?copy={objects['need']}", "button[name=check]"),
        Step("buyer", f"/needs/{objects['need']}", "form[action$='/close'] button"),
        Step("buyer", "/needs/import", "main form button", file="id,product\nx,plantain_dom_harton\n"),
        Step("buyer", "/organization", "main form button.primary", {"legal_name": ""}),
        Step("buyer", "/desk", ""),
        Step("buyer", "/account/mail", "main form button.primary", {"quiet_from": ""}),
        Step("buyer", f"/shares/need/{objects['need']}", "main form button.primary"),
        Step("clerk", "/capacities/new?product=plantain_dom_harton", "main form button.primary"),
        Step("clerk", "/capacities/import", "main form button", file="id,product\nx,plantain_dom_harton\n"),
        Step("asked", f"/suggestions/{objects['asked']}", "form[action$='/decline'] button"),
        Step("broker", f"/organizations/{objects['producer']}/readiness/new", "main form button.primary"),
    ]  # fmt: skip


# Who has fewer pages sees each in both looks.
FEW = 8
LOOKS = [Look("es", 1440), Look("en", 360, "dark")]
EVERY_LOOK = bool(os.environ.get("ALIANZA_EVERY_LOOK"))
if EVERY_LOOK:
    LOOKS += [Look("en", 1440, "dark"), Look("es", 360)]


@pytest.mark.parametrize("who", list(KINDS))
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page(house: House, chromium_path: str, who: str, look: Look) -> None:
    """Every other page in each look, the other half for the next person; all in every look by `make accessible`."""
    visits = visits_of(house, who)
    if len(visits) >= FEW and not EVERY_LOOK:
        visits = visits[(list(KINDS).index(who) + (look.width == 360)) % 2 :: 2]
    assert visits
    assert look_at(chromium_path, house, visits, look) == []


def test_a_bad_page_is_seen(house: House, chromium_path: str) -> None:
    """The eyes themselves: a page with one fault of each sort, in place of the front page."""
    found = look_at(chromium_path, house, [Visit(VISITOR, "/")], Look("es", 360), instead=BAD)
    for fault in (
        "console: Applying inline style",
        "asks http://elsewhere.invalid",
        "speaks fr",
        "2 h1",
        "English: the",
        "px wide",
        "px wide zoomed",
        "one press: shared.revoke",
        "leads to no #nowhere",
        "image-alt",
    ):
        assert any(fault in line for line in found), (fault, found)


def look_at(chromium: str, house: House, visits: list[Visit], look: Look, instead: str = "") -> list[str]:
    """The faults of all pages. In a thread: Playwright's other way of calling holds this one's event loop."""
    faults: list[str] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            faults.extend(asyncio.run(_look_at(chromium, house, visits, look, instead)))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return faults


async def _look_at(chromium: str, house: House, visits: list[Visit], look: Look, instead: str) -> list[str]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        contexts = {who: await _context(browser, house, who, look) for who in sorted({v.who for v in visits})}
        for context in contexts.values() if instead else ():
            await context.route(house.address + "/", lambda route: _replace(route, instead))
        shares = [visits[first::AT_ONCE] for first in range(AT_ONCE)]
        found = await asyncio.gather(*(_walk(contexts, house, share, look) for share in shares))
        await browser.close()
    return [fault for faults in found for fault in faults]


async def _replace(route: Route, body: str) -> None:
    await route.fulfill(response=await route.fetch(), body=body)


async def _walk(
    contexts: dict[str, BrowserContext], house: House, visits: list[Visit], look: Look
) -> list[str]:
    """One after the other, on one sheet per person: a new one costs as much as a page."""
    sheets: dict[str, tuple[Page, list[str]]] = {}
    found = []
    for visit in visits:
        if visit.who not in sheets:
            sheets[visit.who] = (await contexts[visit.who].new_page(), [])
            _listen(sheets[visit.who][0], house.address, sheets[visit.who][1].append)
        page, heard = sheets[visit.who]
        heard.clear()
        faults = await _judge(page, house, visit, look, heard)
        found += [f"{visit.who} {visit.path}: {fault}" for fault in faults]
    return found


async def _context(browser: Browser, house: House, who: str, look: Look) -> BrowserContext:
    context = await browser.new_context(
        base_url=house.address,
        viewport={"width": look.width, "height": 900},
        locale="es-CO" if look.language == "es" else "en-US",
        reduced_motion="reduce",
    )
    cookie = house.cookie(who, look.language)
    kept = {"alianza": cookie, "alianza_theme": look.colours}
    await context.add_cookies([{"name": name, "value": kept[name], "url": house.address} for name in kept])
    return context


async def _judge(page: Page, house: House, visit: Visit, look: Look, heard: list[str]) -> list[str]:
    """What is wrong with a page; nothing for an address that leads elsewhere."""
    await page.goto(visit.path)
    if visit.step:
        await _take(page, visit.step)
    elif page.url != house.address + visit.path:
        return list(heard)
    language, headings, width, nowhere = await page.evaluate(FACTS)
    english = sorted(set(ENGLISH.findall(await page.evaluate(SAID))))
    # What axe puts into the page is not the page's fault: what was heard until here counts.
    faults = list(heard)
    faults += [] if language == look.language else [f"speaks {language}"]
    faults += (
        [f"English: {word}" for word in english] if look.language == "es" and visit.path != LOOKED_AT else []
    )
    faults += [] if headings == 1 else [f"{headings} h1"]
    faults += [] if width <= look.width else [f"{width} px wide"]
    faults += [f"leads to no #{one}" for one in nowhere]
    pressed = {act_at(house.app, path) for path in await page.evaluate(PRESSED)}
    faults += [f"one press: {act}" for act in sorted(pressed & OPENED)]
    faults += ["a form leads nowhere"] if "" in pressed and visit.path != LOOKED_AT else []
    await page.evaluate(AXE_SCRIPT)
    faults += await page.evaluate(AXE, list(RULES))
    for width in ZOOMED:
        await page.set_viewport_size({"width": width, "height": 450})
        zoomed = await page.evaluate("document.documentElement.scrollWidth")
        faults += [] if zoomed <= width else [f"{zoomed} px wide zoomed to {width}"]
    await page.set_viewport_size({"width": look.width, "height": 900})
    return faults


def _listen(page: Page, address: str, note: Callable[[str], None]) -> None:
    """Errors on the console, violations of the content security policy among them, and requests to elsewhere."""

    def said(message: ConsoleMessage) -> None:
        # That a refused form is answered with 422 is no fault of the page.
        if message.type in ("error", "warning") and not message.text.startswith(
            "Failed to load resource: the server"
        ):
            note(f"console: {message.text}")

    def asked(request: Request) -> None:
        if not request.url.startswith((address, "data:")):
            note(f"asks {request.url}")

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            note(f"{response.status} {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("request", asked)
    page.on("response", answered)


async def _take(page: Page, step: Step) -> None:
    for name, text in step.typed.items():
        await page.fill(f"main [name={name}]", text)
    if step.file:
        upload = {"name": "filas.csv", "mimeType": "text/csv", "buffer": step.file.encode()}
        await page.set_input_files("main input[type=file]", upload)  # type: ignore[arg-type]
    if step.press:
        async with page.expect_navigation():
            await page.locator(step.press).first.click()
