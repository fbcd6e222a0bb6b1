"""Setting terms: one form for the open points, for one clause, or for everything; each sending makes a version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import freezing, offering, queries
from broker.agreements.amending import AMENDABLE
from broker.agreements.contributing import ContributionChange
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import read_terms
from broker.agreements.negotiation import writing_side
from broker.documents.content import Section, walk
from broker.errors import Conflict, Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.matchmaking.grid import need_periods
from broker.numerals import parse_decimal
from web.extensions import db
from web.i18n import decimal_separator, language, plain
from web.pages.agreements.blueprint import PARTIES, bp
from web.pages.agreements.term_fields import ALL, OPEN, allowed_terms, chosen, parts_of, shown, typed_terms
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import message, sentences

SCHEDULE, CONTRIBUTIONS = "schedule", "contributions"


@bp.route("/<int:agreement_id>/terms", methods=["GET", "POST"])
@access(*PARTIES)
def terms(agreement_id: int) -> ResponseReturnValue:
    """The terms that the reader may set; what is sent becomes a new version, an offer once the draft is out."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    side = writing_side(agreement, actor())
    version = queries.version_of(db.session(), agreement)
    if agreement.state not in (*offering.OPEN, *AMENDABLE):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="offer")
    if request.method == "GET":
        return _form(agreement, version, side, {}, {})
    typed = typed_terms(request.form, allowed_terms(agreement, version, side))
    try:
        _offer(agreement, version, side, typed)
    except (Invalid, RuleBroken) as fault:
        return _form(agreement, version, side, typed, sentences(fault), 422)
    except Conflict as conflict:
        return _outdated(agreement_id, side, typed, conflict)
    saved = _("Saved as version %(number)s.", number=version.number + 1)
    flash(saved if agreement.state == "draft" else _("Your offer has been sent to the other side."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


@bp.post("/<int:agreement_id>/usual")
@access(*PARTIES)
def usual(agreement_id: int) -> ResponseReturnValue:
    """Take what is usual for every open point that has something usual."""
    with writing() as tx:
        version = offering.adopt(tx, agreement_id, _base())
    flash(_("What is usual stands in version %(number)s. Read what was taken.", number=version.number), "ok")
    where = url_for("agreements.changes", agreement_id=agreement_id, older=version.number - 1)
    return redirect(where, 303)


def _offer(agreement: Agreement, version: AgreementVersion, side: str, typed: Mapping[str, str]) -> None:
    found = allowed_terms(agreement, version, side)
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    reply_by = reader.date("reply_by")
    note = reader.text("note", most=1000)
    quantities = _quantities(reader, agreement)
    try:
        values = read_terms(found, typed, decimal_separator())
    except Invalid as fault:
        reader.faults.found.extend(fault.faults)
    reader.faults.raise_if_any()
    with writing() as tx:
        offering.offer(
            tx,
            agreement.id,
            _base(),
            values,
            quantities=quantities,
            wordings=_wordings(version),
            contributions=_contributions(),
            note=note,
            reply_by=reply_by,
        )


def _contributions() -> ContributionChange | None:
    """What the form of the contributions says; None for another form."""
    form = request.form
    if form.get("show") != CONTRIBUTIONS:
        return None
    off = form.getlist("off", type=row_id)
    return ContributionChange(
        form.get("contribution", ""), form.get("what", ""), form.get("paid_back") == "yes", frozenset(off)
    )


def _wordings(version: AgreementVersion) -> dict[str, str]:
    """The clause whose own words the form held, when they differ from what stands."""
    clause, text = (
        request.form.get("wording_of"),
        request.form.get("wording", "").replace("\r\n", "\n").strip(),
    )
    if not clause or text == _own_words(version, clause):
        return {}
    return {clause: text}


def _own_words(version: AgreementVersion, clause: str) -> str:
    return str(((version.facts.get("wordings") or {}).get(clause) or {}).get("es", ""))


def _quantities(reader: Reader, agreement: Agreement) -> dict[dt.date, Decimal]:
    """The kg that were typed otherwise than the form showed them, by the first day of the period."""
    changed = {}
    for period in need_periods(agreement.need):
        name = f"kg-{period.start}"
        text = request.form.get(name)
        if text is None or text == request.form.get(f"was-{name}"):
            continue
        try:
            changed[period.start] = parse_decimal(text, decimal_separator(), field=name)
        except RuleBroken as fault:
            reader.faults.found.append(fault)
    return changed


def _outdated(
    agreement_id: int, side: str, typed: Mapping[str, str], conflict: Conflict
) -> ResponseReturnValue:
    """The form again with what was typed, beside what is stored now; sent again it counts as seen."""
    db.session.expire_all()
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = queries.version_of(db.session(), agreement)
    found = allowed_terms(agreement, version, side)
    seen = allowed_terms(agreement, queries.version_of(db.session(), agreement, _base()), side)
    # What the reader left as it was follows what stands now; only what she changed is hers.
    own = {
        path: text
        for path, text in typed.items()
        if path in found and (path not in seen or text != shown(seen[path], seen[path].value))
    }
    differing = [
        (found[path], shown(found[path], found[path].value), text)
        for path, text in own.items()
        if text != shown(found[path], found[path].value)
    ]
    return _form(agreement, version, side, own, {}, 409, conflict=message(conflict), differing=differing)


def _form(
    agreement: Agreement,
    version: AgreementVersion,
    side: str,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    status: int = 200,
    **more: object,
) -> ResponseReturnValue:
    show = request.values.get("show", OPEN if version.open_points else ALL)
    # Points that somebody settled meanwhile are open no more, and what was typed for them must stay.
    show = ALL if show == OPEN and status == 409 else show
    found = allowed_terms(agreement, version, side)
    facts = freezing.facts_of(version)
    stored = {period.start: plain(period.quantity_kg) for period in facts.schedule.periods}
    periods = [(p, stored.get(p.start, "0")) for p in need_periods(agreement.need)]
    context: dict[str, object] = {"conflict": "", "differing": []} | more
    return page(
        "agreements/terms.html",
        status=status,
        agreement=agreement,
        version=version,
        side=side,
        first_amendment=version.number == agreement.binding,
        show=show,
        parts=parts_of(chosen(found, show), facts),
        open_count=sum(term.value is None for term in found.values()),
        periods=periods if show == SCHEDULE else [],
        contributed=enumerate(facts.contributions or ()) if show == CONTRIBUTIONS else (),
        typed=typed,
        values=request.form,
        clause=_clause(version, show),
        own_words=request.form.get("wording", _own_words(version, show)),
        errors=errors,
        **context,
    )


def _clause(version: AgreementVersion, show: str) -> Section | None:
    """The clause that the form is about, as it reads now."""
    document = freezing.draft_of(version, language()).document
    return next((one for one in walk(document.sections) if one.anchor == f"clause-{show}"), None)


def _base() -> int:
    return request.form.get("base", 0, type=row_id) or 0
