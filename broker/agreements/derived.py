"""Facts that follow from other facts, reached by the path "derived.<name>". None: it does not follow."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from broker.agreements.facts import Attribute, DraftFacts, Words
from broker.agreements.terms import INCOTERMS
from broker.documents.canonical import decimal_text

ASSISTANCE = ("technical_assistance",)
INPUTS = ("seed", "inputs", "packing", "transport", "certification")
PREFINANCE = ("prefinance",)


def net_wait_days(facts: DraftFacts) -> Decimal | None:
    """Days to wait weighted by what is not paid in advance: days x (1 - advance / 100)."""
    if facts.payment.days is None:
        return None
    advance = facts.payment.advance_pct or Decimal(0)
    return facts.payment.days * (1 - advance / 100)


def packs_per_period(facts: DraftFacts) -> int | None:
    """How many packings hold the even quantity of a period, when they hold it exactly."""
    packing, even = facts.product.packing, facts.schedule.even_kg
    if packing is None or not packing.net_kg or even is None or even % packing.net_kg:
        return None
    return int(even / packing.net_kg)


def even_of_several(facts: DraftFacts) -> Decimal | None:
    """The kg of each period when there are several, all the same."""
    return facts.schedule.even_kg if facts.schedule.count > 1 else None


def uneven(facts: DraftFacts) -> bool | None:
    """True when there are several periods that differ."""
    return True if facts.schedule.count > 1 and facts.schedule.even_kg is None else None


def only_delivery(facts: DraftFacts) -> Decimal | None:
    """The kg of the one period there is."""
    return facts.schedule.even_kg if facts.schedule.count == 1 else None


def packing_name(facts: DraftFacts) -> Words | None:
    """The packing in the plural where that is known."""
    packing = facts.product.packing
    return None if packing is None else packing.name_plural or packing.name


def incoterm(facts: DraftFacts) -> bool:
    """Whether the delivery term is an Incoterm rather than a domestic one."""
    return facts.delivery.term in INCOTERMS


def size_limits(facts: DraftFacts) -> tuple[Attribute, ...] | None:
    """The limits that are a size or a weight of the piece."""
    if facts.product.attributes is None:
        return None
    return tuple(limit for limit in facts.product.attributes if limit.size)


def other_limits(facts: DraftFacts) -> tuple[Attribute, ...] | None:
    """The limits that are not a size."""
    if facts.product.attributes is None:
        return None
    return tuple(limit for limit in facts.product.attributes if not limit.size)


def converted(facts: DraftFacts) -> bool:
    """Whether the quantity was said in another unit than kg."""
    return facts.schedule.factor != 1


def price_converted(facts: DraftFacts) -> bool:
    """Whether the price is per another unit than kg, with a price to show."""
    return facts.price.unit_kg != 1 and facts.price.unit_price is not None


def price_per_kg(facts: DraftFacts) -> Decimal | None:
    """The unit price over the kg of its unit, unrounded."""
    return None if facts.price.unit_price is None else facts.price.unit_price / facts.price.unit_kg


def proposed_unit_price(facts: DraftFacts) -> str | None:
    """The proposed price per kg in the unit of the price, as text for a recommendation."""
    price = facts.price
    if price.proposed_per_kg is None or price.currency is None:
        return None
    return decimal_text(price.proposed_per_kg * price.unit_kg)


def buyer_holds_certificate(facts: DraftFacts) -> bool:
    """Whether any certificate is in the buyer's name."""
    return any(certificate.holder_is_buyer for certificate in facts.certificates or ())


def contribution_types(facts: DraftFacts) -> tuple[str, ...] | None:
    """The kinds of contribution there are, each once."""
    if facts.contributions is None:
        return None
    return tuple(dict.fromkeys(contribution.type for contribution in facts.contributions))


def reimbursable(facts: DraftFacts) -> bool:
    """Whether anything the buyer gives is to be paid back, or nobody has said yet. Assistance never is."""
    return any(
        contribution.reimbursable is not False
        for contribution in facts.contributions or ()
        if contribution.type not in ASSISTANCE
    )


DERIVED: dict[str, Callable[[DraftFacts], Any]] = {
    rule.__name__: rule
    for rule in (
        net_wait_days, packs_per_period, even_of_several, uneven, only_delivery, packing_name, incoterm,
        size_limits, other_limits, converted, price_converted, price_per_kg,
        proposed_unit_price, buyer_holds_certificate, contribution_types, reimbursable,
    )
}  # fmt: skip
