"""How ready an organization is for an alliance, indicator by indicator, each with its evidence."""

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broker.base import Entity, Id
from broker.parties.models import Organization


class Assessment(Entity, kw_only=True):
    """One assessment of one organization on one day by one assessor. The latest that counts decides."""

    __tablename__ = "assessments"

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    assessed_on: Mapped[dt.date]
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[dt.datetime]

    assessor: Mapped[Organization | None] = relationship(foreign_keys=[assessor_id], init=False, repr=False)
    values: Mapped[list["AssessmentValue"]] = relationship(
        default_factory=list, repr=False, cascade="all, delete-orphan", order_by="AssessmentValue.id"
    )


class AssessmentValue(Entity, kw_only=True):
    """The value 0 to 5 of one indicator, its evidence, its date and how sure the assessor is (0 to 100)."""

    __tablename__ = "assessment_values"
    __table_args__ = (
        UniqueConstraint("assessment_id", "indicator"),
        CheckConstraint("value BETWEEN 0 AND 5", name="value"),
        CheckConstraint("confidence_pct BETWEEN 0 AND 100", name="confidence"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"), index=True, init=False)
    indicator: Mapped[str]
    value: Mapped[int]
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_on: Mapped[dt.date | None] = mapped_column(default=None)
    confidence_pct: Mapped[int] = mapped_column(default=100)
