"""The terms of the agreement: delivery, price and payment, and what the parties settle in the draft.

None means not agreed yet. facts.py offers these names too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

# One text per language code: {"es": "plátano", "en": "plantain"}.
Words = Mapping[str, str]

DOMESTIC_TERMS = ("farm_gate", "collection_centre", "buyer_plant", "distribution_centre")
INCOTERMS = ("EXW", "FCA", "FAS", "FOB", "CFR", "CIF", "CPT", "CIP", "DAP", "DPU", "DDP")
PRICE_METHODS = (
    "fixed", "fixed_reviewed", "index_differential", "floor_plus_premium", "cost_plus", "collar",
    "split_payment",
)  # fmt: skip
# What each method has parameters for; the class Price says what they mean.
PRICE_PARAMS: Mapping[str, tuple[str, ...]] = {
    "fixed": (),
    "fixed_reviewed": ("series", "review_weeks", "band_pct", "meeting_days"),
    "index_differential": (
        "series", "differential", "differential_unit", "fixation", "fx_rule", "base_factor", "pasilla",
    ),
    "floor_plus_premium": (
        "floor", "premium", "organic_diff", "series", "differential", "differential_unit", "fx_rule",
        "base_factor", "pasilla",
    ),
    "cost_plus": ("cost_sheet", "margin_pct"),
    "collar": ("low", "high", "series"),
    "split_payment": ("share_pct", "cost_deductions", "liquidation_date", "liquidation_days"),
}  # fmt: skip
INDEX_METHODS = frozenset({"index_differential", "floor_plus_premium"})
STATED_PRICES = ("fixed", "fixed_reviewed", "split_payment")
PAYMENT_BASES = ("receipt", "acceptance", "invoice")


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
            one_of(self.term, DOMESTIC_TERMS + INCOTERMS, "delivery term")


@dataclass(frozen=True)
class Price:
    """Price clause: `unit_price` per `unit` of `unit_kg` kg; `params` by method, decimals as text.

    fixed_reviewed: review_weeks, band_pct, series, meeting_days
    index_differential: series, differential, differential_unit, fixation, fx_rule, base_factor
    floor_plus_premium: floor, premium; with an index series, differential, differential_unit for all three
    cost_plus: cost_sheet, margin_pct
    collar: low, high, series
    split_payment: unit_price is the first payment; share_pct, cost_deductions, and liquidation_date (ISO)
        or liquidation_days
    """

    method: str | None = None
    currency: str | None = None
    unit_price: Decimal | None = None
    unit: str = "kg"
    unit_kg: Decimal = Decimal(1)
    params: Mapping[str, str] | None = None
    proposed_per_kg: Decimal | None = None
    unit_name: Words | None = None

    def __post_init__(self) -> None:
        if self.method is not None:
            one_of(self.method, PRICE_METHODS, "price method")
        if self.unit_price is not None and self.currency is None:
            raise ValueError("a price needs its currency")
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
            one_of(self.basis, PAYMENT_BASES, "payment basis")


@dataclass(frozen=True)
class QuantityRules:
    """Beyond the schedule. `surplus`: same_price, buyer_option, free_sale; `exclusivity`: exclusive, free."""

    surplus: str | None = None
    shortfall_notice_days: int | None = None
    forecast_days: int | None = None
    exclusivity: str | None = None
    release_days: int | None = None


@dataclass(frozen=True)
class Modalities:
    """How the product is grown, delivered, graded and received. Payers: buyer, organization, both, loser.

    `harvest_hours` pass at most between harvest and delivery; within `approval_days` the buyer answers a sample.
    """

    site: str | None = None
    practices: str | None = None
    scale_owner: str | None = None
    sample: str | None = None
    third_party: str | None = None
    retest_payer: str | None = None
    downgrade_pct: Decimal | None = None
    rejected_goes: str | None = None
    rejection_notice_hours: int | None = None
    dispute_hours: int | None = None
    silence_hours: int | None = None
    risk_passes: str | None = None
    title_passes: str | None = None
    harvest_hours: int | None = None
    approval_days: int | None = None


@dataclass(frozen=True)
class SharedRules:
    """Around the trade. Each remedy is a percent of the value short, or of the value received late. `review_hours` is
    the time between the delivery of the plain-language summary and the first signature."""

    renewal_notice_days: int | None = None
    termination_notice_days: int | None = None
    force_majeure_notice_hours: int | None = None
    hardship_pct: Decimal | None = None
    organization_remedy_pct: Decimal | None = None
    buyer_remedy_pct: Decimal | None = None
    cure_days: int | None = None
    mediation: str | None = None
    venue: str | None = None
    committee_meets: str | None = None
    authentic_language: str | None = None
    review_hours: int | None = None


def one_of(value: str, allowed: tuple[str, ...], what: str) -> None:
    """Raises ValueError unless `value` is one of `allowed`; `what` names it in the message."""
    if value not in allowed:
        raise ValueError(f"{what} {value!r} is none of {', '.join(allowed)}")
