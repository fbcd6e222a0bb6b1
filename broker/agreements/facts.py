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

from broker.agreements.terms import Delivery as Delivery
from broker.agreements.terms import Milestone as Milestone
from broker.agreements.terms import Modalities as Modalities
from broker.agreements.terms import Payment as Payment
from broker.agreements.terms import Price as Price
from broker.agreements.terms import QuantityRules as QuantityRules
from broker.agreements.terms import SharedRules as SharedRules
from broker.agreements.terms import Words as Words
from broker.agreements.terms import one_of
from broker.documents import canonical

PERIOD_KINDS = ("once", "week", "fortnight", "month", "season")
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
    """One limit of the specification: `low`..`high` in `unit`; a choice is one of `choices`.

    `size` marks a size or weight of the piece, which has a clause of its own.
    """

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
    size: bool = False

    def __post_init__(self) -> None:
        one_of(self.operator, ATTRIBUTE_OPERATORS, "attribute operator")


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
    """How much in which period; `tolerance_pct` is ±.

    `unit` is the code of the unit it was said in, `factor` its kg, `unit_name` and `unit_plural` its words
    where the code is not what people write.
    """

    period: str
    periods: tuple[Period, ...]
    unit: str = "kg"
    factor: Decimal = Decimal(1)
    tolerance_pct: Decimal | None = None
    unit_name: Words | None = None
    unit_plural: Words | None = None

    def __post_init__(self) -> None:
        one_of(self.period, PERIOD_KINDS, "period kind")
        if not self.factor.is_finite() or self.factor <= 0:
            raise ValueError("the factor of a unit is above zero")

    @property
    def total_kg(self) -> Decimal:
        return sum((period.quantity_kg for period in self.periods), Decimal(0))

    @property
    def first_period(self) -> Period | None:
        return self.periods[0] if self.periods else None

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
class Amendment:
    """The signed version that this text would replace, and why."""

    version: int
    sha256: str
    reason: str


@dataclass(frozen=True)
class Predecessor:
    """The agreement that this one continues, by its number, its signed version and that version's hash."""

    agreement: str
    version: int
    sha256: str


@dataclass(frozen=True)
class MemberShare:
    """What one member of the union delivers, in kg over the whole agreement, and its mandate to sign: the minutes of
    its assembly and their day."""

    organization: str
    quantity_kg: Decimal
    minutes: str
    given_on: dt.date
    place: str | None = None
    tax_id: str | None = None


@dataclass(frozen=True)
class DraftFacts:
    """Everything one draft agreement says. Raises ValueError for a term outside its list.

    `wordings` are clauses that the parties wrote themselves, by the id of the clause they replace. `members` are those
    for which a union signs.
    """

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
    wordings: Mapping[str, Words] | None = None
    amendment: Amendment | None = None
    continues: Predecessor | None = None
    members: tuple[MemberShare, ...] | None = None

    def wording(self, clause: str) -> Words | None:
        """The words that the parties put in place of a clause of the library."""
        return (self.wordings or {}).get(clause)


def to_json(facts: DraftFacts) -> str:
    """Canonical JSON of the facts: sorted keys, decimals as text, dates ISO."""
    return canonical.dumps(facts)


def from_json(text: str | bytes) -> DraftFacts:
    """The facts that `to_json` wrote. Raises canonical.NotCanonical when the text does not fit."""
    return canonical.loads(DraftFacts, text)
