"""The talks about two drafts on one capacity: every move that anybody may try, and what the model says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from broker.agreements import negotiation, offering, signing
from broker.agreements.models import Agreement, AgreementVersion
from broker.deliveries.schedule import sweep_deliveries
from broker.listings.models import CapacitySlot
from broker.listings.timetable import sweep_listings
from broker.matchmaking import suggestions
from broker.transaction import Transaction
from tests.factories.parties import PASSWORD
from tests.machines.negotiation_model import FIXED, LOOKERS, OPEN, TERMS, WEEK, WRITERS, Market, Talks
from tests.machines.walking import PNG, ZONE, Outcome, Walk, expect
from tests.machines.world import WEEKLY, WEEKS

NAMES = st.sampled_from(("first", "first", "first", "second"))
# Mostly those who may; the right one of them is left to chance.
PEOPLE = st.sampled_from((*WRITERS, *WRITERS, *WRITERS, *WRITERS, *LOOKERS))
PARTIES = st.sampled_from((*["buyer", "producer"] * 4, "buyer_clerk", "house", "stranger"))
PATHS = st.sampled_from((*TERMS, *TERMS, *TERMS, *FIXED))
VALUES = st.dictionaries(PATHS, st.integers(0, 6), max_size=2)
# Kg around what is agreed and what need and capacity can bear, by the number of the week.
KG = ("0", "0.0004", "2500.5", "6000", "8000", "8619.15", "8619.151", "9500", "10000", "10000.001")
QUANTITIES = st.one_of(
    st.just({}), st.just({}), st.dictionaries(st.integers(0, WEEKS - 1), st.sampled_from(KG), max_size=3)
)
BASES = st.sampled_from((*[0] * 7, -1))
WRITTEN_BY = ("buyer", "producer", "house")
DAYS = st.sampled_from((None, None, None, 0, 5, -1))
REASONS = st.sampled_from(("", " ", "x" * 201, "", " ", "Ya no se puede."))
# What is wrong with a signature, mostly nothing.
FLAWS = st.sampled_from((*[""] * 7, "hash", "name", "password", "scan", "early", "late"))


class Talking(Walk):
    """The talks about both agreements."""

    @initialize(ahead=st.integers(0, 5), other=st.integers(0, 3))
    def begin(self, ahead: int, other: int) -> None:
        """The talks have got somewhere already."""
        with Session(self.engine) as session:
            slots = session.scalars(select(CapacitySlot).filter_by(capacity_id=self.world.ids["capacity"]))
            available = {slot.starts_on: slot.available_kg for slot in slots}
            talks = {name: self._read(session, name) for name in ("first", "second")}
        self.market = Market(talks, available, WEEKLY * WEEKS, Decimal(3000) * WEEKS)
        self.waiting = True
        for name, steps in (("first", ahead), ("second", other)):
            for _ in range(steps):
                self.go_on(name)

    @rule(name=NAMES, who=PEOPLE, typed=VALUES, kg=QUANTITIES, base=BASES, days=DAYS)
    def offer(
        self, name: str, who: str, typed: dict[str, int], kg: dict[int, str], base: int, days: int | None
    ) -> None:
        talks, side = self.market.talks[name], WRITERS.get(who)
        values = {path: self._value(path, number) for path, number in typed.items()}
        wanted = {self._weeks[number]: Decimal(text) for number, text in kg.items()}
        schedule = self._scheduled(talks, wanted)
        number = len(talks.hashes) + base
        allowed = (
            talks.may_offer(side, number, values, schedule)
            and all(asked <= WEEKLY for asked in wanted.values())
            and (days is None or days >= 0)
        )
        made = self._do(
            name, who, "offer", expect(allowed),
            lambda tx, id: offering.offer(
                tx, id, number, values, quantities=wanted or None, reply_by=self._day(days)
            ),
        )  # fmt: skip
        if allowed and side:
            talks.offer(side, values, schedule, made.sha256, self.now)

    @rule(name=NAMES, side=st.sampled_from(WRITTEN_BY), path=PATHS, number=st.integers(0, 6))
    def offer_one_term(self, name: str, side: str, path: str, number: int) -> None:
        self.offer(name, side, {path: number}, {}, 0, None)

    @rule(
        name=NAMES, side=st.sampled_from(WRITTEN_BY), week=st.integers(0, WEEKS - 1), kg=st.sampled_from(KG)
    )
    def offer_other_kg(self, name: str, side: str, week: int, kg: str) -> None:
        self.offer(name, side, {}, {week: kg, (week + 1) % WEEKS: kg}, 0, None)

    @precondition(lambda self: any(talks.open for talks in self.market.talks.values()))
    @rule(name=NAMES, who=PEOPLE)
    def adopt(self, name: str, who: str) -> None:
        talks, side = self.market.talks[name], WRITERS.get(who)
        number, usual = len(talks.hashes), talks.usual(side)
        allowed = bool(usual) and talks.may_offer(side, number, usual, talks.schedule)
        made = self._do(name, who, "adopt", expect(allowed), lambda tx, id: offering.adopt(tx, id, number))
        if allowed and side:
            talks.offer(side, usual, talks.schedule, made.sha256, self.now)

    @rule(name=NAMES, who=PEOPLE, days=DAYS)
    def send(self, name: str, who: str, days: int | None) -> None:
        talks = self.market.talks[name]
        allowed = talks.may_send(WRITERS.get(who)) and (days is None or days >= 0)
        self._do(name, who, "send", expect(allowed), lambda tx, id: negotiation.send(tx, id, self._day(days)))
        if allowed:
            talks.send(self.now)

    @rule(name=NAMES, who=PARTIES, which=st.sampled_from((-1, -1, -1, 0)))
    def accept(self, name: str, who: str, which: int) -> None:
        talks, side = self.market.talks[name], WRITERS.get(who)
        sha256 = talks.hashes[which]
        allowed = talks.may_accept(side, sha256)
        before = set(talks.accepted[-1])
        if allowed and side and len(before | {side}) == 2 and side not in before:
            allowed = self.market.has(name)
        # An acceptance that stands already says nothing new.
        outcome = Outcome.SAME if allowed and side in before else expect(allowed)
        self._do(name, who, "accept", outcome, lambda tx, id: offering.accept(tx, id, sha256))
        if outcome is Outcome.DONE and side:
            talks.accept(side, self.now)

    @rule(name=NAMES, who=PARTIES, flaw=FLAWS)
    def sign(self, name: str, who: str, flaw: str) -> None:
        talks = self.market.talks[name]
        sha256 = "0" * 64 if flaw == "hash" else talks.hashes[-1]
        allowed = talks.may_sign(who, sha256, self.now) and flaw not in ("name", "password")
        signer = talks.terms[f"{'buyer' if who == 'buyer' else 'organization'}.representative"] or "Nadie"
        typed = "Otra" if flaw == "name" else f" {signer.upper()} "
        password = "wrong" if flaw == "password" else PASSWORD
        self._do(
            name, who, "sign", expect(allowed),
            lambda tx, id: signing.sign(
                tx, id, sha256, name=typed, password=password, code="", address="127.0.0.1"
            ),
        )  # fmt: skip
        if allowed:
            talks.sign(WRITERS[who], self.now)

    @rule(name=NAMES, who=PARTIES, flaw=FLAWS)
    def sign_on_paper(self, name: str, who: str, flaw: str) -> None:
        talks, ends = self.market.talks[name], self.market.talks[name].review_ends
        sha256 = "0" * 64 if flaw == "hash" else talks.hashes[-1]
        first = ends.astimezone(ZONE).date() if ends else self.today
        day = {"early": first - dt.timedelta(days=1), "late": self.today + dt.timedelta(days=1)}
        broken = flaw in ("password", "scan", "early", "late")
        allowed = talks.may_sign(who, sha256, self.now) and not broken
        self._do(
            name, who, "sign_on_paper", expect(allowed),
            lambda tx, id: signing.sign_on_paper(
                tx, id, sha256, scan=b"MZ" if flaw == "scan" else PNG, signed_on=day.get(flaw, self.today),
                password="wrong" if flaw == "password" else PASSWORD, code="", address="127.0.0.1",
            ),
        )  # fmt: skip
        if allowed:
            talks.sign(WRITERS[who], self.now)

    @rule(name=NAMES, who=PEOPLE, reason=REASONS)
    def abandon(self, name: str, who: str, reason: str) -> None:
        talks = self.market.talks[name]
        allowed = talks.may_abandon(WRITERS.get(who)) and 0 < len(reason.strip()) <= 200
        self._do(name, who, "abandon", expect(allowed), lambda tx, id: negotiation.abandon(tx, id, reason))
        if allowed:
            talks.abandon()

    @rule(name=NAMES)
    def go_on(self, name: str) -> None:
        """What comes next when nobody objects, so that a walk gets as far as the signatures."""
        talks = self.market.talks[name]
        if talks.state in OPEN and talks.open:
            self.offer(name, "house", dict.fromkeys(talks.open, 1), {}, 0, None)
        elif talks.state == "draft":
            self.send(name, "house", None)
        elif talks.state == "negotiating":
            self.accept(name, "producer" if "buyer" in talks.accepted[-1] else "buyer", -1)
        elif talks.state == "negotiated":
            self.wait_for_the_next_deadline(name, 0, sweep=False)
            if "buyer" in talks.signed[-1]:
                self.sign_on_paper(name, "producer", "")
            else:
                self.sign(name, "buyer", "")

    @rule(name=NAMES, who=PEOPLE, text=st.sampled_from(("", "¿Y el flete?", "x" * 1001)))
    def remark(self, name: str, who: str, text: str) -> None:
        allowed = who in WRITERS and 0 < len(text) <= 1000
        self._do(name, who, "remark", expect(allowed), lambda tx, id: negotiation.remark(tx, id, text))

    @precondition(lambda self: self.waiting)
    @rule(who=st.sampled_from(("buyer", "partner", "producer", "stranger")))
    def step_back(self, who: str) -> None:
        """The suggestion beside the first agreement is given up: its part of the need is free again."""
        allowed = who in ("buyer", "partner")
        number = self.world.ids["suggestion_waiting"]
        self.attempt(
            who, "step_back", expect(allowed), lambda tx: suggestions.decline(tx, number, "price", "")
        )
        if allowed:
            self.waiting, self.market.waiting = False, Decimal(0)

    @rule(hours=st.sampled_from((1, 11, 13, 23, 24, 72, 170)), sweep=st.booleans())
    def wait(self, hours: int, sweep: bool) -> None:
        self._let_pass(self.now + dt.timedelta(hours=hours), sweep)

    @rule(name=NAMES, seconds=st.integers(-1, 1), sweep=st.booleans())
    def wait_for_the_next_deadline(self, name: str, seconds: int, sweep: bool) -> None:
        """To the second around the end of the review, or around the week of silence."""
        talks = self.market.talks[name]
        moment = (talks.review_ends or talks.moved_at + WEEK) + dt.timedelta(seconds=seconds)
        self._let_pass(max(self.now, moment), sweep)

    def _let_pass(self, moment: dt.datetime, sweep: bool) -> None:
        """Until the moment, when the worker does what is due, unless it is asleep."""
        self.clock.now = moment
        if sweep:
            self.attempt("system", "sweep", Outcome.OPEN, _sweep)
            for talks in self.market.talks.values():
                talks.let_pass(self.now, self.today)

    @property
    def _weeks(self) -> list[dt.date]:
        return sorted(self.market.available)

    def _do(
        self, name: str, who: str, verb: str, expected: Outcome, act: Callable[[Transaction, int], Any]
    ) -> Any:
        return self.attempt(who, verb, expected, lambda tx: act(tx, self.world.ids[name]))

    def _value(self, path: str, number: int) -> Any:
        """One of the values to try, or none: the point is open again."""
        if path in FIXED:
            return FIXED[path]
        choices = (*TERMS[path].values, None)
        return choices[number % len(choices)]

    def _scheduled(self, talks: Talks, wanted: dict[dt.date, Decimal]) -> dict[dt.date, Decimal]:
        now = talks.schedule | {week: round(kg, 3) for week, kg in wanted.items()}
        return {week: kg for week, kg in sorted(now.items()) if kg}

    def _day(self, days: int | None) -> dt.date | None:
        return None if days is None else self.today + dt.timedelta(days=days)

    def _read(self, session: Session, name: str) -> Talks:
        versions = self.versions(session, name)
        found, last = session.get_one(Agreement, self.world.ids[name]), versions[-1]
        terms = {path: _at(last.facts, path) for path in TERMS}
        schedule = by_week(last.facts["schedule"]["periods"])
        return Talks(terms, schedule, by_week(found.promised), [v.sha256 for v in versions], found.moved_at)

    def versions(self, session: Session, name: str) -> list[AgreementVersion]:
        query = select(AgreementVersion).filter_by(agreement_id=self.world.ids[name])
        query = query.options(undefer(AgreementVersion.facts)).order_by(AgreementVersion.number)
        return list(session.scalars(query))


def _sweep(tx: Transaction) -> None:
    sweep_listings(tx)
    negotiation.sweep_stalled(tx)
    sweep_deliveries(tx)


def by_week(rows: list[dict[str, str]]) -> dict[dt.date, Decimal]:
    return {dt.date.fromisoformat(row["start"]): Decimal(row["quantity_kg"]) for row in rows}


def _at(facts: Any, path: str) -> Any:
    for name in path.split("."):
        facts = facts[name]
    return facts
