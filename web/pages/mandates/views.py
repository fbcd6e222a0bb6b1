"""Mandates: a broker asks, the client sees the fee and decides."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import Invalid, NotFound, RuleBroken
from broker.parties import queries, services
from broker.parties.transitions import MANDATE
from web.extensions import db
from web.pages.mandates.terms import Row, read_terms, row_for
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import sentences

bp = Blueprint("mandates", __name__, template_folder="templates")

CLIENTS = ("buyer", "producer_org", "union")


@bp.get("/mandates")
@access("broker", *CLIENTS)
def listing() -> ResponseReturnValue:
    """The broker's clients and proposals, or what brokers ask of and hold from a client."""
    session, today = db.session(), current_app.config["CLOCK"]().date()
    is_broker = actor().kind == "broker"
    text = request.args.get("q", "").strip()[:200] if is_broker else ""
    rows = [row_for(mandate, actor(), today) for mandate in queries.mandates_of(session, actor())]
    return page(
        "mandates/listing.html",
        groups=_groups(rows, is_broker),
        is_broker=is_broker,
        organization=queries.organization(session, actor().organization_id or 0),
        q=text,
        found=queries.organizations_named(session, text, CLIENTS) if text else [],
        warning_pct=services.FEE_WARNING_PCT,
    )


@bp.post("/mandates")
@access("broker")
def propose() -> ResponseReturnValue:
    """Ask an organization for a mandate."""
    client = queries.organization(db.session(), request.form.get("client", 0, type=row_id))
    try:
        with writing() as tx:
            mandate = services.propose_mandate(tx, client.id, **read_terms(request.form))
    except (Invalid, RuleBroken) as error:
        return page(
            "mandates/propose.html",
            status=422,
            client=client,
            values=request.form.to_dict(),
            errors=sentences(error),
            warning_pct=services.FEE_WARNING_PCT,
        )
    flash(_("The proposal is made. The organization decides."), "ok")
    return redirect(url_for("mandates.listing") + f"#m-{mandate.id}", 303)


@bp.post("/mandates/<int:mandate_id>/<action>")
@access("broker", *CLIENTS)
def answer(mandate_id: int, action: str) -> ResponseReturnValue:
    """Consent to, decline or end a mandate."""
    said = {
        "consent": _("You have given the mandate. The broker may act for you from its first day."),
        "decline": _("You have declined the proposal."),
        "end": _("The mandate has ended."),
    }
    if action not in {row.name for row in MANDATE.rows}:
        raise NotFound("not_found")
    with writing() as tx:
        services.answer_mandate(tx, mandate_id, action)
    flash(said[action], "ok")
    return redirect(url_for("mandates.listing") + f"#m-{mandate_id}", 303)


def _groups(rows: list[Row], is_broker: bool) -> list[tuple[str, str, list[Row]]]:
    """What waits for an answer, what is in force, and what is over."""
    waiting = [row for row in rows if row.mandate.state == "proposed"]
    held = [row for row in rows if row.mandate.state == "active"]
    past = [row for row in rows if row.mandate.state in ("declined", "ended")]
    return [
        (
            _("Proposed"),
            _("the organization has yet to answer") if is_broker else _("it is for you to decide"),
            waiting,
        ),
        (_("Clients") if is_broker else _("In force"), _("newest first"), held),
        (_("Past"), _("declined or ended"), past),
    ]
