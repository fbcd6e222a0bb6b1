"""A stored need or capacity as the fields it was typed in: for its form, and for a spreadsheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from broker.listings.capacity_input import FACTORS, months_text
from broker.listings.models import Capacity, Need
from broker.listings.spec import limits_as_fields, values_as_fields
from broker.money import Money
from broker.numerals import Separator, format_decimal

Cell = str | Decimal | dt.date


def need_cells(need: Need) -> dict[str, Cell]:
    """The fields of `need_input.NEED_FIELDS` that are filled, and one `spec_` field per limit."""
    cells: dict[str, Any] = {
        "product": need.product,
        "quantity": need.quantity_original,
        "unit": need.quantity_unit,
        "unit_kg": need.quantity_factor,
        "period": need.period,
        "start": need.starts_on,
        "end": need.ends_on,
        "reply_by": need.reply_by,
        "min_fill_pct": need.min_fill_pct,
        "min_suppliers": need.min_suppliers,
        "max_suppliers": need.max_suppliers,
        "max_share_pct": need.max_share_pct,
        "delivery_term": need.delivery_term,
        "payment_days": need.payment_days,
        "advance_pct": need.advance_pct,
        "payment_basis": need.payment_basis,
        "payment_channel": need.payment_channel,
        "usual_rejects_pct": need.usual_rejects_pct,
        "price_method": need.price_method,
        "price": _amount(need.price_minor, need.currency),
        "reserve_price": _amount(need.reserve_minor, need.currency),
        "certificates": "; ".join(need.certificates),
        "origins": "; ".join(need.origins),
        "contributions": "; ".join(f"{c.type}: {c.description}" for c in need.contributions),
    }
    params = {k: v if k == "index_series" else Decimal(str(v)) for k, v in need.price_params.items()}
    return _filled(cells | _shared(need) | params | limits_as_fields(need.attributes))


def capacity_cells(capacity: Capacity) -> dict[str, Cell]:
    """The fields of `capacity_input.CAPACITY_FIELDS` that are filled, and one `spec_` field per value."""
    stated = capacity.kg_week is not None
    cells: dict[str, Any] = {
        "product": capacity.product,
        "kg_week": capacity.kg_week,
        **{name: None if stated else getattr(capacity, name) for name in FACTORS},
        "months": months_text(capacity.calendar),
        "elsewhere_kg_year": capacity.elsewhere_kg_year,
        "ask_price": _amount(capacity.ask_minor, capacity.currency),
        "reserve_price": _amount(capacity.reserve_minor, capacity.currency),
        "max_wait_days": capacity.max_wait_days,
        "min_lot_kg": capacity.min_lot_kg,
    }
    return _filled(cells | _shared(capacity) | values_as_fields(capacity.attributes))


def as_text(cells: Mapping[str, Cell], separator: Separator) -> dict[str, str]:
    """The cells as a person types them with this decimal sign; dates as 2026-12-07."""
    return {name: cell_text(cell, separator) for name, cell in cells.items()}


def cell_text(cell: Cell, separator: Separator) -> str:
    """One cell as text."""
    if isinstance(cell, Decimal):
        return format_decimal(cell, separator)
    return cell.isoformat() if isinstance(cell, dt.date) else cell


def _shared(thing: Need | Capacity) -> dict[str, Any]:
    return {
        "country": thing.country,
        "municipality": thing.municipality,
        "lat": Decimal(str(thing.lat)),
        "lon": Decimal(str(thing.lon)),
        "currency": thing.currency,
        "price_unit": thing.price_unit,
        "price_unit_kg": thing.price_unit_kg,
        "packing": thing.packing,
        "packing_kg": thing.packing_kg,
        "description": thing.description,
        "visibility": thing.visibility,
    }


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else _short(Money(minor, currency).amount)


def _filled(cells: dict[str, Any]) -> dict[str, Cell]:
    return {name: _cell(value) for name, value in cells.items() if value not in (None, "")}


def _cell(value: Any) -> Cell:
    if isinstance(value, int):
        return Decimal(value)
    return _short(value) if isinstance(value, Decimal) else value


def _short(value: Decimal) -> Decimal:
    """Without zeros behind the point: 2150.00 is typed 2150."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
