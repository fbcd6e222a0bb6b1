"""Terms that listings do not carry and the parties settle in the draft. None means not agreed yet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


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
    """How the product is grown, delivered, graded and received. Payers: buyer, organization, both, loser."""

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


@dataclass(frozen=True)
class SharedRules:
    """Around the trade. Each remedy is a percent of the value short, or of the value received late."""

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
