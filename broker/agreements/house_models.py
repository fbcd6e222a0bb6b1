"""The clauses that a broker house wrote itself."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id
from broker.parties.models import User


class HouseClause(Entity, kw_only=True):
    """One version of a clause of a broker house: in place of the library's clause file `stem`, or one more.

    `products` and `countries` (of the organization) say where it applies, everywhere when empty. A version is never
    edited: the next one replaces it, and `retired_at` ends the last.
    """

    __tablename__ = "house_clauses"
    __table_args__ = (
        UniqueConstraint("broker_id", "stem", "version"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("part BETWEEN 1 AND 6", name="part"),
        Index(
            "uq_house_clauses_live",
            "broker_id",
            "stem",
            unique=True,
            sqlite_where=text("retired_at IS NULL"),
            postgresql_where=text("retired_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    broker_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    stem: Mapped[str]
    version: Mapped[int]
    part: Mapped[int]
    title_es: Mapped[str]
    title_en: Mapped[str]
    text_es: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    products: Mapped[list[str]]
    countries: Mapped[list[str]]
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    retired_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    created_by: Mapped[User | None] = relationship(init=False, repr=False)
