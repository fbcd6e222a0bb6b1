"""What a draft agreement is filled from: plain values, in no language, from no database.

None means *not known yet* and becomes an open point; an empty tuple means *known to be none*.
Names that people read come as `Words`, one text per language. Mass is in kg, money a Decimal in major units.
Reserve prices and the other side's end of the corridor have no field here, so they cannot reach a document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from broker.agreements.terms import Modalities, QuantityRules, SharedRules
from broker.documents import canonical

# One text per language code: {"es": "plátano", "en": "plantain"}.
Words = Mapping[str, str]

PERIOD_KINDS = ("once", "week", "fortnight", "month", "season")
DOMESTIC_TERMS = ("farm_gate", "collection_centre", "buyer_plant", "distribution_centre")
INCOTERMS = ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP")
PRICE_METHODS = (
    "fixed", "fixed_reviewed", "index_differential", "floor_plus_premium", "cost_plus", "collar",
    "split_payment",
)  # fmt: skip
PAYMENT_BASES = ("receipt", "acceptance", "invoice")
ATTRIBUTE_OPERATORS = ("min", "max", "range", "one_of", "bool")


@dataclass(frozen=True)
class Party:
    """One side: `kind` as in broker.parties (buyer, producer_org, union), country ISO 3166 alpha-2."""

    legal_name: str
    kind: str
    country: str
    place: str | None = None
    tax_id: str | None = None
    legal_status: str | None = None
    members_total: int | None = None
    representative: str | None = None
    representative_authority: str | None = None
    phone: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Attribute:
    """One limit of the specification: `low`..`high` in `unit`; a choice is one of `choices`."""

    code: str
    operator: str
    name: Words
    low: Decimal | None = None
    high: Decimal | None = None
    choices: tuple[Words, ...] = ()
    unit: str | None = None
    critical: bool = False
    tolerance_pct: Decimal | None = None
    method: str | None = None
    price_effect: str | None = None

    def __post_init__(self) -> None:
        _one_of(self.operator, ATTRIBUTE_OPERATORS, "attribute operator")


@dataclass(frozen=True)
class Packing:
    """What the product travels in: name in the singular, net and tare kg each."""

    name: Words
    net_kg: Decimal | None = None
    tare_kg: Decimal | None = None
    returnable: bool | None = None
    owner: str | None = None
    name_plural: Words | None = None


@dataclass(frozen=True)
class Product:
    """What is traded. `fresh` switches the advice on payment days; `attributes` None means not specified."""

    code: str
    name: Words
    variety: Words | None = None
    grade: Words | None = None
    attributes: tuple[Attribute, ...] | None = None
    packing: Packing | None = None
    fresh: bool | None = None
    lot_code_owner: str | None = None


@dataclass(frozen=True)
class Period:
    """Both dates inclusive; quantity in kg."""

    start: dt.date
    end: dt.date
    quantity_kg: Decimal


@dataclass(frozen=True)
class Schedule:
    """How much in which period. `unit` is the unit it was said in, `factor` its kg; `tolerance_pct` is ±."""

    period: str
    periods: tuple[Period, ...]
    unit: str = "kg"
    factor: Decimal = Decimal(1)
    tolerance_pct: Decimal | None = None

    def __post_init__(self) -> None:
        _one_of(self.period, PERIOD_KINDS, "period kind")
        if not self.factor.is_finite() or self.factor <= 0:
            raise ValueError("the factor of a unit is above zero")

    @property
    def total_kg(self) -> Decimal:
        return sum((period.quantity_kg for period in self.periods), Decimal(0))

    @property
    def count(self) -> int:
        return len(self.periods)

    @property
    def start(self) -> dt.date | None:
        return min((period.start for period in self.periods), default=None)

    @property
    def end(self) -> dt.date | None:
        return max((period.end for period in self.periods), default=None)

    @property
    def even_kg(self) -> Decimal | None:
        """The quantity of every period when they are all the same, otherwise None."""
        quantities = {period.quantity_kg for period in self.periods}
        return quantities.pop() if len(quantities) == 1 else None


@dataclass(frozen=True)
class Delivery:
    """Domestic term or Incoterm 2020 with its named place; payers are buyer, organization or both."""

    term: str | None = None
    place: str | None = None
    freight_payer: str | None = None
    freight_per_kg: Decimal | None = None
    unloading_payer: str | None = None
    days: str | None = None

    def __post_init__(self) -> None:
        if self.term is not None:
            _one_of(self.term, DOMESTIC_TERMS + INCOTERMS, "delivery term")


@dataclass(frozen=True)
class Price:
    """Price clause: `unit_price` per `unit` of `unit_kg` kg; `params` by method, decimals as text.

    fixed_reviewed: review_weeks, band_pct, series, meeting_days
    index_differential: series, differential, differential_unit, fixation, fx_rule
    floor_plus_premium: floor, premium, series, differential
    cost_plus: cost_sheet, margin_pct
    collar: low, high, series
    split_payment: first, share_pct, liquidation_date (ISO) or liquidation_days, cost_deductions
    """

    method: str | None = None
    currency: str | None = None
    unit_price: Decimal | None = None
    unit: str = "kg"
    unit_kg: Decimal = Decimal(1)
    params: Mapping[str, str] | None = None
    proposed_per_kg: Decimal | None = None

    def __post_init__(self) -> None:
        if self.method is not None:
            _one_of(self.method, PRICE_METHODS, "price method")
        if not self.unit_kg.is_finite() or self.unit_kg <= 0:
            raise ValueError("the factor of a unit is above zero")


@dataclass(frozen=True)
class Milestone:
    """`pct` of the value is paid when `trigger` happens."""

    pct: Decimal
    trigger: str


@dataclass(frozen=True)
class Payment:
    """When and how is paid. `deductions` None means not agreed, () none allowed; interest is % a month."""

    basis: str | None = None
    days: int | None = None
    advance_pct: Decimal | None = None
    advance_due: str | None = None
    milestones: tuple[Milestone, ...] = ()
    channel: str | None = None
    late_interest_pct: Decimal | None = None
    deductions: tuple[str, ...] | None = None
    deductions_cap_pct: Decimal | None = None

    def __post_init__(self) -> None:
        if self.basis is not None:
            _one_of(self.basis, PAYMENT_BASES, "payment basis")


@dataclass(frozen=True)
class Contribution:
    """What the buyer adds. `type`: technical_assistance, seed, inputs, packing, transport, prefinance,
    certification. `reimbursement`: at_sale_pct, per_kg, instalments, in_kind; cap in % of each payment."""

    type: str
    description: str | None = None
    value: Decimal | None = None
    currency: str | None = None
    when: str | None = None
    reimbursable: bool | None = None
    cap_pct: Decimal | None = None
    reimbursement: str | None = None


@dataclass(frozen=True)
class Certificate:
    """A certificate the delivery rests on, and who holds it."""

    scheme: str
    name: Words
    holder: str | None = None
    holder_is_buyer: bool = False
    valid_to: dt.date | None = None


@dataclass(frozen=True)
class Mandate:
    """What the broker earns: `fee_kind` success_pct, per_unit, retainer, programme_paid or hybrid."""

    broker: str
    fee_kind: str | None = None
    fee_pct: Decimal | None = None
    payer: str | None = None
    base: str | None = None
    disclosed: bool | None = None


@dataclass(frozen=True)
class DraftFacts:
    """Everything one draft agreement says. Raises ValueError for a term outside its list."""

    created: dt.date
    buyer: Party
    organization: Party
    product: Product
    schedule: Schedule
    delivery: Delivery = field(default_factory=Delivery)
    price: Price = field(default_factory=Price)
    payment: Payment = field(default_factory=Payment)
    contributions: tuple[Contribution, ...] | None = None
    certificates: tuple[Certificate, ...] | None = None
    mandate: Mandate | None = None
    max_wait_days: int | None = None
    need: str | None = None
    suggestion: str | None = None
    joint_covered_pct: Decimal | None = None
    quantity_rules: QuantityRules = field(default_factory=QuantityRules)
    modalities: Modalities = field(default_factory=Modalities)
    rules: SharedRules = field(default_factory=SharedRules)


def to_json(facts: DraftFacts) -> str:
    """Canonical JSON of the facts: sorted keys, decimals as text, dates ISO."""
    return canonical.dumps(facts)


def from_json(text: str | bytes) -> DraftFacts:
    """The facts that `to_json` wrote. Raises canonical.NotCanonical when the text does not fit."""
    return canonical.loads(DraftFacts, text)


def with_value(facts: DraftFacts, path: str, raw: Any) -> DraftFacts:
    """The facts with the one at `path` ("delivery.unloading_payer") set to JSON data `raw`.

    Raises canonical.NotCanonical when there is no such path or the value does not fit it.
    """
    data = canonical.encode(facts)
    target = data
    *parents, last = path.split(".")
    for name in parents:
        if not isinstance(target, dict) or name not in target:
            raise canonical.NotCanonical(f"no fact at {path}")
        if target[name] is None:
            target[name] = {}
        target = target[name]
    if not isinstance(target, dict):
        raise canonical.NotCanonical(f"no fact at {path}")
    target[last] = raw
    changed: DraftFacts = canonical.decode(DraftFacts, data, "$")
    return changed


def _one_of(value: str, allowed: tuple[str, ...], what: str) -> None:
    if value not in allowed:
        raise ValueError(f"{what} {value!r} is none of {', '.join(allowed)}")
