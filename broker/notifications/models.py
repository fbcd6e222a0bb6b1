"""What people are told: their inbox, how they want their mail, and the outbox from which it leaves."""

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, Id
from broker.notifications.quiet import QUIET_FROM, QUIET_TO

# How a letter goes by mail; the inbox keeps it whichever is chosen.
HOW = ("at_once", "daily", "off")


class Message(Entity, kw_only=True):
    """One mail to one address, written in the commit of its cause and sent after it. `reader_id` and `kind` say whose
    choice it follows; without them it is sent whatever anybody chose."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), default=None)
    kind: Mapped[str | None] = mapped_column(default=None)


class Notification(Entity, kw_only=True):
    """A letter in the inbox of one person. `letter` and `values` give title, body and text message in any language;
    `path` is the page that it is about. `mail` says how it went by mail, `mailed_at` when it was put into one."""

    __tablename__ = "notifications"
    __table_args__ = (
        CheckConstraint(f"mail IN {HOW}", name="mail"),
        Index("ix_notifications_inbox", "user_id", "read_at", "at"),
        Index("ix_notifications_digest", "user_id", "mail", "mailed_at"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), default=None)
    kind: Mapped[str]
    letter: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    path: Mapped[str]
    at: Mapped[dt.datetime]
    read_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    mail: Mapped[str] = mapped_column(default="off")
    mailed_at: Mapped[dt.datetime | None] = mapped_column(default=None)


class MailSettings(Entity, kw_only=True):
    """How one person wants her mail: each kind of letter at once, in the daily digest or not at all, and the hours in
    which mail waits. Without a row everything comes at once outside the usual quiet hours."""

    __tablename__ = "mail_settings"
    __table_args__ = (CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name="quiet"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    choices: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    quiet_from: Mapped[dt.time | None] = mapped_column(default=QUIET_FROM)
    quiet_to: Mapped[dt.time | None] = mapped_column(default=QUIET_TO)
    urgent_passes: Mapped[bool] = mapped_column(default=True)
    time_zone: Mapped[str | None] = mapped_column(default=None)
    digest_at: Mapped[dt.datetime | None] = mapped_column(default=None)
