"""Specification attributes in a need (limits) and in a capacity (values), driven by the catalogue's attribute
files.

A need keeps {code: {"low": "250", "high": "400"} | {"one_of": [...]} | {"is": true}}, a capacity {code: "300"
| "primera" | true}; decimals are text, so that they stay exact.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from broker.catalogue import attributes
from broker.catalogue.attributes import Attribute, Value
from broker.errors import RuleBroken
from broker.listings.reader import Reader


def limit_names(attribute: Attribute) -> tuple[str, ...]:
    """Every field by which a need may state its limit on an attribute, the unusual side included."""
    base = f"spec_{attribute.code}"
    return (f"{base}_min", f"{base}_max") if attribute.type == "number" else (base,)


def value_field(attribute: Attribute) -> str:
    """The input field by which a capacity states its value of an attribute."""
    return f"spec_{attribute.code}"


def read_limits(reader: Reader, product: str) -> dict[str, Any]:
    """The limits a need sets, one entry per attribute that has any."""
    found: dict[str, Any] = {}
    for attribute in _attributes_of(product):
        limit = _limit(reader, attribute, product)
        if limit:
            found[attribute.code] = limit
    _refuse_foreign(reader, {name for a in _attributes_of(product) for name in limit_names(a)})
    return found


def read_values(reader: Reader, product: str) -> dict[str, Any]:
    """The values a capacity declares, one entry per attribute that is filled in."""
    found: dict[str, Any] = {}
    for attribute in _attributes_of(product):
        name = value_field(attribute)
        if (
            reader.has(name)
            and (value := _parsed(reader, attribute, name, reader.raw[name], product)) is not None
        ):
            found[attribute.code] = format(value, "f") if isinstance(value, Decimal) else value
    _refuse_foreign(reader, {value_field(attribute) for attribute in _attributes_of(product)})
    return found


def limits_as_fields(limits: dict[str, Any]) -> dict[str, str | Decimal]:
    """The inverse of `read_limits`, for showing a need in its form again and for export."""
    fields: dict[str, str | Decimal] = {}
    for code, limit in limits.items():
        if "low" in limit:
            fields[f"spec_{code}_min"] = Decimal(limit["low"])
        if "high" in limit:
            fields[f"spec_{code}_max"] = Decimal(limit["high"])
        if "one_of" in limit:
            fields[f"spec_{code}"] = "; ".join(limit["one_of"])
        if "is" in limit:
            fields[f"spec_{code}"] = "yes" if limit["is"] else "no"
        if "text" in limit:
            fields[f"spec_{code}"] = limit["text"]
    return fields


def values_as_fields(values: dict[str, Any]) -> dict[str, str | Decimal]:
    """The inverse of `read_values`."""
    return {f"spec_{code}": _plain(code, value) for code, value in values.items()}


def _plain(code: str, value: Any) -> str | Decimal:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return Decimal(value) if attributes.get(code).type == "number" else str(value)


@cache
def _attributes_of(product: str) -> tuple[Attribute, ...]:
    # Asked for every row of an import.
    return attributes.for_product(product)


def _refuse_foreign(reader: Reader, known: set[str]) -> None:
    """What is said about an attribute that the product does not have must not be lost silently."""
    for name in reader.raw:
        if name.startswith("spec_") and name not in known and reader.has(name):
            reader.faults.add("attribute_not_of_product", name, attribute=name.removeprefix("spec_"))


def _limit(reader: Reader, attribute: Attribute, product: str) -> dict[str, Any]:
    base = f"spec_{attribute.code}"
    if attribute.type == "number":
        return _number_limit(reader, attribute, base)
    if not reader.has(base):
        return {}
    if attribute.type == "choice":
        wanted = [_parsed(reader, attribute, base, text, product) for text in reader.several(base)]
        return {"one_of": [code for code in wanted if code is not None]}
    value = _parsed(reader, attribute, base, reader.raw[base], product)
    return {} if value is None else {"is" if attribute.type == "bool" else "text": value}


def _parsed(reader: Reader, attribute: Attribute, name: str, text: str, product: str) -> Value | None:
    try:
        return attribute.parse(text, reader.separator, product)
    except RuleBroken as fault:
        reader.faults.add(fault.code, name, **fault.params)
        return None


def _number_limit(reader: Reader, attribute: Attribute, base: str) -> dict[str, Any]:
    low = reader.decimal(f"{base}_min", low=attribute.low, high=attribute.high)
    high = reader.decimal(f"{base}_max", low=attribute.low, high=attribute.high)
    if low is not None and high is not None and low > high:
        reader.faults.add("range_crossed", f"{base}_max", low=low, high=high)
    limit = {"low": None if low is None else str(low), "high": None if high is None else str(high)}
    return {name: value for name, value in limit.items() if value is not None}
