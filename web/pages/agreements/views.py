"""Draft agreements: the list, the draft as a page, and the same draft as PDF."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import assembly, queries, services
from broker.agreements.open_points import by_owner
from broker.agreements.transitions import AGREEMENT
from broker.documents import pdf
from broker.documents.content import content_hash
from broker.errors import RuleBroken
from web.extensions import db
from web.i18n import LANGUAGES, language
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor
from web.wording import message

bp = Blueprint("agreements", __name__, template_folder="templates", url_prefix="/agreements")
PARTIES = ("broker", "buyer", *PRODUCERS)


@bp.get("")
@access(*PARTIES)
def listing() -> ResponseReturnValue:
    """The drafts the actor has a part in."""
    return page("agreements/listing.html", rows=queries.agreements_of(db.session(), actor()))


@bp.post("/from-suggestion/<int:suggestion_id>")
@access("broker")
def create(suggestion_id: int) -> ResponseReturnValue:
    """Turn a suggestion that both sides accepted into a draft."""
    with writing() as tx:
        agreement = services.draft(tx, suggestion_id)
    flash(_("The draft is ready. What is still open is marked."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)


@bp.get("/<int:agreement_id>")
@access(*PARTIES)
def show(agreement_id: int) -> ResponseReturnValue:
    """The draft, clause by clause, with its open points."""
    return _shown(agreement_id, {})


@bp.post("/<int:agreement_id>/abandon")
@access(*PARTIES)
def abandon(agreement_id: int) -> ResponseReturnValue:
    """End the draft, with a reason that the others read."""
    try:
        with writing() as tx:
            services.abandon(tx, agreement_id, request.form.get("reason", "").strip()[:200])
    except RuleBroken as fault:
        return _shown(agreement_id, {fault.field or "reason": message(fault)}, 422)
    flash(_("The draft has ended. The quantities are free again."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement_id), 303)


def _shown(agreement_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = agreement.versions[-1]
    draft = assembly.assemble(services.facts_of(version), _wanted_language())
    return page(
        "agreements/show.html",
        status=status,
        errors=errors,
        may_end=bool(AGREEMENT.available(agreement.state, "buyer")) and actor().may_write,
        agreement=agreement,
        version=version,
        draft=draft,
        points=by_owner(draft.open_points),
        shown_in=_wanted_language(),
        text_hash=content_hash(draft.document),
    )


@bp.get("/<int:agreement_id>.pdf")
@access(*PARTIES)
def as_pdf(agreement_id: int) -> ResponseReturnValue:
    """The same draft for print and archive."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = agreement.versions[-1]
    data = pdf.render_pdf(assembly.assemble(services.facts_of(version), _wanted_language()).document)
    name = f"alianza-{agreement.id}-v{version.number}-{_wanted_language()}.pdf"
    return Response(
        data, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )


def _wanted_language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else language()
