"""A file is proven to be the PDF of a version, and what was altered afterwards is found."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session

from broker.agreements import negotiation, proving
from broker.agreements.models import Acceptance, Agreement, AgreementVersion, Signature
from broker.agreements.proving import Fault, Proof, faults_of_versions, prove, signatures_of
from broker.agreements.signature_page import pdf_of
from broker.errors import Conflict
from broker.jobs.worker import work_once
from broker.parties.accounts import rename
from tests.factories.agreements import Deal
from tests.integration.conftest import Stage
from web.cli import main


def signed(engine: Engine) -> Deal:
    made = Deal(engine)
    made.signed()
    return made


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    return at_stage("signed", signed)


def pdf(deal: Deal, language: str = "es", *, with_page: bool = True) -> bytes:
    with Session(deal.engine) as session:
        version = session.get_one(AgreementVersion, deal.version().id)
        return pdf_of(version, language, signatures_of(session, version), with_page=with_page)


def proof(deal: Deal, data: bytes) -> Proof:
    with Session(deal.engine) as session:
        return prove(session, data)


def faults(deal: Deal) -> list[Fault]:
    with Session(deal.engine) as session:
        return list(faults_of_versions(session))


def test_a_copy_is_proven_in_both_languages_with_and_without_signatures(deal: Deal) -> None:
    number = deal.version().number
    for language in ("es", "en"):
        found = proof(deal, pdf(deal, language))
        assert (found.verdict, found.agreement_id, found.number) == ("proven", deal.id, number)
        assert [one.side for one in found.signatures] == ["buyer", "producer"]
        bare = proof(deal, pdf(deal, language, with_page=False))
        assert (bare.verdict, bare.signatures) == ("proven", ())
    assert pdf(deal) == pdf(deal)


def test_one_flipped_bit_anywhere_is_found(deal: Deal) -> None:
    data = pdf(deal)
    for place in (20, len(data) // 3, len(data) // 2, len(data) - 30):
        flipped = bytearray(data)
        flipped[place] ^= 1
        assert proof(deal, bytes(flipped)).verdict in ("altered", "unknown")
    assert proof(deal, b"%PDF-1.7 something else").verdict == "unknown"


def test_each_alteration_of_the_stored_agreement_is_named(deal: Deal) -> None:
    assert faults(deal) == []
    copy, version = pdf(deal), deal.version()
    tampered = {**version.facts, "payment": {**version.facts["payment"], "days": 90}}
    with Session(deal.engine) as session:
        session.execute(update(AgreementVersion).filter_by(id=version.id).values(facts=tampered))
        session.commit()
    assert proof(deal, copy).verdict == "damaged"
    assert faults(deal) == [Fault("version_altered", deal.id, version.number)]
    with Session(deal.engine) as session:
        session.execute(update(AgreementVersion).filter_by(id=version.id).values(facts=version.facts))
        session.execute(update(Signature).where(Signature.side == "buyer").values(sha256="0" * 64))
        session.commit()
    assert faults(deal) == [Fault("signature_of_another_hash", deal.id, version.number)]
    with Session(deal.engine) as session:
        session.execute(delete(Signature).where(Signature.side == "buyer"))
        session.commit()
    assert faults(deal) == [Fault("signature_missing", deal.id, version.number)]
    with Session(deal.engine) as session:
        session.execute(update(Signature).values(signer="Otra Persona"))
        session.commit()
    assert [fault.code for fault in faults(deal)] == ["signature_altered", "signature_missing"]
    with Session(deal.engine) as session:
        session.execute(delete(Acceptance))
        session.commit()
    assert "acceptance_missing" in [fault.code for fault in faults(deal)]
    with Session(deal.engine) as session:
        session.execute(update(Agreement).values(signed_at=None, binding=None, state="negotiated"))
        session.execute(delete(AgreementVersion).where(AgreementVersion.number == 1))
        session.commit()
    assert "version_missing" in [fault.code for fault in faults(deal)]


def test_a_version_in_force_that_was_turned_back_is_named(at_stage: Stage) -> None:
    deal = at_stage("amended", _amended)
    assert faults(deal) == []
    with Session(deal.engine) as session:
        session.execute(update(Agreement).values(binding=deal.agreement().binding - 1))
        session.commit()
    assert [fault.code for fault in faults(deal)] == ["binding_moved"]


def _amended(engine: Engine) -> Deal:
    deal = Deal(engine)
    deal.signed()
    deal.offer("buyer", {"payment.days": 9}, note="Pagamos antes.")
    deal.accept("producer")
    deal.clock.forward(hours=24)
    for side in ("buyer", "producer"):
        deal.sign(side)
    return deal


def test_a_copy_stays_proven_when_people_are_renamed_and_when_pages_are_set_otherwise(deal: Deal) -> None:
    copy = pdf(deal)
    with deal.act("buyer") as tx:
        rename(tx, deal.buyer.user_id or 0, "Otro Nombre")
    assert proof(deal, copy).verdict == "proven"
    with TemporaryDirectory() as mail:
        while work_once(deal.engine, deal.clock, {"mail_dir": mail}):
            pass
    with patch.object(proving, "pdf_of", return_value=b"another release"):
        assert [one.side for one in proof(deal, copy).signatures] == ["buyer", "producer"]


def test_terms_that_return_to_what_they_were_prove_the_version_that_was_signed(at_stage: Stage) -> None:
    deal = at_stage("drafted", Deal)
    deal.negotiate()
    days = deal.version().facts["payment"]["days"]
    deal.offer("buyer", {"payment.days": days + 1})
    deal.offer("producer", {"payment.days": days})
    deal.accept("buyer")
    deal.clock.forward(hours=24)
    deal.sign("buyer")
    with pytest.raises(Conflict, match="signed_by_one"), deal.act("broker") as tx:
        negotiation.abandon(tx, deal.id, "x")
    deal.sign("producer")
    found = proof(deal, pdf(deal))
    assert (found.verdict, found.number, found.latest) == (
        "proven",
        deal.version().number,
        deal.version().number,
    )


def test_the_commands_say_so_and_end_with_it(
    deal: Deal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALIANZA_DATA", str(tmp_path))
    monkeypatch.setenv("ALIANZA_DATABASE_URL", deal.engine.url.render_as_string(hide_password=False))
    whole, broken = tmp_path / "acuerdo.pdf", tmp_path / "cambiado.pdf"
    whole.write_bytes(pdf(deal))
    broken.write_bytes(pdf(deal) + b" ")
    run = CliRunner().invoke
    said = run(main, ["verify", str(whole)])
    assert said.exit_code == 0 and "unchanged" in said.output and "Signed for the buyer" in said.output
    assert run(main, ["verify", str(broken)]).exit_code == 1
    assert run(main, ["check"]).exit_code == 0
    with Session(deal.engine) as session:
        session.execute(update(AgreementVersion).where(AgreementVersion.number == 1).values(sha256="1" * 64))
        session.commit()
    said = run(main, ["check"])
    assert said.exit_code == 1 and "version altered" in said.output
