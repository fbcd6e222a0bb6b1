"""How ready an organization is: read and assessed by itself and its broker, hidden from all others."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import Invalid, NotFound, RuleBroken
from broker.parties import queries
from broker.parties.models import Organization
from broker.parties.permissions import require_act_for, sees_private
from broker.readiness import scores, services
from broker.readiness.indicators import for_scope
from web.extensions import db
from web.i18n import language
from web.pages.readiness.reading import field_errors, read_values, shown
from web.rendering import page, writing
from web.security import access, actor

bp = Blueprint("readiness", __name__, template_folder="templates")

# So many of the costliest indicators are named first.
DRIVERS = 5


@bp.get("/organizations/<int:organization_id>/readiness")
@access("user")
def show(organization_id: int) -> ResponseReturnValue:
    """Score, gate, what costs most, and every indicator with its evidence."""
    organization = _seen(organization_id)
    session, today = db.session(), current_app.config["CLOCK"]().date()
    scope = services.scope_of(organization)
    counting = services.latest_assessment(session, actor(), organization_id)
    own = services.latest_assessment(session, actor(), organization_id, by_itself=True)
    values = counting.values if counting else []
    return page(
        "readiness/show.html",
        organization=organization,
        is_own=organization_id == actor().organization_id,
        assessment=counting,
        readiness=scores.readiness_of(values, scope, today),
        lines=scores.lines(values, scope, today),
        drivers=scores.drivers(values, scope)[:DRIVERS],
        own=own,
        own_readiness=scores.readiness_of(own.values, scope, today) if own else None,
        own_values={value.indicator: value for value in own.values} if own else {},
        floor=scores.FLOOR,
        has_gate=scope == "producer",
        least_confidence=scores.LEAST_CONFIDENCE_PCT,
        may_assess=actor().may_write,
    )


@bp.route("/organizations/<int:organization_id>/readiness/new", methods=["GET", "POST"])
@access("user")
def assess(organization_id: int) -> ResponseReturnValue:
    """Enter an assessment: the broker's counts for the gate, the organization's own prepares for it."""
    organization = _seen(organization_id)
    require_act_for(actor(), organization_id, broker_too=True)
    is_own = organization_id == actor().organization_id
    if request.method == "GET":
        before = services.latest_assessment(db.session(), actor(), organization_id, by_itself=is_own)
        return _form(organization, shown(before.values) if before else {}, {})
    try:
        values = read_values(request.form, for_scope(services.scope_of(organization)))
        with writing() as tx:
            services.assess(tx, organization_id, values, note=request.form.get("note", "")[:2000].strip())
    except (Invalid, RuleBroken) as error:
        return _form(organization, request.form.to_dict(), field_errors(error))
    if is_own:
        flash(_("Your self-assessment is saved. Your broker's assessment is the one that counts."), "ok")
    else:
        flash(_("The assessment is saved and counts from now on."), "ok")
    return redirect(url_for("readiness.show", organization_id=organization_id), 303)


def _seen(organization_id: int) -> Organization:
    """The organization, for those who may read its readiness; for others it does not exist."""
    if not sees_private(actor(), organization_id):
        raise NotFound("not_found")
    organization = queries.organization(db.session(), organization_id)
    if organization.kind not in services.ASSESSED:
        raise NotFound("not_found")
    return organization


def _form(organization: Organization, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    indicators = for_scope(services.scope_of(organization))
    names = {indicator.code: indicator.name[language()] for indicator in indicators}
    return page(
        "readiness/assess.html",
        status=422 if errors else 200,
        organization=organization,
        is_own=organization.id == actor().organization_id,
        indicators=indicators,
        field_labels={field: names.get(field.partition("-")[2], "") for field in errors if "-" in field},
        values=values,
        errors=errors,
        floor=scores.FLOOR,
    )
