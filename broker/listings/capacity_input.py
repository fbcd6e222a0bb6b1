"""A capacity as it is typed or imported, read into typed values. The field names are also the spreadsheet's
columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.catalogue import products
from broker.listings import spec
from broker.listings.fields import (
    read_country,
    read_currency,
    read_packing,
    read_price,
    read_price_unit,
    read_product,
)
from broker.listings.models import VISIBILITIES
from broker.listings.place import read_place
from broker.listings.reader import Reader
from broker.numerals import Separator
from broker.quantity import to_gram

CAPACITY_FIELDS = (
    "product", "kg_week", "area_ha", "yield_t_ha_year", "grade_share_pct", "loss_pct", "delivery_share_pct", "months",
    "elsewhere_kg_year", "country", "municipality", "lat", "lon", "ask_price", "reserve_price", "currency",
    "price_unit", "price_unit_kg", "max_wait_days", "min_lot_kg", "packing", "packing_kg", "description",
    "visibility",
)  # fmt: skip
CAPACITY_DEFAULTS = {"months": "1-12", "elsewhere_kg_year": "0", "min_lot_kg": "0", "visibility": "public"}
# What the year's volume is reckoned from, where it is not stated as kg a week.
FACTORS = ("area_ha", "yield_t_ha_year", "grade_share_pct", "loss_pct", "delivery_share_pct")
_SPAN = re.compile(r"(\d{1,2})(?:\s*-\s*(\d{1,2}))?")


@dataclass(frozen=True)
class CapacityInput:
    """The typed values of a capacity; see broker.listings.models.Capacity for units and meaning."""

    product: str
    area_ha: Decimal
    yield_t_ha_year: Decimal
    grade_share_pct: Decimal
    loss_pct: Decimal
    delivery_share_pct: Decimal
    kg_week: Decimal | None
    calendar: list[int]
    elsewhere_kg_year: Decimal
    country: str
    municipality: str
    lat: float
    lon: float
    currency: str
    price_unit: str
    price_unit_kg: Decimal
    ask_minor: int | None
    reserve_minor: int | None
    max_wait_days: int
    min_lot_kg: Decimal
    attributes: dict[str, Any]
    packing: str | None
    packing_kg: Decimal | None
    description: str
    visibility: str


def read_capacity(raw: Mapping[str, str], *, decimal_separator: Separator, home: str = "CO") -> CapacityInput:
    """Read a capacity from text fields. `home` is the country where none is given.

    Raises Invalid with every fault, each naming its field.
    """
    given = {k: v for k, v in raw.items() if v.strip()}
    reader = Reader({**CAPACITY_DEFAULTS, **given}, decimal_separator=decimal_separator)
    # An empty form field says "no month"; a file that leaves the column out says nothing.
    reader.faults.require("months" not in raw or "months" in given, "required", "months")
    country = read_country(reader, home)
    product = read_product(reader)
    currency = read_currency(reader, country)
    price_unit = read_price_unit(reader, country, product)
    place = read_place(reader, country)
    packing = read_packing(reader)
    values: dict[str, Any] = _volume(reader, product) | {
        "elsewhere_kg_year": reader.decimal("elsewhere_kg_year", low=0, high=10**12),
        "min_lot_kg": reader.decimal("min_lot_kg", low=0, high=10**9),
        "max_wait_days": reader.whole("max_wait_days", required=True, high=365),
        "calendar": _calendar(reader),
        "ask_minor": read_price(reader, "ask_price", currency, price_unit),
        "reserve_minor": read_price(reader, "reserve_price", currency, price_unit),
        "attributes": spec.read_values(reader, product) if product else {},
        "description": reader.text("description", most=4000),
        "visibility": reader.choice("visibility", VISIBILITIES),
    }
    reader.faults.raise_if_any()
    assert price_unit and place
    return CapacityInput(
        product=product, country=country, municipality=place.name, lat=place.lat,
        lon=place.lon,
        currency=currency, price_unit=price_unit[0], price_unit_kg=price_unit[1], packing=packing[0],
        packing_kg=packing[1], **values,
    )  # fmt: skip


def _volume(reader: Reader, product: str) -> dict[str, Decimal | None]:
    """Either kg a week, or what the volume is reckoned from; the usual loss, which a form fills in, is no answer."""
    if reader.has("kg_week"):
        said_twice = any(reader.has(name) for name in FACTORS if name != "loss_pct")
        reader.faults.require(not said_twice, "volume_said_twice", "kg_week")
        kg_week = reader.decimal("kg_week", above=0, high=10**9)
        if kg_week is not None and to_gram(kg_week) <= 0:
            reader.faults.add("volume_zero", "kg_week")
        return dict.fromkeys(FACTORS, Decimal(0)) | {"kg_week": kg_week}
    loss = reader.decimal("loss_pct", low=0, high=60)
    if loss is None and product and not reader.has("loss_pct"):
        loss = products.get(product).postharvest_loss * 100
    return {
        "area_ha": reader.decimal("area_ha", required=True, above=0, high=1_000_000),
        "yield_t_ha_year": reader.decimal("yield_t_ha_year", required=True, above=0, high=200),
        "grade_share_pct": reader.decimal("grade_share_pct", required=True, above=0, high=100),
        "loss_pct": loss,
        "delivery_share_pct": reader.decimal("delivery_share_pct", required=True, above=0, high=100),
        "kg_week": None,
    }


def months_text(calendar: list[int]) -> str:
    """The months of a calendar with equal weights, as `9-12,4-6`; a season may run over the new year."""
    spans: list[str] = []
    inside = [weight > 0 for weight in calendar]
    if all(inside):
        return "1-12"
    for month in range(12):
        if inside[month] and not inside[month - 1]:
            last = month
            while inside[(last + 1) % 12]:
                last += 1
            spans.append(f"{month + 1}-{last % 12 + 1}" if last != month else f"{month + 1}")
    return ",".join(spans)


def _calendar(reader: Reader) -> list[int]:
    """Twelve weights from `months`: spans such as `10-2,4-7`, which may run over the new year."""
    weights = [0] * 12
    for text in reader.several("months"):
        match = _SPAN.fullmatch(text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not (1 <= first <= 12 and 1 <= last <= 12):
            reader.faults.add("months_format", "months", value=text)
            continue
        for step in range((last - first) % 12 + 1):
            weights[(first - 1 + step) % 12] = 1
    reader.faults.require(any(weights), "required", "months")
    return weights
