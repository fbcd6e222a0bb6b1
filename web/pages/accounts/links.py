"""Signed tokens: the link by which a password is set, and the proof that a sign-in's first step went well.

Each is bound to the user and to a trace of her password, so that it dies when the password changes.
"""

from __future__ import annotations

from flask import current_app, url_for
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer

from broker.parties.models import User
from broker.parties.recovery import INVITATION_HOURS, RESET_HOURS, mark_of

_HOURS = {"reset": RESET_HOURS, "invitation": INVITATION_HOURS}
_SECOND_STEP_SECONDS = 300


def reset_link(user: User) -> str:
    """An address of this site, good for two hours, where the user sets a new password."""
    return _link(user, "reset")


def invitation_link(user: User) -> str:
    """The same for a new colleague, good for a week."""
    return _link(user, "invitation")


def read_link(token: str) -> tuple[int, str] | None:
    """User and mark of a link that was made here and is still young enough."""
    for purpose, hours in _HOURS.items():
        found = _read(token, purpose, hours * 3600)
        if found is not None:
            return found
    return None


def proof_of_password(user: User) -> str:
    """Carries a right password from the first step of a sign-in to the second, for five minutes."""
    return _serializer("second step").dumps([user.id, mark_of(user)])


def read_proof(token: str) -> tuple[int, str] | None:
    return _read(token, "second step", _SECOND_STEP_SECONDS)


class _ClockedSigner(TimestampSigner):
    """Signs with the app's clock, so that time can be replayed."""

    def get_timestamp(self) -> int:
        return int(current_app.config["CLOCK"]().timestamp())


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=purpose, signer=_ClockedSigner)


def _link(user: User, purpose: str) -> str:
    token = _serializer(purpose).dumps([user.id, mark_of(user)])
    # Behind a proxy a request does not say how people reach the site.
    address = current_app.config["SETTINGS"].address
    return address + url_for("accounts.reset", token=token, _external=not address)


def _read(token: str, purpose: str, seconds: int) -> tuple[int, str] | None:
    try:
        user_id, mark = _serializer(purpose).loads(token, max_age=seconds)
    except BadData:
        return None
    return user_id, mark
