"""What the matching sees of the trade: needs, capacities, periods and the broker's wishes.

Quantities are kg, money is one numeraire currency per kg, waiting is days, places are WGS84 degrees.
The caller turns units, currencies and calendars into these arrays; here they are only checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matching import checks
from matching.field_writer import FieldWriter
from matching.policy import Policy
from matching.types import BoolArray, FloatArray, IntArray

GRADE = 0
"""The attribute column that holds the grade, by convention."""


def _no_floats() -> FloatArray:
    return np.zeros(0)


def _no_ints() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_bools() -> BoolArray:
    return np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, kw_only=True)
class Needs:
    """N needs as arrays; N rows each, T periods, C certificates, G countries, A attributes.

    id            unique names
    concept       product concept code
    wait_days     days until the money is there: payment days x (1 - advance)
    demand        [N,T] kg wanted per period
    variety       variety code, -1 for any
    ceiling       highest landed price per kg, NaN for none
    price         published or formula landed price per kg, NaN when unknown
    min_fill      smallest filled share over all periods at which the need is served, 0..1
    min_suppliers, max_suppliers   number of suppliers when served; max 0 means no limit
    max_share     largest share of each period's demand one supplier may take, 0..1
    lat, lon      delivery place, NaN when unknown
    certificates  [N,C] required
    origin        [N,G] admissible countries of origin; all False means any
    spec_low, spec_high   [N,A] limits per attribute, NaN for none
    spec_one_of   [S,3] rows (need, attribute, admissible code) for categorical attributes
    spec_critical [N,A] whether missing the limit refuses the goods (default: it does)
    description   free text for similarity
    buyer         buyer number (default: every need its own)

    Raises ValueError naming the field and the row.
    """

    id: Sequence[str]
    concept: IntArray
    wait_days: FloatArray
    demand: FloatArray
    variety: IntArray = field(default_factory=_no_ints)
    ceiling: FloatArray = field(default_factory=_no_floats)
    price: FloatArray = field(default_factory=_no_floats)
    min_fill: FloatArray = field(default_factory=_no_floats)
    min_suppliers: IntArray = field(default_factory=_no_ints)
    max_suppliers: IntArray = field(default_factory=_no_ints)
    max_share: FloatArray = field(default_factory=_no_floats)
    lat: FloatArray = field(default_factory=_no_floats)
    lon: FloatArray = field(default_factory=_no_floats)
    certificates: BoolArray = field(default_factory=_no_bools)
    origin: BoolArray = field(default_factory=_no_bools)
    spec_low: FloatArray = field(default_factory=_no_floats)
    spec_high: FloatArray = field(default_factory=_no_floats)
    spec_one_of: IntArray = field(default_factory=_no_ints)
    spec_critical: BoolArray = field(default_factory=_no_bools)
    description: Sequence[str] = ()
    buyer: IntArray = field(default_factory=_no_ints)

    def __post_init__(self) -> None:
        n = len(self.id)
        periods = checks.columns("needs.demand", self.demand)
        certificates = checks.columns("needs.certificates", self.certificates)
        countries = checks.columns("needs.origin", self.origin)
        attributes = max(
            checks.columns(f"needs.{name}", getattr(self, name))
            for name in ("spec_low", "spec_high", "spec_critical")
        )
        put = FieldWriter(self, "needs")
        put.texts("id", n)
        put.ints("concept", (n,))
        put.floats("wait_days", (n,), low=0)
        put.floats("demand", (n, periods), low=0)
        put.ints("variety", (n,), default=-1, low=-1)
        put.floats("ceiling", (n,), default=np.nan, low=0, nan=True)
        put.floats("price", (n,), default=np.nan, low=0, nan=True)
        put.floats("min_fill", (n,), default=0.0, low=0, high=1)
        put.ints("min_suppliers", (n,), default=0, low=0)
        put.ints("max_suppliers", (n,), default=0, low=0)
        put.floats("max_share", (n,), default=1.0, low=0, high=1)
        put.floats("lat", (n,), default=np.nan, low=-90, high=90, nan=True)
        put.floats("lon", (n,), default=np.nan, low=-180, high=180, nan=True)
        put.bools("certificates", (n, certificates))
        put.bools("origin", (n, countries))
        put.floats("spec_low", (n, attributes), default=np.nan)
        put.floats("spec_high", (n, attributes), default=np.nan)
        put.bools("spec_critical", (n, attributes), default=True)
        put.ints("spec_one_of", (len(self.spec_one_of), 3), low=0)
        put.texts("description", n)
        put.ints("buyer", (n,), low=0, rows=True)
        checks.unique("needs.id", tuple(self.id))
        self._check_pairs_of_fields(n, attributes)

    def _check_pairs_of_fields(self, n: int, attributes: int) -> None:
        wrong = (self.max_suppliers > 0) & (self.max_suppliers < self.min_suppliers)
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(
                f"needs.max_suppliers[{row}]: {self.max_suppliers[row]} is below "
                f"min_suppliers {self.min_suppliers[row]}"
            )
        if len(self.spec_one_of):
            checks.between("needs.spec_one_of[:, 0]", self.spec_one_of[:, 0], 0, n - 1)
            checks.between("needs.spec_one_of[:, 1]", self.spec_one_of[:, 1], 0, attributes - 1)
        with np.errstate(invalid="ignore"):
            crossed = self.spec_low > self.spec_high
        if crossed.any():
            row, column = np.argwhere(crossed)[0]
            raise ValueError(f"needs.spec_low[{row}, {column}]: lies above spec_high")

    def __len__(self) -> int:
        return len(self.id)

    def price_level(self) -> FloatArray:
        """[N] ceiling, else price, else NaN: the size of money per kg in this need."""
        return np.where(np.isnan(self.ceiling), self.price, self.ceiling)


@dataclass(frozen=True, kw_only=True)
class Capacities:
    """M capacities as arrays; M rows each, T periods, C certificates, A attributes.

    id            unique names
    concept       product concept code
    supply        [M,T] kg deliverable per period
    organization  organization number (default: every capacity its own)
    variety       variety code, -1 when not stated
    max_wait_days longest wait for payment, NaN when unknown
    ask           asking price per kg at origin, NaN when the organization takes the buyer's formula
    readiness     0..100, NaN when not assessed (the readiness gate then stays closed)
    reliability_confidence   share of the readiness weight backed by recent evidence, 0..1
    lat, lon      origin, NaN when unknown
    certificates  [M,C] held by the organization or its union
    buyer_held    [M,C] number of the buyer who holds the certificate for this capacity, -1 for none
    origin        country code (column of ``Needs.origin``), -1 when unknown
    attributes    [M,A] declared values, NaN when undeclared
    min_lot       smallest total kg worth a contract
    freight_base, freight_per_km   numeraire per kg: freight = base + per_km x road km
    description   free text for similarity

    Raises ValueError naming the field and the row.
    """

    id: Sequence[str]
    concept: IntArray
    supply: FloatArray
    organization: IntArray = field(default_factory=_no_ints)
    variety: IntArray = field(default_factory=_no_ints)
    max_wait_days: FloatArray = field(default_factory=_no_floats)
    ask: FloatArray = field(default_factory=_no_floats)
    readiness: FloatArray = field(default_factory=_no_floats)
    reliability_confidence: FloatArray = field(default_factory=_no_floats)
    lat: FloatArray = field(default_factory=_no_floats)
    lon: FloatArray = field(default_factory=_no_floats)
    certificates: BoolArray = field(default_factory=_no_bools)
    buyer_held: IntArray = field(default_factory=_no_ints)
    origin: IntArray = field(default_factory=_no_ints)
    attributes: FloatArray = field(default_factory=_no_floats)
    min_lot: FloatArray = field(default_factory=_no_floats)
    freight_base: FloatArray = field(default_factory=_no_floats)
    freight_per_km: FloatArray = field(default_factory=_no_floats)
    description: Sequence[str] = ()

    def __post_init__(self) -> None:
        m = len(self.id)
        periods = checks.columns("capacities.supply", self.supply)
        certificates = checks.columns("capacities.certificates", self.certificates)
        attributes = checks.columns("capacities.attributes", self.attributes)
        put = FieldWriter(self, "capacities")
        put.texts("id", m)
        put.ints("concept", (m,))
        put.floats("supply", (m, periods), low=0)
        put.ints("organization", (m,), low=0, rows=True)
        put.ints("variety", (m,), default=-1, low=-1)
        put.floats("max_wait_days", (m,), default=np.nan, low=0, nan=True)
        put.floats("ask", (m,), default=np.nan, low=0, nan=True)
        put.floats("readiness", (m,), default=np.nan, low=0, high=100, nan=True)
        put.floats("reliability_confidence", (m,), default=1.0, low=0, high=1)
        put.floats("lat", (m,), default=np.nan, low=-90, high=90, nan=True)
        put.floats("lon", (m,), default=np.nan, low=-180, high=180, nan=True)
        put.bools("certificates", (m, certificates))
        put.ints("buyer_held", (m, certificates), default=-1, low=-1)
        put.ints("origin", (m,), default=-1, low=-1)
        put.floats("attributes", (m, attributes), default=np.nan)
        put.floats("min_lot", (m,), default=0.0, low=0)
        put.floats("freight_base", (m,), default=0.0, low=0)
        put.floats("freight_per_km", (m,), default=0.0, low=0)
        put.texts("description", m)
        checks.unique("capacities.id", tuple(self.id))

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, kw_only=True)
class Market:
    """One matching run's whole input: T periods of ``periods[t]`` weeks and the broker's wishes.

    exclusions, pins, incumbents   [*,2] rows (need, capacity): never, always, already running
    caps                           [*,3] rows (need, capacity, most kg per period)
    bundles   [*,3] rows (need, capacity, number): capacities that meet this need as one seller, with one lot

    Raises ValueError when the parts do not fit together.
    """

    needs: Needs
    capacities: Capacities
    periods: FloatArray
    policy: Policy = field(default_factory=Policy)
    exclusions: IntArray = field(default_factory=_no_ints)
    pins: IntArray = field(default_factory=_no_ints)
    caps: FloatArray = field(default_factory=_no_floats)
    incumbents: IntArray = field(default_factory=_no_ints)
    bundles: IntArray = field(default_factory=_no_ints)

    def __post_init__(self) -> None:
        put = FieldWriter(self, "market")
        put.floats("periods", (len(self.periods),), low=0)
        for name in ("exclusions", "pins", "incumbents"):
            put.ints(name, (len(getattr(self, name)), 2), low=0)
            self._check_rows(name, getattr(self, name))
        put.floats("caps", (len(self.caps), 3), low=0)
        self._check_rows("caps", self.caps)
        put.ints("bundles", (len(self.bundles), 3), low=0)
        self._check_rows("bundles", self.bundles)
        self._check_widths()

    def max_share(self) -> FloatArray:
        """[N] largest share of one supplier: the policy's when it sets one, else the need's own."""
        if self.policy.max_share is None:
            return self.needs.max_share
        return np.full(len(self.needs), self.policy.max_share)

    def cap_kg(self, need: IntArray, capacity: IntArray) -> FloatArray:
        """[P] most kg per period the broker allows each pair, inf where nothing is set."""
        return _of_pairs(self.caps, len(self.capacities), need, capacity, np.inf)

    def bundle(self, need: IntArray, capacity: IntArray) -> IntArray:
        """[P] number of the bundle in which a pair would trade, no two needs' alike; -1 for none."""
        number = _of_pairs(self.bundles.astype(np.float64), len(self.capacities), need, capacity, -1.0)
        numbers = int(self.bundles[:, 2].max(initial=0)) + 1
        found: IntArray = np.where(number >= 0, need * numbers + number, -1).astype(np.int64)
        return found

    def _check_rows(self, name: str, rows: IntArray | FloatArray) -> None:
        if len(rows):
            checks.between(f"market.{name}[:, 0]", rows[:, 0], 0, len(self.needs) - 1)
            checks.between(f"market.{name}[:, 1]", rows[:, 1], 0, len(self.capacities) - 1)

    def _check_widths(self) -> None:
        needs, capacities, t = self.needs, self.capacities, len(self.periods)
        if not (len(needs) and len(capacities)):
            return
        for name, width, expected in (
            ("needs.demand", needs.demand.shape[1], t),
            ("capacities.supply", capacities.supply.shape[1], t),
            ("capacities.certificates", capacities.certificates.shape[1], needs.certificates.shape[1]),
            ("capacities.attributes", capacities.attributes.shape[1], needs.spec_low.shape[1]),
        ):
            if width != expected:
                raise ValueError(f"{name}: has {width} columns, expected {expected}")
        if needs.origin.shape[1]:
            checks.between("capacities.origin", capacities.origin, -1, needs.origin.shape[1] - 1)


def _of_pairs(
    rows: FloatArray, width: int, need: IntArray, capacity: IntArray, otherwise: float
) -> FloatArray:
    """[P] the least third column of the rows (need, capacity, number) of each pair."""
    if not len(rows):
        return np.full(len(need), otherwise)
    keys = (rows[:, 0] * width + rows[:, 1]).astype(np.int64)
    order = np.lexsort((rows[:, 2], keys))
    keys, numbers = keys[order], rows[order, 2]
    wanted = need * width + capacity
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, numbers[place], otherwise)
