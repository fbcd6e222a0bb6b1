"""Mail leaves after the commit of its cause, once, with the installation's own address before its links."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import broker.subscriptions  # noqa: F401
from broker.clock import FixedClock
from broker.database import make_engine
from broker.jobs.models import Job
from broker.jobs.worker import work_once
from broker.notifications.models import Message
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.factories.market import MOMENT


def test_a_letter_is_sent_once_with_its_address(database_url: str, tmp_path: Path) -> None:
    engine, clock = make_engine(database_url), FixedClock(MOMENT)
    with transaction(engine, SYSTEM, clock) as tx:
        tx.send_mail("ana@example.org", "Tiene una sugerencia", "Ábrala:\n/suggestions/7\n")
    settings = {"mail_dir": str(tmp_path), "address": "https://alianza.example.org"}
    assert work_once(engine, clock, settings)
    assert not work_once(engine, clock, settings)
    (file,) = tmp_path.glob("*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert mail["To"] == "ana@example.org"
    assert "https://alianza.example.org/suggestions/7" in mail.get_content()
    with Session(engine) as session:
        assert session.scalars(select(Message)).one().sent_at == MOMENT
    engine.dispose()


def test_a_transaction_that_fails_sends_nothing(database_url: str) -> None:
    engine = make_engine(database_url)
    with pytest.raises(ZeroDivisionError), transaction(engine, SYSTEM, FixedClock(MOMENT)) as tx:
        tx.send_mail("ana@example.org", "x", "y")
        raise ZeroDivisionError
    with Session(engine) as session:
        assert session.scalars(select(Message)).all() == session.scalars(select(Job)).all() == []
    engine.dispose()


def test_a_server_that_does_not_answer_is_tried_again_and_given_up(database_url: str) -> None:
    engine, clock = make_engine(database_url), FixedClock(MOMENT)
    with transaction(engine, SYSTEM, clock) as tx:
        tx.send_mail("ana@example.org", "x", "y")
    for attempt in range(1, 6):
        assert work_once(engine, clock, {"smtp": "smtp://127.0.0.1:9"})
        with Session(engine) as session:
            job = session.scalars(select(Job)).one()
            assert job.attempts == attempt
            assert job.state == ("failed" if attempt == 5 else "waiting")
        clock.forward(minutes=10)
    engine.dispose()
