"""What the walks have in common: a copy of a world, moves that must end as the model says, and what is always true."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable
from enum import Enum
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlalchemy.orm import Session

from broker.agreements import proving
from broker.agreements.freezing import is_intact
from broker.agreements.models import AgreementVersion
from broker.audit import chain
from broker.base import Base
from broker.clock import FixedClock
from broker.database import make_engine
from broker.errors import Invalid, NotFound, TradeError
from broker.parties.actor import SYSTEM
from broker.transaction import Transaction, transaction
from tests.machines.world import NOON, World

# The long walks of `make soak`; without them the suite takes the same few short ones every time.
EXAMPLES = int(os.environ.get("ALIANZA_SOAK_EXAMPLES", "0"))
STEPS = int(os.environ.get("ALIANZA_SOAK_STEPS", "50"))
# Seconds that a test may take; a soak may take all night.
PATIENCE = 0 if EXAMPLES else 120
ZONE = ZoneInfo("America/Bogota")
STRANGERS = ("stranger", "other_house")
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40

# What nothing that was agreed and signed is read from; the audit's own chain says whether it is whole.
BESIDE_WHAT_WAS_SIGNED = {
    "audit_entries", "audit_heads", "deliveries", "jobs", "lot_lines", "lots", "messages", "notices", "payments",
    "statement_lines", "statements",
}  # fmt: skip

Rows = dict[str, list[tuple[Any, ...]]]


class Outcome(Enum):
    """How a move must end. A move of the calendar may do things that no model here follows."""

    DONE = "done"
    SAME = "nothing new"
    REFUSED = "refused"
    OPEN = "calendar"


class Walk(RuleBasedStateMachine):
    """A walk through a copy of a world. `moves` counts those of the last run by their name and end."""

    moves: Counter[tuple[str, str]] = Counter()

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.url = world.store.copy(world.url)
        self.engine = make_engine(self.url)
        self.clock = FixedClock(NOON)
        self.rows = self._rows()
        self.fresh = True
        self._intact: dict[int, tuple[Any, ...]] = {}
        self._proven: Rows = {}

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.engine.dispose()
        self.world.store.drop(self.url)

    @property
    def now(self) -> dt.datetime:
        return self.clock()

    @property
    def today(self) -> dt.date:
        """The calendar day of everybody in these worlds."""
        return self.now.astimezone(ZONE).date()

    def attempt(self, who: str, verb: str, expected: Outcome, act: Callable[[Transaction], Any]) -> Any:
        """Let somebody do something, and see that it ends as expected: done and audited, or without a trace."""
        actor = SYSTEM if who == "system" else self.world.people[who]
        refusal: Exception | None = None
        result: Any = None
        try:
            with transaction(self.engine, actor, self.clock) as tx:
                result = act(tx)
        except (TradeError, Invalid) as fault:
            refusal = fault
        before, self.rows = self.rows, self._rows()
        changed = [name for name in before if before[name] != self.rows[name]]
        self.fresh = bool(changed)
        done = Outcome.REFUSED if refusal else Outcome.DONE if changed else Outcome.SAME
        self.moves[verb, done.value] += 1
        assert not (refusal and changed), f"{verb} was refused ({refusal}) and yet changed {changed}"
        assert not changed or self._audited(before), f"{verb} changed {changed} without a row in the audit"
        wanted = done if expected is Outcome.OPEN else expected
        assert done is wanted, f"{who}: {verb} was {done.value} ({refusal}), not {wanted.value}"
        if refusal and who in STRANGERS:
            assert isinstance(refusal, NotFound), f"a stranger learned that there is something: {refusal}"
        return result

    def check_records(self, session: Session) -> None:
        """The audit's chains are whole, and every stored version is as it was agreed and signed."""
        assert chain.verify(session) == []
        signed = {name: rows for name, rows in self.rows.items() if name not in BESIDE_WHAT_WAS_SIGNED}
        if signed == self._proven:
            return
        with patch.object(proving, "is_intact", self._is_intact):
            assert list(proving.faults_of_versions(session)) == []
        self._proven = signed

    def _is_intact(self, version: AgreementVersion) -> bool:
        """As the product says, who is asked anew only about rows that are not byte for byte what he was asked about."""
        row = next(row for row in self.rows["agreement_versions"] if row[0] == version.id)
        if self._intact.get(version.id) != row:
            if not is_intact(version):
                return False
            self._intact[version.id] = row
        return True

    def _audited(self, before: Rows) -> bool:
        return len(self.rows["audit_entries"]) > len(before["audit_entries"])

    def _rows(self) -> Rows:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}" ORDER BY 1')]
                for name in Base.metadata.tables
            }


def expect(allowed: bool) -> Outcome:
    return Outcome.DONE if allowed else Outcome.REFUSED


def run(machine: type[Walk], world: World, *, examples: int, steps: int) -> None:
    """Walk a few times and the same way each time, the first of them with the simplest choices only; often and at
    random where a soak is asked for, which also looks for the shortest walk that fails."""
    chosen = settings(
        max_examples=EXAMPLES or examples,
        stateful_step_count=STEPS if EXAMPLES else steps,
        derandomize=not EXAMPLES,
        phases=[phase for phase in Phase if EXAMPLES or phase not in (Phase.shrink, Phase.explain)],
        deadline=None,
        suppress_health_check=list(HealthCheck),
        **({} if EXAMPLES else {"database": None}),
    )
    machine.moves.clear()
    try:
        run_state_machine_as_test(lambda: machine(world), settings=chosen)
    finally:
        print(f"{machine.__name__}: {sum(machine.moves.values())} moves")
        for (verb, end), count in sorted(machine.moves.items()):
            print(f"  {verb}: {end} {count}")
