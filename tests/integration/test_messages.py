"""A letter on its way: into the inbox always, by mail at once, in the digest or not, and never in quiet hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

import broker.subscriptions  # noqa: F401
from broker.audit.models import AuditEntry
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Invalid, NotFound
from broker.jobs.models import Job
from broker.jobs.worker import work_once
from broker.notifications import inbox, preferences
from broker.notifications.letters import write_letter
from broker.notifications.models import MailSettings, Message, Notification
from broker.notifications.preferences import DIGEST, Preferences
from broker.notifications.unsubscribing import PATH, read_token
from broker.parties import accounts
from broker.parties.actor import SYSTEM
from broker.parties.models import User
from broker.transaction import Transaction, transaction
from tests.factories import parties
from tests.factories.parties import acting, organization_of

# Seven in the morning in Bogotá, and nine in the evening of the day before.
MORNING = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
KEY = "a key for tests"
NAMES = {"buyer": "Frutas SA", "organization": "Asopla", "number": "3"}


@dataclass
class Post:
    """An organization with a manager and a clerk, and the mail that leaves."""

    engine: Engine
    clock: FixedClock
    folder: Path
    manager: User
    clerk: User

    def writing(self):  # type: ignore[no-untyped-def]
        return transaction(self.engine, SYSTEM, self.clock)

    def write(self, *letters: str) -> None:
        with self.writing() as tx:
            for number, letter in enumerate(letters, 1):
                house = organization_of(self.manager).id
                write_letter(tx, house, letter, path=f"/deliveries/{number}", **NAMES)

    def choose(self, person: User, **choices: str) -> None:
        with self.writing() as tx:
            preferences.choose(tx, person.id, Preferences(choices=choices))

    def sent(self) -> dict[str, EmailMessage]:
        """What leaves now, by reader; of several the last."""
        settings = {"mail_dir": str(self.folder), "address": "https://a.example", "secret_key": KEY}
        while work_once(self.engine, self.clock, settings):
            pass
        found = {}
        for file in sorted(self.folder.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns):
            mail = message_from_bytes(file.read_bytes(), policy=default)
            found[str(mail["To"])] = mail
            file.unlink()
        return found  # type: ignore[return-value]


@pytest.fixture
def post(database_url: str, tmp_path: Path) -> Iterator[Post]:
    engine, clock = make_engine(database_url), FixedClock(MORNING)
    with transaction(engine, SYSTEM, clock) as tx:
        manager = parties.user(tx)
        clerk = parties.member(tx, manager, "clerk")
        parties.member(tx, manager, "reader")
    yield Post(engine, clock, tmp_path, manager, clerk)
    engine.dispose()


def test_each_reader_gets_it_as_she_has_chosen_and_once(post: Post) -> None:
    post.choose(post.clerk, deliveries="daily", payments="off")
    post.write("delivery_cancel", "payment_confirmed", "delivery_miss")
    sent = post.sent()
    assert list(sent) == [post.manager.email]
    with post.writing() as tx:
        told = tx.session.scalars(select(Notification)).all()
        assert len(told) == 6, "manager and clerk have all three in the inbox, a reader gets no letters"
        assert {(entry.user_id, entry.mail) for entry in told} == {
            (post.manager.id, "at_once"), (post.clerk.id, "daily"), (post.clerk.id, "off"),
        }  # fmt: skip
    # The digest comes at half past six the next morning, in one mail, and what it told it tells once.
    post.clock.forward(hours=23, minutes=30)
    digest = post.sent()[post.clerk.email]
    text = digest.get_content()
    assert digest["Subject"] == "Su resumen de Alianza: 2 avisos"
    assert "https://a.example/deliveries/1" in text and "https://a.example/deliveries/3" in text
    assert "ENTREGAS" in text and "PAGOS" not in text
    post.write("delivery_cancel")
    post.clock.forward(hours=24)
    assert post.sent()[post.clerk.email]["Subject"] == "Su resumen de Alianza: un aviso"


def test_mail_waits_for_the_end_of_quiet_hours_unless_it_is_urgent(post: Post) -> None:
    post.clock.now = EVENING
    post.write("delivery_cancel", "delivery_graded")
    with post.writing() as tx:
        its_message = Job.payload["message"].as_integer() == Message.id
        rows = tx.session.execute(select(Message.subject, Job.run_at).join(Job, its_message)).all()
        run_at = {row.subject: row.run_at for row in rows}
    assert run_at == {"Cancelaron una entrega": EVENING.replace(hour=11), "Clasificaron su entrega": EVENING}
    assert {mail["Subject"] for mail in post.sent().values()} == {"Clasificaron su entrega"}
    with post.writing() as tx:
        wanted = Preferences(quiet_from=dt.time(12), quiet_to=dt.time(14), urgent_passes=False)
        preferences.choose(tx, post.manager.id, wanted)
        settings = tx.session.get_one(MailSettings, post.manager.id)
        zone = preferences.zone_of(settings, "CO")
        noon = EVENING.replace(hour=17)
        assert preferences.waits_until(settings, zone, EVENING) is None
        assert preferences.waits_until(settings, zone, noon, urgent=True) == noon.replace(hour=19)


def test_what_is_ended_while_it_waits_is_not_sent(post: Post) -> None:
    post.clock.now = EVENING
    post.write("delivery_cancel")
    with post.writing() as tx:
        preferences.choose_kind(tx, post.manager.id, "deliveries", "off")
    post.clock.forward(hours=10)
    assert list(post.sent()) == [post.clerk.email]
    with post.writing() as tx:
        assert set(tx.session.scalars(select(Job.state))) == {"done", "cancelled"}


def test_the_link_in_a_mail_ends_its_kind_and_the_one_in_a_digest_all_of_it(post: Post) -> None:
    post.write("delivery_cancel")
    mail = post.sent()[post.manager.email]
    link = str(mail["List-Unsubscribe"])
    assert link.startswith(f"<https://a.example{PATH}") and link.endswith(">")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link[1:-1] in mail.get_content()
    token = link.rpartition("/")[2][:-1]
    assert read_token(KEY, token) == (post.manager.id, "deliveries")
    assert read_token("another key", token) is None and read_token(KEY, token[:-1]) is None
    post.choose(post.manager, deliveries="daily", payments="daily", mandates="off")
    with post.writing() as tx:
        preferences.choose_kind(tx, post.manager.id, DIGEST, "off")
        assert tx.session.get_one(MailSettings, post.manager.id).choices == {
            "deliveries": "off", "payments": "off", "mandates": "off",
        }  # fmt: skip


def test_letters_about_the_account_cannot_be_ended(post: Post) -> None:
    with post.writing() as tx:
        tx.send_mail(post.manager.email, "x", "y", reader_id=post.manager.id, kind="account")
    mail = post.sent()[post.manager.email]
    assert mail["List-Unsubscribe"] is None and "/unsubscribe/" not in mail.get_content()
    with post.writing() as tx, pytest.raises(Invalid):
        preferences.choose_kind(tx, post.manager.id, "account", "off")


def test_every_fault_of_a_choice_is_named_and_the_same_again_is_not_recorded(post: Post) -> None:
    wrong = Preferences({"deliveries": "never", "account": "off"}, dt.time(20), None, True, "Mars/Base")
    with post.writing() as tx, pytest.raises(Invalid) as raised:
        preferences.choose(tx, post.manager.id, wrong)
    assert {fault.field for fault in raised.value.faults} == {
        "deliveries", "account", "quiet_to", "time_zone",
    }  # fmt: skip
    for _again in range(2):
        post.choose(post.manager, deliveries="off")
    with post.writing() as tx:
        recorded = select(AuditEntry).where(AuditEntry.verb == "mail.chosen")
        assert len(tx.session.scalars(recorded).all()) == 1


def test_the_inbox_is_its_owners_and_only_for_whom_she_acts(post: Post) -> None:
    post.write("delivery_cancel", "payment_confirmed")
    with post.writing() as tx, acting(tx, post.clerk) as own:
        mine, other = (_first(tx, person) for person in (post.clerk, post.manager))
        for _twice in range(2):
            inbox.mark_read(own, mine)
        with pytest.raises(NotFound):
            inbox.mark_read(own, other)
        assert inbox.person_with_unread(tx.session, post.clerk.id)[1] == 1  # type: ignore[index]
        found = inbox.inbox(tx.session, post.clerk.id, 7)
        assert [entry.read_at is None for entry in found.rows] == [True, False]
        assert inbox.inbox(tx.session, post.clerk.id, 1, kind="payments").total == 1
        assert (inbox.mark_all_read(own), inbox.mark_all_read(own)) == (1, 0)
    with post.writing() as tx, acting(tx, post.manager) as own:
        seat = next(m.id for m in tx.session.get_one(User, post.clerk.id).memberships)
        accounts.remove_member(own, organization_of(post.manager).id, seat)
    with post.writing() as tx:
        assert inbox.inbox(tx.session, post.clerk.id, 1).total == 0


def _first(tx: Transaction, person: User) -> int:
    query = select(Notification.id).where(Notification.user_id == person.id)
    return tx.session.scalars(query.order_by(Notification.id)).first() or 0
