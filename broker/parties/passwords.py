"""Passwords: argon2 hashes, a length rule, and one-time codes."""

from __future__ import annotations

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from broker.errors import RuleBroken

MIN_LENGTH = 10
_hasher = PasswordHasher()
# Checked when the account is unknown, so that the answer takes as long as for a known one.
_DECOY = _hasher.hash("no such account")


def check_strength(password: str, email: str) -> None:
    """Raises RuleBroken('password_short' | 'password_guessable')."""
    if len(password) < MIN_LENGTH:
        raise RuleBroken("password_short", field="password", minimum=MIN_LENGTH)
    if len(set(password)) < 4 or password.lower() in (email.lower(), email.split("@")[0].lower()):
        raise RuleBroken("password_guessable", field="password")


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify(password: str, stored: str | None) -> bool:
    """Whether it is right; `stored` None (unknown account) takes the same time and is always wrong."""
    try:
        _hasher.verify(stored or _DECOY, password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_totp_secret() -> str:
    return pyotp.random_base32()


def totp_uri(secret: str, account: str) -> str:
    """The otpauth:// address that an authenticator app reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Alianza")


def verify_totp(secret: str, code: str) -> bool:
    """A six-digit code, one step of clock drift allowed."""
    return pyotp.TOTP(secret).verify(code.replace(" ", ""), valid_window=1)
