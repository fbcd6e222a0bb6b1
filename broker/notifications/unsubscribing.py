"""The link in each mail by which its reader ends that kind of mail without signing in."""

from __future__ import annotations

from itsdangerous import BadData, URLSafeSerializer

from broker.notifications.preferences import DIGEST
from broker.notifications.texts import around, kinds

PATH = "/unsubscribe/"


def may_end(kind: str | None) -> bool:
    """Whether mail of the kind can be ended; letters about the account cannot."""
    return kind == DIGEST or (kind in kinds() and not kinds()[kind].fixed)


def name_of(kind: str, language: str) -> str:
    """What the mails of a kind are called."""
    return around("digest_name", language) if kind == DIGEST else kinds()[kind].names[language]


def token_of(key: str, user_id: int, kind: str) -> str:
    """Signed with the installation's key; good as long as the key is, since mails are kept for years."""
    token: str = _serializer(key).dumps([user_id, kind])
    return token


def read_token(key: str, token: str) -> tuple[int, str] | None:
    """Person and kind of a token that was made here."""
    try:
        user_id, kind = _serializer(key).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return (user_id, kind) if may_end(kind) else None


def _serializer(key: str) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="end a kind of mail")
