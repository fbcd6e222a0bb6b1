"""Setting a password through a link sent by mail: for those who forgot theirs and for new colleagues.

The link itself is made and checked by the face, which has the key; it carries the user and `mark_of` her
present password, so that it is worth nothing once the password has changed.
"""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.errors import NotAllowed
from broker.parties.accounts import change_password, note_failure, throttled
from broker.parties.models import User
from broker.transaction import Transaction

RESET_HOURS = 2
INVITATION_HOURS = 7 * 24


def ask_reset(tx: Transaction, *, email: str, address: str) -> User | None:
    """The user to whom a link may be sent; None for an unknown account and for one asked about too often.

    Every request counts against account and address like a failed sign-in, so that no mailbox is flooded.
    """
    email = email.strip().lower()
    # Counted apart from sign-ins: no e-mail address has a blank in it.
    counted_as = f"reset {email}"[:200]
    if throttled(tx, counted_as, address):
        return None
    note_failure(tx, email=counted_as, address=address)
    user = tx.session.scalar(select(User).where(User.email == email))
    if user is not None:
        tx.record("user.reset_asked", "user", user.id, None)
    return user


def mark_of(user: User) -> str:
    """A trace of the present password that tells nothing about it."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def holder_of(session: Session, user_id: int, mark: str) -> User | None:
    """The user of a link, as long as her password is still the one it was made for."""
    user = session.get(User, user_id)
    return user if user is not None and secrets.compare_digest(mark_of(user), mark) else None


def set_password(tx: Transaction, user_id: int, mark: str, new: str) -> User:
    """Set the password of the link's holder and end every session. Raises NotAllowed('link_spent')."""
    user = holder_of(tx.session, user_id, mark)
    if user is None:
        raise NotAllowed("link_spent")
    change_password(tx, user_id, new, current=None)
    return user


def nobodys_password() -> str:
    """A password that no one knows, for an account whose holder will set her own."""
    return secrets.token_urlsafe(32)
