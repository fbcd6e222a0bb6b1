"""From a draft to a signed agreement: offers, acceptances by hash, the review period and the signatures."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broker import schema
from broker.agreements import freezing, negotiation, offering, signing
from broker.agreements.checklist import checklist
from broker.agreements.contributing import ContributionChange, with_contributions
from broker.agreements.models import AgreementVersion
from broker.agreements.negotiable import terms_of
from broker.audit.models import AuditEntry
from broker.database import make_engine
from broker.demo.load import PASSWORD as DEMO_PASSWORD
from broker.documents.content import plain_text
from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from broker.listings.models import CapacitySlot, Need
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.factories.agreements import Deal, answer
from tests.factories.market import person
from tests.integration.conftest import Stage

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    return at_stage("drafted", Deal)


def _on_paper(tx: Any, deal: Deal, scan: bytes, day: dt.date, password: str = DEMO_PASSWORD) -> None:
    signing.sign_on_paper(
        tx,
        deal.id,
        deal.version().sha256,
        scan=scan,
        signed_on=day,
        password=password,
        code="",
        address="127.0.0.1",
    )


def test_from_draft_to_signed_with_everything_in_the_audit_trail(deal: Deal) -> None:
    deal.fill()
    first = deal.version()
    deal.send()
    assert (deal.agreement().state, deal.agreement().negotiation) == ("negotiating", "opened")
    offered = deal.offer("producer", {"payment.days": 5}, note="Los socios no esperan más.")
    assert (deal.agreement().negotiation, offered.changes) == ("offer", ["payment.days"])
    assert [one.side for one in deal.version().acceptances] == ["producer"]
    deal.offer("buyer", {"payment.days": 6, "price.unit_price": "2100"})
    assert deal.agreement().negotiation == "counter"
    assert deal.accept("producer").state == "negotiated"
    assert deal.agreement().negotiation == "agreed_in_principle"
    deal.clock.forward(hours=23)
    with pytest.raises(Conflict, match="review_running"):
        deal.sign("producer")
    deal.clock.forward(hours=1)
    assert deal.sign("producer").state == "negotiated"
    with pytest.raises(Conflict, match="signed_already"):
        deal.sign("producer")
    assert deal.sign("buyer").state == "signed"
    version = deal.version()
    assert version.sha256 != first.sha256
    assert {one.sha256 for one in version.signatures} == {version.sha256}
    with Session(deal.engine) as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "agreement")).all()
    for verb in ("drafted", "version", "send", "accept", "negotiated", "signature", "signed"):
        assert f"agreement.{verb}" in verbs


def test_an_edit_clears_the_acceptances_and_a_stale_one_is_refused(deal: Deal) -> None:
    deal.negotiate()
    assert deal.agreement().state == "negotiated"
    number = deal.version().number
    deal.offer("buyer", {"payment.days": 7})
    assert deal.agreement().state == "negotiating"
    assert [one.side for one in deal.version().acceptances] == ["buyer"]
    with pytest.raises(Conflict, match="version_moved_on"), deal.act("producer") as tx:
        offering.offer(tx, deal.id, number, {"payment.days": 3})
    with pytest.raises(Conflict, match="version_moved_on"), deal.act("producer") as tx:
        offering.accept(tx, deal.id, "0" * 64)


def test_nothing_is_accepted_while_a_point_is_open_nor_sent_with_a_hole_in_the_checklist(deal: Deal) -> None:
    with pytest.raises(Invalid, match="checklist_open"):
        deal.send()
    with deal.act("broker") as tx:
        offering.adopt(tx, deal.id, 1)
    assert 0 < deal.version().open_points < 40
    lacking = {path for item in checklist(freezing.facts_of(deal.version())) for path in item.missing}
    asked = {term.path: answer(term) for term in terms_of(deal.version()) if term.path in lacking}
    if asked:
        deal.offer("broker", asked)
    deal.send()
    assert deal.version().open_points > 0
    with pytest.raises(RuleBroken, match="points_open"):
        deal.accept("buyer")


def test_each_side_sets_only_what_is_its_own(deal: Deal) -> None:
    with pytest.raises(Invalid, match="term_not_yours"):
        deal.offer("producer", {"buyer.representative": "Nadie"})
    with pytest.raises(Invalid, match="term_not_yours"):
        deal.offer("producer", {"modalities.scale_owner": "organization"})
    with pytest.raises(Invalid, match="term_not_yours"):
        deal.offer("buyer", {"price.proposed_per_kg": "1"})
    deal.offer("producer", {"organization.representative": "Luis Cardona"})
    stranger = person(deal.engine, "p07@demo.example")
    with pytest.raises(NotFound), transaction(deal.engine, stranger, deal.clock) as tx:
        offering.offer(tx, deal.id, 2, {"payment.days": 3})
    deal.fill()
    deal.send()
    with pytest.raises(NotAllowed, match="only_parties"):
        deal.accept("broker")
    with pytest.raises(Invalid, match="review_too_short"):
        deal.offer("buyer", {"rules.review_hours": 1})


def test_the_parties_can_write_a_clause_themselves_and_take_the_usual_one_back(deal: Deal) -> None:
    deal.fill()
    deal.send()
    own = "La báscula se revisa cada lunes.\n\nSi falla, se pesa en la cooperativa."
    deal.offer("producer", {}, wordings={"inspection": own})
    for language in ("es", "en"):
        text = plain_text(freezing.draft_of(deal.version(), language).document)
        assert "se pesa en la cooperativa" in text
    assert set(deal.version().changes) == {"wordings.inspection.es", "wordings.inspection.en"}
    with pytest.raises(Invalid, match="choice_unknown"):
        deal.offer("buyer", {}, wordings={"nothing": "x"})
    deal.offer("buyer", {}, wordings={"inspection": ""})
    assert "cooperativa" not in plain_text(freezing.draft_of(deal.version(), "es").document)


def test_another_quantity_is_reserved_once_both_accept(deal: Deal) -> None:
    deal.fill()
    deal.send()
    with Session(deal.engine) as session:
        before = session.scalars(select(Need).where(Need.reference == "B01")).one().covered_kg
    half = {
        dt.date.fromisoformat(row["start"]): Decimal(row["quantity_kg"]) / 2
        for row in deal.version().facts["schedule"]["periods"]
    }
    deal.offer("producer", {}, quantities=half)
    with Session(deal.engine) as session:
        assert session.scalars(select(Need).where(Need.reference == "B01")).one().covered_kg == before
    deal.accept("buyer")
    with Session(deal.engine) as session:
        need = session.scalars(select(Need).where(Need.reference == "B01")).one()
        slots = session.scalars(select(CapacitySlot.reserved_kg)).all()
        promised = sum(Decimal(row["quantity_kg"]) for row in deal.agreement().promised)
        assert need.covered_kg == promised < before
        assert abs(sum(slots) - promised) < 1
    first = min(half)
    with pytest.raises(RuleBroken, match="above_the_need"):
        deal.offer("producer", {}, quantities={first: Decimal(40_001)})
    deal.offer("producer", {}, quantities={first: Decimal(40_000)})
    with pytest.raises(Conflict, match="oversold"):
        deal.accept("buyer")
    deal.offer("buyer", {}, quantities={first: Decimal(0)})
    assert len(deal.version().facts["schedule"]["periods"]) == len(half) - 1
    with pytest.raises(RuleBroken, match="nothing_changed"):
        deal.offer("buyer", {}, quantities={first: Decimal("0.0004")})


def test_a_signature_wants_the_representative_the_password_and_the_review(deal: Deal) -> None:
    deal.negotiate()
    deal.clock.forward(hours=24)
    hashed = deal.version().sha256
    with pytest.raises(Invalid) as caught, deal.act("buyer") as tx:
        signing.sign(tx, deal.id, hashed, name="Otro", password="x", code="", address="127.0.0.1")
    assert {fault.field for fault in caught.value.faults} == {"name", "password"}
    with pytest.raises(NotAllowed), deal.act("broker") as tx:
        signing.sign(tx, deal.id, hashed, name="Marta Ocampo", password="x", code="", address="127.0.0.1")
    today = deal.clock().date()
    with pytest.raises(RuleBroken, match="file_not_a_scan"), deal.act("producer") as tx:
        _on_paper(tx, deal, b"MZ", today)
    with pytest.raises(Invalid, match="signed_before_review"), deal.act("producer") as tx:
        early = today - dt.timedelta(days=3)
        _on_paper(tx, deal, PNG, early)
    with pytest.raises(Invalid, match="password_wrong"), deal.act("producer") as tx:
        _on_paper(tx, deal, PNG, today, password="wrong")
    with deal.act("producer") as tx:
        _on_paper(tx, deal, PNG, today)
    deal.sign("buyer")
    assert [(one.side, one.method) for one in deal.version().signatures] == [
        ("producer", "paper"),
        ("buyer", "account"),
    ]


def test_a_changed_byte_of_a_stored_version_is_found_and_stops_the_signature(deal: Deal) -> None:
    deal.negotiate()
    deal.clock.forward(hours=24)
    version = deal.version()
    assert freezing.is_intact(version)
    tampered = {**version.facts, "payment": {**version.facts["payment"], "days": 90}}
    with Session(deal.engine) as session:
        session.execute(update(AgreementVersion).filter_by(id=version.id).values(facts=tampered))
        session.commit()
    assert not freezing.is_intact(deal.version())
    with pytest.raises(Conflict, match="version_moved_on"):
        deal.sign("buyer")


def test_silence_stalls_the_talks_and_an_offer_wakes_them(deal: Deal) -> None:
    deal.fill()
    deal.send()
    for days, stalled in ((7, 0), (1, 1), (1, 0)):
        deal.clock.forward(days=days)
        with transaction(deal.engine, SYSTEM, deal.clock) as tx:
            assert negotiation.sweep_stalled(tx) == stalled
    assert deal.agreement().negotiation == "stalled"
    deal.offer("buyer", {"payment.days": 7})
    assert deal.agreement().negotiation == "offer"


def test_what_was_negotiated_survives_the_way_down_and_up(bare_database_url: str) -> None:
    engine = make_engine(bare_database_url)
    schema.upgrade(engine)
    deal = Deal(engine)
    deal.negotiate()
    promised, versions = deal.agreement().promised, deal.version().number
    schema.downgrade(engine, "0009")
    schema.upgrade(engine)
    after = deal.agreement()
    assert (after.state, after.promised, deal.version().number) == ("draft", promised, versions)
    # The words were kept only since; what was frozen before is hashed by its facts alone.
    assert deal.version().content is None
    deal.offer("buyer", {"payment.days": 7})
    assert freezing.is_intact(deal.version())
    engine.dispose()


def test_a_contribution_is_added_with_its_points_and_taken_off_before_the_signatures(deal: Deal) -> None:
    deal.fill()
    before = freezing.facts_of(deal.version()).contributions or ()
    added = ContributionChange("prefinance", "Anticipo de cosecha", reimbursable=True)
    offered = deal.offer("broker", {}, contributions=added)
    facts = freezing.facts_of(offered)
    assert facts.contributions is not None and facts.contributions[-1].description == "Anticipo de cosecha"
    assert len(facts.contributions) == len(before) + 1 and offered.open_points > 0
    with pytest.raises(Invalid) as fault:
        deal.offer(
            "broker", {}, contributions=ContributionChange("technical_assistance", "", reimbursable=True)
        )
    assert {one.field for one in fault.value.faults} == {"what", "paid_back"}
    off = ContributionChange(off=frozenset({len(before)}))
    deal.offer("broker", {}, contributions=off)
    assert freezing.facts_of(deal.version()).contributions == before
    with pytest.raises(RuleBroken, match="contribution_signed"):
        with_contributions(facts, off, signed=True)
