"""What a buyer and an organization find at home: what needs them now, each line with its one next action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.deliveries.queries import agreements_with_todo
from broker.listings import queries as listings
from broker.listings.drafts import CapacityDraft, unfinished
from broker.listings.models import Capacity, Need
from broker.matchmaking import party_view
from broker.parties import queries as parties
from broker.parties.actor import Actor
from broker.parties.models import Mandate
from web.i18n import now, since, today
from web.pages.capacities.rights import Rights, rights
from web.pages.home.task import Task


@dataclass(frozen=True)
class PartyHome:
    """The home of a buyer or of a producer organization."""

    tasks: Sequence[Task]
    needs: Sequence[Need]
    capacities: Sequence[Capacity]
    views: Sequence[party_view.PartyView]
    drafts: Sequence[Agreement]
    mandates: Sequence[Mandate]
    begun: Sequence[CapacityDraft] = ()
    rights: Mapping[int, Rights] = field(default_factory=dict)


def buyer_home(session: Session, actor: Actor) -> PartyHome:
    """The buyer's needs, what waits for his answer, his drafts."""
    own = actor.organization_id
    assert own is not None
    needs = listings.needs_of(session, [own], questions=True)
    home = _party_home(session, actor, needs=needs)
    return replace(home, tasks=[*home.tasks, *_question_tasks(needs)])


def producer_home(session: Session, actor: Actor) -> PartyHome:
    """The organization's capacities, what waits for its answer, its drafts."""
    own = actor.organization_id
    assert own is not None
    capacities = listings.capacities_of(session, [own])
    home = _party_home(session, actor, capacities=capacities)
    return replace(home, begun=unfinished(session, own), rights={c.id: rights(c) for c in capacities})


def _party_home(
    session: Session, actor: Actor, needs: Sequence[Need] = (), capacities: Sequence[Capacity] = ()
) -> PartyHome:
    views = party_view.inbox(session, actor, now())
    mandates = parties.mandates_of(session, actor)
    drafts, deliveries_waiting = agreements_with_todo(session, actor, today())
    tasks = [
        *_mandate_tasks(mandates, actor),
        *_agreement_tasks(drafts, "buyer" if actor.kind == "buyer" else "producer"),
        *_delivery_tasks(deliveries_waiting),
        *_answer_tasks(views),
    ]
    return PartyHome(tasks, needs, capacities, views, drafts, mandates)


def _agreement_tasks(agreements_: Sequence[Agreement], side: str) -> list[Task]:
    """Agreements in which the other side has moved last, and those that can be signed."""
    found = []
    for agreement in agreements_:
        other = _short(agreement.organization if side == "buyer" else agreement.buyer)
        url = url_for("agreements.show", agreement_id=agreement.id)
        if agreement.state == "negotiating" and agreement.offered_by != side:
            found.append(
                Task(
                    kind=_("Agreement"),
                    tone="info",
                    what=_("Answer the agreement with %(other)s", other=other),
                    why=_(
                        "The other side or the broker has moved: accept the version that stands, or make an offer."
                    ),
                    action=_("Read and answer"),
                    url=url,
                    due=_("Since %(when)s", when=since(agreement.moved_at)),
                )
            )
        elif agreement.state == "negotiated":
            found.append(
                Task(
                    kind=_("Agreement"),
                    tone="ok",
                    what=_("Read the agreement with %(other)s with your people and sign it", other=other),
                    why=_("Both sides accept the same text. It is signed after the time for reading."),
                    action=_("Open"),
                    url=url,
                )
            )
    return found


def _delivery_tasks(count: int) -> list[Task]:
    """One line for all deliveries that ask something of the reader."""
    if not count:
        return []
    return [
        Task(
            kind=_("Deliveries"),
            tone="warn",
            what=ngettext("%(num)d delivery needs you", "%(num)d deliveries need you", count),
            why=_("To confirm, send, weigh, grade, settle or pay."),
            action=_("Open"),
            url=url_for("deliveries.listing"),
        )
    ]


def _question_tasks(needs: Sequence[Need]) -> list[Task]:
    waiting = ((need, sum(q.answered_at is None for q in need.questions)) for need in needs)
    return [
        Task(
            kind=_("Question"),
            tone="info",
            what=ngettext(
                "%(num)d question about %(need)s",
                "%(num)d questions about %(need)s",
                number,
                need=need.reference,
            ),
            why=_("Your answer is read by everybody who sees the need."),
            action=_("Answer"),
            url=url_for("needs.show", need_id=need.id, _anchor="questions"),
        )
        for need, number in waiting
        if number
    ]


def _answer_tasks(views: Sequence[party_view.PartyView]) -> list[Task]:
    return [
        Task(
            kind=_("Suggestion"),
            tone="info",
            what=_("Answer the suggestion with %(other)s", other=_short(view.other)),
            why=_("It commits you to nothing until both sides accept."),
            action=_("Open"),
            url=url_for("suggestions.show", suggestion_id=view.id),
            due=_("Sent %(when)s", when=since(view.sent_at)),
        )
        for view in views
        if view.may_accept
    ]


def _mandate_tasks(mandates: Sequence[Mandate], actor: Actor) -> list[Task]:
    return [
        Task(
            kind=_("Mandate"),
            tone="warn",
            what=_("%(broker)s asks for your mandate", broker=_short(mandate.broker)),
            why=_("Without it the broker cannot propose anything in your name. The fee is in plain view."),
            action=_("Read and decide"),
            url=url_for("mandates.listing"),
        )
        for mandate in mandates
        if mandate.state == "proposed" and mandate.client_id == actor.organization_id
    ]


def _short(organization) -> str:  # type: ignore[no-untyped-def]
    name: str = organization.legal_name
    return name.removesuffix(" (ficticia)")
