"""Parties made through the services a person uses, with a password hashed once and cheaply."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from typing import Any
from unittest.mock import patch

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from broker.parties import accounts, queries, services
from broker.parties.actor import Actor
from broker.parties.models import Mandate, Organization, User
from broker.parties.services import OrganizationInput
from broker.transaction import Transaction

PASSWORD = "cuatro palabras bien largas"
# The names are taken in turn, so that two of a kind are never alike within one database.
_numbers = itertools.count(1)


def user(
    tx: Transaction, kind: str = "producer_org", *, email: str = "", name: str = "", **record: Any
) -> User:
    """A manager with an organization of the kind; `record` goes into the organization's own record."""
    number = next(_numbers)
    record = {
        "legal_name": f"Asociación {number} (ficticia)",
        "country": "CO",
        "municipality": "Quimbaya",
        "lat": 4.6244,
        "lon": -75.7651,
        "members_total": 96 if kind in ("producer_org", "union") else None,
        **record,
    }
    with _one_hash():
        made = accounts.sign_up(
            tx,
            email=email or f"persona{number}@example.org",
            name=name or f"Persona {number}",
            password=PASSWORD,
            language="es",
            organization=OrganizationInput(kind=kind, **record),
        )
    return _whole(made)


def organization(tx: Transaction, kind: str = "producer_org", **record: Any) -> Organization:
    """An organization with a manager nobody needs to know."""
    return user(tx, kind, **record).memberships[0].organization


def member(tx: Transaction, manager: User, role: str, *, email: str = "", name: str = "") -> User:
    """A colleague of the manager in a role."""
    number = next(_numbers)
    with _one_hash(), acting(tx, manager) as own:
        made = accounts.add_member(
            own,
            organization_of(manager).id,
            email=email or f"colega{number}@example.org",
            name=name or f"Colega {number}",
            role=role,
            password=PASSWORD,
        )
    return _whole(made)


def proposal(tx: Transaction, broker: User, client_id: int, **terms: Any) -> Mandate:
    """A mandate that the broker house asks for: 3 % of what is paid, paid by the buyer, for one year."""
    terms = {
        "fee_kind": "success_pct",
        "fee_pct": Decimal(3),
        "fee_payer": "buyer",
        "starts_on": tx.today,
        "ends_on": tx.today + dt.timedelta(days=365),
        **terms,
    }
    with acting(tx, broker) as own:
        return services.propose_mandate(own, client_id, **terms)


def mandate(tx: Transaction, broker: User, client: User, **terms: Any) -> Mandate:
    """A mandate in force."""
    asked = proposal(tx, broker, organization_of(client).id, **terms)
    with acting(tx, client) as own:
        return services.answer_mandate(own, asked.id, "consent")


def organization_of(person: User) -> Organization:
    """The first organization the person acts for."""
    return person.memberships[0].organization


def actor_of(session: Session, person: User, today: dt.date) -> Actor:
    return queries.actor_for(session, person, None, today)


@cache
def cheap_hash(password: str) -> str:
    """A hash that is quick to make, and quick to check since a hash carries its own cost."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@contextmanager
def acting(tx: Transaction, person: User) -> Iterator[Transaction]:
    """The same unit of work, done by a person; what happens in it is told to those concerned when it ends."""
    own = Transaction(tx.session, actor_of(tx.session, person, tx.today), lambda: tx.now)
    yield own
    tx.session.flush()
    own.deliver_events()
    own.seal()


def _whole(person: User) -> User:
    """The person with her organizations read, so that she can be asked about after the commit."""
    for membership in person.memberships:
        assert membership.organization.id
    return person


@contextmanager
def _one_hash() -> Iterator[None]:
    with patch.object(accounts, "hash_password", cheap_hash):
        yield
