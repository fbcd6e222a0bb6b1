"""The living needs and capacities that a reader may see at once: what is public, and what is private to her."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_CAPACITIES, OPEN_NEEDS
from broker.parties.actor import Actor

LIVING_NEEDS = (*OPEN_NEEDS, "covered")
LIVING_CAPACITIES = (*OPEN_CAPACITIES, "fully_committed")


def needs_in_sight(session: Session, actor: Actor, *, product: str = "", country: str = "") -> Sequence[Need]:
    """Needs that still take deliveries, with their buyers; an empty filter means any."""
    query = select(Need).where(
        Need.state.in_(LIVING_NEEDS), _seen(actor, Need, Need.buyer_id), *_only(Need, product, country)
    )
    return session.scalars(query.options(joinedload(Need.buyer)).order_by(Need.id)).all()


def capacities_in_sight(
    session: Session, actor: Actor, *, product: str = "", country: str = "", slots: bool = False
) -> Sequence[Capacity]:
    """Capacities that are published, with their organizations, and with what is promised where that is asked for."""
    query = select(Capacity).where(
        Capacity.state.in_(LIVING_CAPACITIES),
        _seen(actor, Capacity, Capacity.organization_id),
        *_only(Capacity, product, country),
    )
    query = query.options(joinedload(Capacity.organization)).order_by(Capacity.id)
    return session.scalars(query.options(selectinload(Capacity.slots)) if slots else query).all()


def _seen(actor: Actor, kind: Any, owner: Any) -> ColumnElement[bool]:
    private = {*actor.clients, actor.organization_id} - {None}
    return or_(kind.visibility == "public", owner.in_(private))


def _only(kind: Any, product: str, country: str) -> list[ColumnElement[bool]]:
    wanted = ((kind.product, product), (kind.country, country))
    return [column == value for column, value in wanted if value]
