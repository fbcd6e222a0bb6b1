"""Signing: what is signed, the representative's signature in the account, or the copy of one on paper."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.agreements import queries, signing
from broker.agreements.models import Agreement
from broker.agreements.negotiation import is_amending, may_act, side_of
from broker.documents import attachments
from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.parties.accounts import note_failure
from broker.parties.permissions import require_manager
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.agreements.blueprint import PARTIES, bp, digest, wanted_language
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor, person
from web.wording import sentences


@bp.route("/<int:agreement_id>/sign", methods=["GET", "POST"])
@access("buyer", *PRODUCERS)
def sign(agreement_id: int) -> ResponseReturnValue:
    """Check what is signed and sign it: the representative, in the account of a manager who enters the password."""
    if request.method == "GET":
        return _page(agreement_id, {})
    try:
        with writing() as tx:
            agreement = signing.sign(
                tx,
                agreement_id,
                digest(),
                name=request.form.get("name", ""),
                password=request.form.get("password", ""),
                code=request.form.get("code", ""),
                address=request.remote_addr or "",
            )
    except (Invalid, RuleBroken) as fault:
        return _refused(agreement_id, fault)
    return _done(agreement)


@bp.post("/<int:agreement_id>/sign/paper")
@access("buyer", *PRODUCERS)
def sign_on_paper(agreement_id: int) -> ResponseReturnValue:
    """Keep the copy of the page that the representative signed by hand."""
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    signed_on = reader.date("signed_on", required=True)
    sent = request.files.get("scan")
    try:
        reader.faults.raise_if_any()
        with writing() as tx:
            agreement = signing.sign_on_paper(
                tx,
                agreement_id,
                digest(),
                scan=sent.read() if sent else b"",
                signed_on=signed_on,
                password=request.form.get("password", ""),
                code=request.form.get("code", ""),
                address=request.remote_addr or "",
            )
    except (Invalid, RuleBroken) as fault:
        return _refused(agreement_id, fault)
    return _done(agreement)


@bp.get("/<int:agreement_id>/scans/<int:scan_id>")
@access(*PARTIES)
def scan(agreement_id: int, scan_id: int) -> ResponseReturnValue:
    """The copy of a signature on paper, for the parties and their broker."""
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    versions = queries.history(db.session(), agreement)
    if scan_id not in {one.scan_id for version in versions for one in version.signatures}:
        raise NotFound("not_found")
    kept = attachments.read(db.session(), scan_id)
    name = f"alianza-{agreement.id}-firma-{scan_id}.{kept.ending}"
    # Never shown inside a page of ours: a file of somebody else's is only given out.
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(kept.data, mimetype=kept.media_type, headers=headers)


def _refused(agreement_id: int, fault: Invalid | RuleBroken) -> ResponseReturnValue:
    """The form again; a wrong password or code counts as one at the door does."""
    errors = sentences(fault)
    if errors.keys() & {"password", "code"}:
        with writing() as tx:
            note_failure(tx, email=person().email, address=request.remote_addr or "")
    return _page(agreement_id, errors, 422)


def _done(agreement: Agreement) -> ResponseReturnValue:
    standing = queries.version_of(db.session(), agreement)
    if not standing.amends and agreement.signed_at:
        flash(_("Both parties have signed. The deliveries are in the calendar."), "ok")
    elif standing.amends and not is_amending(agreement, standing):
        flash(_("Both parties have signed: the amendment is in force."), "ok")
    else:
        flash(_("Signed. The other side has still to sign."), "ok")
    return redirect(url_for("agreements.show", agreement_id=agreement.id), 303)


def _page(agreement_id: int, errors: dict[str, str], status: int = 200) -> ResponseReturnValue:
    agreement = queries.agreement_for(db.session(), actor(), agreement_id)
    side = side_of(agreement, actor())
    if not actor().may_write:
        raise NotAllowed("role_may_not_write")
    if not may_act(agreement, actor()):
        raise NotAllowed("union_acts")
    require_manager(actor(), agreement.party_id(side))
    version = queries.version_of(db.session(), agreement)
    if not signing.may_be_signed(agreement, version):
        raise Conflict("state_moved_on", subject="agreement", state=agreement.state, action="sign")
    name, authority = signing.representative_of(version, side)
    ends = signing.review_ends(agreement, version)
    return page(
        "agreements/sign.html",
        status=status,
        agreement=agreement,
        version=version,
        side=side,
        name=name,
        authority=authority,
        ends=ends,
        signed=any(one.side == side for one in version.signatures),
        needs_code=person().totp_secret is not None,
        errors=errors,
        values=request.form,
        shown_in=wanted_language(),
    )
