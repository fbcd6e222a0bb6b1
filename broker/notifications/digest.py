"""The daily digest: what has come since the last one, in one mail, each morning by the reader's clock."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import or_, select

from broker.jobs.worker import JobContext, handles
from broker.notifications import texts
from broker.notifications.models import MailSettings, Notification
from broker.notifications.preferences import DIGEST, home_country, how_mailed, waits_until, zone_of
from broker.parties.actor import SYSTEM
from broker.parties.models import Membership, User
from broker.transaction import Transaction, transaction


@handles("send_digest")
def send_digest(context: JobContext) -> None:
    """Write one person's digest into the outbox; the lines that it holds are marked in the same commit."""
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        write_digest(tx, context.payload["user"])
        context.finish(tx)


def write_digest(tx: Transaction, user_id: int) -> int:
    """How many lines the mail has. No mail is written for none, and no line is told twice."""
    # Locked, so that of two workers the second finds nothing left.
    settings = tx.session.scalar(
        select(MailSettings).where(MailSettings.user_id == user_id).with_for_update()
    )
    user = tx.session.get_one(User, user_id)
    waiting = _waiting(tx, user_id)
    told = [entry for entry in waiting if how_mailed(settings, entry.kind) != "off"]
    for entry in waiting:
        entry.mailed_at = tx.now
    if told:
        zone = zone_of(settings, home_country(tx.session, user_id))
        tx.send_mail(
            user.email,
            _subject(len(told), user.language),
            _body(told, user.language),
            reader_id=user_id,
            kind=DIGEST,
            run_at=waits_until(settings, zone, tx.now),
        )
    return len(told)


def _waiting(tx: Transaction, user_id: int) -> list[Notification]:
    """What waits for the digest, of the organizations for which she still acts."""
    own = select(Membership.organization_id).where(Membership.user_id == user_id)
    query = select(Notification).where(
        Notification.user_id == user_id,
        Notification.mail == "daily",
        Notification.mailed_at.is_(None),
        or_(Notification.organization_id.is_(None), Notification.organization_id.in_(own)),
    )
    return list(tx.session.scalars(query.order_by(Notification.at, Notification.id)))


def _subject(number: int, language: str) -> str:
    return texts.around("digest_one" if number == 1 else "digest_many", language, number=number)


def _body(entries: list[Notification], language: str) -> str:
    """By kind in the order of the choices, oldest first; a path stands alone on its line."""
    order = list(texts.kinds())
    parts = []
    by_kind = sorted(entries, key=lambda entry: order.index(entry.kind))
    for code, lines in groupby(by_kind, key=lambda entry: entry.kind):
        parts.append(texts.kinds()[code].names[language].upper())
        parts += [_line(entry, language) for entry in lines]
    parts.append(f"{texts.around('digest_all', language)}\n/messages")
    return "\n\n".join(parts) + "\n"


def _line(entry: Notification, language: str) -> str:
    said = texts.inbox_body(entry.letter, language, entry.values)
    return f"{texts.subject(entry.letter, language)}\n{said}\n{entry.path}"
