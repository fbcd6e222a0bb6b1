"""Unique values planted in every confidential field, each with the people who may and who must see it.

A number is nine digits long, so that no identifier or token holds it by chance; pages are searched with the signs
between digits taken out. A canary that nobody may see has no seers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from broker.audit.models import AuditEntry
from broker.jobs.models import Job
from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Candidate, MatchingRun, Suggestion
from broker.parties.models import LoginAttempt, Organization, User
from broker.prices.quotes import enter_quote, enter_rate
from broker.readiness.models import Assessment
from broker.transaction import Transaction

PARTIES = ("producer", "rival")
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Canary:
    """`field` says where it was planted; `seen_by` may see it, and of those `shown_to` must."""

    field: str
    value: str
    seen_by: frozenset[str]
    shown_to: frozenset[str]


def number(leading: str = "9") -> str:
    """Nine digits that stand nowhere else; `leading` orders them (a reserve below a price)."""
    return leading + f"{next(_numbers) * 7_919_191 % 10 ** (9 - len(leading)):0{9 - len(leading)}d}"


def word(field: str) -> str:
    return f"canary-{field}-{next(_numbers):04d}x"


def canary(field: str, value: str, seen_by: Iterable[str], shown_to: Iterable[str] = ()) -> Canary:
    return Canary(field, value, frozenset(seen_by), frozenset(shown_to))


def own(party: str, tenant: str) -> list[str]:
    """The people of a party."""
    colleagues = {"buyer": ["buyer", "reader"], "producer": ["producer", "clerk"]}
    return [f"{name}_{tenant}" for name in colleagues.get(party, [party])]


def private(party: str, tenant: str) -> list[str]:
    """Those who see what is private to a party: its people and the house with its mandate."""
    return [*own(party, tenant), f"house_{tenant}"]


def decline_note(tenant: str) -> Canary:
    house = [f"house_{tenant}"]
    return canary("suggestion.decline_note", word("note"), house, house)


def of_deliveries(party: str, tenant: str) -> list[Canary]:
    """A member's name, a remark and the reference of a payment: for the two parties and their broker."""
    both = [*own("buyer", tenant), *own(party, tenant), f"house_{tenant}"]
    return [
        canary(name, word(name.replace(".", "-")), both, [f"buyer_{tenant}"])
        for name in ("lot.member", "remark.text", "payment.reference")
    ]


def plant_corridors(tx: Transaction, suggestions: Mapping[str, int]) -> list[Canary]:
    """Three prices for each suggestion ("sent_producer_a": id): each side sees its own end and the proposal."""
    found = []
    for name, suggestion_id in suggestions.items():
        _, party, tenant = name.split("_")
        suggestion = tx.session.get_one(Suggestion, suggestion_id)
        low, proposed, high = number("93"), number("95"), number("97")
        prices = {"low": int(low) * 10_000, "proposed": int(proposed) * 10_000, "high": int(high) * 10_000}
        suggestion.price_low, suggestion.price_proposed, suggestion.price_high = prices.values()
        _change_pairs(tx, suggestion, prices)
        buyers, sellers, house = own("buyer", tenant), own(party, tenant), f"house_{tenant}"
        found += [
            canary("suggestion.price_low", low, [*sellers, house], sellers),
            canary("suggestion.price_high", high, [*buyers, house], buyers),
            canary("suggestion.price_proposed", proposed, [*buyers, *sellers, house], [*buyers, *sellers]),
        ]
    return found


def plant_quantities(tx: Transaction, suggestions: Mapping[str, int]) -> list[Canary]:
    """The first delivery of each suggestion: not for a rival in the same bundle."""
    found = []
    for name, suggestion_id in suggestions.items():
        _, party, tenant = name.split("_")
        suggestion = tx.session.get_one(Suggestion, suggestion_id)
        kg = number("8")
        suggestion.periods = [{**suggestion.periods[0], "kg": kg}, *suggestion.periods[1:]]
        _change_pairs(tx, suggestion, {"periods": [row["kg"] for row in suggestion.periods]})
        parties = [*own("buyer", tenant), *own(party, tenant)]
        found.append(canary("suggestion.periods", kg, [*parties, f"house_{tenant}"], parties))
    return found


def plant_contacts(tx: Transaction, tenant: str, organizations: Mapping[str, int]) -> list[Canary]:
    """Phone and e-mail of each party: for itself, its house, and whoever has a draft with it."""
    partners = {
        "buyer": [*private("buyer", tenant), *own("producer", tenant), *own("rival", tenant)],
        "producer": [*private("producer", tenant), *own("buyer", tenant)],
        "rival": [*private("rival", tenant), *own("buyer", tenant)],
        "house": [f"house_{tenant}"],
    }
    found = []
    for party, organization_id in organizations.items():
        organization = tx.session.get_one(Organization, organization_id)
        phone, mail = number("3"), f"{word('mail')}@example.org"
        organization.phone, organization.email = f"+573{phone}", mail
        found.append(canary("organization.phone", phone, partners[party], own(party, tenant)))
        found.append(canary("organization.email", mail, partners[party], own(party, tenant)))
    return found


def plant_readiness(tx: Transaction, tenant: str, organizations: Mapping[str, int]) -> list[Canary]:
    """Evidence and note of every assessment."""
    found = []
    for party, organization_id in organizations.items():
        seers = private(party, tenant)
        query = select(Assessment).where(Assessment.organization_id == organization_id)
        for assessment in tx.session.scalars(query.order_by(Assessment.id)):
            counts = assessment.assessor_id != organization_id
            assessment.note = word("note")
            assessment.values[0].evidence = word("evidence")
            shown = seers if counts else own(party, tenant)
            found.append(canary("assessment.note", assessment.note, seers, shown if counts else ()))
            found.append(
                canary("assessment.evidence", assessment.values[0].evidence, seers, shown if counts else ())
            )
    return found


def plant_listings(tx: Transaction, tenant: str, objects: Mapping[str, int]) -> list[Canary]:
    """What a draft or an invisible listing says, and the figures behind a capacity."""
    found = []
    for name in ("draft", "unseen"):
        need = tx.session.get_one(Need, objects[f"need_{name}_{tenant}"])
        need.description = word(f"need-{name}")
        seers = private("buyer", tenant)
        found.append(canary(f"need.description ({name})", need.description, seers, seers))
    capacity = tx.session.get_one(Capacity, objects[f"capacity_unseen_{tenant}"])
    capacity.description = word("capacity-unseen")
    seers = private("producer", tenant)
    found.append(canary("capacity.description (unseen)", capacity.description, seers, seers))
    for party in PARTIES:
        capacity = tx.session.get_one(Capacity, objects[f"capacity_{party}_{tenant}"])
        area = number("9")
        capacity.area_ha = Decimal(area)
        found.append(canary("capacity.area_ha", area, private(party, tenant), private(party, tenant)))
    return found


def plant_prices(tx: Transaction, tenant: str) -> list[Canary]:
    """What a house enters of rates and quotations is its own: sources and figures."""
    house, rate, quote = [f"house_{tenant}"], word("rate"), word("quote")
    enter_rate(tx, "PEN", Decimal("3.7"), tx.today, rate)
    enter_quote(tx, "ICE C", Decimal(280), "usc_lb", tx.today, quote)
    return [canary("rate.source", rate, house, house), canary("quote.source", quote, house, house)]


def plant_machinery(tx: Transaction) -> list[Canary]:
    """What nobody may see: secrets of accounts, payloads and errors of jobs, details of the audit."""
    found = []
    for user in tx.session.scalars(select(User).order_by(User.id)):
        user.epoch = int(number("2"))
        found.append(canary("user.epoch", str(user.epoch), ()))
        found.append(canary("user.password_hash", user.password_hash, ()))
        # Those of tenant "b" have no second factor, so that a test may sign in as they do.
        if not user.email.endswith("_b@example.org"):
            user.totp_secret = word("totp")
            found.append(canary("user.totp_secret", user.totp_secret, ()))
    for job in tx.session.scalars(select(Job)):
        job.payload = {**job.payload, "canary": word("job-payload")}
        job.error = word("job-error")
        found += [canary("job.payload", job.payload["canary"], ()), canary("job.error", job.error, ())]
    for run in tx.session.scalars(select(MatchingRun)):
        run.error = word("run-error")
        found.append(canary("run.error", run.error, ()))
    tx.seal()
    for entry_id, detail in tx.session.execute(select(AuditEntry.id, AuditEntry.detail)).all():
        planted = word("audit")
        # Past the entities, which refuse it: whether the chains are intact is nothing to these tests.
        changed = (
            update(AuditEntry).where(AuditEntry.id == entry_id).values(detail={**detail, "canary": planted})
        )
        tx.session.execute(changed)
        found.append(canary("audit.detail", planted, ()))
    attempt = f"{word('attempt')}@example.org"
    tx.session.add(LoginAttempt(at=tx.now, account=attempt, address="192.0.2.1"))
    return [*found, canary("login_attempt.account", attempt, ())]


def _change_pairs(tx: Transaction, suggestion: Suggestion, values: Mapping[str, Any]) -> None:
    query = select(Candidate).where(
        Candidate.need_id == suggestion.need_id, Candidate.capacity_id == suggestion.capacity_id
    )
    for candidate in tx.session.scalars(query):
        candidate.pair = {**candidate.pair, **values}
