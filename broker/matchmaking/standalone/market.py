"""From two sheets to a market that the matching can read; its needs and capacities are never stored."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from broker.errors import Invalid, RuleBroken
from broker.listings.capacity_input import CapacityInput
from broker.listings.models import Capacity, Contribution, Need
from broker.listings.need_input import NeedInput
from broker.listings.reader import Reader
from broker.listings.services import capacity_values, need_values
from broker.listings.spreadsheets import Bad, Good, Kind, Sheet, preview
from broker.matchmaking.snapshot import Inputs
from broker.matchmaking.standalone.parties import Parties
from broker.matchmaking.standalone.sheets import NOWHERE, Completed, complete, is_storable
from broker.numerals import Separator
from broker.parties.models import Certificate
from broker.prices.freight import rule_for
from broker.prices.quotes import Quotes
from broker.readiness.scores import Readiness

_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
FULL_CONFIDENCE = 100


@dataclass(frozen=True)
class SheetMarket:
    """What the two sheets say. `bad` rows with their faults, `unknown` columns and `words` (the file's word
    of each fixed column) by kind of sheet; a need or capacity without place has NaN coordinates."""

    inputs: Inputs
    bad: Mapping[Kind, list[Bad]]
    unknown: Mapping[Kind, list[str]]
    words: Mapping[Kind, Mapping[str, str]]

    @property
    def unasked(self) -> list[Capacity]:
        """Capacities of products that no need asks for."""
        asked = {need.product for need in self.inputs.needs}
        return [capacity for capacity in self.inputs.capacities if capacity.product not in asked]


def read_market(
    needs: Sheet, capacities: Sheet, separator: Separator, quotes: Quotes, today: dt.date
) -> SheetMarket:
    """Read both sheets; a faulty row is left out and reported. `today` dates the drafts, it expires nothing.

    Raises RuleBroken('columns_missing' or 'column_twice') with `sheet` naming the kind of sheet.
    """
    parties = Parties()
    asked = _Needs(_completed("needs", needs, separator, {}), parties, quotes)
    asked.read(separator)
    offered = _Capacities(
        _completed("capacities", capacities, separator, asked.currencies()), parties, quotes
    )
    offered.read(separator)
    inputs = Inputs(
        needs=asked.found,
        capacities=offered.found,
        quotes=quotes,
        today=today,
        readiness=offered.readiness,
        certificates=offered.certificates,
        unions=offered.unions,
    )
    return SheetMarket(
        inputs,
        bad={"needs": asked.bad, "capacities": offered.bad},
        unknown={"needs": asked.done.unknown, "capacities": offered.done.unknown},
        words={"needs": asked.done.words, "capacities": offered.done.words},
    )


def _completed(kind: Kind, sheet: Sheet, separator: Separator, currencies: Mapping[str, str]) -> Completed:
    try:
        return complete(kind, sheet, separator, currencies)
    except RuleBroken as fault:
        raise RuleBroken(fault.code, **fault.params, sheet=kind) from None


class _Needs:
    """The rows of needs.csv."""

    def __init__(self, done: Completed, parties: Parties, quotes: Quotes) -> None:
        self.done, self.parties, self.quotes = done, parties, quotes
        self.found: list[Need] = []
        self.bad: list[Bad] = []

    def read(self, separator: Separator) -> None:
        # Buyers of faulty rows too, since a certificate may name them.
        for text in self.done.given.values():
            if text.get("buyer"):
                self.parties.named("buyer", text["buyer"], row_id=text.get("id", ""))
        # In a file nobody waits for a reply, so no reply date is ever past.
        seen = preview("needs", self.done.sheet, separator, "CO", dt.date.min)
        self.bad += [_told(bad, self.done) for bad in seen.bad]
        for good in seen.good:
            assert isinstance(good.data, NeedInput)
            try:
                self.quotes.rate(good.data.currency)
            except RuleBroken as fault:
                self.bad.append(
                    _bad(self.done, good, [RuleBroken(fault.code, field="currency", **fault.params)])
                )
            else:
                self.found.append(self._need(good, good.data))
        self.bad.sort(key=lambda bad: bad.line)

    def currencies(self) -> dict[str, str]:
        """The currency in which all needs of a product are priced, by product."""
        by_product: dict[str, set[str]] = defaultdict(set)
        for need in self.found:
            by_product[need.product].add(need.currency)
        return {product: found.pop() for product, found in by_product.items() if len(found) == 1}

    def _need(self, good: Good, data: NeedInput) -> Need:
        buyer = self.parties.named("buyer", good.raw["buyer"])
        need = Need(
            **_without_place(need_values(data), good.line in self.done.unplaced),
            reference=good.raw["id"],
            buyer_id=buyer.id,
            contributions=[Contribution(type=c.type, description=c.description) for c in data.contributions],
            state="open",
            created_at=_NOW,
            updated_at=_NOW,
        )
        need.id = len(self.found) + 1
        need.buyer = buyer
        buyer.country, buyer.municipality = (
            buyer.country or need.country,
            buyer.municipality or need.municipality,
        )
        return need


class _Capacities:
    """The rows of capacities.csv; readiness, certificates and unions are of the organization."""

    def __init__(self, done: Completed, parties: Parties, quotes: Quotes) -> None:
        self.done, self.parties, self.quotes = done, parties, quotes
        self.found: list[Capacity] = []
        self.bad: list[Bad] = []
        self.readiness: dict[int, Readiness] = {}
        self.certificates: dict[int, list[Certificate]] = {}
        self.unions: dict[int, int] = {}

    def read(self, separator: Separator) -> None:
        for text in self.done.given.values():
            if text.get("organization"):
                self.parties.named("producer_org", text["organization"], row_id=text.get("id", ""))
            if text.get("union"):
                self.parties.named("union", text["union"])
        seen = preview("capacities", self.done.sheet, separator, "CO", dt.date.min)
        self.bad += [_told(bad, self.done) for bad in seen.bad]
        for good in seen.good:
            assert isinstance(good.data, CapacityInput)
            try:
                self._add(good, good.data, separator)
            except Invalid as fault:
                self.bad.append(_bad(self.done, good, fault.faults))
        self.bad.sort(key=lambda bad: bad.line)

    def _add(self, good: Good, data: CapacityInput, separator: Separator) -> None:
        organization = self.parties.named("producer_org", good.raw["organization"])
        readiness, certificates, faults = self._held(good, data.product, separator)
        for currency in (data.currency, rule_for(data.country).currency):
            try:
                self.quotes.rate(currency)
            except RuleBroken as fault:
                faults.append(RuleBroken(fault.code, field="currency", **fault.params))
                break
        known = self.readiness.get(organization.id)
        if known is not None and readiness is not None and readiness != known.score:
            faults.append(RuleBroken("choice_unknown", field="readiness", value=str(known.score)))
        if faults:
            raise Invalid(faults)
        capacity = self._capacity(good, data)
        if readiness is not None:
            self.readiness[organization.id] = Readiness(readiness, FULL_CONFIDENCE)
        self.certificates.setdefault(organization.id, []).extend(certificates)
        if good.raw.get("union"):
            self.unions.setdefault(organization.id, self.parties.named("union", good.raw["union"]).id)
        capacity.organization = organization
        organization.country = organization.country or capacity.country
        organization.municipality = organization.municipality or capacity.municipality
        self.found.append(capacity)

    def _held(
        self, good: Good, product: str, separator: Separator
    ) -> tuple[Decimal | None, list[Certificate], list[RuleBroken]]:
        """Readiness, certificates, and what is wrong with them."""
        reader = Reader(good.raw, decimal_separator=separator)
        readiness = reader.decimal("readiness", low=0, high=100)
        covers = self.parties.named("producer_org", good.raw["organization"])
        found = []
        for text in reader.several("certificates"):
            try:
                found.append(self.parties.certificate(text, covers, product))
            except RuleBroken as fault:
                reader.faults.found.append(fault)
        return readiness, found, reader.faults.found

    def _capacity(self, good: Good, data: CapacityInput) -> Capacity:
        """Raises Invalid."""
        capacity = Capacity(
            **_without_place(self._values(good, data), good.line in self.done.unplaced),
            reference=good.raw["id"],
            organization_id=self.parties.named("producer_org", good.raw["organization"]).id,
            state="published",
            confirmed_at=_NOW,
            created_at=_NOW,
            updated_at=_NOW,
        )
        capacity.id = len(self.found) + 1
        return capacity

    def _values(self, good: Good, data: CapacityInput) -> dict[str, Any]:
        stated = self.done.stated.get(good.line)
        if stated is None:
            return capacity_values(data)
        volume = stated.volume(data.calendar, storable=is_storable(data.product))
        try:
            # As the area that, at one tonne a hectare, gives the volume.
            return capacity_values(replace(data, area_ha=volume / 1000))
        except Invalid as fault:
            renamed = {"area_ha": "quantity", "yield_t_ha_year": "quantity"}
            raise Invalid(
                [
                    RuleBroken(f.code, field=renamed.get(f.field or "", f.field), **f.params)
                    for f in fault.faults
                ]
            ) from None


def _told(bad: Bad, done: Completed) -> Bad:
    """A faulty row in the words of its file. Of a row with a cell too many only that is said, since every
    cell behind it stands in a wrong column."""
    shifted = [fault for fault in bad.faults if fault.code == "more_cells_than_columns"]
    return Bad(bad.line, done.given[bad.line], shifted or bad.faults)


def _bad(done: Completed, good: Good, faults: list[RuleBroken]) -> Bad:
    return Bad(good.line, done.given[good.line], faults)


def _without_place(values: dict[str, Any], unplaced: bool) -> dict[str, Any]:
    """The columns with what was filled in for the reading taken out again."""
    if unplaced:
        values |= {"lat": math.nan, "lon": math.nan}
    if values["municipality"] == NOWHERE:
        values["municipality"] = ""
    return values
