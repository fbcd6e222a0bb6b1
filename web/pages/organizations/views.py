"""Organizations: one's own record, its people and certificates, and what everybody may know of each."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import schemes
from broker.errors import Invalid, NotAllowed, RuleBroken
from broker.listings import queries as listings
from broker.parties import accounts, phones, queries, recovery, services
from broker.parties.models import ROLES, Organization
from broker.parties.permissions import sees_private
from web.extensions import db
from web.i18n import language, plain
from web.pages.accounts import letters
from web.pages.mandates.terms import blank_terms
from web.pages.organizations.certificates import new_certificate
from web.pages.organizations.reading import BUYER_TYPES, edited_organization, place_choices
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor, person
from web.wording import sentences

bp = Blueprint("organizations", __name__, template_folder="templates")

# More listings than this are found by browsing.
SHOWN = 25
EDITED = (
    "legal_name", "tax_id", "legal_status", "municipality", "phone", "email", "representative",
    "representative_power", "buyer_type", "members_total", "members_women", "members_indigenous", "about",
)  # fmt: skip


@bp.route("/organization", methods=["GET", "POST"])
@access("user")
def profile() -> ResponseReturnValue:
    """One's own organization's record; a manager edits it."""
    own = _own()
    if request.method == "GET":
        return _profile_page(own, _values(own), {})
    try:
        data = edited_organization(request.form, own)
        with writing() as tx:
            services.update_organization(tx, own.id, data)
    except (Invalid, RuleBroken) as error:
        return _profile_page(own, request.form.to_dict(), sentences(error))
    flash(_("The record is saved."), "ok")
    return redirect(url_for("organizations.profile"), 303)


@bp.route("/organization/members", methods=["GET", "POST"])
@access("user")
def members() -> ResponseReturnValue:
    """The people who act for one's organization; a manager adds colleagues, who set their own password."""
    own = _own()
    if request.method == "GET":
        return _members_page(own, {"role": "clerk"}, {})
    values = request.form.to_dict()
    try:
        _invite(own, values)
    except (Invalid, RuleBroken) as error:
        return _members_page(own, values, sentences(error))
    flash(_("Added. A mail with what to do is on its way."), "ok")
    return redirect(url_for("organizations.members"), 303)


@bp.post("/organization/members/<int:membership_id>/remove")
@access("user")
def remove_member(membership_id: int) -> ResponseReturnValue:
    """End a colleague's access to the organization."""
    with writing() as tx:
        accounts.remove_member(tx, _own().id, membership_id)
    flash(_("Removed. The person no longer acts for the organization."), "ok")
    return redirect(url_for("organizations.members"), 303)


@bp.route("/organization/certificates", methods=["GET", "POST"])
@access("user")
def certificates() -> ResponseReturnValue:
    """Certificates that cover one's produce, and those held for others."""
    own = _own()
    if request.method == "GET":
        return _certificates_page(own, {"holder": "own"}, {})
    try:
        with writing() as tx:
            services.add_certificate(tx, covers_id=own.id, **new_certificate(tx.session, request.form, own))
    except (Invalid, RuleBroken) as error:
        return _certificates_page(own, request.form.to_dict(), sentences(error))
    flash(_("The certificate is entered."), "ok")
    return redirect(url_for("organizations.certificates"), 303)


@bp.get("/organizations/<int:organization_id>")
@access("public")
def public(organization_id: int) -> ResponseReturnValue:
    """What everybody may know of an organization; more for those who see what is private to it."""
    session, today = db.session(), current_app.config["CLOCK"]().date()
    found = queries.organization(session, organization_id)
    is_private = sees_private(actor(), organization_id)
    own_id = actor().organization_id
    may_ask = actor().kind == "broker" and found.kind in (*PRODUCERS, "buyer") and own_id is not None
    return page(
        "organizations/public.html",
        organization=found,
        needs=_public_needs(found),
        capacities=_public_capacities(found),
        certificates=[c for c in queries.certificates_of(session, found.id) if c.valid_on(today)],
        scheme_names={scheme.code: scheme.name(language()) for scheme in schemes.all()},
        phone=phones.to_read(found.phone) if is_private and found.phone else None,
        sees_private=is_private,
        may_ask=may_ask,
        mandate=queries.live_mandate(session, own_id or 0, found.id) if may_ask else None,
        terms=blank_terms(today),
        warning_pct=services.FEE_WARNING_PCT,
    )


def _own() -> Organization:
    """The organization acted for, read afresh since a write may follow."""
    own_id = actor().organization_id
    if own_id is None:
        raise NotAllowed("no_organization")
    return queries.organization(db.session(), own_id)


def _is_manager() -> bool:
    return actor().role == "manager"


def _values(own: Organization) -> dict[str, str]:
    values = {name: str(getattr(own, name) or "") for name in EDITED}
    values["phone"] = phones.to_read(own.phone) if own.phone else ""
    return {**values, "lat": plain(own.lat), "lon": plain(own.lon)}


def _profile_page(own: Organization, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    return page(
        "organizations/profile.html",
        status=422 if errors else 200,
        organization=own,
        values=values,
        errors=errors,
        places=place_choices(),
        is_manager=_is_manager(),
        buyer_types=list(BUYER_TYPES),
    )


def _invite(own: Organization, values: dict[str, str]) -> None:
    with writing() as tx:
        is_new = queries.user_by_email(tx.session, values.get("email", "")) is None
        user = accounts.add_member(
            tx,
            own.id,
            email=values.get("email", "")[:200],
            name=values.get("name", "")[:200],
            role=values.get("role", ""),
            password=recovery.nobodys_password(),
            language=language(),
        )
        letters.invitation(tx, user, own, person().name, is_new=is_new)


def _members_page(own: Organization, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    return page(
        "organizations/members.html",
        status=422 if errors else 200,
        organization=own,
        members=queries.members_of(db.session(), own.id),
        values=values,
        errors=errors,
        roles=list(ROLES),
        is_manager=_is_manager(),
    )


def _certificates_page(
    own: Organization, values: dict[str, str], errors: dict[str, str]
) -> ResponseReturnValue:
    session = db.session()
    return page(
        "organizations/certificates.html",
        status=422 if errors else 200,
        organization=own,
        covering=queries.certificates_of(session, own.id),
        held=queries.certificates_held_by(session, own.id),
        schemes=[(s.code, s.name(language())) for s in schemes.for_country(own.country)],
        scheme_names={s.code: s.name(language()) for s in schemes.all()},
        buyers=[b.legal_name for b in queries.organizations_named(session, "", ("buyer",), limit=100)],
        values=values,
        errors=errors,
        is_manager=_is_manager(),
    )


def _public_needs(found: Organization) -> list[object]:
    if found.kind != "buyer":
        return []
    rows = listings.needs_of(db.session(), [found.id], states=listings.OPEN_NEEDS)
    return [need for need in rows if need.visibility == "public"][:SHOWN]


def _public_capacities(found: Organization) -> list[object]:
    if found.kind not in PRODUCERS:
        return []
    rows = listings.capacities_of(db.session(), [found.id], states=listings.OPEN_CAPACITIES)
    return [capacity for capacity in rows if capacity.visibility == "public"][:SHOWN]
