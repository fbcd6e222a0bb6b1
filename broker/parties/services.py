"""Organizations and mandates: the verbs that write."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from broker.errors import Conflict, Faults, Invalid, NotFound, RuleBroken
from broker.parties.events import MandateEnded, MandateProposed, StandingChanged
from broker.parties.models import (
    COUNTRIES,
    FEE_KINDS,
    FEE_PAYERS,
    KINDS,
    LEGAL_STATUSES,
    Certificate,
    Mandate,
    Organization,
)
from broker.parties.permissions import require_kind, require_manager
from broker.parties.tax_ids import check_tax_id
from broker.parties.transitions import MANDATE
from broker.transaction import Transaction

FEE_WARNING_PCT = Decimal(5)
CERTIFICATE_HOLDERS = ("union", "buyer")


@dataclass(frozen=True)
class OrganizationInput:
    """What a party says of itself. Counts are people; lat and lon are degrees (WGS84)."""

    kind: str
    legal_name: str
    country: str
    municipality: str
    lat: float | None = None
    lon: float | None = None
    legal_status: str = "registered"
    tax_id: str | None = None
    phone: str | None = None
    email: str | None = None
    representative: str | None = None
    representative_power: str | None = None
    buyer_type: str | None = None
    members_total: int | None = None
    members_women: int | None = None
    members_indigenous: int | None = None
    about: str = ""


def register_organization(
    tx: Transaction, data: OrganizationInput, *, fictional: bool = False
) -> Organization:
    """Enter a new party. Raises Invalid with every fault."""
    _refuse(organization_faults(tx, data))
    organization = Organization(**_values(data), is_fictional=fictional, created_at=tx.now)
    tx.session.add(organization)
    tx.session.flush()
    tx.record(
        "organization.registered", "organization", organization.id, organization.id, name=data.legal_name
    )
    return organization


def update_organization(tx: Transaction, organization_id: int, data: OrganizationInput) -> Organization:
    """Change the record; the kind stays what it was. Managers only."""
    require_manager(tx.actor, organization_id)
    organization = _organization(tx, organization_id)
    _refuse(organization_faults(tx, data, organization_id))
    values = _values(data) | {"kind": organization.kind}
    changed = [name for name, value in values.items() if getattr(organization, name) != value]
    for name in changed:
        setattr(organization, name, values[name])
    tx.record("organization.updated", "organization", organization_id, organization_id, fields=changed)
    return organization


def organization_faults(
    tx: Transaction, data: OrganizationInput, own_id: int | None = None
) -> list[RuleBroken]:
    """Everything wrong with what a party says of itself; `own_id` is that organization once entered."""
    faults = Faults()
    if faults.require(bool(data.kind), "required", "kind"):
        faults.require(data.kind in KINDS, "choice_unknown", "kind", value=data.kind)
    faults.require(
        data.legal_status in LEGAL_STATUSES, "choice_unknown", "legal_status", value=data.legal_status
    )
    faults.require(len(data.legal_name.strip()) >= 3, "name_short", "legal_name")
    faults.require(data.country in COUNTRIES, "country_unknown", "country", value=data.country)
    faults.require(bool(data.municipality.strip()), "required", "municipality")
    faults.require(data.lat is None or -90 <= data.lat <= 90, "latitude_range", "lat")
    faults.require(data.lon is None or -180 <= data.lon <= 180, "longitude_range", "lon")
    if data.tax_id:
        try:
            check_tax_id(data.tax_id, data.country)
        except RuleBroken as fault:
            faults.found.append(fault)
        same = select(Organization.id).where(
            Organization.country == data.country,
            Organization.tax_id == data.tax_id,
            Organization.id != (own_id or 0),
        )
        faults.require(tx.session.scalar(same) is None, "tax_id_taken", "tax_id")
    total = data.members_total
    for name in ("members_women", "members_indigenous"):
        part = getattr(data, name)
        faults.require(part is None or (total is not None and 0 <= part <= total), "part_above_total", name)
    return faults.found


def add_certificate(
    tx: Transaction,
    *,
    scheme: str,
    holder_id: int,
    covers_id: int,
    valid_from: dt.date,
    valid_to: dt.date,
    product: str | None = None,
    number: str | None = None,
    body: str | None = None,
) -> Certificate:
    """Enter a certificate that covers an organization's produce; itself, a union or a buyer holds it."""
    require_manager(tx.actor, covers_id)
    if valid_to < valid_from:
        raise RuleBroken("certificate_dates", field="valid_to")
    if holder_id != covers_id and _organization(tx, holder_id).kind not in CERTIFICATE_HOLDERS:
        raise RuleBroken("certificate_holder", field="holder")
    certificate = Certificate(
        scheme=scheme,
        holder_id=holder_id,
        covers_id=covers_id,
        product=product,
        valid_from=valid_from,
        valid_to=valid_to,
        number=number,
        body=body,
    )
    tx.session.add(certificate)
    tx.session.flush()
    tx.record("certificate.added", "certificate", certificate.id, covers_id, scheme=scheme, holder=holder_id)
    tx.emit(StandingChanged(covers_id))
    return certificate


def propose_mandate(
    tx: Transaction,
    client_id: int,
    *,
    fee_kind: str,
    fee_pct: Decimal | None,
    fee_payer: str,
    starts_on: dt.date,
    ends_on: dt.date,
) -> Mandate:
    """A broker house asks an organization for a mandate, its fee disclosed. The client decides."""
    broker_id = require_kind(tx.actor, "broker")
    client = _organization(tx, client_id)
    faults = Faults()
    faults.require(client.kind in ("buyer", "producer_org", "union"), "mandate_client_kind", "client")
    faults.require(fee_kind in FEE_KINDS, "choice_unknown", "fee_kind", value=fee_kind)
    faults.require(fee_payer in FEE_PAYERS, "choice_unknown", "fee_payer", value=fee_payer)
    faults.require(ends_on > starts_on, "end_before_start", "ends_on")
    needs_pct = fee_kind in ("success_pct", "hybrid")
    if needs_pct and (fee_pct is None or not 0 <= fee_pct <= 100):
        faults.add("percent_range", "fee_pct", low=0, high=100)
    faults.raise_if_any()
    live = select(Mandate.id).where(
        Mandate.broker_id == broker_id,
        Mandate.client_id == client_id,
        Mandate.state.in_(("proposed", "active")),
    )
    if tx.session.scalar(live) is not None:
        raise Conflict("mandate_exists", name=client.legal_name)
    mandate = Mandate(
        broker_id=broker_id,
        client_id=client_id,
        fee_kind=fee_kind,
        fee_pct=fee_pct,
        fee_payer=fee_payer,
        starts_on=starts_on,
        ends_on=ends_on,
        disclosed_at=tx.now,
    )
    tx.session.add(mandate)
    tx.session.flush()
    tx.record("mandate.proposed", "mandate", mandate.id, client_id, broker=broker_id)
    tx.emit(MandateProposed(mandate.id))
    return mandate


def answer_mandate(tx: Transaction, mandate_id: int, name: str) -> Mandate:
    """Consent to, decline or end a mandate. Only the client consents or declines; either side may end it."""
    mandate = tx.session.get(Mandate, mandate_id, with_for_update=True)
    if mandate is None or tx.actor.organization_id not in (mandate.client_id, mandate.broker_id):
        raise NotFound("not_found")
    own = tx.actor.organization_id
    assert own is not None
    require_manager(tx.actor, own)
    MANDATE.move(mandate, name, "client" if own == mandate.client_id else "broker")
    if name == "consent":
        mandate.consented_at, mandate.consented_by_id = tx.now, tx.actor.user_id
    tx.record(f"mandate.{name}", "mandate", mandate.id, mandate.client_id)
    if name == "end":
        tx.emit(MandateEnded(mandate.broker_id, mandate.client_id))
    return mandate


def sweep_mandates(tx: Transaction) -> int:
    """End the mandates whose last day is over, so that a new one can be proposed. Returns how many."""
    past = select(Mandate).where(Mandate.state == "active", Mandate.ends_on < tx.today).order_by(Mandate.id)
    ended = tx.session.scalars(past.with_for_update()).all()
    for mandate in ended:
        MANDATE.move(mandate, "end", "system")
        tx.record("mandate.end", "mandate", mandate.id, mandate.client_id)
        tx.emit(MandateEnded(mandate.broker_id, mandate.client_id))
    return len(ended)


def _organization(tx: Transaction, organization_id: int) -> Organization:
    organization = tx.session.get(Organization, organization_id)
    if organization is None:
        raise NotFound("not_found")
    return organization


def _values(data: OrganizationInput) -> dict[str, Any]:
    return {f.name: getattr(data, f.name) for f in fields(data)}


def _refuse(faults: list[RuleBroken]) -> None:
    if faults:
        raise Invalid(faults)
