"""Facts of drafts: story 1 as the demonstration market says it, then full, then almost empty."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from broker.agreements.facts import (
    Amendment,
    Attribute,
    Certificate,
    Contribution,
    Delivery,
    DraftFacts,
    Mandate,
    MemberShare,
    Milestone,
    Modalities,
    Packing,
    Party,
    Payment,
    Period,
    Predecessor,
    Price,
    Product,
    QuantityRules,
    Schedule,
    SharedRules,
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


# What each price method says of the price.
PRICES = {
    "fixed": Price("fixed", "COP", Decimal(1550)),
    "fixed_reviewed": Price(
        "fixed_reviewed", "COP", Decimal(2150),
        params={"review_weeks": "4", "band_pct": "8", "series": "SIPSA, Pereira", "meeting_days": "5"},
    ),
    "index_differential": Price(
        "index_differential", "USD",
        params={
            "series": "ICE C, marzo de 2027", "differential": "18", "differential_unit": "¢/lb",
            "fixation": "seller_call", "fx_rule": "TRM del día de la fijación",
        },
    ),
    "floor_plus_premium": Price("floor_plus_premium", "COP", params={"floor": "9000", "premium": "800"}),
    "cost_plus": Price("cost_plus", "COP", params={"cost_sheet": "la hoja de costos 3", "margin_pct": "12"}),
    "collar": Price(
        "collar", "HNL", unit="qq", unit_kg=Decimal("45.359237"),
        params={"low": "700", "high": "1250", "series": "SIMPAH, Tegucigalpa"},
    ),
    "split_payment": Price(
        "split_payment", "COP", Decimal(4200),
        params={
            "share_pct": "70", "liquidation_days": "45", "cost_deductions": "flete y caja",
        },
    ),
}  # fmt: skip

CONTRIBUTIONS = (
    Contribution(
        "technical_assistance", "visitas de un agrónomo", Decimal(600000), "COP", "dos al mes", False
    ),
    Contribution("seed", "colinos", Decimal(1200000), "COP", "en enero", True, Decimal(10), "at_sale_pct"),
    Contribution("inputs", "abono", Decimal(900000), "COP", "en febrero", False),
    Contribution("packing", "canastillas", Decimal(300000), "COP", "antes de cada entrega", False),
    Contribution("transport", "recogida en vereda", Decimal(250000), "COP", "cada lunes", False),
    Contribution("certification", "auditoría BPA", Decimal(800000), "COP", "en marzo", False),
    Contribution(
        "prefinance", "cosecha", Decimal(5000000), "COP", "al iniciar", True, Decimal(20), "instalments"
    ),
)


def full(method: str = "fixed_reviewed") -> DraftFacts:
    """Story 1 with everything settled and every kind of contribution: it leaves nothing open."""
    story = story_1()
    return replace(
        story,
        buyer=replace(
            story.buyer, tax_id="900123456-7", legal_status="registered", representative="Marta Ocampo",
            representative_authority="certificado de existencia", phone="+57 606 000 0000",
            email="m@example.org",
        ),
        organization=replace(
            story.organization, tax_id="901234567-8", representative="Luis Cardona",
            representative_authority="acta de asamblea 12", phone="+57 606 000 0001", email="l@example.org",
        ),
        product=replace(
            story.product, variety={"es": "dominico-hartón", "en": "Dominico-Hartón"},
            lot_code_owner="organization",
        ),
        schedule=replace(story.schedule, tolerance_pct=Decimal(10)),
        delivery=replace(story.delivery, unloading_payer="buyer", days="lunes y jueves antes de las 10:00"),
        price=PRICES[method],
        payment=Payment(
            "receipt", 8, Decimal(20), "al despacho", (Milestone(Decimal(100), "recibo"),), "transfer",
            Decimal("1.5"), ("advance", "inputs"), Decimal(10),
        ),
        contributions=CONTRIBUTIONS,
        mandate=replace(story.mandate, base="paid_value") if story.mandate else None,
        quantity_rules=QuantityRules("buyer_option", 3, 3, "free", 2),
        modalities=Modalities(
            site="veredas El Laurel y Kerman", practices="deshoje semanal", scale_owner="buyer",
            sample="diez canastillas", third_party="el laboratorio acordado", retest_payer="loser",
            downgrade_pct=Decimal(80), rejected_goes="returned", rejection_notice_hours=24, dispute_hours=24,
            silence_hours=48, risk_passes="at_reception", title_passes="at_reception", harvest_hours=24,
            approval_days=5,
        ),
        rules=SharedRules(
            60, 30, 48, Decimal(20), Decimal(5), Decimal(5), 10, "la Cámara de Comercio",
            "los jueces de Pereira", "monthly", "es", 24,
        ),
    )  # fmt: skip


def amended() -> DraftFacts:
    """Everything settled in an amendment of an agreement that continues another, signed by a union for two members."""
    day = dt.date(2026, 10, 3)
    return replace(
        full(),
        amendment=Amendment(3, "ab" * 32, "la mediana de SIPSA subió 11 %"),
        continues=Predecessor("7", 2, "cd" * 32),
        members=(
            MemberShare(
                "Platanera Uno (ficticia)", Decimal("219000"), "acta 14", day, "Quimbaya", "900111222-3"
            ),
            MemberShare("Platanera Dos (ficticia)", Decimal("161120"), "acta 9", day, "Circasia"),
        ),
    )


def coffee() -> DraftFacts:
    """The full story as parchment coffee: dry, bought on a sample, of plots that can be shown."""
    story = full()
    return replace(
        story,
        product=replace(
            story.product, code="coffee_parch_co", name={"es": "café", "en": "coffee"}, fresh=False
        ),
    )


def bare() -> DraftFacts:
    """Two names and a product, and nothing else known."""
    return DraftFacts(
        created=dt.date(2026, 11, 23),
        buyer=Party("Comprador (ficticio)", "buyer", "CO"),
        organization=Party("Organización (ficticia)", "producer_org", "CO"),
        product=Product("plantain", {"es": "plátano", "en": "plantain"}),
        schedule=Schedule("week", ()),
    )
