"""The name of every field of a need or a capacity, for forms, comparisons and the help of an import."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from broker.catalogue import attributes
from web.i18n import language

FIELDS = {
    "id": _l("Your own number"),
    "buyer": _l("Buyer"),
    "organization": _l("Organization"),
    "product": _l("Product"),
    "quantity": _l("Quantity per period"),
    "unit": _l("Unit"),
    "unit_kg": _l("Kilograms in one unit"),
    "period": _l("How often"),
    "start": _l("First delivery"),
    "end": _l("Last delivery"),
    "reply_by": _l("Replies until"),
    "min_fill_pct": _l("Least part that must be covered"),
    "min_suppliers": _l("At least so many organizations"),
    "max_suppliers": _l("At most so many organizations"),
    "max_share_pct": _l("Largest share of one organization"),
    "country": _l("Country"),
    "municipality": _l("Municipality"),
    "lat": _l("Latitude"),
    "lon": _l("Longitude"),
    "delivery_term": _l("Delivered where"),
    "payment_days": _l("Paid after"),
    "advance_pct": _l("Advance"),
    "payment_basis": _l("Counted"),
    "payment_channel": _l("Means of payment"),
    "usual_rejects_pct": _l("Usual rejects"),
    "price_method": _l("Kind of price"),
    "price": _l("Published price"),
    "reserve_price": _l("Reserve price"),
    "currency": _l("Currency"),
    "price_unit": _l("Price for one"),
    "price_unit_kg": _l("Kilograms in the unit of the price"),
    "index_series": _l("Index"),
    "differential": _l("Differential"),
    "floor": _l("Floor"),
    "premium": _l("Premium"),
    "review_weeks": _l("Reviewed every"),
    "band_pct": _l("Band"),
    "collar_low": _l("Lowest price"),
    "collar_high": _l("Highest price"),
    "base_factor": _l("Base yield factor"),
    "certificates": _l("Certificates"),
    "origins": _l("Countries of origin"),
    "packing": _l("Packing"),
    "packing_kg": _l("Net weight of a packing"),
    "contributions": _l("What you contribute"),
    "description": _l("Anything else"),
    "visibility": _l("Who may see it"),
    "kg_week": _l("Kilograms a week"),
    "way": _l("How much"),
    "question": _l("Your question"),
    "answer": _l("Your answer"),
    "area_ha": _l("Area in production"),
    "yield_t_ha_year": _l("Yield"),
    "grade_share_pct": _l("Part that is of this grade"),
    "loss_pct": _l("Lost after harvest"),
    "delivery_share_pct": _l("Part that members deliver"),
    "months": _l("Months with harvest"),
    "elsewhere_kg_year": _l("Promised elsewhere"),
    "ask_price": _l("Price you ask"),
    "max_wait_days": _l("Longest wait for payment"),
    "min_lot_kg": _l("Smallest lot"),
    "readiness": _l("Readiness"),
    "union": _l("Union"),
}


def field_name(name: str) -> str:
    """The name of a field, of a specification attribute too; a name that nobody knows as it stands."""
    if name in FIELDS:
        return gettext(str(FIELDS[name]))
    code = name.removeprefix("spec_")
    if code.removesuffix("_min").removesuffix("_max") not in {one.code for one in attributes.all()}:
        return name
    for suffix, pattern in (("_min", _l("%(name)s, least")), ("_max", _l("%(name)s, most"))):
        if code.endswith(suffix):
            return gettext(str(pattern)) % {
                "name": attributes.get(code.removesuffix(suffix)).label(language())
            }
    return attributes.get(code).label(language())
