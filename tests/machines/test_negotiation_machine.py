"""Two drafts on one capacity, walked from the offer to the signature by everybody who may and may not, against a model.

After each step the database says what the model says: states, versions, acceptances, signatures and what is promised.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.stateful import invariant
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement, AgreementVersion
from broker.listings.models import CapacitySlot, Need
from tests.machines.negotiation_model import Talks
from tests.machines.talking import Talking, by_week
from tests.machines.walking import PATIENCE, run
from tests.machines.world import bargaining
from tests.support.database import Store


class Bargaining(Talking):
    """The talks, and what is true of them after each step."""

    @invariant()
    def the_database_says_what_the_model_says(self) -> None:
        with Session(self.engine) as session:
            for name, talks in self.market.talks.items():
                self._compare(session, name, talks)
            if self.fresh:
                self.check_records(session)

    def _compare(self, session: Session, name: str, talks: Talks) -> None:
        found = session.get_one(Agreement, self.world.ids[name])
        assert (found.state, found.negotiation) == (talks.state, talks.negotiation)
        assert found.moved_at == talks.moved_at
        assert by_week(found.promised) == talks.promised
        versions = self.versions(session, name)
        assert [(v.number, v.sha256) for v in versions] == list(enumerate(talks.hashes, start=1))
        assert [{one.side for one in v.acceptances} for v in versions] == talks.accepted
        assert [{one.side for one in v.signatures} for v in versions] == talks.signed
        last = versions[-1]
        assert bool(last.open_points) == bool(talks.open)
        assert by_week(last.facts["schedule"]["periods"]) == talks.schedule
        if len(versions) > 1:
            assert set(last.changes) == _differences(versions[-2].facts, last.facts)
        if self.fresh:
            self._check_goods(session, name)
            self._check_hands(last, found)

    def _check_goods(self, session: Session, name: str) -> None:
        """Need and capacity hold exactly what is promised, and never more than there is."""
        need = session.get_one(Need, self.world.ids[f"need_{name}"])
        assert need.covered_kg == self.market.covered(name) <= need.total_kg
        slots = session.scalars(select(CapacitySlot).filter_by(capacity_id=self.world.ids["capacity"])).all()
        assert {slot.starts_on: slot.reserved_kg for slot in slots} == self.market.taken()
        assert all(0 <= slot.reserved_kg <= slot.available_kg for slot in slots)

    def _check_hands(self, last: AgreementVersion, found: Agreement) -> None:
        """Only people of a party have accepted or signed for it, a manager signed, and after the review."""
        people = {actor.user_id: actor for actor in self.world.people.values()}
        for one in (*last.acceptances, *last.signatures):
            hand = one.accepted_by_id if hasattr(one, "accepted_by_id") else one.signed_by_id
            assert people[hand].organization_id == found.party_id(one.side)
        for signature in last.signatures:
            assert people[signature.signed_by_id].role == "manager"
            assert found.negotiated_at and signature.signed_at - found.negotiated_at >= dt.timedelta(hours=24)


def _differences(before: Any, after: Any, path: str = "") -> set[str]:
    """The paths that differ: of a group its members, of a list that is new or gone the list itself."""
    if before == after:
        return set()
    if isinstance(before, list) and isinstance(after, list):
        before, after = dict(enumerate(before)), dict(enumerate(after))
    groups = [value for value in (before, after) if isinstance(value, dict)]
    if not groups or any(not isinstance(value, dict | None) for value in (before, after)):
        return {path}
    return {
        found
        for name in {name for group in groups for name in group}
        for found in _differences(
            (before or {}).get(name), (after or {}).get(name), f"{path}.{name}" if path else str(name)
        )
    }


@pytest.mark.timeout(PATIENCE)
def test_talks_go_only_where_the_rules_let_them(database_kind: str, stores: Callable[[str], Store]) -> None:
    few = 3 if database_kind == "sqlite" else 2
    run(Bargaining, bargaining(stores(database_kind)), examples=few, steps=25)
