"""Publishing a capacity on a phone: type, see what it comes to, confirm; and changing it later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import products
from broker.errors import Conflict, Invalid, RuleBroken
from broker.listings import queries
from broker.listings.capacity_input import CAPACITY_DEFAULTS, CapacityInput, months_text, read_capacity
from broker.listings.cells import capacity_cells
from broker.listings.models import Capacity
from broker.listings.periods import WEEKS_PER_MONTH
from broker.listings.rules import check_capacity
from broker.listings.services import EDITABLE_CAPACITY, edit_capacity, publish_capacity
from broker.parties.models import Organization
from broker.parties.permissions import require_act_for, require_kind
from web.extensions import db
from web.i18n import decimal_separator, plain
from web.pages.capacities.blueprint import bp
from web.pages.listings import forms
from web.rendering import page, writing
from web.security import PRODUCERS, access, actor
from web.wording import message


@dataclass(frozen=True)
class Echo:
    """What the typed figures come to, in kg: a year in all, left after promises elsewhere, and in season per
    week and month of the harvest (12 months where the produce keeps)."""

    year: Decimal
    free: Decimal
    week: Decimal
    month: Decimal
    months: int


@bp.route("/new", methods=["GET", "POST"])
@access(*PRODUCERS)
def new() -> ResponseReturnValue:
    """Choose the product, fill in, check the echo, publish."""
    require_kind(actor(), *PRODUCERS)
    own = forms.organization()
    if request.method == "POST":
        return _sent(own)
    product = request.args.get("product", "")
    if product not in {one.code for one in products.all()}:
        return page("capacities/choose_product.html")
    return _form(_beginning(product, own), own)


@bp.route("/<int:capacity_id>/edit", methods=["GET", "POST"])
@access(*PRODUCERS)
def edit(capacity_id: int) -> ResponseReturnValue:
    """Change a capacity; saving also confirms it."""
    capacity = queries.visible_capacity(db.session(), actor(), capacity_id)
    require_act_for(actor(), capacity.organization_id)
    if capacity.state not in EDITABLE_CAPACITY:
        raise Conflict("not_editable", state=capacity.state)
    if request.method == "POST":
        return _sent(capacity.organization, capacity)
    values = forms.shown(capacity_cells(capacity)) | {"version": str(capacity.version)}
    return _form(values, capacity.organization, capacity=capacity)


def _sent(own: Organization, capacity: Capacity | None = None) -> ResponseReturnValue:
    values = forms.typed()
    if boxes := forms.months_typed(values.get("months", "")):
        values["months"] = months_text([int(month in boxes) for month in range(1, 13)])
    if values.get("product", "") not in {one.code for one in products.all()}:
        abort(400)
    if request.form.get("change") == "1":
        return _form(values, own, capacity=capacity)
    try:
        data = read_capacity(values, decimal_separator=decimal_separator(), home=own.country)
        volume = check_capacity(data)
        if request.form.get("confirm") != "1":
            return page(
                "capacities/check.html",
                values=values,
                data=data,
                echo=_echo(data, volume),
                capacity=capacity,
                own=own,
            )
        return _saved(values, data, own, capacity)
    except (Invalid, RuleBroken) as fault:
        return _form(values, own, forms.errors_of(fault), capacity=capacity)
    except Conflict as conflict:
        if capacity is None or conflict.code != "edited_meanwhile":
            raise
        return _outdated(capacity.id, values, conflict)


def _saved(
    values: Mapping[str, str], data: CapacityInput, own: Organization, capacity: Capacity | None
) -> ResponseReturnValue:
    with writing() as tx:
        if capacity is None:
            saved = publish_capacity(tx, own.id, data, request_key=values.get("request_key") or None)
        else:
            saved = edit_capacity(tx, capacity.id, forms.version(values), data)
    flash(
        _("Published. Buyers and your broker can see it now.")
        if capacity is None
        else _("Saved and confirmed."),
        "ok",
    )
    return redirect(url_for("capacities.show", capacity_id=saved.id), 303)


def _outdated(capacity_id: int, values: dict[str, str], conflict: Conflict) -> ResponseReturnValue:
    """The form again with what was typed, beside what is stored now; sent again it counts as seen."""
    db.session.expire_all()
    capacity = queries.visible_capacity(db.session(), actor(), capacity_id)
    stored = forms.shown(capacity_cells(capacity))
    kept = values | {"version": str(capacity.version)}
    return _form(
        kept, capacity.organization, {}, capacity=capacity, status=409, conflict=message(conflict),
        differing=forms.differing(stored, values),
    )  # fmt: skip


def _form(
    values: dict[str, str],
    own: Organization,
    errors: dict[str, str] | None = None,
    *,
    capacity: Capacity | None = None,
    status: int = 200,
    **more: Any,
) -> ResponseReturnValue:
    context = forms.choices(values, own.country) | {"conflict": "", "differing": []} | more
    return page(
        "capacities/form.html", status=422 if errors else status, values=values, errors=errors or {}, own=own,
        capacity=capacity, months=forms.months_typed(values.get("months", "")),
        spec_faulty=any(name.startswith(("spec_", "packing")) for name in errors or {}), **context,
    )  # fmt: skip


def _beginning(product: str, own: Organization) -> dict[str, str]:
    """What the form can know already."""
    loss = products.get(product).postharvest_loss * 100
    return CAPACITY_DEFAULTS | {
        "product": product,
        "country": own.country,
        "municipality": own.municipality,
        "lat": plain(own.lat),
        "lon": plain(own.lon),
        "loss_pct": plain(loss.normalize()),
        "price_unit": "kg",
    }


def _echo(data: CapacityInput, volume: Decimal) -> Echo:
    free = volume - data.elsewhere_kg_year
    months = 12 if products.get(data.product).storable else sum(1 for weight in data.calendar if weight)
    month = free / months
    return Echo(volume, free, month / WEEKS_PER_MONTH, month, months)
