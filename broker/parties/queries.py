"""What is read about parties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from broker.errors import NotFound
from broker.parties.actor import VISITOR, Actor
from broker.parties.models import Certificate, Mandate, Membership, Organization, User


def actor_for(session: Session, user: User, organization_id: int | None, today: dt.date) -> Actor:
    """The user acting for one of her organizations, the first when none is named, with its mandates."""
    memberships = user.memberships
    chosen = next((m for m in memberships if m.organization_id == organization_id), None)
    chosen = chosen or (memberships[0] if memberships else None)
    if chosen is None:
        return Actor(user_id=user.id)
    kind = chosen.organization.kind
    clients = clients_of(session, chosen.organization_id, today) if kind == "broker" else frozenset()
    return Actor(user.id, chosen.organization_id, kind, chosen.role, clients)


def user_by_email(session: Session, email: str) -> User | None:
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def clients_of(session: Session, broker_id: int, today: dt.date) -> frozenset[int]:
    """Organizations whose mandate to the broker house is in force."""
    query = select(Mandate.client_id).where(
        Mandate.broker_id == broker_id,
        Mandate.state == "active",
        Mandate.starts_on <= today,
        Mandate.ends_on >= today,
    )
    return frozenset(session.scalars(query))


def mandates_of(session: Session, actor: Actor) -> list[Mandate]:
    """Every mandate in which the actor's organization is broker or client, newest first."""
    if actor is VISITOR or actor.organization_id is None:
        return []
    own = actor.organization_id
    query = (
        select(Mandate)
        .where(or_(Mandate.broker_id == own, Mandate.client_id == own))
        .options(joinedload(Mandate.broker), joinedload(Mandate.client))
        .order_by(Mandate.id.desc())
    )
    return list(session.scalars(query))


def certificates_of(session: Session, organization_id: int) -> list[Certificate]:
    """Certificates that cover the organization's produce."""
    query = (
        select(Certificate)
        .where(Certificate.covers_id == organization_id)
        .options(joinedload(Certificate.holder))
        .order_by(Certificate.scheme, Certificate.id)
    )
    return list(session.scalars(query))


def certificates_held_by(session: Session, organization_id: int) -> list[Certificate]:
    """Certificates that the organization holds for the produce of others."""
    query = (
        select(Certificate)
        .where(Certificate.holder_id == organization_id, Certificate.covers_id != organization_id)
        .options(joinedload(Certificate.covers))
        .order_by(Certificate.scheme, Certificate.id)
    )
    return list(session.scalars(query))


def members_of(session: Session, organization_id: int) -> list[Membership]:
    """The people who act for the organization."""
    query = (
        select(Membership)
        .where(Membership.organization_id == organization_id)
        .options(joinedload(Membership.user))
        .order_by(Membership.id)
    )
    return list(session.scalars(query))


def organization(session: Session, organization_id: int) -> Organization:
    """With its union. Raises NotFound."""
    query = select(Organization).where(Organization.id == organization_id)
    found = session.scalar(query.options(joinedload(Organization.union)))
    if found is None:
        raise NotFound("not_found")
    return found


def organizations_named(
    session: Session, text: str, kinds: Sequence[str], *, limit: int = 20
) -> list[Organization]:
    """Organizations of some kinds whose name contains the text, in any case, by name."""
    query = (
        select(Organization)
        .where(Organization.kind.in_(kinds), Organization.legal_name.icontains(text.strip(), autoescape=True))
        .order_by(Organization.legal_name, Organization.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def live_mandate(session: Session, broker_id: int, client_id: int) -> Mandate | None:
    """The mandate proposed or active between a broker house and a client; there is at most one."""
    query = select(Mandate).where(
        Mandate.broker_id == broker_id,
        Mandate.client_id == client_id,
        Mandate.state.in_(("proposed", "active")),
    )
    return session.scalar(query)
