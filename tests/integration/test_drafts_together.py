"""The drafts of one need, made in one step, completed by one set of answers and sent in one step."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements import freezing, sending
from broker.agreements.models import Agreement
from broker.audit.models import AuditEntry
from broker.errors import Conflict, Invalid, NotAllowed, RuleBroken
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from tests.factories.agreements import Deal
from tests.factories.market import need_id, person
from tests.integration.conftest import Stage


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    return at_stage("drafted", Deal)


def _accept_another(deal: Deal) -> None:
    """Both sides accept the next suggestion of the need too."""
    with Session(deal.engine) as session:
        query = select(Suggestion).where(
            Suggestion.need_id == need_id(deal.engine, "B01"), Suggestion.state == "generated"
        )
        found = session.scalars(query.order_by(Suggestion.id)).first()
        assert found is not None
        number, code = found.id, found.capacity.reference.lower()
    with deal.act("broker") as tx:
        suggestions.shortlist(tx, number)
        suggestions.send(tx, [number])
    with deal.act("buyer") as tx:
        suggestions.accept(tx, number)
    other = Deal.on(deal, deal.engine)
    other.producer = person(deal.engine, f"{code}@demo.example")
    with other.act("producer") as tx:
        suggestions.accept(tx, number)


def _draft_all(deal: Deal) -> int:
    with deal.act("broker") as tx:
        return sending.draft_all(tx, need_id(deal.engine, "B01"))


def _unsent(deal: Deal) -> list[sending.Unsent]:
    with Session(deal.engine) as session:
        return sending.unsent_of(session, deal.broker, need_id(deal.engine, "B01"))


def _usual(drafts: list[sending.Unsent]) -> dict[str, Any]:
    return {path: term.recommended for path, term in sending.terms_together(drafts).items()}


def _send(
    deal: Deal,
    chosen: set[int],
    values: dict[str, Any],
    reply_by: dt.date | None = None,
    side: str = "broker",
) -> int:
    with deal.act(side) as tx:
        return sending.send_all(tx, need_id(deal.engine, "B01"), chosen, values, reply_by)


def test_from_acceptances_to_every_draft_with_its_parties(deal: Deal) -> None:
    _accept_another(deal)
    assert (_draft_all(deal), _draft_all(deal)) == (1, 0)
    drafts = _unsent(deal)
    assert drafts[0].agreement.id == deal.id and len(drafts) == 2
    assert all(one.terms and not one.beyond for one in drafts)
    chosen = {one.agreement.id for one in drafts}
    values, day = _usual(drafts), deal.clock().date() + dt.timedelta(days=5)
    assert _send(deal, chosen, values, day) == 2
    with Session(deal.engine) as session:
        sent = session.scalars(select(Agreement).order_by(Agreement.id)).all()
        assert [(one.state, one.reply_by) for one in sent] == [("negotiating", day)] * 2
        for one in sent:
            facts = freezing.facts_of(one.versions[-1])
            assert facts.modalities.silence_hours == values["modalities.silence_hours"]
        said = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject == "agreement")).all()
        assert said.count("agreement.send") == 2
    assert _unsent(deal) == []
    with pytest.raises(Conflict, match="drafts_gone"):
        _send(deal, chosen, values)


def test_all_go_or_none(deal: Deal) -> None:
    _accept_another(deal)
    _draft_all(deal)
    drafts = _unsent(deal)
    chosen = {one.agreement.id for one in drafts}
    lacking = _usual(drafts) | {"payment.channel": None}
    with pytest.raises(Invalid, match="draft_incomplete"):
        _send(deal, chosen, lacking)
    with pytest.raises(RuleBroken, match="date_past"):
        _send(deal, chosen, _usual(drafts), deal.clock().date() - dt.timedelta(days=1))
    assert [one.version.number for one in _unsent(deal)] == [1, 1]


def test_what_a_draft_has_already_stays(deal: Deal) -> None:
    deal.offer("buyer", {"modalities.scale_owner": "organization"})
    drafts = _unsent(deal)
    assert "modalities.scale_owner" not in _usual(drafts)
    _send(deal, {deal.id}, _usual(drafts) | {"modalities.scale_owner": "buyer"})
    assert freezing.facts_of(deal.version()).modalities.scale_owner == "organization"


def test_only_the_broker_of_the_drafts(deal: Deal) -> None:
    with pytest.raises(NotAllowed):
        _send(deal, {deal.id}, {}, side="buyer")
    with pytest.raises(Conflict, match="drafts_gone"):
        _send(deal, set(), {})
