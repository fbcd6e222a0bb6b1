"""Story 1 of the demonstration market as the facts of a draft: La Cosecha Andina and Guadual del Sol."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from broker.agreements.facts import (
    Attribute,
    Certificate,
    Delivery,
    DraftFacts,
    Mandate,
    Packing,
    Party,
    Payment,
    Period,
    Price,
    Product,
    Schedule,
)

FIRST_MONDAY = dt.date(2026, 12, 7)


def weeks(count: int, kg: str = "14620") -> tuple[Period, ...]:
    """So many weeks of the same quantity from the first Monday of deliveries."""
    starts = (FIRST_MONDAY + dt.timedelta(weeks=week) for week in range(count))
    return tuple(Period(start, start + dt.timedelta(days=6), Decimal(kg)) for start in starts)


def story_1() -> DraftFacts:
    """What the listings and the suggestion of story 1 say, with nothing settled yet beyond them."""
    weight = {"es": "Peso del dedo", "en": "Finger weight"}
    colour = {"es": "Color", "en": "Colour"}
    return DraftFacts(
        created=dt.date(2026, 11, 23),
        buyer=Party("Supermercados La Cosecha Andina (ficticia)", "buyer", "CO", place="Pereira"),
        organization=Party(
            "Asociación Platanera Guadual del Sol (ficticia)", "producer_org", "CO", place="Quimbaya",
            legal_status="registered", members_total=96,
        ),
        product=Product(
            code="plantain_dom_harton",
            name={"es": "plátano dominico-hartón verde", "en": "green Dominico-Hartón plantain"},
            grade={"es": "primera", "en": "first grade"},
            attributes=(
                Attribute("finger_weight", "range", weight, Decimal(250), Decimal(400), unit="g", size=True),
                Attribute(
                    "colour", "one_of", colour, choices=({"es": "verde", "en": "green"},), critical=True
                ),
            ),
            packing=Packing(
                {"es": "canastilla", "en": "crate"}, Decimal(20), returnable=True, owner="buyer",
                name_plural={"es": "canastillas", "en": "crates"},
            ),
            fresh=True,
        ),
        schedule=Schedule("week", weeks(26), unit="t", factor=Decimal(1000)),
        delivery=Delivery("buyer_plant", "Pereira", freight_payer="organization", freight_per_kg=Decimal(45)),
        price=Price(
            "fixed_reviewed", "COP", Decimal(2150),
            params={"review_weeks": "4", "band_pct": "8", "series": "SIPSA, Pereira"},
            proposed_per_kg=Decimal("2087.50"),
        ),
        payment=Payment("receipt", 8, Decimal(0)),
        certificates=(
            Certificate(
                "bpa_ica", {"es": "BPA ICA", "en": "ICA good agricultural practice"},
                holder="Asociación Platanera Guadual del Sol (ficticia)", valid_to=dt.date(2027, 8, 31),
            ),
        ),
        mandate=Mandate(
            "Corretaje Cordillera (ficticia)", "success_pct", Decimal(3), payer="buyer", disclosed=True
        ),
        max_wait_days=10,
        need="N-001",
        suggestion="S-0001",
        joint_covered_pct=Decimal(100),
    )  # fmt: skip
