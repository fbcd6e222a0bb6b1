"""What people were told and what they have shared, for the tests that open every page."""

from __future__ import annotations

from sqlalchemy import select

from broker.listings.sharing import Wanted, note_opening, share
from broker.notifications.models import Notification
from broker.parties.models import User
from broker.transaction import Transaction
from tests.factories.parties import acting

TOKEN = "a-token-of-the-tests"


def share_need(tx: Transaction, person: User, need_id: int, token: str = TOKEN) -> int:
    """A link to the need with its price, opened a moment ago, so that opening it now is not counted."""
    with acting(tx, person) as own:
        made = share(own, Wanted(days=30, need_id=need_id, with_price=True), token).id
    note_opening(tx, made)
    return made


def share_capacity(tx: Transaction, person: User, capacity_id: int, token: str) -> int:
    """The same to a capacity."""
    with acting(tx, person) as own:
        made = share(own, Wanted(days=30, capacity_id=capacity_id), token).id
    note_opening(tx, made)
    return made


def message_of(tx: Transaction, email: str) -> int:
    """The first message of a person."""
    query = select(Notification.id).join(User, User.id == Notification.user_id).where(User.email == email)
    return tx.session.scalars(query.order_by(Notification.id)).first() or 0
