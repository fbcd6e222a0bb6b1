"""What is read about needs and capacities, for whom it may be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from broker.catalogue import places
from broker.errors import NotFound
from broker.listings.models import Capacity, Need
from broker.listings.product_names import products_matching
from broker.parties.actor import Actor
from broker.parties.models import Certificate, Organization
from broker.parties.permissions import sees_private

OPEN_NEEDS = ("open", "partially_covered")
OPEN_CAPACITIES = ("published", "partially_committed")
PAGE = 25
NEED_SORTS: dict[str, Any] = {
    "newest": Need.id.desc(),
    "start": Need.starts_on,
    "payment": Need.payment_days,
    "volume": Need.total_kg.desc(),
}
CAPACITY_SORTS: dict[str, Any] = {
    "newest": Capacity.id.desc(),
    "wait": Capacity.max_wait_days.desc(),
    "volume": Capacity.volume_kg_year.desc(),
}


@dataclass(frozen=True)
class Filter:
    """What a browser asks for; empty means anything. `days` is the longest wait for payment in days."""

    text: str = ""
    product: str = ""
    country: str = ""
    days: int | None = None
    sort: str = "newest"
    page: int = 1


@dataclass(frozen=True)
class Page:
    """One page of rows, how many there are in all, and its number from 1."""

    rows: Sequence[Any]
    total: int
    number: int

    @property
    def last(self) -> int:
        return max(1, -(-self.total // PAGE))


def browse_needs(session: Session, wanted: Filter, *, first: Sequence[str] = ()) -> Page:
    """Public needs that are open; those of the products in `first` stand before the others."""
    query = select(Need).join(Need.buyer).where(Need.state.in_(OPEN_NEEDS), Need.visibility == "public")
    query = _common(query, Need, wanted)
    if wanted.days is not None:
        query = query.where(Need.payment_days <= wanted.days)
    if first:
        query = query.order_by(case((Need.product.in_(first), 0), else_=1))
    order = NEED_SORTS.get(wanted.sort, NEED_SORTS["newest"])
    return _page(session, query.options(joinedload(Need.buyer)).order_by(order, Need.id), wanted.page)


def browse_capacities(session: Session, wanted: Filter) -> Page:
    """Public capacities that are published."""
    query = select(Capacity).join(Capacity.organization)
    query = query.where(Capacity.state.in_(OPEN_CAPACITIES), Capacity.visibility == "public")
    query = _common(query, Capacity, wanted)
    if wanted.days is not None:
        query = query.where(Capacity.max_wait_days >= wanted.days)
    order = CAPACITY_SORTS.get(wanted.sort, CAPACITY_SORTS["newest"])
    return _page(
        session, query.options(joinedload(Capacity.organization)).order_by(order, Capacity.id), wanted.page
    )


def visible_need(
    session: Session, actor: Actor, need_id: int, *, invited: Callable[[], bool] = lambda: False
) -> Need:
    """A need the actor may see: public and published, private to him, or `invited` (asked only then).

    Raises NotFound.
    """
    query = select(Need).where(Need.id == need_id)
    # One statement: few rows of each, and a page sends few statements.
    query = query.options(joinedload(Need.buyer), joinedload(Need.contributions), joinedload(Need.questions))
    need = session.scalars(query).unique().one_or_none()
    public = need is not None and need.visibility == "public" and need.state != "draft"
    if need is None or not (_visible(actor, need.buyer_id, public) or invited()):
        raise NotFound("not_found")
    return need


def visible_capacity(
    session: Session, actor: Actor, capacity_id: int, *, invited: Callable[[], bool] = lambda: False
) -> Capacity:
    """A capacity the actor may see; `invited` as for a need. Raises NotFound."""
    query = select(Capacity).where(Capacity.id == capacity_id).options(joinedload(Capacity.organization))
    capacity = session.scalar(query)
    public = capacity is not None and capacity.visibility == "public" and capacity.state != "draft"
    if capacity is None or not (_visible(actor, capacity.organization_id, public) or invited()):
        raise NotFound("not_found")
    return capacity


def needs_of(
    session: Session,
    owners: Sequence[int],
    *,
    states: Sequence[str] | None = None,
    contributions: bool = False,
    questions: bool = False,
) -> list[Need]:
    """The needs of some buyers, newest first; with their contributions and questions where those are asked for."""
    query = (
        select(Need).where(Need.buyer_id.in_(owners)).options(joinedload(Need.buyer)).order_by(Need.id.desc())
    )
    if contributions:
        query = query.options(selectinload(Need.contributions))
    if questions:
        query = query.options(joinedload(Need.questions))
    return list(session.scalars(query if states is None else query.where(Need.state.in_(states))).unique())


def capacities_of(
    session: Session,
    owners: Sequence[int],
    *,
    states: Sequence[str] | None = None,
    certificates: bool = False,
) -> list[Capacity]:
    """The capacities of some organizations, newest first; on request with the certificates that cover their produce."""
    query = select(Capacity).where(Capacity.organization_id.in_(owners)).order_by(Capacity.id.desc())
    with_owner = joinedload(Capacity.organization)
    if certificates:
        with_owner = with_owner.joinedload(Organization.covered_by).joinedload(Certificate.holder)
    query = query.options(with_owner)
    if states is not None:
        query = query.where(Capacity.state.in_(states))
    return list(session.scalars(query).unique())


def needs_page(session: Session, owners: Sequence[int], number: int) -> Page:
    """One page of the needs of some buyers in every state, newest first."""
    query = select(Need).where(Need.buyer_id.in_(owners)).options(joinedload(Need.buyer))
    return _page(session, query.order_by(Need.id.desc()), number)


def capacities_page(session: Session, owners: Sequence[int], number: int) -> Page:
    """One page of the capacities of some organizations in every state, newest first."""
    query = select(Capacity).where(Capacity.organization_id.in_(owners))
    return _page(
        session, query.options(joinedload(Capacity.organization)).order_by(Capacity.id.desc()), number
    )


def counts(session: Session) -> tuple[int, int]:
    """How many public needs and capacities are open now."""
    needs = (
        select(func.count()).select_from(Need).where(Need.state.in_(OPEN_NEEDS), Need.visibility == "public")
    )
    capacities = (
        select(func.count())
        .select_from(Capacity)
        .where(Capacity.state.in_(OPEN_CAPACITIES), Capacity.visibility == "public")
    )
    return session.scalar(needs) or 0, session.scalar(capacities) or 0


def _visible(actor: Actor, owner_id: int, public: bool) -> bool:
    return public or sees_private(actor, owner_id)


def _common(query: Select[Any], kind: Any, wanted: Filter) -> Select[Any]:
    if wanted.product:
        query = query.where(kind.product == wanted.product)
    if wanted.country:
        query = query.where(kind.country == wanted.country)
    if wanted.text.strip():
        query = query.where(_matches(kind, wanted.text.strip()))
    return query


def _matches(kind: Any, text: str) -> Any:
    """Text search over product names in any language, place, party and description."""
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    columns = (kind.description, kind.municipality, Organization.legal_name, kind.reference)
    found = [func.lower(column).like(f"%{escaped}%", escape="\\") for column in columns]
    # LIKE knows no accents: products and places are found by the catalogue's own comparison.
    found.append(kind.product.in_(products_matching(text)))
    found.append(kind.municipality.in_([place.name for place in places.search(text, limit=50)]))
    return or_(*found)


def _page(session: Session, query: Select[Any], number: int) -> Page:
    """Rows and their total in one query; a second one only for a page that does not exist."""
    counted = query.add_columns(func.count().over().label("total"))
    rows = session.execute(counted.limit(PAGE).offset((max(1, number) - 1) * PAGE)).unique().all()
    if rows or number <= 1:
        return Page([row[0] for row in rows], rows[0][1] if rows else 0, 1 if number <= 1 else number)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return _page(session, query, max(1, -(-total // PAGE)))
