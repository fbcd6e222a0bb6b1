"""Story 1, plantain for a supermarket: run, draft, talks, signatures, one delivery, the money, and how it goes on."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement, AgreementVersion
from broker.demo.load import BROKER
from tests.e2e import life
from tests.e2e.conftest import Running

# Another organization of the bundle than the one that tests/e2e/test_match_to_draft.py takes.
NEED, ORGANIZATION = "B01", "P02"
PRICE, KG = 2150, Decimal("8434.772")
SERIES = "SIPSA Pereira"
SAID = life.SIGNERS | {
    "modalities.downgrade_pct": "70",
    "price.params.series": SERIES,
    "price.params.band_pct": "8",
    "price.params.review_weeks": "4",
}
PAYS_IN, WISHED = 8, 5
WHY = "La mediana de SIPSA subió 11 %: el comité fija el precio por cuatro semanas."
RESET, FALLEN = 2300, "5060,863"
NOTE = "A los ocho días ya le debemos a los asociados."


@pytest.mark.timeout(300)
def test_from_the_run_to_the_money(enter: Callable[..., Page], installation: Running, tmp_path: Path) -> None:
    """Every step in the browser; the only thing arranged is that the review period is over."""
    broker = enter(BROKER)
    buyer = enter(life.account(NEED))
    phone = enter(life.account(ORGANIZATION), width=360, javascript=False)
    made = _draft(broker, buyer, phone, installation)
    _prepare(broker, installation, made)
    _talk(buyer, phone, installation, made)
    _sign(buyer, phone, installation, made)
    _prove(buyer, installation, made, tmp_path)
    first = life.first_delivery(installation, made)
    _deliver(buyer, phone, installation, first)
    _pay(buyer, phone, installation, first)
    _week_five(broker, buyer, phone, installation, made)
    _amend(buyer, phone, installation, made)
    _renew(buyer, installation, made)


def _draft(broker: Page, buyer: Page, phone: Page, running: Running) -> int:
    """The broker computes, shortlists and sends; both sides say yes; the draft is there."""
    broker.click("form[action='/runs'] button")
    expect(broker.locator("#progress a[href='/desk']")).to_be_visible(timeout=90_000)
    need = life.need_id(running, NEED)
    broker.goto(f"/desk/needs/{need}")
    bundle = broker.locator(
        f"form[action='/desk/needs/{need}/shortlist']:has(input[type=hidden][name=suggestion]) button"
    )
    # Another test of the same installation may have sent the bundle already.
    if bundle.count():
        bundle.click()
        broker.click(f"form[action='/desk/needs/{need}/send'] button")
    suggestion = life.suggestion_id(running, NEED, ORGANIZATION, "sent")
    return life.drafted(broker, (buyer, phone), need, suggestion)


def _prepare(broker: Page, running: Running, made: int) -> None:
    """The usual, the open points, the price: then the list is complete and the draft goes out."""
    broker.click(f"form[action='/agreements/{made}/usual'] button")
    expect(broker.locator("h1")).to_contain_text("De la versión 1 a la versión 2")
    life.answer_open_points(broker, made, SAID)
    life.offer(broker, made, "price", {"price.unit_price": str(PRICE)})
    expect(broker.locator("#clause-price")).to_contain_text("2.150")
    expect(broker.locator(".title")).to_contain_text("0 puntos abiertos")
    broker.click(f"form[action='/agreements/{made}/send'] button")
    expect(broker.locator(f"form[action='/agreements/{made}/send']")).to_have_count(0)
    with Session(running.engine) as session:
        version = _last(session, made)
        assert version.facts["price"]["unit_price"] == str(PRICE)
        assert version.open_points == 0
        assert session.get_one(Agreement, made).state == "negotiating"


def _talk(buyer: Page, phone: Page, running: Running, made: int) -> None:
    """The organization asks for its money sooner, from the phone; the buyer reads what changed and accepts."""
    life.offer(phone, made, "payment", {"payment.days": str(WISHED)}, NOTE)
    buyer.goto(f"/agreements/{made}")
    expect(buyer.locator("[aria-labelledby=h-next]")).to_contain_text(NOTE)
    buyer.click(f"[aria-labelledby=h-next] a[href='/agreements/{made}/changes']")
    expect(buyer.locator("main")).to_contain_text(NOTE)
    changed = buyer.locator("#clause-payment")
    expect(changed.locator("del").first).to_contain_text(str(PAYS_IN))
    expect(changed.locator("ins").first).to_contain_text(str(WISHED))
    buyer.goto(f"/agreements/{made}")
    buyer.click(f"form[action='/agreements/{made}/accept'] button")
    expect(buyer.locator(f"form[action='/agreements/{made}/accept']")).to_have_count(0)
    with Session(running.engine) as session:
        version = _last(session, made)
        assert version.facts["payment"]["days"] == WISHED
        assert version.author_side == "producer" and version.note == NOTE
        assert {one.side: one.sha256 for one in version.acceptances} == dict.fromkeys(
            ("buyer", "producer"), version.sha256
        )
        assert session.get_one(Agreement, made).state == "negotiated"


def _sign(buyer: Page, phone: Page, running: Running, made: int) -> None:
    """Nobody signs while the members read; a day later both representatives do."""
    address = f"/agreements/{made}/sign"
    for party in (buyer, phone):
        party.goto(address)
        expect(party.locator("main .note.info")).to_contain_text("Nadie puede firmar antes")
        expect(party.locator("[name=password]")).to_have_count(0)
    life.later(running, made, hours=25)
    name = life.SIGNERS["buyer.representative"]
    life.sign(buyer, made, "Otra Persona")
    expect(buyer.locator("#errors")).to_contain_text(name)
    expect(buyer.locator("[name=name]")).to_have_value("Otra Persona")
    life.sign(buyer, made, name)
    expect(buyer.locator("main")).to_contain_text(name)
    life.sign(phone, made, life.SIGNERS["organization.representative"])
    expect(phone.locator(f"a[href^='/deliveries?agreement={made}']")).to_be_visible()
    with Session(running.engine) as session:
        signatures = {one.side: one for one in _last(session, made).signatures}
        assert {side: one.signer for side, one in signatures.items()} == {
            "buyer": life.SIGNERS["buyer.representative"],
            "producer": life.SIGNERS["organization.representative"],
        }
        assert session.get_one(Agreement, made).state == "signed"


def _prove(buyer: Page, running: Running, made: int, folder: Path) -> None:
    """The PDF as the browser gets it is proven by the command line to be the one that both signed."""
    buyer.goto(f"/agreements/{made}")
    address = buyer.locator("a[href*='.pdf']").first.get_attribute("href")
    file = folder / "signed.pdf"
    file.write_bytes(buyer.request.get(address or "").body())
    data = str(Path(running.engine.url.database or "").parent)
    answer = subprocess.run(
        [sys.executable, "-m", "web.cli", "verify", str(file)],
        env=os.environ | {"ALIANZA_DATA": data}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    assert f"of agreement {made} " in answer.stdout and "unchanged" in answer.stdout
    assert "Signed for the buyer" in answer.stdout and "Signed for the producer" in answer.stdout


def _deliver(buyer: Page, phone: Page, running: Running, first: int) -> None:
    """The organization sends from the phone, the buyer weighs and takes it all."""
    life.send_delivery(phone, first, "8434,772", "Rosa Muñoz; lote 3; 5000\nPedro Gil; 3434,772")
    life.weigh(buyer, first, "8634,772", "200")
    life.step(buyer, first, "grade", life.parts("8434,772") | {"grader": "Inés Ruiz"})
    expect(buyer.locator("[aria-labelledby=h-verdict]")).to_contain_text("8.434,772")
    found = life.delivery(running, first)
    assert (found.state, found.planned_kg, found.net_kg) == ("accepted", KG, KG)
    assert (found.accepted_kg, found.downgraded_kg, found.rejected_kg) == (KG, 0, 0)
    assert [line.kg for lot in found.lots for line in lot.lines] == [5000, Decimal("3434.772")]


def _pay(buyer: Page, phone: Page, running: Running, first: int) -> None:
    """The statement says what kg x price is, the buyer reports it, the organization's manager has the money."""
    life.invoice(phone, first, "F-12", "18.134.759,80")
    made = life.statement(running, first)
    assert made.total_minor == made.value_minor == KG * PRICE * 100
    received = life.delivery(running, first).received_at
    assert received is not None and abs((made.due_on - received.date()).days - WISHED) <= 1
    address = f"/deliveries/statements/{made.id}"
    life.report_payment(buyer, address, "transferencia 8812")
    assert life.delivery(running, first).state == "paid_reported"
    life.confirm_payment(phone, address)
    expect(phone.locator(".title .state")).to_have_text("Pagada")
    phone.goto(f"/deliveries/{first}")
    expect(phone.locator("[aria-labelledby=h-next]")).to_contain_text("No queda nada por hacer")
    assert life.delivery(running, first).state == "paid"
    assert [one.minor for one in life.statement(running, first).payments] == [made.total_minor]


def _week_five(broker: Page, buyer: Page, phone: Page, running: Running, made: int) -> None:
    """The market rises by 11 %, deliveries fall to 60 %: the room warns, and the committee meets."""
    second, third = (one.id for one in life.deliveries(running, made)[1:3])
    for one in (second, third):
        life.send_delivery(phone, one, FALLEN, f"Rosa Muñoz; lote 3; {FALLEN}")
        life.weigh(buyer, one, FALLEN, "0")
        life.step(buyer, one, "grade", life.parts(FALLEN) | {"grader": "Inés Ruiz"})
    # A day more than needed: it may be yesterday still in Colombia.
    today = dt.datetime.now(dt.UTC).date()
    days = (life.deliveries(running, made)[2].ends_on - today).days + 2
    with life.as_if_later(running, made, days):
        signed_on = (today - dt.timedelta(days=days + 1)).isoformat()
        for day, value in (
            (signed_on, "2000"),
            ((today - dt.timedelta(days=1)).isoformat(), "2220"),
            ("", "2220"),
        ):
            life.quote(broker, SERIES, value, "COP/kg", "SIPSA", day=day)
        phone.goto(f"/alliances/{made}")
        warned = phone.locator("main .note")
        expect(warned.filter(has_text="El mercado se salió de la banda")).to_contain_text("11")
        expect(warned.filter(has_text="Las entregas cayeron")).to_have_count(1)
    phone.goto(f"/alliances/{made}?show=committee")
    phone.click("details:has(form[action$='/meeting']) summary")
    form = phone.locator("form[action$='/meeting']")
    for field, text in (
        ("for_buyer", "Marta Ocampo"), ("for_producer", "Luis Cardona"), ("minutes", "Se habló del precio."),
        ("what-0", "Fijar el precio por cuatro semanas"),
    ):  # fmt: skip
        form.locator(f"[name={field}]").fill(text)
    form.locator("[name=clause-0]").select_option("price_review")
    form.locator("button").click()
    expect(phone.locator("main")).to_contain_text("Fijar el precio por cuatro semanas")


def _amend(buyer: Page, phone: Page, running: Running, made: int) -> None:
    """What both signed stands until both have signed the change as well."""
    with Session(running.engine) as session:
        binding = session.get_one(Agreement, made).binding
    life.offer(phone, made, "price", {"price.unit_price": str(RESET)}, WHY)
    buyer.goto(f"/agreements/{made}")
    expect(buyer.locator("[aria-labelledby=h-next]")).to_contain_text(WHY)
    expect(buyer.locator("main")).to_contain_text(f"Leer la versión {binding}, que está vigente")
    buyer.click(f"form[action='/agreements/{made}/accept'] button")
    life.later(running, made, hours=25)
    life.sign(buyer, made, life.SIGNERS["buyer.representative"])
    with Session(running.engine) as session:
        assert session.get_one(Agreement, made).binding == binding
    life.sign(phone, made, life.SIGNERS["organization.representative"])
    expect(phone.locator("main")).to_contain_text("la enmienda está vigente")
    with Session(running.engine) as session:
        agreement, version = session.get_one(Agreement, made), _last(session, made)
        assert agreement.binding == version.number
        assert version.facts["amendment"]["reason"] == WHY and version.facts["price"]["unit_price"] == str(
            RESET
        )


def _renew(buyer: Page, running: Running, made: int) -> None:
    """The next agreement begins as a draft with the terms in force."""
    buyer.goto(f"/agreements/{made}")
    buyer.click(f"a[href='/agreements/{made}/renew']")
    buyer.click("main form button")
    expect(buyer.locator(".title")).to_contain_text(f"continúa el acuerdo {made}")
    with Session(running.engine) as session:
        after = session.scalars(select(Agreement).where(Agreement.renews_id == made)).one()
        assert after.state == "draft" and _last(session, after.id).facts["price"]["unit_price"] == str(RESET)


def _last(session: Session, made: int) -> AgreementVersion:
    query = select(AgreementVersion).where(AgreementVersion.agreement_id == made)
    return session.scalars(query.order_by(AgreementVersion.number.desc()).limit(1)).one()
