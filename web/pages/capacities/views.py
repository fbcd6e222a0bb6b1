"""Capacities: the public list, an organization's own, one capacity, its steps, and the export."""

from __future__ import annotations

from decimal import Decimal

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import products
from broker.errors import NotFound
from broker.listings import queries, services
from broker.listings.models import Capacity
from broker.listings.periods import WEEKS_PER_MONTH
from broker.listings.services import move_capacity
from broker.listings.spreadsheets import capacities_as_rows
from broker.listings.transitions import CAPACITY
from broker.matchmaking import party_view
from broker.matchmaking.outcomes import STANDINGS, outcomes
from broker.parties.queries import certificates_of
from broker.prices.quotes import quotes_on
from web import i18n
from web.extensions import db
from web.pages.capacities import asking, editing, importing
from web.pages.capacities.blueprint import bp
from web.pages.capacities.rights import due_on, rights
from web.pages.listings import filters, sheets
from web.pages.listings.gate_words import closed_words
from web.pages.listings.importing import left_over
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor, safe_next

__all__ = ["asking", "bp", "editing", "importing"]


@bp.get("")
@access("public")
def browse() -> ResponseReturnValue:
    """Public published capacities, filtered by the address."""
    chosen = filters.wanted(list(queries.CAPACITY_SORTS))
    found = queries.browse_capacities(db.session(), chosen)
    return page(
        "capacities/browse.html", fragment="capacities/_results.html", found=found, chosen=chosen,
        narrowed=filters.narrows(chosen),
    )  # fmt: skip


@bp.get("/mine")
@access(*PRODUCERS, "broker")
def mine() -> ResponseReturnValue:
    """The organization's own capacities in every state; for a broker those of the clients."""
    found = queries.capacities_page(db.session(), _owners(), filters.page_number())
    return page(
        "capacities/mine.html", found=found, rights={c.id: rights(c) for c in found.rows}, left=left_over(),
        due={c.id: due_on(c) for c in found.rows},
    )  # fmt: skip


@bp.get("/<int:capacity_id>")
@access("public")
def show(capacity_id: int) -> ResponseReturnValue:
    """One capacity: public facts for all, reserve price and figures behind it for its owner and its
    broker."""
    capacity = queries.visible_capacity(
        db.session(),
        actor(),
        capacity_id,
        invited=lambda: party_view.knows_capacity(db.session(), actor(), capacity_id),
    )
    return page("capacities/show.html", capacity=capacity, rights=rights(capacity), due=due_on(capacity))


@bp.get("/<int:capacity_id>/buyers")
@access(*PRODUCERS)
def buyers(capacity_id: int) -> ResponseReturnValue:
    """Which open needs this capacity fits, what is missing for the others, and why it was not chosen."""
    capacity = queries.visible_capacity(db.session(), actor(), capacity_id)
    if capacity.organization_id != actor().organization_id:
        raise NotFound("not_found")
    certificates = certificates_of(db.session(), capacity.organization_id)
    quotes = quotes_on(db.session(), i18n.today())
    found = outcomes(db.session(), capacity, certificates, i18n.today(), quotes)
    groups = [(name, [one for one in found if one.standing == name]) for name in STANDINGS]
    return page(
        "capacities/buyers.html", capacity=capacity, groups=[(name, rows) for name, rows in groups if rows],
        rights=rights(capacity),
    )  # fmt: skip


@bp.post("/<int:capacity_id>/<action>")
@access(*PRODUCERS)
def action(capacity_id: int, action: str) -> ResponseReturnValue:
    """Reconfirm with one tap, or withdraw after a question."""
    capacity = queries.visible_capacity(db.session(), actor(), capacity_id)
    if action not in {row.name for row in CAPACITY.rows if "owner" in row.by}:
        raise NotFound("not_found")
    if action == "withdraw" and action in rights(capacity).steps and request.form.get("confirm") != "1":
        return page("capacities/confirm.html", capacity=capacity)
    with writing() as tx:
        move_capacity(tx, capacity_id, action, reason=request.form.get("reason", "").strip()[:200])
    flash(_("The capacity is withdrawn.") if action == "withdraw" else _("Confirmed. Thank you."), "ok")
    return redirect(
        safe_next(request.form.get("next"), url_for("capacities.show", capacity_id=capacity_id)), 303
    )


@bp.post("/<int:capacity_id>/reconfirm/undo")
@access(*PRODUCERS)
def undo_reconfirm(capacity_id: int) -> ResponseReturnValue:
    """Take back a tap of the last hour; a second tap changes nothing."""
    with writing() as tx:
        services.undo_reconfirm(tx, capacity_id)
    flash(_("The confirmation is taken back."), "ok")
    return redirect(
        safe_next(request.form.get("next"), url_for("capacities.show", capacity_id=capacity_id)), 303
    )


@bp.get("/export.<format>")
@access(*PRODUCERS, "broker")
def export(format: str) -> Response:
    """The reader's own capacities, or the clients', as a file that can be imported again."""
    columns, rows = capacities_as_rows(queries.capacities_of(db.session(), _owners()))
    return sheets.as_file(format, columns, rows, _("capacities"))


bp.app_template_filter("closed_words")(closed_words)


@bp.app_template_filter("weekly")
def weekly(capacity: Capacity) -> Decimal:
    """kg a week while it delivers, after what is committed elsewhere."""
    free = capacity.volume_kg_year - capacity.elsewhere_kg_year
    months = (
        12 if products.get(capacity.product).storable else sum(1 for weight in capacity.calendar if weight)
    )
    return free / months / WEEKS_PER_MONTH


@bp.app_template_filter("keeps")
def keeps(capacity: Capacity) -> bool:
    """Whether the produce is stored and sold evenly over the year."""
    return products.get(capacity.product).storable


def _owners() -> list[int]:
    if actor().kind == "broker":
        return sorted(actor().clients)
    own = actor().organization_id
    return [own] if own is not None else []
