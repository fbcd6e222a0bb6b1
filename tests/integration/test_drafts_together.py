"""The drafts of one need, made in one step, completed by one set of answers and sent in one step."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broker.agreements import freezing, negotiation, sending
from broker.agreements.models import Agreement
from broker.audit.models import AuditEntry
from broker.errors import Conflict, Invalid, NotAllowed, RuleBroken
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from broker.parties.actor import SYSTEM
from broker.parties.models import Organization, SigningMandate
from broker.transaction import transaction
from tests.factories.agreements import Deal
from tests.factories.market import need_id, person
from tests.integration.conftest import Stage


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    return at_stage("drafted", Deal)


def _accept_another(deal: Deal) -> int:
    """Both sides accept the next suggestion of the need too. Returns whose it is."""
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
    assert other.producer.organization_id is not None
    return other.producer.organization_id


def _draft_all(deal: Deal) -> sending.Drafted:
    with deal.act("broker") as tx:
        return sending.draft_all(tx, need_id(deal.engine, "B01"))


def _unsent(deal: Deal) -> list[sending.Unsent]:
    with Session(deal.engine) as session:
        return sending.unsent_of(session, deal.broker, need_id(deal.engine, "B01"))


def _usual(drafts: list[sending.Unsent]) -> dict[str, Any]:
    return {path: term.recommended for path, term in sending.terms_together(drafts).items()}


def _send(
    deal: Deal,
    chosen: dict[int, int],
    values: dict[str, Any],
    reply_by: dt.date | None = None,
    side: str = "broker",
) -> int:
    with deal.act(side) as tx:
        return sending.send_all(tx, need_id(deal.engine, "B01"), chosen, values, reply_by)


def test_from_acceptances_to_every_draft_with_its_parties(deal: Deal) -> None:
    _accept_another(deal)
    assert [_draft_all(deal), _draft_all(deal)] == [sending.Drafted(made, (), ()) for made in (1, 0)]
    drafts = _unsent(deal)
    assert drafts[0].agreement.id == deal.id and len(drafts) == 2
    assert all(one.terms and not one.beyond for one in drafts)
    chosen = _read(drafts)
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
    chosen = _read(drafts)
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
    _send(deal, _read(drafts), _usual(drafts) | {"modalities.scale_owner": "buyer"})
    assert freezing.facts_of(deal.version()).modalities.scale_owner == "organization"


def test_only_the_broker_of_the_drafts(deal: Deal) -> None:
    with pytest.raises(NotAllowed):
        _send(deal, {deal.id: 1}, {}, side="buyer")
    with pytest.raises(Conflict, match="drafts_gone"):
        _send(deal, {}, {})


def test_what_nobody_read_or_what_has_ended_is_not_sent(deal: Deal) -> None:
    _accept_another(deal)
    _draft_all(deal)
    read, values = _read(_unsent(deal)), _usual(_unsent(deal))
    deal.offer("buyer", {"modalities.scale_owner": "organization"})
    with pytest.raises(Conflict, match="draft_moved_on"):
        _send(deal, read, values)
    with deal.act("buyer") as tx:
        negotiation.abandon(tx, deal.id, "ya no compramos")
    with pytest.raises(Conflict, match="drafts_gone"):
        _send(deal, read, values)
    del read[deal.id]
    assert _send(deal, read, values) == 1


def test_whoever_has_no_mandate_any_more_is_left_out_by_name(deal: Deal) -> None:
    other = _accept_another(deal)
    with transaction(deal.engine, SYSTEM, deal.clock) as tx:
        name = tx.session.get_one(Organization, other).legal_name
    deal.broker = replace(deal.broker, clients=deal.broker.clients - {other})
    assert _draft_all(deal) == sending.Drafted(0, (name,), ())


def test_whom_a_union_can_sign_for_is_left_to_the_broker(deal: Deal) -> None:
    others = [_accept_another(deal), _accept_another(deal)]
    union = person(deal.engine, "u01@demo.example").organization_id
    assert union is not None
    with transaction(deal.engine, SYSTEM, deal.clock) as tx:
        tx.session.execute(update(Organization).where(Organization.id.in_(others)).values(union_id=union))
        for member in others:
            given = SigningMandate(
                member_id=member, union_id=union, minutes="Acta 1", given_on=tx.today,
                ends_on=tx.today + dt.timedelta(days=300), given_at=tx.now, given_by_id=None,
            )  # fmt: skip
            tx.session.add(given)
    drafted = _draft_all(deal)
    assert (drafted.made, len(drafted.through_union)) == (0, 2)


def _read(drafts: list[sending.Unsent]) -> dict[int, int]:
    return {one.agreement.id: one.version.number for one in drafts}
