"""Listings in memory, with only what a pure rule reads; they never meet a database."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm import configure_mappers

import broker.models  # noqa: F401  (the entities refer to each other by name)
from broker.listings.models import Capacity, Need
from broker.listings.periods import total_kg
from broker.parties.models import Organization

Kind = TypeVar("Kind")
MONDAY = dt.date(2026, 12, 7)
_numbers = itertools.count(1)


def bare(kind: type[Kind], /, **values: Any) -> Kind:
    """An entity that holds these values and no others."""
    configure_mappers()
    made = kind.__new__(kind)
    kind.__mapper__.class_manager.setup_instance(made)  # type: ignore[attr-defined]
    for name, value in values.items():
        setattr(made, name, value)
    return made


def bare_need(**values: Any) -> Need:
    """Ten tonnes of plantain a week in Pereira, over four weeks from 7 December 2026."""
    values = {
        "id": next(_numbers), "product": "plantain_dom_harton", "quantity_kg": Decimal(10_000), "period": "week",
        "starts_on": MONDAY, "ends_on": MONDAY + dt.timedelta(days=27), "covered_kg": Decimal(0), "country": "CO",
        "municipality": "Pereira", "payment_days": 30, "advance_pct": 0, "currency": "COP", "certificates": [],
        "attributes": {}, "reference": "R001", "visibility": "public", **values,
    }  # fmt: skip
    values["total_kg"] = total_kg(
        values["quantity_kg"], values["period"], values["starts_on"], values["ends_on"]
    )
    return bare(Need, **values)


def bare_capacity(tonnes: int = 52, members: int | None = 40, **values: Any) -> Capacity:
    """So many tonnes of plantain a year, all the year, in Quimbaya, of an organization of its own."""
    number = next(_numbers)
    organization = bare(
        Organization, id=number, legal_name=f"Asociación {number} (ficticia)", members_total=members
    )
    values = {
        "id": number, "organization_id": number, "product": "plantain_dom_harton", "loss_pct": Decimal(0),
        "calendar": [1] * 12, "volume_kg_year": Decimal(tonnes * 1000), "elsewhere_kg_year": Decimal(0),
        "country": "CO", "municipality": "Quimbaya", "attributes": {}, "slots": [], **values,
    }  # fmt: skip
    return bare(Capacity, organization=organization, **values)
