"""The outbox: mail written in the commit of its cause, sent after it."""

import datetime as dt

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from broker.base import Entity, Id


class Message(Entity, kw_only=True):
    """One mail to one address."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    to_address: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[dt.datetime]
    sent_at: Mapped[dt.datetime | None] = mapped_column(default=None)
