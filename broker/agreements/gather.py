"""Gathers the facts of a draft from the need, the capacity, the parties and the deal. What nobody has said stays
None and becomes an open point; reserve prices are never read here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from broker.agreements import facts
from broker.catalogue import attributes, packings, products, schemes, units
from broker.catalogue.attributes import Attribute
from broker.listings.models import Capacity, Need
from broker.money import KgPrice, Money
from broker.parties.models import Certificate, Mandate, Organization

PRICE_PARAM_NAMES = {"index_series": "series", "collar_low": "low", "collar_high": "high"}
INDEX_UNIT = "¢/lb"
SYMBOLS = ("kg", "t", "g", "lb")
SIZES = ("finger_weight_g", "finger_length_cm", "size_code", "size_cm", "capsule_size_mm", "screen_size")


@dataclass(frozen=True)
class Deal:
    """What was agreed in principle: kg per delivery period, the price per kg, and how far the need is covered by all
    organizations together."""

    deliveries: Sequence[tuple[dt.date, dt.date, Decimal]]
    price: KgPrice
    freight: KgPrice
    joint_covered_pct: Decimal
    reference: str


def gather(
    deal: Deal,
    need: Need,
    capacity: Capacity,
    buyer: Organization,
    organization: Organization,
    *,
    today: dt.date,
    certificates: Sequence[Certificate] = (),
    holders: Mapping[int, Organization] | None = None,
    mandate: Mandate | None = None,
    broker: Organization | None = None,
) -> facts.DraftFacts:
    """The facts of a draft between `buyer` and `organization`, dated `today`."""
    return facts.DraftFacts(
        created=today,
        buyer=_party(buyer),
        organization=_party(organization),
        product=_product(need, capacity),
        schedule=facts.Schedule(
            period=need.period,
            periods=tuple(facts.Period(start, end, kg) for start, end, kg in deal.deliveries),
            unit=need.quantity_unit,
            factor=need.quantity_factor,
            unit_name=None if need.quantity_unit in SYMBOLS else units.get(need.quantity_unit).names,
        ),
        delivery=facts.Delivery(
            term=need.delivery_term,
            place=need.municipality,
            freight_per_kg=deal.freight.amount,
        ),
        price=_price(need, deal),
        payment=facts.Payment(
            basis=need.payment_basis,
            days=need.payment_days,
            advance_pct=Decimal(need.advance_pct),
            channel=need.payment_channel,
        ),
        contributions=tuple(
            facts.Contribution(type=c.type, description=c.description, reimbursable=c.reimbursable)
            for c in need.contributions
        ),
        certificates=certificates_of(need, buyer, certificates, holders or {}),
        mandate=_mandate(mandate, broker),
        max_wait_days=capacity.max_wait_days,
        need=need.reference,
        suggestion=deal.reference,
        joint_covered_pct=deal.joint_covered_pct,
    )


def _party(organization: Organization) -> facts.Party:
    return facts.Party(
        legal_name=organization.legal_name,
        kind=organization.kind,
        country=organization.country,
        place=organization.municipality,
        tax_id=organization.tax_id,
        legal_status=organization.legal_status,
        members_total=organization.members_total,
        representative=organization.representative,
        representative_authority=organization.representative_power,
        phone=organization.phone,
        email=organization.email,
    )


def _product(need: Need, capacity: Capacity) -> facts.Product:
    product = products.get(need.product)
    grades = need.attributes.get("grade", {}).get("one_of", [])
    named = {grade.code: grade.names for grade in product.grades}
    limits = [
        _limit(attribute, need.attributes[attribute.code], need.product)
        for attribute in attributes.for_product(need.product)
        if attribute.code in need.attributes and attribute.code != "grade"
    ]
    return facts.Product(
        code=product.code,
        name=product.names,
        grade=_joined([named[code] for code in grades]) if grades else None,
        attributes=tuple(limits) if limits else None,
        packing=_packing(need),
        fresh=product.keeps == "fresh",
    )


def _limit(attribute: Attribute, limit: Mapping[str, Any], product: str) -> facts.Attribute:
    choices = {choice.code: choice.labels for choice in attribute.choices_for(product)}
    low, high = limit.get("low"), limit.get("high")
    operator: str = attribute.operator
    if attribute.type == "number":
        operator = "range" if low and high else "min" if low else "max"
    return facts.Attribute(
        code=attribute.code,
        operator="one_of" if operator == "text" else operator,
        name=attribute.labels,
        low=Decimal(low) if low else None,
        high=Decimal(high) if high else None,
        choices=tuple(choices[code] for code in limit.get("one_of", ())) or _said(limit),
        unit=attribute.unit,
        critical=attribute.critical,
        price_effect="reject"
        if attribute.critical
        else "downgrade"
        if attribute.price_effect == "downgrade"
        else None,
        size=attribute.code in SIZES,
    )


def _said(limit: Mapping[str, Any]) -> tuple[Mapping[str, str], ...]:
    text = limit.get("text")
    return ({"es": text, "en": text},) if text else ()


def _joined(names: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    return {language: ", ".join(name[language] for name in names) for language in ("es", "en")}


def _packing(need: Need) -> facts.Packing | None:
    if need.packing is None:
        return None
    packing = packings.get(need.packing)
    net = need.packing_kg or packing.net_kg
    return facts.Packing(
        name=packing.names, net_kg=net, tare_kg=packing.tare_kg, returnable=packing.returnable
    )


def _price(need: Need, deal: Deal) -> facts.Price:
    params = {PRICE_PARAM_NAMES.get(name, name): str(value) for name, value in need.price_params.items()}
    if "series" in params and "differential" in params:
        params["differential_unit"] = INDEX_UNIT
    formula = need.price_method in ("index_differential", "floor_plus_premium")
    return facts.Price(
        method=need.price_method,
        currency=need.currency,
        unit_price=None
        if formula
        else Money.rounded(deal.price.per(need.price_unit_kg), need.currency).amount,
        unit=need.price_unit,
        unit_kg=need.price_unit_kg,
        params=params,
        proposed_per_kg=deal.price.amount,
    )


def certificates_of(
    need: Need, buyer: Organization, held: Sequence[Certificate], holders: Mapping[int, Organization]
) -> tuple[facts.Certificate, ...]:
    """What the need asks for, each with who holds it for the organization, as far as anybody does."""
    found = []
    for scheme in need.certificates:
        certificate = next((c for c in held if c.scheme == scheme), None)
        holder = holders.get(certificate.holder_id) if certificate else None
        found.append(
            facts.Certificate(
                scheme=scheme,
                name=schemes.get(scheme).names,
                holder=holder.legal_name if holder else None,
                holder_is_buyer=certificate is not None and certificate.holder_id == buyer.id,
                valid_to=certificate.valid_to if certificate else None,
            )
        )
    return tuple(found)


def _mandate(mandate: Mandate | None, broker: Organization | None) -> facts.Mandate | None:
    if broker is None:
        return None
    if mandate is None:
        return facts.Mandate(broker=broker.legal_name)
    return facts.Mandate(
        broker=broker.legal_name,
        fee_kind=mandate.fee_kind,
        fee_pct=mandate.fee_pct,
        payer=mandate.fee_payer,
        disclosed=mandate.disclosed_at is not None,
    )
