"""The room of an alliance: how it stands, and what the two sides settle between them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from broker.agreements import freezing
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiation import may_act, side_of
from broker.agreements.queries import agreement_for, in_force
from broker.alliance import committee, complaints, contributions, queries, standing, suspending
from broker.alliance.committee import Decision, Minutes
from broker.deliveries.terms import terms_in
from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.transaction import Transaction
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator, language
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import PRODUCERS, access, actor
from web.wording import sentences

bp = Blueprint("alliance", __name__, template_folder="templates", url_prefix="/alliances")
PARTIES = ("broker", "buyer", *PRODUCERS)
DECISIONS = 3

Step = Callable[[Transaction, int, Reader], object]


@bp.get("/<int:agreement_id>")
@access(*PARTIES)
def show(agreement_id: int) -> ResponseReturnValue:
    """The room, for the parties and their broker, once both have signed."""
    return _shown(agreement_id, {})


@bp.post("/<int:agreement_id>/<step>")
@access("buyer", *PRODUCERS)
def act(agreement_id: int, step: str) -> ResponseReturnValue:
    """Carry out one of the forms of the room."""
    if step not in STEPS:
        raise NotFound("not_found")
    verb, done, tab = STEPS[step]
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    try:
        with writing() as tx:
            verb(tx, agreement_id, reader)
    except (Invalid, RuleBroken) as fault:
        return _shown(agreement_id, sentences(fault), 422, step)
    flash(str(done), "ok")
    return redirect(url_for("alliance.show", agreement_id=agreement_id, show=tab), 303)


def _shown(
    agreement_id: int, errors: Mapping[str, str], status: int = 200, failed: str = ""
) -> ResponseReturnValue:
    agreement = agreement_for(db.session(), actor(), agreement_id)
    if agreement.signed_at is None:
        raise Conflict("not_signed")
    asked = STEPS[failed][2] if failed else request.args.get("show", "")
    tab = asked if asked in TABS else "standing"
    version = in_force(db.session(), agreement)
    acts = may_act(agreement, actor()) and actor().kind != "broker"
    return page(
        f"alliance/{tab}.html",
        status=status,
        agreement=agreement,
        tab=tab,
        side=side_of(agreement, actor()),
        may_write=acts,
        may_decide=acts and actor().role == "manager",
        errors=errors,
        failed=failed,
        typed=request.form,
        **TABS[tab](agreement, version),
    )


def _standing(agreement: Agreement, version: AgreementVersion) -> dict[str, object]:
    facts, today = freezing.facts_of(version), i18n.today()
    terms = terms_in(facts)
    deliveries = standing.deliveries_in(db.session(), agreement.id)
    signed_on = terms.day(agreement.signed_at) if agreement.signed_at else today
    return {
        "card": standing.scorecard(deliveries, terms, today),
        "warnings": standing.warnings(
            db.session(), deliveries, terms, facts.product.code, agreement.broker_id, signed_on, today
        ),
        "gap": standing.gap_of_cash(deliveries, terms, 0, today),
    }


def _committee(agreement: Agreement, version: AgreementVersion) -> dict[str, object]:
    return {
        "meetings": queries.meetings_of(db.session(), agreement.id),
        "clauses": _clauses(version),
        "decisions": range(DECISIONS),
    }


def _complaints(agreement: Agreement, version: AgreementVersion) -> dict[str, object]:
    notice, pause = queries.notice_and_pause_of(db.session(), agreement.id)
    return {
        "grievances": queries.grievances_of(db.session(), agreement.id),
        "breaches": queries.breaches_of(db.session(), agreement.id),
        "notice": notice,
        "pause": pause,
        "clauses": _clauses(version),
    }


def _contributions(agreement: Agreement, version: AgreementVersion) -> dict[str, object]:
    return {"ledger": contributions.ledger(db.session(), agreement.id, freezing.facts_of(version))}


# The pages of the room, each with what it reads.
TABS: dict[str, Callable[[Agreement, AgreementVersion], dict[str, object]]] = {
    "standing": _standing,
    "committee": _committee,
    "complaints": _complaints,
    "contributions": _contributions,
}


def _clauses(version: AgreementVersion) -> list[tuple[str, str]]:
    """The clauses of the text, by number and title, for what a decision or a breach is about."""
    document = freezing.draft_of(version, language()).document
    parts = (section for part in document.sections if part.role == "part" for section in part.sections)
    return [
        (section.anchor.removeprefix("clause-"), f"{section.number} {section.title}") for section in parts
    ]


def _meeting(tx: Transaction, agreement_id: int, reader: Reader) -> object:
    held_on = reader.date("held_on", required=True)
    decisions = []
    for index in range(DECISIONS):
        if what := reader.text(f"what-{index}", most=500):
            owner = reader.choice(f"owner-{index}", ("buyer", "producer", "broker"))
            due_on, clause = reader.date(f"due_on-{index}"), reader.text(f"clause-{index}", most=60)
            decisions.append(Decision(what, owner, clause or None, due_on))
    minutes = reader.text("minutes", required=True, most=4000)
    there = [reader.text(name) for name in ("for_buyer", "for_producer", "others")]
    reader.faults.raise_if_any()
    assert held_on is not None
    return committee.record(tx, agreement_id, Minutes(held_on, *there, minutes, decisions), _key())


def _give(tx: Transaction, agreement_id: int, reader: Reader) -> object:
    amount, given_on = reader.decimal("amount", required=True, low=0), reader.date("given_on", required=True)
    what, position = (
        reader.text("what", required=True, most=500),
        reader.whole("position", required=True, high=99),
    )
    reader.faults.raise_if_any()
    assert amount is not None and given_on is not None and position is not None
    version = in_force(tx.session, agreement_for(tx.session, tx.actor, agreement_id))
    facts = freezing.facts_of(version)
    return contributions.give(tx, agreement_id, facts, position, what, amount, given_on, _key())


def _until(reader: Reader) -> dt.date | None:
    until = reader.date("until", required=True)
    reader.faults.raise_if_any()
    return until


def _number(name: str) -> int:
    return request.form.get(name, 0, type=row_id) or 0


def _key() -> str:
    return request.form.get("key", "")[:64]


# Step -> how its form is carried out, what is said when it is done, and the page it stands on.
STEPS: dict[str, tuple[Step, object, str]] = {
    "meeting": (_meeting, _l("The minutes are kept. The other side agrees to them."), "committee"),
    "agree": (
        lambda tx, n, r: committee.agree(tx, n, _number("meeting")),
        _l("You agree to the minutes."),
        "committee",
    ),
    "task": (lambda tx, n, r: committee.finish(tx, n, _number("task")), _l("Done."), "committee"),
    "grievance": (
        lambda tx, n, r: complaints.complain(tx, n, r.text("what", most=4000), _key()),
        _l("The other side has ten days to answer."),
        "complaints",
    ),
    "answer": (
        lambda tx, n, r: complaints.answer(tx, n, _number("grievance"), r.text("text", most=4000)),
        _l("Your answer is with the other side."),
        "complaints",
    ),
    "settle": (lambda tx, n, r: complaints.settle(tx, n, _number("grievance")), _l("Settled."), "complaints"),
    "breach": (
        lambda tx, n, r: complaints.notify_breach(
            tx, n, r.text("what", most=4000), r.text("clause", most=60)
        ),
        _l("The breach is notified. The other side has the cure days of the agreement."),
        "complaints",
    ),
    "cure": (
        lambda tx, n, r: complaints.say_cured(tx, n, r.text("text", most=4000)),
        _l("The other side reads how it was put right."),
        "complaints",
    ),
    "cured": (
        lambda tx, n, r: complaints.confirm_cured(tx, n),
        _l("Cured: the agreement goes on."),
        "complaints",
    ),
    "notice": (
        lambda tx, n, r: complaints.give_notice(tx, n, r.text("reason", most=4000)),
        _l("Notice is given."),
        "complaints",
    ),
    "pause": (
        lambda tx, n, r: suspending.propose(tx, n, r.text("reason", most=4000), _until(r)),
        _l("The pause is proposed. The other side has to agree."),
        "complaints",
    ),
    "pause_agree": (
        lambda tx, n, r: suspending.agree(tx, n, _number("pause")),
        _l("Both sides agree: the agreement is suspended."),
        "complaints",
    ),
    "pause_end": (
        lambda tx, n, r: suspending.end(tx, n, _number("pause")),
        _l("The pause is over."),
        "complaints",
    ),
    "give": (_give, _l("Noted. The organization confirms that it has it."), "contributions"),
    "given": (
        lambda tx, n, r: contributions.confirm(tx, n, _number("given")),
        _l("Confirmed: you have it."),
        "contributions",
    ),
}
