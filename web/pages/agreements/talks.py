"""The talks about an agreement: sending it, accepting a version, remarks, comparing, ending it."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import freezing, negotiation, offering, queries
from broker.agreements.comparing import changes_between
from broker.errors import Invalid, RuleBroken
from broker.listings.reader import Reader
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.agreements.blueprint import PARTIES, bp, digest, wanted_language
from web.pages.agreements.showing import shown
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import sentences


@bp.post("/<int:agreement_id>/send")
@access("broker")
def send(agreement_id: int) -> ResponseReturnValue:
    """Send the draft to both parties, when the checklist allows it."""
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    reply_by = reader.date("reply_by")
    try:
        reader.faults.raise_if_any()
        with writing() as tx:
            negotiation.send(tx, agreement_id, reply_by)
    except (Invalid, RuleBroken) as fault:
        return shown(agreement_id, sentences(fault), 422, request.form)
    flash(_("Both parties have the draft. Each of them can accept it or make an offer."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


@bp.post("/<int:agreement_id>/accept")
@access(*PARTIES)
def accept(agreement_id: int) -> ResponseReturnValue:
    """Accept the version that was read."""
    try:
        with writing() as tx:
            agreement = offering.accept(tx, agreement_id, digest())
    except RuleBroken as fault:
        return shown(agreement_id, sentences(fault), 422)
    if agreement.negotiation == "agreed_in_principle":
        flash(
            _("Both parties accept this version. The members can read the summary now; then it is signed."),
            "ok",
        )
    else:
        flash(_("You accept this version. The other side has not answered yet."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


@bp.post("/<int:agreement_id>/remarks")
@access(*PARTIES)
def remark(agreement_id: int) -> ResponseReturnValue:
    """Say something about the agreement that both parties and the broker read."""
    try:
        with writing() as tx:
            negotiation.remark(tx, agreement_id, request.form.get("text", ""))
    except RuleBroken as fault:
        return shown(agreement_id, sentences(fault), 422, request.form)
    return redirect(url_for("agreements.show", agreement_id=agreement_id, _anchor="remarks"), 303)


@bp.post("/<int:agreement_id>/abandon")
@access(*PARTIES)
def abandon(agreement_id: int) -> ResponseReturnValue:
    """End it before anybody signs, with a reason that the others read."""
    try:
        with writing() as tx:
            negotiation.abandon(tx, agreement_id, request.form.get("reason", "").strip()[:200])
    except RuleBroken as fault:
        return shown(agreement_id, sentences(fault), 422, request.form)
    flash(_("The draft has ended. The quantities are free again."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


@bp.get("/<int:agreement_id>/changes")
@access(*PARTIES)
def changes(agreement_id: int) -> ResponseReturnValue:
    """What differs between two versions, clause by clause."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    versions = queries.history(db.session(), agreement)
    newest = versions[0].number
    newer = request.args.get("newer", newest, type=row_id) or newest
    older = request.args.get("older", max(newer - 1, 1), type=row_id) or 1
    drafts = [
        freezing.draft_of(queries.version_of(db.session(), agreement, number), wanted_language())
        for number in (older, newer)
    ]
    return page(
        "agreements/changes.html",
        agreement=agreement,
        versions=versions,
        older=older,
        newer=newer,
        note=next((v.note for v in versions if v.number == newer), ""),
        clauses=changes_between(*drafts),
    )
