"""Reading agreements: the list, the text, the same text as PDF and DOCX, and the summary for the members."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import freezing, queries, services, signing
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.proving import signatures_of
from broker.agreements.signature_page import pdf_of
from broker.documents.docx import render_docx
from broker.documents.pdf import render_pdf
from web.extensions import db
from web.pages.agreements import (  # noqa: F401  (their routes)
    amendments,
    sending,
    signatures,
    talks,
    terms,
    through_union,
)
from web.pages.agreements.blueprint import PARTIES, bp, wanted_language
from web.pages.agreements.showing import shown, standing_version, version_read
from web.rendering import page, writing
from web.security import access, actor

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@bp.get("")
@access(*PARTIES)
def listing() -> ResponseReturnValue:
    """The agreements the actor has a part in."""
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
    """The text, clause by clause, with its open points, the talks about it, and the one next step."""
    return shown(agreement_id, {})


@bp.get("/<int:agreement_id>.pdf")
@access(*PARTIES)
def as_pdf(agreement_id: int) -> ResponseReturnValue:
    """The same text for print and archive, with the page of signatures once both parties agree on it."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    standing = standing_version(agreement)
    version = version_read(agreement, standing)
    agreed = signing.is_agreed(agreement, version, standing)
    signed = signatures_of(db.session(), version) if agreed else ()
    data = pdf_of(version, wanted_language(), signed, with_page=agreed)
    return _file(agreement, version, data, "pdf", "application/pdf")


@bp.get("/<int:agreement_id>.docx")
@access(*PARTIES)
def as_docx(agreement_id: int) -> ResponseReturnValue:
    """The same text as a lawyer's working copy."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = version_read(agreement, standing_version(agreement))
    data = render_docx(freezing.draft_of(version, wanted_language()).document)
    return _file(agreement, version, data, "docx", DOCX)


@bp.get("/<int:agreement_id>/summary")
@access(*PARTIES)
def summary(agreement_id: int) -> ResponseReturnValue:
    """What the members read before anybody signs, on one page that prints."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = version_read(agreement, standing_version(agreement))
    return page(
        "agreements/summary.html",
        agreement=agreement,
        version=version,
        document=freezing.summary_of(version, wanted_language()),
        shown_in=wanted_language(),
    )


@bp.get("/<int:agreement_id>/summary.pdf")
@access(*PARTIES)
def summary_as_pdf(agreement_id: int) -> ResponseReturnValue:
    """The same page as a file, for the notice board of the assembly."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    version = version_read(agreement, standing_version(agreement))
    data = render_pdf(freezing.summary_of(version, wanted_language()))
    return _file(agreement, version, data, "pdf", "application/pdf", kind="resumen")


def _file(
    agreement: Agreement,
    version: AgreementVersion,
    data: bytes,
    ending: str,
    media_type: str,
    kind: str = "alianza",
) -> ResponseReturnValue:
    name = f"{kind}-{agreement.id}-v{version.number}-{wanted_language()}.{ending}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(data, mimetype=media_type, headers=headers)
