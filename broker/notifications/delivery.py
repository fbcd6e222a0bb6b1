"""A letter reaches its readers: always in the inbox, and by mail at once, in the digest or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from broker.notifications import texts
from broker.notifications.models import MailSettings, Notification
from broker.notifications.preferences import how_mailed, waits_until, zone_of
from broker.notifications.quiet import next_digest
from broker.parties.models import Membership, Organization, User
from broker.transaction import Transaction


@dataclass(frozen=True)
class Reader:
    """A person who acts for an organization, and how she wants her mail."""

    user_id: int
    email: str
    language: str
    country: str
    settings: MailSettings | None


def readers_of(tx: Transaction, organization_id: int) -> Sequence[Reader]:
    """Everyone who acts for the organization, always in the same order; those who only look get no letters."""
    query = (
        select(User.id, User.email, User.language, Organization.country, MailSettings)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .outerjoin(MailSettings, MailSettings.user_id == User.id)
        .where(Membership.organization_id == organization_id, Membership.role != "reader")
        .order_by(User.id)
    )
    return [Reader(*row) for row in tx.session.execute(query)]


def deliver(
    tx: Transaction, reader: Reader, organization_id: int, letter: str, values: dict[str, Any]
) -> None:
    """Put a letter into the reader's inbox, and into the outbox or the digest as she has chosen."""
    kind = texts.kind_of(letter)
    how = how_mailed(reader.settings, kind.code)
    entry = note(tx, reader.user_id, letter, values, organization_id=organization_id)
    entry.mail = how
    zone = zone_of(reader.settings, reader.country)
    if how == "at_once":
        entry.mailed_at = tx.now
        tx.send_mail(
            reader.email,
            texts.subject(letter, reader.language),
            texts.body(letter, reader.language, values),
            reader_id=reader.user_id,
            kind=kind.code,
            run_at=waits_until(reader.settings, zone, tx.now, urgent=texts.is_urgent(letter)),
        )
    settings = reader.settings
    if (
        how == "daily"
        and settings is not None
        and (settings.digest_at is None or settings.digest_at <= tx.now)
    ):
        settings.digest_at = next_digest(tx.now, zone)
        tx.enqueue("send_digest", {"user": reader.user_id}, run_at=settings.digest_at)


def note(
    tx: Transaction, user_id: int, letter: str, values: dict[str, Any], *, organization_id: int | None = None
) -> Notification:
    """Put a letter into a person's inbox only."""
    entry = Notification(
        user_id=user_id,
        organization_id=organization_id,
        kind=texts.kind_of(letter).code,
        letter=letter,
        values=values,
        path=texts.path_of(letter, values),
        at=tx.now,
    )
    tx.session.add(entry)
    return entry
