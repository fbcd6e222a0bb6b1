"""Posting a need from a template, and changing it: everything typed is kept until it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import products, schemes
from broker.errors import Conflict, Invalid, NotFound, RuleBroken
from broker.listings import queries
from broker.listings.cells import need_cells
from broker.listings.models import Need
from broker.listings.need_input import NeedInput, read_need
from broker.listings.periods import periods_of
from broker.listings.product_names import product_named
from broker.listings.services import EDITABLE_NEED, edit_need, move_need, need_as_posted, post_need
from broker.listings.templates import need_copy, need_template
from broker.parties.models import Organization
from broker.parties.permissions import require_act_for
from broker.parties.queries import mandates_of, organization
from web import i18n
from web.extensions import db
from web.i18n import decimal_separator, language
from web.pages.listings import forms
from web.pages.needs.blueprint import bp
from web.rendering import page, writing
from web.row_ids import row_id
from web.security import access, actor
from web.wording import message

PAST = 6
"""Past needs that are offered to be copied."""


@bp.route("/new", methods=["GET", "POST"])
@access("buyer", "broker")
def new() -> ResponseReturnValue:
    """Choose a template or a past need, fill it in, check it, publish it or keep it as a draft."""
    if (copied := request.args.get("copy", 0, type=row_id)) and request.method == "GET":
        past = queries.visible_need(db.session(), actor(), copied)
        require_act_for(actor(), past.buyer_id, broker_too=True)
        return _form(forms.shown(need_copy(past, i18n.today())), past.buyer)
    buyer = _buyer()
    if buyer is None:
        clients = {
            m.client.id: m.client
            for m in mandates_of(db.session(), actor())
            if m.client_id in actor().clients
        }
        return page("needs/choose_buyer.html", buyers=[c for c in clients.values() if c.kind == "buyer"])
    if request.method == "POST":
        return _posted(buyer)
    product = request.args.get("product", "")
    if product not in {one.code for one in products.all()}:
        past = queries.needs_page(db.session(), [buyer.id], 1).rows[:PAST]
        return page("needs/choose_product.html", buyer=buyer, asked=request.args.get("buyer"), past=past)
    today = i18n.today()
    return _form(forms.shown(need_template(product, buyer.country, buyer.municipality, today)), buyer)


@bp.route("/<int:need_id>/edit", methods=["GET", "POST"])
@access("buyer", "broker")
def edit(need_id: int) -> ResponseReturnValue:
    """Change a need. Where somebody saved meanwhile, both versions are shown and the text is kept."""
    need = queries.visible_need(db.session(), actor(), need_id)
    require_act_for(actor(), need.buyer_id, broker_too=True)
    if need.state not in EDITABLE_NEED:
        raise Conflict("not_editable", state=need.state)
    if request.method == "GET":
        return _form(forms.shown(need_cells(need)) | {"version": str(need.version)}, need.buyer, need=need)
    values = forms.typed()
    try:
        data = _read(values, need.buyer)
        with writing() as tx:
            edit_need(tx, need_id, forms.version(values), data)
    except (Invalid, RuleBroken) as fault:
        return _form(values, need.buyer, forms.errors_of(fault), need=need)
    except Conflict as conflict:
        return _outdated(need_id, values, conflict)
    flash(_("Saved."), "ok")
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _posted(buyer: Organization) -> ResponseReturnValue:
    require_act_for(actor(), buyer.id, broker_too=True)
    values = forms.typed()
    checking = values.pop("check", "") == "1"
    values["product"] = product_named(values.get("product", "")) or values.get("product", "")
    if values["product"] not in {one.code for one in products.all()}:
        abort(400)
    if request.form.get("change") == "1":
        return _form(values, buyer)
    try:
        data = _read(values, buyer)
        if checking:
            return _check(values, need_as_posted(data, buyer.id, i18n.now()), buyer)
        with writing() as tx:
            need = post_need(tx, buyer.id, data, request_key=values.get("request_key") or None)
            if request.form.get("publish") == "1" and need.state == "draft":
                move_need(tx, need.id, "publish")
    except (Invalid, RuleBroken) as fault:
        return _form(values, buyer, forms.errors_of(fault))
    flash(
        _("The need is published.")
        if need.state == "open"
        else _("The draft is saved. Publish it when it is right."),
        "ok",
    )
    return redirect(url_for("needs.show", need_id=need.id), 303)


def _check(values: Mapping[str, str], need: Need, buyer: Organization) -> ResponseReturnValue:
    """What was typed as others will read it; nothing is kept yet but in the page."""
    deliveries = len(periods_of(need.period, need.starts_on, need.ends_on))
    return page("needs/check.html", values=values, need=need, buyer=buyer, deliveries=deliveries)


def _read(values: Mapping[str, str], buyer: Organization) -> NeedInput:
    return read_need(values, decimal_separator=decimal_separator(), home=buyer.country)


def _outdated(need_id: int, values: dict[str, str], conflict: Conflict) -> ResponseReturnValue:
    """The form again with what was typed, beside what is stored now; sent again it counts as seen."""
    db.session.expire_all()
    need = queries.visible_need(db.session(), actor(), need_id)
    stored = forms.shown(need_cells(need))
    kept = values | {"version": str(need.version)}
    return _form(
        kept, need.buyer, {}, need=need, status=409, conflict=message(conflict),
        differing=forms.differing(stored, values),
    )  # fmt: skip


def _form(
    values: dict[str, str],
    buyer: Organization,
    errors: dict[str, str] | None = None,
    *,
    need: Need | None = None,
    status: int = 200,
    **more: Any,
) -> ResponseReturnValue:
    context = forms.choices(values, buyer.country) | {"conflict": "", "differing": []} | more
    return page(
        "needs/form.html", status=422 if errors else status, values=values, errors=errors or {}, buyer=buyer,
        need=need, schemes=[(s.code, s.name(language())) for s in schemes.all()], **context,
    )  # fmt: skip


def _buyer() -> Organization | None:
    """The buyer for whom the reader posts: himself, or a client of the broker; None where a broker has not
    said."""
    if actor().kind == "buyer":
        return forms.organization()
    asked = request.values.get("buyer", 0, type=row_id)
    if not asked:
        return None
    found = organization(db.session(), asked)
    if found is None or found.kind != "buyer" or found.id not in actor().clients:
        raise NotFound("not_found")
    return found
