"""A producer organization and its union: belonging to it, and giving it the power to sign agreements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broker.errors import Conflict, Faults, NotFound, RuleBroken
from broker.parties.events import StandingChanged
from broker.parties.models import Organization, SigningMandate
from broker.parties.permissions import require_manager
from broker.transaction import Transaction

LONGEST_MINUTES = 200


@dataclass(frozen=True)
class UnionMember:
    """A member of a union with the mandate that it gives it now, if any."""

    organization: Organization
    mandate: SigningMandate | None


def join_union(tx: Transaction, organization_id: int, union_id: int) -> None:
    """Make a producer organization of the first tier a member of a second-tier union. Raises Conflict while it gives
    another union its mandate."""
    require_manager(tx.actor, organization_id)
    organization, union = _organization(tx, organization_id), _organization(tx, union_id)
    if organization.kind != "producer_org" or union.kind != "union":
        raise RuleBroken("union_tiers", field="union")
    if organization.union_id == union_id:
        return
    if signing_mandate_of(tx.session, organization_id) is not None:
        raise Conflict("mandate_to_union_stands")
    organization.union_id = union_id
    tx.record("union.joined", "organization", organization_id, organization_id, union=union_id)
    tx.emit(StandingChanged(organization_id))


def leave_union(tx: Transaction, organization_id: int) -> None:
    """Leave the union, which loses its mandate with it. Leaving twice changes nothing."""
    require_manager(tx.actor, organization_id)
    organization = _organization(tx, organization_id)
    if organization.union_id is None:
        return
    revoke_signing_mandate(tx, organization_id)
    tx.record("union.left", "organization", organization_id, organization_id, union=organization.union_id)
    organization.union_id = None
    tx.emit(StandingChanged(organization_id))


def give_signing_mandate(
    tx: Transaction, organization_id: int, *, minutes: str, given_on: dt.date, ends_on: dt.date
) -> SigningMandate:
    """The assembly lets the union sign agreements for the organization, by its minutes. Managers only.

    Raises Invalid, Conflict('mandate_to_union_stands') while one is in force, RuleBroken('no_union').
    """
    require_manager(tx.actor, organization_id)
    organization = _organization(tx, organization_id)
    if organization.union_id is None:
        raise RuleBroken("no_union", field="form")
    faults = Faults()
    faults.require(bool(minutes.strip()), "required", "minutes")
    faults.require(len(minutes) <= LONGEST_MINUTES, "too_long", "minutes", most=LONGEST_MINUTES)
    faults.require(given_on <= tx.today, "date_in_future", "given_on")
    faults.require(ends_on > max(given_on, tx.today), "date_past", "ends_on", day=ends_on)
    faults.raise_if_any()
    if signing_mandate_of(tx.session, organization_id) is not None:
        raise Conflict("mandate_to_union_stands")
    mandate = SigningMandate(
        member_id=organization_id,
        union_id=organization.union_id,
        minutes=minutes.strip(),
        given_on=given_on,
        ends_on=ends_on,
        given_at=tx.now,
        given_by_id=tx.actor.user_id,
    )
    tx.session.add(mandate)
    tx.session.flush()
    tx.record("signing_mandate.given", "signing_mandate", mandate.id, organization_id, union=mandate.union_id)
    return mandate


def revoke_signing_mandate(tx: Transaction, organization_id: int) -> None:
    """Take the mandate back; what the union has drafted or signed under it stands. Twice changes nothing."""
    require_manager(tx.actor, organization_id)
    mandate = signing_mandate_of(tx.session, organization_id)
    if mandate is None:
        return
    mandate.revoked_at = tx.now
    tx.session.flush()
    tx.record(
        "signing_mandate.revoked", "signing_mandate", mandate.id, organization_id, union=mandate.union_id
    )


def signing_mandate_of(session: Session, organization_id: int) -> SigningMandate | None:
    """The mandate that the organization has not revoked; its days may be over."""
    query = select(SigningMandate).where(
        SigningMandate.member_id == organization_id, SigningMandate.revoked_at.is_(None)
    )
    return session.scalar(query.options(joinedload(SigningMandate.union)))


def mandates_to(session: Session, union_id: int, day: dt.date) -> dict[int, SigningMandate]:
    """The mandates to a union that are in force on a day, by the member that gave them."""
    query = select(SigningMandate).where(
        SigningMandate.union_id == union_id, SigningMandate.revoked_at.is_(None)
    )
    return {one.member_id: one for one in session.scalars(query) if one.in_force(day)}


def members_of_union(session: Session, union_id: int, day: dt.date) -> Sequence[UnionMember]:
    """The members by name, each with its mandate in force."""
    query = select(Organization).where(Organization.union_id == union_id).order_by(Organization.legal_name)
    mandates = mandates_to(session, union_id, day)
    return [UnionMember(one, mandates.get(one.id)) for one in session.scalars(query)]


def _organization(tx: Transaction, organization_id: int) -> Organization:
    organization = tx.session.get(Organization, organization_id)
    if organization is None:
        raise NotFound("not_found")
    return organization
