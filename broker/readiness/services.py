"""Assessing an organization: its broker with a mandate does it, the organization reads it, nobody else does.

An organization may also assess itself. That helps it to prepare, but it does not count: only an assessment by
a broker house (which needed a mandate to make it) or by a programme agency opens or closes the gate, since
nobody may vouch for himself. Who assessed is stored with the assessment; one without an assessor counts
for nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from broker.errors import Faults, NotFound
from broker.events import Event
from broker.parties.actor import Actor
from broker.parties.models import PRODUCER_KINDS, Organization
from broker.parties.permissions import require_act_for, sees_private
from broker.readiness.indicators import for_scope
from broker.readiness.models import Assessment, AssessmentValue
from broker.readiness.scores import Readiness, readiness_of
from broker.transaction import Transaction

ASSESSORS = ("broker", "agency")
ASSESSED = ("producer_org", "union", "buyer")


@dataclass(frozen=True)
class ReadinessAssessed(Event):
    organization_id: int


@dataclass(frozen=True)
class ValueInput:
    """One indicator's value 0 to 5, its evidence, the day of that, and how sure the assessor is (percent)."""

    value: int
    evidence: str
    evidence_on: dt.date | None
    confidence_pct: int = 100


def scope_of(organization: Organization) -> str:
    return "producer" if organization.kind in PRODUCER_KINDS else "buyer"


def assess(
    tx: Transaction, organization_id: int, values: Mapping[str, ValueInput], *, note: str = ""
) -> Assessment:
    """Enter an assessment. A value without evidence counts but adds no confidence.

    Raises Invalid, and NotFound for a stranger or for an organization that is neither producer nor buyer.
    """
    organization = tx.session.get(Organization, organization_id)
    if organization is None or organization.kind not in ASSESSED:
        raise NotFound("not_found")
    require_act_for(tx.actor, organization_id, broker_too=True)
    faults = Faults()
    known = {indicator.code for indicator in for_scope(scope_of(organization))}
    faults.require(bool(values), "assessment_empty")
    for code, given in values.items():
        faults.require(code in known, "indicator_unknown", code)
        faults.require(0 <= given.value <= 5, "out_of_range", code, low=0, high=5)
        faults.require(0 <= given.confidence_pct <= 100, "percent_range", code, low=0, high=100)
        faults.require(given.evidence_on is None or given.evidence_on <= tx.today, "date_in_future", code)
    faults.raise_if_any()
    assessment = Assessment(
        organization_id=organization_id,
        assessed_on=tx.today,
        assessor_id=tx.actor.organization_id,
        note=note,
        created_at=tx.now,
        values=[
            AssessmentValue(
                indicator=code,
                value=given.value,
                evidence=given.evidence,
                evidence_on=given.evidence_on if given.evidence.strip() else None,
                confidence_pct=given.confidence_pct,
            )
            for code, given in values.items()
        ],
    )
    tx.session.add(assessment)
    tx.session.flush()
    tx.record(
        "readiness.assessed", "organization", organization_id, organization_id, assessment=assessment.id
    )
    tx.emit(ReadinessAssessed(organization_id))
    return assessment


def latest_assessment(
    session: Session, actor: Actor, organization_id: int, *, by_itself: bool = False
) -> Assessment | None:
    """The latest assessment that counts, or the latest self-assessment, for those who may read it.

    Raises NotFound for anyone else.
    """
    if not sees_private(actor, organization_id):
        raise NotFound("not_found")
    query = select(Assessment).where(Assessment.organization_id == organization_id)
    if by_itself:
        query = query.where(Assessment.assessor_id == organization_id)
    else:
        query = query.join(Assessment.assessor).where(Organization.kind.in_(ASSESSORS))
    query = query.options(selectinload(Assessment.values), joinedload(Assessment.assessor))
    return session.scalar(query.order_by(Assessment.id.desc()).limit(1))


def readiness_by_organization(session: Session, ids: list[int], today: dt.date) -> dict[int, Readiness]:
    """The readiness of producer organizations by the latest assessment that counts; absent without one.

    For the matching only: nobody is asked whether he may read it.
    """
    newest = (
        select(func.max(Assessment.id))
        .join(Assessment.assessor)
        .where(Assessment.organization_id.in_(ids), Organization.kind.in_(ASSESSORS))
        .group_by(Assessment.organization_id)
    )
    query = select(Assessment).where(Assessment.id.in_(newest)).options(selectinload(Assessment.values))
    return {a.organization_id: readiness_of(a.values, "producer", today) for a in session.scalars(query)}
