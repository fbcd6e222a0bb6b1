"""A need as it is typed or imported, read into typed values. The field names are also the spreadsheet's
columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from broker.catalogue import schemes
from broker.errors import NotFound
from broker.listings import spec
from broker.listings.fields import (
    country_codes,
    read_country,
    read_currency,
    read_mass,
    read_packing,
    read_price,
    read_price_unit,
    read_product,
)
from broker.listings.models import (
    CONTRIBUTION_TYPES,
    DELIVERY_TERMS,
    PAYMENT_BASES,
    PAYMENT_CHANNELS,
    PERIODS,
    PRICE_METHODS,
    VISIBILITIES,
)
from broker.listings.place import read_place
from broker.listings.reader import Reader
from broker.numerals import Separator

NEED_FIELDS = (
    "product", "quantity", "unit", "unit_kg", "period", "start", "end", "reply_by", "min_fill_pct",
    "min_suppliers",
    "max_suppliers", "max_share_pct", "country", "municipality", "lat", "lon", "delivery_term",
    "payment_days",
    "advance_pct", "payment_basis", "payment_channel", "usual_rejects_pct", "price_method", "price",
    "reserve_price", "currency",
    "price_unit", "price_unit_kg", "index_series", "differential", "floor", "premium", "review_weeks",
    "band_pct",
    "collar_low", "collar_high", "base_factor", "certificates", "origins", "packing", "packing_kg",
    "contributions",
    "description", "visibility",
)  # fmt: skip
NEED_DEFAULTS = {
    "min_fill_pct": "90", "min_suppliers": "1", "max_share_pct": "100", "advance_pct": "0",
    "payment_basis": "receipt", "delivery_term": "buyer_plant", "price_method": "fixed",
    "visibility": "public",
}  # fmt: skip
MOST_REJECTS = 60
"""Per cent: beyond it a buyer does not reject what is usual, he buys another grade (as `loss_pct` of a capacity)."""
# Least and most of every figure of a price clause; only a differential lies below zero.
PRICE_FIGURES = {
    "differential": (-1000, 1000), "floor": (0, 10**9), "premium": (0, 10**9), "review_weeks": (1, 156),
    "band_pct": (0, 100), "collar_low": (0, 10**9), "collar_high": (0, 10**9), "base_factor": (50, 150),
}  # fmt: skip
# What each price method cannot do without.
METHOD_NEEDS = {
    "fixed": ("price",),
    "fixed_reviewed": ("price", "review_weeks", "band_pct"),
    "index_differential": ("index_series", "differential"),
    "floor_plus_premium": ("floor",),
    "cost_plus": ("price",),
    "collar": ("price", "collar_low", "collar_high"),
    "split_payment": ("price",),
}
_BETWEEN_CONTRIBUTIONS = re.compile(rf"\n|;(?=\s*(?:{'|'.join(CONTRIBUTION_TYPES)})\s*:)")


@dataclass(frozen=True)
class ContributionInput:
    """One thing the buyer adds: type and what it is."""

    type: str
    description: str


@dataclass(frozen=True)
class NeedInput:
    """The typed values of a need; see broker.listings.models.Need for units and meaning."""

    product: str
    quantity: Decimal
    unit: str
    unit_kg: Decimal
    period: str
    start: dt.date
    end: dt.date
    reply_by: dt.date
    min_fill_pct: int
    min_suppliers: int
    max_suppliers: int | None
    max_share_pct: int
    country: str
    municipality: str
    lat: float
    lon: float
    delivery_term: str
    payment_days: int
    advance_pct: int
    payment_basis: str
    payment_channel: str | None
    usual_rejects_pct: Decimal | None
    price_method: str
    price_params: dict[str, Any]
    price_minor: int | None
    reserve_minor: int | None
    currency: str
    price_unit: str
    price_unit_kg: Decimal
    certificates: list[str]
    origins: list[str]
    attributes: dict[str, Any]
    packing: str | None
    packing_kg: Decimal | None
    description: str
    visibility: str
    contributions: list[ContributionInput] = field(default_factory=list)


def read_need(raw: Mapping[str, str], *, decimal_separator: Separator, home: str = "CO") -> NeedInput:
    """Read a need from text fields. `home` is the country where none is given.

    Raises Invalid with every fault, each naming its field.
    """
    reader = Reader(
        {**NEED_DEFAULTS, **{k: v for k, v in raw.items() if v.strip()}}, decimal_separator=decimal_separator
    )
    country = read_country(reader, home)
    product = read_product(reader)
    unit = reader.unit("unit", "unit_kg", country, product) if product else None
    quantity = read_mass(reader, "quantity", unit, required=True)
    start, end = reader.date("start", required=True), reader.date("end", required=True)
    reply_by = reader.date("reply_by") or (start - dt.timedelta(days=3) if start else None)
    currency = read_currency(reader, country)
    price_unit = read_price_unit(reader, country, product)
    place = read_place(reader, country)
    packing = read_packing(reader)
    method = reader.choice("price_method", PRICE_METHODS)
    params = _price_params(reader, method)
    attributes = spec.read_limits(reader, product) if product else {}
    values: dict[str, Any] = {
        "min_fill_pct": reader.whole("min_fill_pct", high=100, default=90),
        "min_suppliers": reader.whole("min_suppliers", low=1, high=1000, default=1),
        "max_suppliers": reader.whole("max_suppliers", low=1, high=1000),
        "max_share_pct": reader.whole("max_share_pct", low=1, high=100, default=100),
        "payment_days": reader.whole("payment_days", required=True, high=365),
        "advance_pct": reader.whole("advance_pct", high=100, default=0),
        "payment_basis": reader.choice("payment_basis", PAYMENT_BASES),
        "payment_channel": reader.choice("payment_channel", PAYMENT_CHANNELS, default="") or None,
        "usual_rejects_pct": reader.decimal("usual_rejects_pct", low=0, high=MOST_REJECTS),
        "delivery_term": reader.choice("delivery_term", DELIVERY_TERMS),
        "period": reader.choice("period", PERIODS),
        "visibility": reader.choice("visibility", VISIBILITIES),
        "price_minor": read_price(reader, "price", currency, price_unit),
        "reserve_minor": read_price(reader, "reserve_price", currency, price_unit),
        "certificates": _schemes(reader),
        "origins": _origins(reader),
        "contributions": _contributions(reader),
        "description": reader.text("description", most=4000),
    }
    reader.faults.raise_if_any()
    assert quantity and unit and start and end and reply_by and price_unit and place
    return NeedInput(
        product=product, quantity=quantity, unit=unit[0], unit_kg=unit[1], start=start, end=end,
        reply_by=reply_by,
        country=country, municipality=place.name, lat=place.lat, lon=place.lon, price_method=method,
        price_params=params, currency=currency, price_unit=price_unit[0], price_unit_kg=price_unit[1],
        attributes=attributes, packing=packing[0], packing_kg=packing[1], **values,
    )  # fmt: skip


def _price_params(reader: Reader, method: str) -> dict[str, Any]:
    params: dict[str, Any] = {}
    if series := reader.text("index_series"):
        params["index_series"] = series
    for name, (low, high) in PRICE_FIGURES.items():
        read = reader.whole if name == "review_weeks" else reader.decimal
        if (number := read(name, low=low, high=high)) is not None:
            params[name] = str(number)
    wanted = [*METHOD_NEEDS[method]]
    if method == "floor_plus_premium" and series:
        wanted.append("differential")
    for name in wanted:
        if not reader.has(name):
            reader.faults.add("price_method_needs", name, method=method)
    if "collar_low" in params and "collar_high" in params:
        crossed = Decimal(params["collar_low"]) > Decimal(params["collar_high"])
        reader.faults.require(not crossed, "range_crossed", "collar_high")
    return params


def _schemes(reader: Reader) -> list[str]:
    found = []
    for text in reader.several("certificates"):
        try:
            found.append(schemes.find(text).code)
        except NotFound as fault:
            reader.faults.add(fault.code, "certificates", **fault.params)
    return sorted(set(found))


def _origins(reader: Reader) -> list[str]:
    found = [text.upper() for text in reader.several("origins")]
    for code in found:
        reader.faults.require(code in country_codes(), "country_unknown", "origins", value=code)
    return sorted(set(found))


def _contributions(reader: Reader) -> list[ContributionInput]:
    """`type: what it is`, one a line or after a semicolon."""
    found = []
    for line in _BETWEEN_CONTRIBUTIONS.split(reader.raw.get("contributions", "")):
        if not line.strip():
            continue
        kind, _, what = (part.strip() for part in line.partition(":"))
        reader.faults.require(kind in CONTRIBUTION_TYPES, "choice_unknown", "contributions", value=kind)
        reader.faults.require(len(what) <= 200, "too_long", "contributions", most=200)
        found.append(ContributionInput(kind, what))
    return found
