"""Beginnings of a need, one per product: usual unit, rhythm and specification, with dates and place filled
in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from broker.catalogue import attributes, countries, products, units
from broker.catalogue.loading import DataFault
from broker.listings.cells import Cell, need_cells
from broker.listings.models import Need
from broker.listings.need_input import NEED_DEFAULTS, NEED_FIELDS
from broker.listings.periods import monday_of
from broker.listings.spec import limit_names
from broker.yaml_text import read_yaml

_FILE = Path(__file__).with_name("data") / "need_templates.yml"
_NUMBERS = ("differential", "base_factor")
FIRST_DELIVERY = dt.timedelta(weeks=3)
WINDOW = dt.timedelta(weeks=26)
REPLY = dt.timedelta(weeks=1)


def need_template(product: str, country: str, municipality: str, today: dt.date) -> dict[str, Cell]:
    """Fields of a need to begin with: the first delivery on a Monday about three weeks away, half a year,
    replies a week before. Raises NotFound('product_unknown')."""
    usual = dict(_templates().get(products.get(product).code, {}))
    unit = str(usual.get("unit", "kg"))
    if not units.get(unit).valid_in(country):
        usual["unit"] = "kg"
    start = monday_of(today + FIRST_DELIVERY)
    defaults: dict[str, Cell] = {name: _cell(name, text) for name, text in NEED_DEFAULTS.items()}
    return (
        defaults
        | usual
        | {
            "product": product,
            "start": start,
            "end": start + WINDOW - dt.timedelta(days=1),
            "reply_by": start - REPLY,
            "country": country,
            "municipality": municipality,
            "currency": countries.get(country).currency,
            "price_unit": "kg",
        }
    )


def need_copy(need: Need, today: dt.date) -> dict[str, Cell]:
    """Fields of a need to begin with: those of a past one, as long, and with its first delivery as far from today as a
    template's."""
    start = monday_of(today + FIRST_DELIVERY)
    length = need.ends_on - need.starts_on
    return need_cells(need) | {"start": start, "end": start + length, "reply_by": start - REPLY}


@cache
def _templates() -> Mapping[str, Mapping[str, Cell]]:
    content = read_yaml(_FILE.read_text(encoding="utf-8"))
    return MappingProxyType({product: _template(product, fields) for product, fields in content.items()})


def _template(product: str, fields: Mapping[str, str]) -> Mapping[str, Cell]:
    known = {name for attribute in attributes.for_product(product) for name in limit_names(attribute)}
    wrong = sorted(set(fields) - known - set(NEED_FIELDS))
    if wrong:
        raise DataFault(f"{_FILE.name} {product}: unknown fields {', '.join(wrong)}")
    return {name: _cell(name, text) for name, text in fields.items()}


def _cell(name: str, text: str) -> Cell:
    is_number = name.endswith(("_min", "_max", "_pct")) or name in (*_NUMBERS, "min_suppliers")
    return Decimal(text) if is_number else text
