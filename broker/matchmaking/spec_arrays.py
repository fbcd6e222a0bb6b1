"""Specification limits and declared values as arrays; the grade stands in column 0 by convention of the matching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from broker.catalogue import attributes
from broker.catalogue.attributes import Attribute
from broker.listings.models import Capacity, Need
from matching.market import GRADE


@dataclass(frozen=True)
class SpecArrays:
    """`columns` are attribute codes; low, high and critical are [N, A], one_of rows (need, column, code), values
    [M, A] with NaN for undeclared."""

    columns: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    one_of: np.ndarray
    critical: np.ndarray
    values: np.ndarray


def spec_arrays(product: str, needs: Sequence[Need], capacities: Sequence[Capacity]) -> SpecArrays:
    """The specification of one product's market. Free texts are for people and take no part."""
    known = [a for a in attributes.for_product(product) if a.type != "text"]
    grade = [a for a in known if a.choices_from_grades]
    columns: list[Attribute | None] = [grade[0] if grade else None]
    columns += [a for a in known if not a.choices_from_grades]
    assert GRADE == 0
    shape = (len(needs), len(columns))
    low, high = np.full(shape, np.nan), np.full(shape, np.nan)
    critical = np.zeros(shape, dtype=np.bool_)
    values = np.full((len(capacities), len(columns)), np.nan)
    one_of: list[tuple[int, int, int]] = []
    for column, attribute in enumerate(columns):
        if attribute is None:
            continue
        critical[:, column] = attribute.critical or column == GRADE
        for row, need in enumerate(needs):
            limit = need.attributes.get(attribute.code, {})
            low[row, column] = float(limit.get("low", "nan"))
            high[row, column] = float(limit.get("high", "nan"))
            one_of += [(row, column, code) for code in _codes(attribute, limit, product)]
        for row, capacity in enumerate(capacities):
            if attribute.code in capacity.attributes:
                values[row, column] = _value(attribute, capacity.attributes[attribute.code], product)
    rows = np.array(one_of, dtype=np.int64).reshape(-1, 3)
    names = tuple(attribute.code if attribute else "" for attribute in columns)
    return SpecArrays(names, low, high, rows, critical, values)


def _codes(attribute: Attribute, limit: dict[str, Any], product: str) -> list[int]:
    if "is" in limit:
        return [int(limit["is"])]
    choices = [choice.code for choice in attribute.choices_for(product)]
    return [choices.index(code) for code in limit.get("one_of", [])]


def _value(attribute: Attribute, value: Any, product: str) -> float:
    if attribute.type == "choice":
        return float([choice.code for choice in attribute.choices_for(product)].index(value))
    return float(value)
