"""Which published conditions of a need a capacity does not meet, and by how much: what a producer
organization may be told. Reserve prices are not looked at, so nothing can be learned of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.listings.models import Capacity, Need
from broker.listings.periods import periods_of
from broker.listings.reserve import supply_of
from broker.parties.models import Certificate


@dataclass(frozen=True)
class Closed:
    """A condition that is not met: its code and the figures in its sentence."""

    code: str
    params: Mapping[str, Any]


def closed_conditions(
    need: Need, capacity: Capacity, certificates: Sequence[Certificate], today: dt.date
) -> list[Closed]:
    """Every condition of `need` that `capacity` does not meet; empty when it meets all. `certificates` are
    those that cover the organization's produce."""
    found = [*_waiting(need, capacity), *_grade_and_spec(need, capacity), *_origin(need, capacity)]
    valid = {c.scheme for c in certificates if c.valid_on(today) and c.product in (None, capacity.product)}
    found += [
        Closed("certificate", {"scheme": scheme}) for scheme in need.certificates if scheme not in valid
    ]
    return found + _calendar(need, capacity)


def _waiting(need: Need, capacity: Capacity) -> list[Closed]:
    late = need.wait_days - capacity.max_wait_days
    return [Closed("waiting", {"days": late, "most": capacity.max_wait_days})] if late > 0 else []


def _grade_and_spec(need: Need, capacity: Capacity) -> list[Closed]:
    found = []
    for code, limit in need.attributes.items():
        value = capacity.attributes.get(code)
        # An attribute that the organization has not declared is asked later, not refused.
        if value is not None and not _meets(limit, value):
            found.append(Closed("attribute", {"attribute": code, "value": value, "limit": limit}))
    return found


def _meets(limit: Mapping[str, Any], value: Any) -> bool:
    if "one_of" in limit:
        return value in limit["one_of"]
    if "is" in limit:
        return bool(value == limit["is"])
    if "text" in limit:
        return True
    number = Decimal(str(value))
    return Decimal(limit.get("low", number)) <= number <= Decimal(limit.get("high", number))


def _origin(need: Need, capacity: Capacity) -> list[Closed]:
    if need.origins and capacity.country not in need.origins:
        return [Closed("origin", {"origins": need.origins})]
    return []


def _calendar(need: Need, capacity: Capacity) -> list[Closed]:
    supply, one_off = supply_of(capacity), need.period in ("once", "season")
    periods = periods_of(need.period, need.starts_on, need.ends_on)
    free = [supply.free(period, one_off=one_off) for period in periods]
    if not any(free):
        return [Closed("calendar", {})]
    return [Closed("min_lot", {"kg": capacity.min_lot_kg})] if max(free) < capacity.min_lot_kg else []
