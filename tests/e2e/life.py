"""The steps of an alliance in the browser, as the three stories share them: terms, signature, delivery, money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements import negotiation, offering, services
from broker.agreements.models import Agreement
from broker.clock import system_clock
from broker.deliveries.models import Delivery, Statement
from broker.demo.load import BROKER, BUYER, PASSWORD
from broker.listings.models import Need
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties.actor import SYSTEM
from broker.parties.models import User
from broker.transaction import transaction
from tests.e2e.conftest import Running
from tests.factories.agreements import settle, sign_both
from tests.factories.parties import acting

# What a form is answered with, by the kind of the field, where a story does not say it.
TYPED = {"decimal": "2", "numeric": "2", "date": "2027-06-30", "text": "como lo acuerdan las partes"}
MOST_ROUNDS = 8
SIGNERS = {"buyer.representative": "Marta Ocampo", "organization.representative": "Luis Cardona"}


def account(reference: str) -> str:
    """The account of a party of the demonstration by its code."""
    return BUYER if reference == "B01" else f"{reference.lower()}@demo.example"


def need_id(running: Running, reference: str) -> int:
    with Session(running.engine) as session:
        return session.scalars(select(Need.id).where(Need.reference == reference)).one()


def suggestion_id(running: Running, need: str, organization: str, *states: str) -> int:
    """The last suggestion of the pair in the first of the states that one is in."""
    query = select(Suggestion).where(
        Suggestion.need_id == need_id(running, need), Suggestion.state.in_(states)
    )
    with Session(running.engine) as session:
        found = [one for one in session.scalars(query) if one.capacity.reference == organization]
        return min(found, key=lambda one: (states.index(one.state), -one.id)).id


def answer_open_points(page: Page, agreement_id: int, said: Mapping[str, str]) -> None:
    """The broker fills the form of the open points until none is left: an answer may open further ones. What a story
    says of a term stands in `said` by its path; everything else is answered by the kind of its field."""
    for _ in range(MOST_ROUNDS):
        page.goto(f"/agreements/{agreement_id}/terms?show=open")
        asked = page.locator("main form [name=asked]")
        if not asked.count():
            return
        for path in asked.evaluate_all("fields => fields.map(field => field.value)"):
            _answer(page.locator(f"main form [name='{path}']"), said.get(path))
        page.click("main form .actions button")
        expect(page.locator("article.doc")).to_be_visible()
    raise AssertionError("the open points do not end")


def _answer(fields: Locator, said: str | None) -> None:
    """Fill one term: the first choice of a list, nothing of several boxes, something of its kind in a field."""
    kind = fields.first.evaluate("field => [field.tagName, field.type, field.inputMode || field.type]")
    if kind[0] == "SELECT":
        fields.select_option(value=said) if said else fields.select_option(index=1)
    elif kind[1] == "checkbox":
        fields.and_(fields.page.locator(f"[value='{said or 'none'}']")).check()
    else:
        fields.fill(said or TYPED[kind[2]])


def offer(page: Page, agreement_id: int, clause: str, values: Mapping[str, str], note: str = "") -> None:
    """From the text of the agreement: change terms of a clause, with a word about it."""
    page.goto(f"/agreements/{agreement_id}")
    page.click(f"#clause-{clause} a.edit")
    for path, value in values.items():
        page.fill(f"main form [name='{path}']", value)
    page.fill("[name=note]", note)
    page.click("main form .actions button")
    expect(page.locator("article.doc")).to_be_visible()


def sign(page: Page, agreement_id: int, name: str) -> None:
    """Sign in the account: the name of the representative and the password again."""
    page.goto(f"/agreements/{agreement_id}")
    page.click(f"a.btn.primary[href='/agreements/{agreement_id}/sign']")
    form = page.locator("main form:not([action])")
    form.locator("[name=name]").fill(name)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button").click()


def first_delivery(running: Running, agreement_id: int) -> int:
    return deliveries(running, agreement_id)[0].id


def deliveries(running: Running, agreement_id: int) -> Sequence[Delivery]:
    """What is stored of every delivery, in their order."""
    query = select(Delivery).where(Delivery.agreement_id == agreement_id).order_by(Delivery.number)
    with Session(running.engine) as session:
        return session.scalars(query).all()


def delivery(running: Running, delivery_id: int) -> Delivery:
    """What is stored of a delivery, with its lots and their lines."""
    with Session(running.engine) as session:
        found = session.get_one(Delivery, delivery_id)
        assert all(lot.lines is not None for lot in found.lots)
        return found


def statement(running: Running, delivery_id: int) -> Statement:
    """What is stored of the statement of a delivery, with its lines, shares and payments."""
    with Session(running.engine) as session:
        found = session.scalars(select(Statement).where(Statement.delivery_id == delivery_id)).one()
        assert found.lines is not None and found.shares is not None and found.payments is not None
        return found


def step(page: Page, delivery_id: int, name: str, typed: Mapping[str, str] | None = None) -> None:
    """One step of a delivery by its form."""
    form = page.locator(f"form[action='/deliveries/{delivery_id}/{name}']")
    for field, value in (typed or {}).items():
        if field == "unit":
            form.locator("[name=unit]").select_option(value)
        else:
            form.locator(f"[name={field}]").fill(value)
    form.locator("button").click()


def send_delivery(page: Page, delivery_id: int, kg: str, lines: str) -> None:
    """The organization confirms, names the lot with who brought it, and sends it."""
    page.goto(f"/deliveries/{delivery_id}")
    step(page, delivery_id, "confirm")
    step(page, delivery_id, "lot", {"code": "L-1", "kg": kg, "lines": lines})
    step(page, delivery_id, "dispatch", {"carrier": "Camión TAX 123"})
    expect(page.locator(f"form[action='/deliveries/{delivery_id}/dispatch']")).to_have_count(0)


def weigh(page: Page, delivery_id: int, gross: str, tare: str, unit: Mapping[str, str] | None = None) -> None:
    """The buyer weighs what came."""
    page.goto(f"/deliveries/{delivery_id}")
    slip = {"gross_kg": gross, "tare_kg": tare, "slip": "R-7"} | dict(unit or {})
    step(page, delivery_id, "receive", slip | {"handed_over_by": "Rosa Muñoz", "received_by": "Luis Paz"})
    expect(page.locator(f"form[action='/deliveries/{delivery_id}/grade']")).to_be_visible()


def parts(accepted: str, lower: str = "0", rejected: str = "0") -> dict[str, str]:
    """How the net is divided, as the forms of grading and of proposals ask it."""
    return {"accepted_kg": accepted, "downgraded_kg": lower, "rejected_kg": rejected}


def invoice(
    page: Page, delivery_id: int, number: str, total: str, typed: Mapping[str, str] | None = None
) -> None:
    """The organization reads what the statement would pay, makes it, and reads the same amount there."""
    page.goto(f"/deliveries/{delivery_id}")
    form = page.locator(f"form[action='/deliveries/{delivery_id}/invoice']")
    expect(form.locator("tfoot .num")).to_contain_text(total)
    step(page, delivery_id, "invoice", {"invoice": number} | dict(typed or {}))
    page.click("[aria-labelledby=h-statement] a")
    expect(page.locator("[aria-labelledby=h-lines] tfoot .num").last).to_have_text(total)


def report_payment(page: Page, address: str, reference: str, amount: str = "") -> None:
    """The buyer says that he paid: what the form proposes, or another amount."""
    page.goto(address)
    form = page.locator("form:has([name=paid_on])")
    if amount:
        form.locator("[name=amount]").fill(amount)
    form.locator("[name=reference]").fill(reference)
    form.locator("button").click()
    expect(page.locator("main")).to_contain_text(reference)


def confirm_payment(page: Page, address: str) -> None:
    """A manager of the organization says that the money is there."""
    page.goto(address)
    page.click("form[action^='/deliveries/payments/'] button")
    expect(page.locator("form[action^='/deliveries/payments/']")).to_have_count(0)


def signed(running: Running, need: str, organization: str, terms: Mapping[str, Any]) -> int:
    """An agreement that both have signed, by the services, where another story shows the steps in the browser; `terms`
    are what this one rests on."""
    picked = suggestion_id(running, need, organization, "shortlisted", "generated")
    with transaction(running.engine, SYSTEM, system_clock) as tx:
        house, *parties = (
            tx.session.scalars(select(User).where(User.email == email)).one()
            for email in (BROKER, account(need), account(organization))
        )
        with acting(tx, house) as own:
            if tx.session.get_one(Suggestion, picked).state == "generated":
                suggestions.shortlist(own, picked)
            suggestions.send(own, [picked])
        for one in parties:
            with acting(tx, one) as own:
                suggestions.accept(own, picked)
        with acting(tx, house) as own:
            made = services.draft(own, picked)
            number = negotiation.latest(own, made).number
            offering.offer(own, made.id, number, terms)
        settle(tx, house, parties, made.id)
        sign_both(tx, parties, made.id, PASSWORD)
        return made.id


def drafted(broker: Page, parties: Sequence[Page], need: int, suggestion: int) -> int:
    """Both sides say yes to a suggestion of a need, and the broker drafts its agreement: the agreement's number."""
    for party in parties:
        party.goto(f"/suggestions/{suggestion}")
        party.click(f"form[action='/suggestions/{suggestion}/accept'] button")
    broker.goto(f"/desk/needs/{need}")
    broker.click(f"form[action='/agreements/from-suggestion/{suggestion}'] button")
    expect(broker.locator("article.doc")).to_be_visible()
    return int(broker.url.rstrip("/").rsplit("/", 1)[1])


def allied(
    broker: Page, buyer: Page, phone: Page, running: Running, pair: tuple[str, str], said: Mapping[str, str]
) -> int:
    """From the need to the signatures by the pages, as in story 1 but without talks: the number of the agreement of
    `pair`, need and organization; `said` are the terms that the story rests on, by path."""
    need = need_id(running, pair[0])
    broker.goto(f"/desk/needs/{need}")
    bundle = broker.locator(
        f"form[action='/desk/needs/{need}/shortlist']:has(input[type=hidden][name=suggestion]) button"
    )
    if bundle.count():
        bundle.first.click()
    broker.click(f"form[action='/desk/needs/{need}/send'] button")
    expect(broker.locator(f"form[action='/desk/needs/{need}/send']")).to_have_count(0)
    suggestion = suggestion_id(running, *pair, "sent")
    made = drafted(broker, (buyer, phone), need, suggestion)
    broker.click(f"form[action='/agreements/{made}/usual'] button")
    answer_open_points(broker, made, SIGNERS | dict(said))
    broker.goto(f"/agreements/{made}")
    broker.click(f"form[action='/agreements/{made}/send'] button")
    for party in (buyer, phone):
        party.goto(f"/agreements/{made}")
        party.click(f"form[action='/agreements/{made}/accept'] button")
    later(running, made, hours=25)
    for party, name in zip((buyer, phone), SIGNERS.values(), strict=True):
        sign(party, made, name)
    expect(phone.locator(f"a[href^='/deliveries?agreement={made}']")).to_be_visible()
    return made


def later(running: Running, agreement_id: int, hours: int) -> None:
    """As if both had accepted that many hours earlier: the one thing that no story can wait for."""
    with transaction(running.engine, SYSTEM, system_clock) as tx:
        agreement = tx.session.get_one(Agreement, agreement_id)
        assert agreement.negotiated_at is not None
        agreement.negotiated_at -= dt.timedelta(hours=hours)


@contextmanager
def as_if_later(running: Running, agreement_id: int, days: int) -> Iterator[None]:
    """For as long as the block lasts: as if that many days had passed since the signatures."""
    _shift(running, agreement_id, -days)
    yield
    _shift(running, agreement_id, days)


def _shift(running: Running, agreement_id: int, days: int) -> None:
    step = dt.timedelta(days=days)
    with transaction(running.engine, SYSTEM, system_clock) as tx:
        agreement = tx.session.get_one(Agreement, agreement_id)
        assert agreement.signed_at is not None
        agreement.signed_at += step
        for one in tx.session.scalars(select(Delivery).where(Delivery.agreement_id == agreement_id)):
            one.starts_on, one.ends_on = one.starts_on + step, one.ends_on + step


def quote(
    page: Page, series: str, value: str, unit: str, source: str, *, day: str = "", product: str = ""
) -> None:
    """The broker enters what the market pays."""
    page.goto("/prices")
    form = page.locator("form[action='/prices/quotes']")
    for field, text in (("series", series), ("value", value), ("source", source), ("quoted_on", day)):
        if text:
            form.locator(f"[name={field}]").fill(text)
    form.locator("[name=unit]").select_option(unit)
    if product:
        form.locator("[name=product]").select_option(product)
    form.locator("button").click()
    expect(page.locator("#errors")).to_have_count(0)
