"""What must be known before a draft goes to the parties, by the parts of an agreement; the rest they settle."""

from __future__ import annotations

from dataclasses import dataclass

from broker.agreements.facts import DraftFacts
from broker.agreements.paths import resolve

# Part of the agreement -> the facts without which there is nothing to talk about.
NEEDED: dict[str, tuple[str, ...]] = {
    "product": ("product.attributes", "product.packing"),
    "quantity": ("schedule.first_period", "schedule.tolerance_pct"),
    "modalities": ("delivery.term", "delivery.place", "modalities.scale_owner", "modalities.silence_hours"),
    "payment": ("price.method", "payment.days", "payment.basis", "payment.channel"),
    "contribution": ("contributions",),
    "around": ("mandate.broker", "mandate.payer", "rules.cure_days", "rules.review_hours"),
}
PRICE_PARAMS = {
    "fixed": ("price.unit_price",),
    "fixed_reviewed": ("price.unit_price", "price.params.review_weeks", "price.params.band_pct"),
    "index_differential": ("price.params.series", "price.params.differential"),
    "floor_plus_premium": ("price.params.floor",),
    "cost_plus": ("price.params.cost_sheet", "price.params.margin_pct"),
    "collar": ("price.params.low", "price.params.high"),
    "split_payment": ("price.unit_price", "price.params.share_pct"),
}


@dataclass(frozen=True)
class Item:
    """One part of the agreement and the paths that it still lacks."""

    part: str
    missing: tuple[str, ...]

    @property
    def done(self) -> bool:
        return not self.missing


def checklist(facts: DraftFacts) -> tuple[Item, ...]:
    """Every part with what it lacks before the draft may be sent."""
    found = []
    for part, paths in NEEDED.items():
        if part == "payment":
            paths += PRICE_PARAMS.get(facts.price.method or "", ())
        found.append(Item(part, tuple(path for path in paths if resolve(facts, path) is None)))
    return tuple(found)
