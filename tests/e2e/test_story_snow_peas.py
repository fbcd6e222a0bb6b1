"""Story 3, snow peas from Patzún: 1,100 lb rejected without the organization, disputed, 400 lb settled as a lower
grade."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from playwright.sync_api import Page, expect

from broker.demo.load import BROKER
from tests.e2e import life
from tests.e2e.conftest import Running
from tests.factories.agreements import PNG

NEED, ORGANIZATION = "B08", "P19"
PRICE, LOWER_PCT, LB = Decimal("4.20"), Decimal(70), Decimal("0.45359237")
# 1,100 lb and 400 lb to the gram.
NET, REFUSED, SAVED = Decimal("3693.6"), Decimal("498.952"), Decimal("181.437")
CAUSE = "Residuos sobre el límite en la muestra 14"
SAMPLE = "14 cajas, sin nadie de la organización"
OBJECTION = "No vimos la muestra ni el informe."


def test_a_rejection_is_disputed_and_settled(enter: Callable[..., Page], installation: Running) -> None:
    """What the need is worth, a market that pays more, the rejection with its evidence, the dispute, its end by both,
    and the statement."""
    buyer = enter(life.account(NEED), javascript=False)
    phone = enter(life.account(ORGANIZATION), width=360, javascript=False)
    _worth(phone, installation)
    broker, terms = enter(BROKER), {"modalities.downgrade_pct": str(LOWER_PCT)}
    made = life.allied(broker, buyer, phone, installation, (NEED, ORGANIZATION), terms)
    _spot(broker, phone, made)
    first = life.first_delivery(installation, made)
    life.send_delivery(phone, first, "3693.6", "Grupo Chichoy; 2000\nGrupo Xepatán; 1693.6")
    life.weigh(buyer, first, "3743.6", "50")
    _reject(buyer, installation, first)
    _dispute(buyer, phone, installation, first)
    _settle(phone, installation, first)


def _worth(phone: Page, running: Running) -> None:
    """4.20 GTQ/lb with 6 % of usual rejects, in 15 days at 4 % a month, is worth 3.87 today; freight comes off that."""
    phone.goto(f"/needs/{life.need_id(running, NEED)}")
    panel = phone.locator("[aria-labelledby=h-worth]")
    expect(panel.locator("td.num")).to_have_text(["4.20", "−0.25", "−0.08", "3.87", "−0.04"])
    expect(panel.locator("p b").first).to_have_text("3.83")


def _spot(broker: Page, phone: Page, made: int) -> None:
    """The broker hears what the market pays, and the organization reads how far that is above what was agreed."""
    life.quote(broker, "Patzún", "5,00", "GTQ/lb", "coyotes", product="snow_pea")
    phone.goto(f"/alliances/{made}")
    expect(phone.locator("main .note.warn")).to_contain_text("El mercado paga 19")


def _reject(buyer: Page, running: Running, first: int) -> None:
    """A rejection without cause and photo is not taken; what was typed stays, and with both it stands."""
    accepted = NET - REFUSED
    verdict = life.parts(str(accepted), "0", str(REFUSED)) | {"grader": "Inés Ruiz", "sample": SAMPLE}
    life.step(buyer, first, "grade", verdict)
    for field in ("cause", "photo"):
        expect(buyer.locator(f"#errors a[href='#f-{field}']")).to_be_visible()
    for field, value in verdict.items():
        expect(buyer.locator(f"[name={field}]").first).to_have_value(value)
    assert life.delivery(running, first).state == "received"
    form = buyer.locator(f"form[action='/deliveries/{first}/grade']")
    form.locator("[name=photo]").set_input_files(
        {"name": "muestra.png", "mimeType": "image/png", "buffer": PNG}
    )
    life.step(buyer, first, "grade", {"cause": CAUSE})
    expect(buyer.locator("[aria-labelledby=h-verdict]")).to_contain_text(CAUSE)
    expect(buyer.locator(f"a[href='/deliveries/{first}/photo']")).to_be_visible()
    found = life.delivery(running, first)
    assert (found.state, found.accepted_kg, found.rejected_kg) == ("partially_accepted", accepted, REFUSED)
    assert found.cause == CAUSE and found.photo_id is not None and found.sample == SAMPLE


def _dispute(buyer: Page, phone: Page, running: Running, first: int) -> None:
    """The organization objects in time; the buyer proposes, and only the organization can agree to that."""
    phone.goto(f"/deliveries/{first}")
    expect(phone.locator("[aria-labelledby=h-verdict]")).to_contain_text(SAMPLE)
    expect(phone.locator("[aria-labelledby=h-terms]")).to_contain_text("Se puede reclamar hasta el")
    phone.click(f"details:has(form[action='/deliveries/{first}/dispute']) summary")
    life.step(phone, first, "dispute", {"text": OBJECTION})
    expect(phone.locator("[aria-labelledby=h-verdict]")).to_contain_text(OBJECTION)
    assert life.delivery(running, first).state == "disputed"
    buyer.goto(f"/deliveries/{first}")
    buyer.click(f"details:has(form[action='/deliveries/{first}/proposal']) summary")
    ending = life.parts(str(NET - REFUSED), str(SAVED), str(REFUSED - SAVED))
    note = "400 libras con el informe de residuos a la vista"
    life.step(buyer, first, "proposal", ending | {"note": note})
    agree = f"form[action='/deliveries/{first}/agree']"
    expect(buyer.locator("[aria-labelledby=h-next]")).to_contain_text("181.437 kg")
    expect(buyer.locator(agree)).to_have_count(0)
    phone.goto(f"/deliveries/{first}")
    expect(phone.locator("[aria-labelledby=h-next]")).to_contain_text(note)
    phone.click(f"{agree} button")
    verdict = phone.locator("[aria-labelledby=h-verdict] dd")
    expect(verdict).to_have_text(["3,194.648 kg", "181.437 kg", "317.515 kg"])
    found = life.delivery(running, first)
    assert found.state == "partially_accepted"
    assert (found.accepted_kg, found.downgraded_kg, found.rejected_kg) == (
        NET - REFUSED, SAVED, REFUSED - SAVED,
    )  # fmt: skip


def _settle(phone: Page, running: Running, first: int) -> None:
    """4.20 GTQ/lb for what was accepted and 70 % of it for the 400 lb: 29,580.58 + 1,176.00."""
    whole = round((NET - REFUSED) / LB * PRICE, 2)
    lower = round(SAVED / LB * PRICE * LOWER_PCT / 100, 2)
    life.invoice(phone, first, "AV-7", f"{whole + lower:,.2f}")
    expect(phone.locator("[aria-labelledby=h-lines] tbody tr").nth(1)).to_contain_text(f"{lower:,.2f}")
    expect(phone.locator("[aria-labelledby=h-price] .now")).to_contain_text("4.20 GTQ/lb")
    made = life.statement(running, first)
    assert [line.minor for line in made.lines] == [int(whole * 100), int(lower * 100)]
    assert made.total_minor == sum(share.minor for share in made.shares)
