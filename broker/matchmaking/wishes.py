"""What a broker wishes for the plan of one need: the weights, other terms than the need's, and single candidates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from broker.listings.models import Need
from broker.listings.reader import Reader
from broker.money import Money
from matching.policy import Policy

CHOICES = ("free", "pin", "exclude")
FARTHEST_KM = 20_000
DEAREST = 10**12
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Wishes:
    """`price_pct` is the weight of money; a full score is worth `fit_pct` and full unreliability costs `risk_pct` of
    the price per kg. `radius_km` of road, None for any distance.

    Terms in place of the need's, None for its own: `payment_days`, `min_suppliers`, `max_share_pct` of one
    organization, and `highest_price` in the need's currency and price unit. `pins`, `exclusions` and `caps` (kg per
    period) are keyed by capacity. Without any wish the policy is that of every run.
    """

    price_pct: Decimal = WHOLE
    fit_pct: Decimal = Decimal("0.01")
    risk_pct: Decimal = Decimal(0)
    radius_km: Decimal | None = None
    payment_days: int | None = None
    min_suppliers: int | None = None
    max_share_pct: int | None = None
    highest_price: Decimal | None = None
    pins: tuple[int, ...] = ()
    exclusions: tuple[int, ...] = ()
    caps: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy of the run. The other terms stand in the need (`asked`)."""
        return replace(
            Policy(),
            price_weight=float(self.price_pct / WHOLE),
            fit_weight=float(self.fit_pct / WHOLE),
            risk_weight=float(self.risk_pct / WHOLE),
            radius_km=None if self.radius_km is None else float(self.radius_km),
        )

    def beyond(self, need: Need) -> list[str]:
        """The wished terms that the buyer would have to agree to first; stricter ones than the need's are met by it."""
        reserve = need.reserve_price
        found = {
            "payment_days": self.payment_days is not None and self.payment_days < need.payment_days,
            "min_suppliers": self.min_suppliers is not None and self.min_suppliers < need.min_suppliers,
            "max_share_pct": self.max_share_pct is not None and self.max_share_pct > need.max_share_pct,
            "highest_price": self.highest_price is not None
            and (reserve is None or self.highest_price > reserve.money.amount),
        }
        return [name for name, wider in found.items() if wider]

    def put_into(self, need: Need) -> None:
        """Give a need that no session holds the wished terms, so that they are asked and never written."""
        for name in ("payment_days", "min_suppliers", "max_share_pct"):
            wished = getattr(self, name)
            if wished is not None:
                setattr(need, name, wished)
        if self.highest_price is not None:
            need.reserve_minor = Money.rounded(self.highest_price, need.currency).minor

    def choice(self, capacity_id: int) -> str:
        """'pin', 'exclude' or 'free'."""
        return "pin" if capacity_id in self.pins else "exclude" if capacity_id in self.exclusions else "free"

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` gives the same wishes back."""
        values = asdict(self) | {"pins": list(self.pins), "exclusions": list(self.exclusions)}
        values["caps"] = {str(capacity): str(kg) for capacity, kg in self.caps.items()}
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Wishes:
        """Inverse of `as_dict`; missing entries take their default."""
        read = dict(values)
        for name in ("price_pct", "fit_pct", "risk_pct", "radius_km", "highest_price"):
            if read.get(name) is not None:
                read[name] = Decimal(read[name])
        for name in ("pins", "exclusions"):
            read[name] = tuple(read.get(name, ()))
        read["caps"] = {int(capacity): Decimal(kg) for capacity, kg in read.get("caps", {}).items()}
        return cls(**read)


def read_wishes(reader: Reader, need: Need, capacities: Collection[int]) -> Wishes:
    """The wishes as typed; faults stand in the reader, the wishes then hold defaults in their place. Candidates are
    read from `choice-<capacity>` and `cap-<capacity>`."""
    most = need.max_suppliers or 50
    own = Wishes()
    payment = reader.whole("payment_days", high=365)
    least = reader.whole("min_suppliers", low=1, high=most)
    share = reader.whole("max_share_pct", low=1, high=100)
    highest = reader.decimal("highest_price", above=0, high=DEAREST)
    reserve = need.reserve_price
    choices = {one: reader.choice(f"choice-{one}", CHOICES, default="free") for one in capacities}
    caps = {one: reader.decimal(f"cap-{one}", above=0, high=need.quantity_kg) for one in capacities}
    return Wishes(
        price_pct=_or(reader.decimal("price_pct", low=0, high=100), own.price_pct),
        fit_pct=_or(reader.decimal("fit_pct", low=0, high=100), own.fit_pct),
        risk_pct=_or(reader.decimal("risk_pct", low=0, high=100), own.risk_pct),
        radius_km=reader.decimal("radius_km", low=0, high=FARTHEST_KM),
        payment_days=None if payment == need.payment_days else payment,
        min_suppliers=None if least == need.min_suppliers else least,
        max_share_pct=None if share == need.max_share_pct else share,
        highest_price=None if reserve and highest == reserve.money.amount else highest,
        pins=tuple(one for one, chosen in choices.items() if chosen == "pin"),
        exclusions=tuple(one for one, chosen in choices.items() if chosen == "exclude"),
        caps={one: kg for one, kg in caps.items() if kg is not None and choices[one] != "exclude"},
    )


def _or(value: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else value
