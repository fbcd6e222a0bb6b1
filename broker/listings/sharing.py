"""Links to one need or capacity that anybody may open for some days: what is shown there is public, or less."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import CheckConstraint, ForeignKey, Select, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from broker.base import Entity, Id
from broker.errors import Faults, NotAllowed, NotFound, RuleBroken
from broker.listings.models import Capacity, Need
from broker.listings.queries import OPEN_CAPACITIES, OPEN_NEEDS
from broker.parties.actor import Actor
from broker.parties.models import Organization, User
from broker.parties.permissions import require_act_for
from broker.transaction import Transaction

DAYS = (1, 7, 30)
# Links that one person makes in 24 hours.
MOST_A_DAY = 30
# Openings closer together than this count once, so that nobody keeps the database busy.
APART = dt.timedelta(seconds=2)
LISTED = 100


class ShareLink(Entity, kw_only=True):
    """A link to a listing, made for its owner. Only the SHA-256 of its token is kept: who reads the database cannot
    open it."""

    __tablename__ = "share_links"
    __table_args__ = (
        CheckConstraint("(need_id IS NULL) <> (capacity_id IS NULL)", name="one_listing"),
        CheckConstraint("NOT with_price OR need_id IS NOT NULL", name="price_of_need"),
        CheckConstraint("expires_at > made_at", name="term"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    need_id: Mapped[int | None] = mapped_column(ForeignKey("needs.id"), index=True, default=None)
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacities.id"), index=True, default=None)
    owner_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"), index=True)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    with_price: Mapped[bool] = mapped_column(default=False)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(default=None)
    opened: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[dt.datetime | None] = mapped_column(default=None)

    need: Mapped[Need | None] = relationship(init=False, repr=False)
    capacity: Mapped[Capacity | None] = relationship(init=False, repr=False)
    made_by: Mapped[User] = relationship(init=False, repr=False)
    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id], init=False, repr=False)

    @property
    def listing(self) -> Need | Capacity:
        found = self.need or self.capacity
        assert found is not None, "the table holds one of the two"
        return found

    @property
    def shows_price(self) -> bool:
        """Only what everybody may see anyway: the price of a need that is public, where its owner said so."""
        return self.with_price and self.need is not None and self.need.visibility == "public"

    def state(self, now: dt.datetime) -> str:
        """'good', 'revoked', 'expired', or 'over' when the listing is not offered any more, or no longer to everybody
        where a broker made the link."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at <= now:
            return "expired"
        offered = OPEN_NEEDS if self.need is not None else OPEN_CAPACITIES
        shown = self.organization_id == self.owner_id or self.listing.visibility == "public"
        return "good" if shown and self.listing.state in offered else "over"


@dataclass(frozen=True)
class Wanted:
    """What is to be shared: one of the two listings, for how many days, and whether the price is shown."""

    days: int | None
    need_id: int | None = None
    capacity_id: int | None = None
    with_price: bool = False


def share(tx: Transaction, wanted: Wanted, token: str) -> ShareLink:
    """Make a link for an open need or a published capacity of the actor or of his client. The same token again gives
    the first link back. Raises Invalid, NotFound, NotAllowed, and RuleBroken after 30 links a day."""
    first = tx.session.scalar(_with_listing().where(ShareLink.token_sha256 == hashed(token)))
    if first is not None and first.made_by_id == tx.actor.user_id:
        return first
    listing = shareable(tx.session, tx.actor, wanted)
    faults = Faults()
    faults.require(wanted.days in DAYS, "choice_unknown", "days", value=wanted.days)
    public = isinstance(listing, Need) and listing.visibility == "public"
    faults.require(public or not wanted.with_price, "share_price_private", "with_price")
    faults.raise_if_any()
    user_id, organization_id = tx.actor.user_id, tx.actor.organization_id
    if user_id is None or organization_id is None:
        raise NotAllowed("role_may_not_write")
    _refuse_if_many(tx, user_id)
    link = ShareLink(
        token_sha256=hashed(token),
        need_id=wanted.need_id,
        capacity_id=wanted.capacity_id,
        owner_id=_owner_of(listing),
        organization_id=organization_id,
        made_by_id=user_id,
        made_at=tx.now,
        expires_at=tx.now + dt.timedelta(days=wanted.days or 1),
        with_price=wanted.with_price,
    )
    tx.session.add(link)
    tx.session.flush()
    tx.record(
        "link.made", "share_link", link.id, link.owner_id, need=wanted.need_id, capacity=wanted.capacity_id,
        days=wanted.days, with_price=wanted.with_price,
    )  # fmt: skip
    return link


def revoke(tx: Transaction, link_id: int) -> ShareLink:
    """End a link before its time; a second time changes nothing. Its maker's house may, and the listing's owner."""
    link = tx.session.scalar(select(ShareLink).where(ShareLink.id == link_id).with_for_update())
    own = tx.actor.organization_id
    if link is None or own is None or own not in (link.organization_id, link.owner_id):
        raise NotFound("not_found")
    if not tx.actor.may_write:
        raise NotAllowed("role_may_not_write")
    if link.revoked_at is None:
        link.revoked_at = tx.now
        tx.record("link.revoked", "share_link", link.id, link.owner_id)
    return link


def note_opening(tx: Transaction, link_id: int) -> None:
    """Count an opening. Not audited: nobody is named, and every look would lengthen the record."""
    due = or_(ShareLink.opened_at.is_(None), ShareLink.opened_at <= tx.now - APART)
    tx.session.execute(
        update(ShareLink)
        .where(ShareLink.id == link_id, due)
        .values(opened=ShareLink.opened + 1, opened_at=tx.now)
    )


def counts_now(link: ShareLink, now: dt.datetime) -> bool:
    """Whether an opening now is counted."""
    return link.opened_at is None or link.opened_at <= now - APART


def link_by_token(session: Session, token: str) -> ShareLink:
    """The link of a token, with its listing and who offers it. Raises NotFound."""
    found = session.scalar(_with_listing().where(ShareLink.token_sha256 == hashed(token)))
    if found is None:
        raise NotFound("not_found")
    return found


def links_of(session: Session, actor: Actor) -> Sequence[ShareLink]:
    """What the actor's organization made, and what others made of its listings; the newest hundred."""
    own = actor.organization_id
    if own is None:
        return []
    query = _with_listing().where(or_(ShareLink.organization_id == own, ShareLink.owner_id == own))
    query = query.options(joinedload(ShareLink.made_by), joinedload(ShareLink.organization))
    return session.scalars(query.order_by(ShareLink.id.desc()).limit(LISTED)).all()


def shareable(session: Session, actor: Actor, wanted: Wanted) -> Need | Capacity:
    """The listing that the actor may share: a broker only what his client shows to everybody. Raises NotFound,
    NotAllowed, RuleBroken('share_not_open', 'share_not_public')."""
    listing: Need | Capacity | None = None
    if wanted.need_id is not None and wanted.capacity_id is None:
        listing = session.get(Need, wanted.need_id, options=[joinedload(Need.buyer)])
    elif wanted.capacity_id is not None and wanted.need_id is None:
        listing = session.get(Capacity, wanted.capacity_id, options=[joinedload(Capacity.organization)])
    if listing is None:
        raise NotFound("not_found")
    require_act_for(actor, _owner_of(listing), broker_too=True)
    offered = OPEN_NEEDS if isinstance(listing, Need) else OPEN_CAPACITIES
    if listing.state not in offered:
        raise RuleBroken("share_not_open")
    if actor.organization_id != _owner_of(listing) and listing.visibility != "public":
        raise RuleBroken("share_not_public")
    return listing


def hashed(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _with_listing() -> Select[ShareLink]:
    return select(ShareLink).options(
        joinedload(ShareLink.need).joinedload(Need.buyer),
        joinedload(ShareLink.capacity).joinedload(Capacity.organization),
    )


def _owner_of(listing: Need | Capacity) -> int:
    return listing.buyer_id if isinstance(listing, Need) else listing.organization_id


def _refuse_if_many(tx: Transaction, user_id: int) -> None:
    # Her row is locked, so that links sent at once are counted one after the other.
    tx.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    since = tx.now - dt.timedelta(days=1)
    made = select(func.count(ShareLink.id)).where(ShareLink.made_by_id == user_id, ShareLink.made_at > since)
    if (tx.session.scalar(made) or 0) >= MOST_A_DAY:
        raise RuleBroken("share_too_many", most=MOST_A_DAY)
