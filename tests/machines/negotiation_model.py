"""Negotiation and signature as the rules say, in plain Python and without the product's tables.

The rules: a draft goes to the parties when nothing on its checklist is missing. Each offer is one more version on top
of the last; it clears the acceptances, and it is its author's own once nothing is open. Both parties accept the last
version by its hash, and what it promises is reserved. Its representatives sign after the review, at least 24 h. Only
the parties accept and sign. Seven days of silence stall the talks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

WRITERS = {
    "buyer": "buyer",
    "buyer_clerk": "buyer",
    "producer": "producer",
    "producer_clerk": "producer",
    "house": "broker",
}
LOOKERS = ("buyer_reader", "producer_reader", "house_past", "stranger", "other_house")
MANAGERS = ("buyer", "producer")
OPEN = ("draft", "negotiating", "negotiated")
WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True)
class Term:
    """Who is asked for a term, whether a draft needs it to be sent, what is usual, and values to try."""

    owner: str
    needed: bool
    usual: Any
    values: tuple[Any, ...]


TERMS = {
    "payment.days": Term("buyer", True, None, (5, 9, 12)),
    "price.unit_price": Term("both", True, "2000", ("1950", "2100.5")),
    "rules.review_hours": Term("both", True, 24, (12, 24, 36, 48)),
    "rules.venue": Term("both", False, None, ("Pereira", "Armenia")),
    "modalities.scale_owner": Term("buyer", True, "buyer", ("buyer", "organization")),
    "buyer.representative": Term("buyer", False, None, ("Marta Ocampo", "Inés  Ruiz")),
    "organization.representative": Term("producer", False, None, ("Luis Cardona", "José Núñez")),
    "mandate.base": Term("broker", False, "paid_value", ("paid_value",)),
}
# What no form asks for: a register or the mandate says it, or the matching worked it out.
FIXED = {"mandate.fee_pct": "1", "price.proposed_per_kg": "1"}


@dataclass
class Talks:
    """One agreement. `hashes`, `accepted` and `signed` are by version; `schedule` are the kg of the last one by week,
    `promised` what is reserved."""

    terms: dict[str, Any]
    schedule: dict[dt.date, Decimal]
    promised: dict[dt.date, Decimal]
    hashes: list[str]
    moved_at: dt.datetime
    state: str = "draft"
    negotiation: str | None = None
    offered_by: str | None = None
    negotiated_at: dt.datetime | None = None
    accepted: list[set[str]] = field(default_factory=list)
    signed: list[set[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.accepted = [set() for _ in self.hashes]
        self.signed = [set() for _ in self.hashes]

    @property
    def open(self) -> set[str]:
        return {path for path, value in self.terms.items() if value is None}

    @property
    def living(self) -> bool:
        return self.state != "abandoned"

    def may_set(self, side: str, path: str) -> bool:
        if path in FIXED:
            return False
        head, owner = path.partition(".")[0], TERMS[path].owner
        if head in ("buyer", "organization", "mandate"):
            return side in ("broker", owner)
        return side == "broker" or self.state != "draft" or owner in (side, "both")

    def may_offer(
        self, side: str | None, base: int, values: Mapping[str, Any], schedule: Mapping[dt.date, Decimal]
    ) -> bool:
        changed = {path: v for path, v in values.items() if path in FIXED or v != self.terms[path]}
        return bool(
            side
            and self.state in OPEN
            and base == len(self.hashes)
            and all(self.may_set(side, path) for path in values)
            and values.get("rules.review_hours") != 12
            and schedule
            and (changed or schedule != self.schedule)
        )

    def offer(
        self,
        side: str,
        values: Mapping[str, Any],
        schedule: Mapping[dt.date, Decimal],
        sha256: str,
        now: dt.datetime,
    ) -> None:
        self.terms |= values
        self.schedule = dict(schedule)
        self.hashes.append(sha256)
        self.accepted.append(set())
        self.signed.append(set())
        if self.state == "negotiated":
            self.state = "negotiating"
        if self.negotiation is not None and (
            side != self.offered_by or self.negotiation not in ("offer", "counter")
        ):
            self.negotiation = "counter" if self.negotiation == "offer" else "offer"
            self.offered_by = side
        if self.state != "draft" and side != "broker" and not self.open:
            self.accepted[-1].add(side)
        self.moved_at = now

    def usual(self, side: str | None) -> dict[str, Any]:
        """The open terms that a side may settle by what is usual."""
        return {
            path: TERMS[path].usual
            for path in self.open
            if side and TERMS[path].usual is not None and self.may_set(side, path)
        }

    def may_send(self, side: str | None) -> bool:
        return (
            side == "broker" and self.state == "draft" and not any(TERMS[path].needed for path in self.open)
        )

    def send(self, now: dt.datetime) -> None:
        self.state, self.negotiation, self.offered_by = "negotiating", "opened", "broker"
        self.moved_at = now

    def may_accept(self, side: str | None, sha256: str) -> bool:
        return (
            side in ("buyer", "producer")
            and self.state == "negotiating"
            and sha256 == self.hashes[-1]
            and not self.open
        )

    def accept(self, side: str, now: dt.datetime) -> None:
        if self.negotiation == "stalled":
            self.negotiation = "opened"
        self.accepted[-1].add(side)
        self.moved_at = now
        if len(self.accepted[-1]) == 2:
            self.state, self.negotiation, self.negotiated_at = "negotiated", "agreed_in_principle", now
            self.promised = dict(self.schedule)

    @property
    def review_ends(self) -> dt.datetime | None:
        if self.state != "negotiated" or self.negotiated_at is None:
            return None
        return self.negotiated_at + dt.timedelta(hours=max(24, self.terms["rules.review_hours"]))

    def may_sign(self, who: str, sha256: str, now: dt.datetime) -> bool:
        ends = self.review_ends
        return (
            who in MANAGERS
            and ends is not None
            and now >= ends
            and sha256 == self.hashes[-1]
            and WRITERS[who] not in self.signed[-1]
        )

    def sign(self, side: str, now: dt.datetime) -> None:
        self.signed[-1].add(side)
        self.moved_at = now
        if len(self.signed[-1]) == 2:
            self.state = "signed"

    def may_abandon(self, side: str | None) -> bool:
        return bool(side and self.state in OPEN and not self.signed[-1])

    def abandon(self) -> None:
        self.state = "abandoned"
        if self.negotiation is not None:
            self.negotiation = "abandoned"

    def let_pass(self, now: dt.datetime, today: dt.date) -> None:
        """What the calendar does: seven days of silence stall, the signed begins two weeks before its first delivery,
        and it is over when the last one has not come for three days."""
        talking = self.state == "negotiating" and self.negotiation in ("opened", "offer", "counter")
        if talking and now - self.moved_at > WEEK:
            self.negotiation = "stalled"
        if self.state == "signed" and min(self.promised) - 2 * WEEK <= today:
            self.state = "active"
        if self.state == "active" and max(self.promised) + dt.timedelta(days=6 + 3) < today:
            self.state = "completed"


@dataclass
class Market:
    """What the agreements promise out of one capacity, to two needs; beside the first stands another suggestion."""

    talks: dict[str, Talks]
    available: dict[dt.date, Decimal]
    wanted: Decimal
    waiting: Decimal

    def covered(self, name: str, promised: Mapping[dt.date, Decimal] | None = None) -> Decimal:
        """kg that the need of an agreement has, with another promise of that agreement if given."""
        beside = self.waiting if name == "first" else Decimal(0)
        own = self.talks[name]
        kept = own.promised if own.living else {}
        return beside + sum((kept if promised is None else promised).values(), Decimal(0))

    def taken(self, but: str = "") -> dict[dt.date, Decimal]:
        """kg promised out of the capacity by week."""
        weeks: dict[dt.date, Decimal] = dict.fromkeys(self.available, Decimal(0))
        for name, talks in self.talks.items():
            if talks.living and name != but:
                _add(weeks, talks.promised.items())
        return weeks

    def has(self, name: str) -> bool:
        """Whether goods and demand are there for the last version of an agreement."""
        weeks = self.taken(but=name)
        _add(weeks, self.talks[name].schedule.items())
        fits = all(kg <= self.available[week] for week, kg in weeks.items())
        return fits and self.covered(name, self.talks[name].schedule) <= self.wanted


def _add(weeks: dict[dt.date, Decimal], more: Iterable[tuple[dt.date, Decimal]]) -> None:
    for week, kg in more:
        weeks[week] += kg
