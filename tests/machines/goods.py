"""The goods of a delivery: confirmed, sent in lots, weighed, graded and disputed, by everybody who may and may not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.deliveries import lots, reception, schedule
from broker.deliveries import models as deliveries
from broker.deliveries.models import Lot
from broker.transaction import Transaction
from tests.machines.delivery_model import BUYERS, LOOKERS, PRODUCERS, WRITERS, Alliance, Delivery, Parts
from tests.machines.walking import PNG, Outcome, Walk, expect
from tests.machines.world import FIRST, WEEKS

# Mostly the first two, so that walks get to their end.
NUMBERS = st.sampled_from((1, 1, 1, 2, 2, 2, 3, WEEKS))
PEOPLE = st.sampled_from((*WRITERS, *WRITERS, *WRITERS, *LOOKERS))
FLAWED = st.sampled_from((*[""] * 5, "one", "another", "third"))
CODES = st.sampled_from(("L-1", "L-2", " L-1 ", "L-3", "", "x" * 60 + "a", "x" * 60 + "b"))
KG = st.sampled_from(("6000", "3000", "0"))
# Accepted and taken at the lower grade, of a thousand; the rest is rejected.
SHARES = st.sampled_from(((1000, 0), (1000, 0), (900, 100), (333, 333), (500, 0), (0, 1), (0, 0)))


class Goods(Walk):
    """The calendar of one agreement until what came is decided."""

    def begin(self) -> None:
        weeks = [FIRST + dt.timedelta(weeks=n, days=6) for n in range(WEEKS)]
        self.alliance = Alliance(FIRST, [Delivery(day) for day in weeks])
        self.keys = 0
        self.sent: dict[int, list[tuple[str, str, Callable[[Transaction, int, str], Any], str]]] = {}

    @rule(number=NUMBERS, who=PEOPLE)
    def confirm(self, number: int, who: str) -> None:
        delivery = self.at(number)
        allowed = who in PRODUCERS and delivery.state == "scheduled"
        if self.step(number, who, "confirm", allowed, schedule.confirm):
            delivery.state = "confirmed"

    @rule(number=st.integers(1, WEEKS), who=PEOPLE, reason=st.sampled_from(("", " ", "La vía está cerrada.")))
    def cancel(self, number: int, who: str, reason: str) -> None:
        delivery = self.at(number)
        allowed = who in WRITERS and delivery.state in ("scheduled", "confirmed") and bool(reason.strip())
        if self.step(
            number, who, "cancel", allowed, lambda tx, id, key: schedule.cancel(tx, id, reason, key)
        ):
            delivery.state = "cancelled"

    @rule(number=NUMBERS, who=PEOPLE, code=CODES, kg=KG, flaw=FLAWED)
    def add_lot(self, number: int, who: str, code: str, kg: str, flaw: str) -> None:
        delivery, mass, name = self.at(number), Decimal(kg), code.strip()[:60]
        spread = mass * Decimal("1.00501" if flaw == "one" else "1.005") / 2
        # The members of a lot bring half of it each, at the edge of the half percent; or nobody says who did.
        typed = [] if flaw == "third" else [lots.Line(member, None, spread) for member in ("Rosa", "Pedro")]
        day = self.today + dt.timedelta(days=1 if flaw == "another" else 0)
        allowed = (
            who in PRODUCERS and delivery.state == "confirmed" and name != "" and name not in delivery.lots
            and mass > 0 and flaw not in ("one", "another")
        )  # fmt: skip
        if self.step(
            number, who, "add_lot", allowed,
            lambda tx, id, key: lots.add_lot(tx, id, code, mass, typed, harvested_on=day, key=key),
        ):  # fmt: skip
            delivery.lots[name] = mass

    @precondition(lambda self: any(delivery.lots for delivery in self.alliance.deliveries))
    @rule(number=NUMBERS, who=PEOPLE)
    def remove_lot(self, number: int, who: str) -> None:
        delivery = self.at(number)
        code = next(iter(delivery.lots), "")
        # To take off what is not there is done already.
        if not code and delivery.state == "confirmed":
            return
        allowed = who in PRODUCERS and delivery.state == "confirmed"
        query = select(Lot.id).filter_by(delivery_id=self.number_of(number), code=code)
        with Session(self.engine) as session:
            lot = session.scalar(query) or 0
        if self.step(
            number, who, "remove_lot", allowed,
            lambda tx, id, key: lots.remove_lot(tx, id, lot, key),
        ):  # fmt: skip
            del delivery.lots[code]

    @rule(number=NUMBERS, who=PEOPLE)
    def dispatch(self, number: int, who: str) -> None:
        delivery = self.at(number)
        allowed = who in PRODUCERS and delivery.state == "confirmed" and bool(delivery.lots)
        if self.step(number, who, "dispatch", allowed, lambda tx, id, key: lots.dispatch(tx, id, "", key)):
            delivery.state = "dispatched"

    @rule(number=NUMBERS, who=PEOPLE, flaw=FLAWED, gross=st.sampled_from(("6040.5", "1000", "0.001")))
    def receive(self, number: int, who: str, flaw: str, gross: str) -> None:
        delivery = self.at(number)
        tare = {"one": gross, "another": "-1"}.get(flaw, "0" if gross == "0.001" else "40.125")
        slip = reception.Slip(Decimal(gross), Decimal(tare), "", "Rosa", " " if flaw == "third" else "Luis")
        allowed = who in BUYERS and delivery.state == "dispatched" and not flaw
        if self.step(
            number, who, "receive", allowed, lambda tx, id, key: reception.receive(tx, id, slip, key)
        ):
            delivery.state, delivery.received_at = "received", self.now
            delivery.net = Decimal(gross) - Decimal(tare)

    @rule(number=NUMBERS, who=PEOPLE, share=SHARES, flaw=FLAWED)
    def grade(self, number: int, who: str, share: tuple[int, int], flaw: str) -> None:
        delivery, parts = self.at(number), self.parts(number, share, flaw)
        rejecting = parts[2] > 0
        cause, photo = (" " if flaw == "another" else "Dedos cortos"), (b"%PDF-" if flaw == "third" else PNG)
        verdict = reception.Verdict(*parts, "Inés", "", cause, photo if rejecting else b"")
        allowed = (
            who in BUYERS and delivery.state == "received" and not delivery.silent(self.now)
            and delivery.may_divide(parts) and not (rejecting and flaw in ("another", "third"))
        )  # fmt: skip
        if self.step(
            number, who, "grade", allowed, lambda tx, id, key: reception.grade(tx, id, verdict, key)
        ):
            delivery.divide(parts, self.now)
            delivery.evidence = rejecting

    @rule(number=NUMBERS, who=PEOPLE, text=st.sampled_from(("", "No vimos la muestra.", "Otra vez.")))
    def dispute(self, number: int, who: str, text: str) -> None:
        delivery = self.at(number)
        allowed = who in PRODUCERS and delivery.disputable(self.now) and text != ""
        if self.step(
            number, who, "dispute", allowed, lambda tx, id, key: reception.dispute(tx, id, text, key)
        ):
            delivery.state, delivery.proposal = "disputed", None

    @rule(number=NUMBERS, who=PEOPLE, share=SHARES, flaw=FLAWED)
    def propose_end(self, number: int, who: str, share: tuple[int, int], flaw: str) -> None:
        delivery, parts = self.at(number), self.parts(number, share, flaw)
        allowed = (
            who in WRITERS and delivery.state == "disputed" and delivery.may_divide(parts)
            and (parts[2] == 0 or delivery.evidence)
        )  # fmt: skip
        if self.step(
            number, who, "propose_end", allowed,
            lambda tx, id, key: reception.propose_end(tx, id, *parts, "", key),
        ):  # fmt: skip
            delivery.proposal = (WRITERS[who], parts)

    @rule(number=NUMBERS, who=PEOPLE, seen=st.sampled_from(("", "", "", "another")))
    def agree_to_end(self, number: int, who: str, seen: str) -> None:
        """To the proposal that stands, or to one that does not."""
        delivery = self.at(number)
        side, parts = delivery.proposal or ("", None)
        allowed = delivery.state == "disputed" and side not in ("", WRITERS.get(who, ""))
        allowed = allowed and who in WRITERS and not seen
        with Session(self.engine) as session:
            stands = session.get_one(deliveries.Delivery, self.number_of(number)).proposal
        mark = seen or (reception.mark_of(stands) if stands else "")
        if (
            self.step(
                number,
                who,
                "agree_to_end",
                allowed,
                lambda tx, id, key: reception.agree_to_end(tx, id, mark, key),
            )
            and parts
        ):
            delivery.divide(parts, self.now)

    @rule(number=NUMBERS, which=st.integers(0, 7))
    def send_again(self, number: int, which: int) -> None:
        """A form of a delivery, the last or an older one, sent once more by a phone that heard no answer."""
        if number in self.sent:
            who, verb, act, key = self.sent[number][-1 - which % len(self.sent[number])]
            id = self.number_of(number)
            self.attempt(who, f"{verb} again", Outcome.SAME, lambda tx: act(tx, id, key))

    def step(
        self, number: int, who: str, verb: str, allowed: bool, act: Callable[[Transaction, int, str], Any]
    ) -> bool:
        """A step with a new form; whether it was done."""
        self.keys += 1
        key, id = f"form {self.keys}", self.number_of(number)
        self.attempt(who, verb, expect(allowed), lambda tx: act(tx, id, key))
        if allowed:
            self.sent.setdefault(number, []).append((who, verb, act, key))
        return allowed

    def at(self, number: int) -> Delivery:
        return self.alliance.deliveries[number - 1]

    def number_of(self, number: int) -> int:
        """The number that the database gave to a delivery."""
        return self.world.ids[f"delivery_{number}"]

    def parts(self, number: int, share: tuple[int, int], flaw: str) -> Parts:
        """The net divided by thousandths to the gram, or a little more than it, or less than nothing."""
        net = self.at(number).net or Decimal(1000)
        accepted, lower = (round(net * part / 1000, 3) for part in share)
        if flaw == "one":
            return accepted, lower + Decimal("0.001"), net - accepted - lower
        sign = -1 if flaw == "another" and share == (0, 1) else 1
        return accepted, sign * lower, net - accepted - sign * lower
