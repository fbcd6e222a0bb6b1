"""A form on a line of 50 kbit/s and 400 ms, and on none: it says what happens, keeps what was typed, counts once."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import CDPSession, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.alliance.models import Grievance
from tests.e2e import life
from tests.e2e.conftest import Running

SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
OFF = SLOW | {"offline": True}
WORDS = "Pesaron sin nosotros en la báscula."


def test_a_form_on_a_slow_line(enter: Callable[..., Page], installation: Running) -> None:
    made = life.signed(installation, "B11", "P25", {"modalities.downgrade_pct": "70"})
    page = enter(life.account("P25"), width=360)
    line: CDPSession = page.context.new_cdp_session(page)
    line.send("Network.enable")
    page.goto(f"/alliances/{made}?show=complaints")
    form = page.locator("form[action$='/grievance']")
    page.click("details:has(form[action$='/grievance']) summary")
    form.locator("[name=what]").fill(WORDS)
    line.send("Network.emulateNetworkConditions", OFF)
    form.locator("button").click()
    expect(form.locator(".sending")).to_contain_text("No hay conexión")
    expect(form.locator("[name=what]")).to_have_value(WORDS)
    line.send("Network.emulateNetworkConditions", SLOW)
    sent = form.evaluate("form => Object.fromEntries(new FormData(form))")
    # Pressed twice, as people do; what the form says stands there at once.
    said = form.evaluate(
        "form => { const b = form.querySelector('button'); b.click(); b.click();"
        " return form.querySelector('.sending').textContent; }"
    )
    assert said == "Enviando…"
    expect(page.locator("[aria-labelledby=h-grievances]")).to_contain_text(WORDS, timeout=30_000)
    # And sent once more by a browser that never heard the answer.
    assert page.request.post(f"/alliances/{made}/grievance", form=sent).ok
    with Session(installation.engine) as session:
        count = select(func.count(Grievance.id)).where(Grievance.agreement_id == made)
        assert session.scalar(count) == 1
