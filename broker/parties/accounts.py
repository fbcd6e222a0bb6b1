"""Accounts: sign-up, sign-in with throttling, password reset, one-time codes."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import delete, func, select

from broker.errors import Faults, NotAllowed, NotFound, RuleBroken
from broker.parties.models import ROLES, LoginAttempt, Membership, Organization, User
from broker.parties.passwords import check_strength, hash_password, new_totp_secret, verify, verify_totp
from broker.parties.permissions import require_manager
from broker.parties.services import OrganizationInput, organization_faults, register_organization
from broker.transaction import Transaction

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
WINDOW = dt.timedelta(minutes=15)
PER_ACCOUNT = 5
PER_ADDRESS = 30


def sign_up(
    tx: Transaction, *, email: str, name: str, password: str, language: str, organization: OrganizationInput
) -> User:
    """A new person with a new organization, whose manager she becomes. Raises Invalid with every fault."""
    email = email.strip().lower()
    faults = Faults()
    faults.found.extend(organization_faults(tx, organization))
    faults.require(bool(name.strip()), "required", "name")
    faults.require(bool(EMAIL.fullmatch(email)), "email_format", "email")
    if tx.session.scalar(select(User.id).where(User.email == email)) is not None:
        faults.add("email_taken", "email")
    try:
        check_strength(password, email)
    except RuleBroken as fault:
        faults.found.append(fault)
    faults.raise_if_any()
    party = register_organization(tx, organization)
    user = User(
        email=email,
        name=name.strip(),
        password_hash=hash_password(password),
        language=language,
        created_at=tx.now,
    )
    tx.session.add(user)
    tx.session.flush()
    _join(tx, user, party, "manager")
    tx.record("user.signed_up", "user", user.id, party.id)
    return user


def add_member(
    tx: Transaction,
    organization_id: int,
    *,
    email: str,
    name: str,
    role: str,
    password: str,
    language: str = "es",
) -> User:
    """A manager opens an account for a colleague, or adds an existing account to the organization."""
    require_manager(tx.actor, organization_id)
    email = email.strip().lower()
    faults = Faults()
    faults.require(bool(EMAIL.fullmatch(email)), "email_format", "email")
    faults.require(role in ROLES, "choice_unknown", "role", value=role)
    user = tx.session.scalar(select(User).where(User.email == email))
    faults.require(user is not None or bool(name.strip()), "required", "name")
    faults.raise_if_any()
    if user is None:
        check_strength(password, email)
        user = User(
            email=email,
            name=name.strip(),
            password_hash=hash_password(password),
            language=language,
            created_at=tx.now,
        )
        tx.session.add(user)
        tx.session.flush()
    elif any(m.organization_id == organization_id for m in user.memberships):
        raise RuleBroken("already_member", field="email")
    _join(tx, user, tx.session.get_one(Organization, organization_id), role)
    tx.record("member.added", "user", user.id, organization_id, role=role)
    return user


def remove_member(tx: Transaction, organization_id: int, membership_id: int) -> User:
    """A manager ends a colleague's access; the account itself stays. The last manager cannot be removed."""
    require_manager(tx.actor, organization_id)
    memberships = tx.session.scalars(
        select(Membership).where(Membership.organization_id == organization_id).with_for_update()
    ).all()
    found = next((m for m in memberships if m.id == membership_id), None)
    if found is None:
        raise NotFound("not_found")
    if found.role == "manager" and sum(m.role == "manager" for m in memberships) == 1:
        raise RuleBroken("last_manager")
    user = found.user
    tx.session.delete(found)
    tx.record("member.removed", "user", user.id, organization_id, role=found.role)
    return user


def sign_in(tx: Transaction, *, email: str, password: str, code: str, address: str) -> User:
    """The user, when password and one-time code are right.

    Raises NotAllowed('too_many_attempts') when account or address tried too often, 'sign_in_failed' for
    anything wrong (the same for a known and an unknown account) and 'code_needed' when only the code is
    missing. The caller records the failure with `note_failure` in a transaction of its own.
    """
    email = email.strip().lower()
    refuse_if_throttled(tx, email, address)
    user = tx.session.scalar(select(User).where(User.email == email))
    if not verify(password, user.password_hash if user else None) or user is None:
        raise NotAllowed("sign_in_failed")
    if user.totp_secret and not code:
        raise NotAllowed("code_needed")
    return _let_in(tx, user, code)


def finish_sign_in(tx: Transaction, user_id: int, *, code: str, address: str) -> User:
    """The second step of a sign-in whose password was right: the code alone. Raises as `sign_in` does."""
    user = tx.session.get_one(User, user_id)
    refuse_if_throttled(tx, user.email, address)
    return _let_in(tx, user, code)


def note_failure(tx: Transaction, *, email: str, address: str) -> None:
    """Remember a failed sign-in and forget those that no longer count."""
    tx.session.execute(delete(LoginAttempt).where(LoginAttempt.at < tx.now - 4 * WINDOW))
    tx.session.add(LoginAttempt(at=tx.now, account=email.strip().lower()[:200], address=address))


def throttled(tx: Transaction, email: str, address: str) -> bool:
    """Whether account or address has failed too often of late."""
    recent = select(func.count()).select_from(LoginAttempt).where(LoginAttempt.at > tx.now - WINDOW)
    by_account = tx.session.scalar(recent.where(LoginAttempt.account == email)) or 0
    by_address = tx.session.scalar(recent.where(LoginAttempt.address == address)) or 0
    return by_account >= PER_ACCOUNT or by_address >= PER_ADDRESS


def sign_out(tx: Transaction, user_id: int) -> None:
    """End every session of the user."""
    tx.session.get_one(User, user_id).epoch += 1
    tx.record("user.signed_out", "user", user_id, None)


def change_password(tx: Transaction, user_id: int, new: str, *, current: str | None) -> None:
    """Set a new password and end every session. `current` is None where a link proved the mailbox."""
    user = tx.session.get_one(User, user_id)
    if current is not None and not verify(current, user.password_hash):
        raise RuleBroken("password_wrong", field="current")
    check_strength(new, user.email)
    user.password_hash = hash_password(new)
    user.epoch += 1
    tx.record("user.password_changed", "user", user_id, None)


def rename(tx: Transaction, user_id: int, name: str) -> None:
    """Correct a person's name. Raises RuleBroken('required')."""
    if not name.strip():
        raise RuleBroken("required", field="name")
    tx.session.get_one(User, user_id).name = name.strip()
    tx.record("user.renamed", "user", user_id, None)


def set_language(tx: Transaction, user_id: int, language: str) -> None:
    tx.session.get_one(User, user_id).language = language


def start_totp() -> str:
    """A fresh secret; it counts only once `confirm_totp` has seen a code made with it."""
    return new_totp_secret()


def confirm_totp(tx: Transaction, user_id: int, secret: str, code: str) -> None:
    """Switch the second factor on. Raises RuleBroken('code_wrong')."""
    if not verify_totp(secret, code):
        raise RuleBroken("code_wrong", field="code")
    tx.session.get_one(User, user_id).totp_secret = secret
    tx.record("user.totp_on", "user", user_id, None)


def remove_totp(tx: Transaction, user_id: int, password: str) -> None:
    """Switch the second factor off; the password is asked again."""
    user = tx.session.get_one(User, user_id)
    if not verify(password, user.password_hash):
        raise RuleBroken("password_wrong", field="password")
    user.totp_secret = None
    tx.record("user.totp_off", "user", user_id, None)


def refuse_if_throttled(tx: Transaction, email: str, address: str) -> None:
    """Raises NotAllowed('too_many_attempts')."""
    if throttled(tx, email, address):
        raise NotAllowed("too_many_attempts", minutes=int(WINDOW.total_seconds() // 60))


def _let_in(tx: Transaction, user: User, code: str) -> User:
    if user.totp_secret and not verify_totp(user.totp_secret, code):
        raise NotAllowed("sign_in_failed")
    tx.session.execute(delete(LoginAttempt).where(LoginAttempt.account == user.email))
    tx.record("user.signed_in", "user", user.id, None)
    return user


def _join(tx: Transaction, user: User, organization: Organization, role: str) -> None:
    membership = Membership(user_id=user.id, organization_id=organization.id, role=role)
    tx.session.add(membership)
    tx.session.flush()
    tx.session.refresh(user, ["memberships"])
