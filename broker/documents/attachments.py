"""Files that people attach as evidence: a scanned signature, a photo of what was rejected."""

from __future__ import annotations

import datetime as dt
import hashlib

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, Session, mapped_column

from broker.base import Entity, Id
from broker.errors import NotFound, RuleBroken
from broker.transaction import Transaction

MAX_BYTES = 8_000_000
# By the bytes a file begins with, never by its name.
BEGINNINGS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class Attachment(Entity, kw_only=True):
    """A file as it came, named by its SHA-256; never edited. What refers to it says who may read it."""

    __tablename__ = "attachments"
    __table_args__ = (
        CheckConstraint(f"media_type IN {tuple(ENDINGS)}", name="media_type"),
        CheckConstraint("size > 0", name="size"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    @property
    def ending(self) -> str:
        """Of the name under which it is given out."""
        return ENDINGS[self.media_type]


def attach(tx: Transaction, data: bytes, *, field: str, pictures_only: bool = False) -> Attachment:
    """Keep a file. Raises RuleBroken: file_missing, picture_too_large, file_not_a_picture or file_not_a_scan."""
    if not data:
        raise RuleBroken("file_missing", field=field)
    if len(data) > MAX_BYTES:
        raise RuleBroken("picture_too_large", field=field, most=MAX_BYTES // 1_000_000)
    kind = media_type(data)
    if kind is None or (pictures_only and kind == "application/pdf"):
        raise RuleBroken("file_not_a_picture" if pictures_only else "file_not_a_scan", field=field)
    kept = Attachment(
        media_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        data=data,
        created_at=tx.now,
        created_by_id=tx.actor.user_id,
    )
    tx.session.add(kept)
    tx.session.flush()
    return kept


def media_type(data: bytes) -> str | None:
    """What a file is by its first bytes, if it is of a kind we keep."""
    return next((kind for start, kind in BEGINNINGS.items() if data.startswith(start)), None)


def read(session: Session, attachment_id: int | None) -> Attachment:
    """The file with its bytes. Raises NotFound. The caller has checked that the actor may read it."""
    found = None if attachment_id is None else session.get(Attachment, attachment_id)
    if found is None:
        raise NotFound("not_found")
    return found
