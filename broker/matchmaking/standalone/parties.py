"""The organizations that two spreadsheets name, as objects that no database ever sees."""

from __future__ import annotations

import datetime as dt
from itertools import count

from broker.catalogue import schemes
from broker.catalogue.wording import key
from broker.errors import NotFound, RuleBroken
from broker.parties.models import Certificate, Organization

ALWAYS = (dt.date.min, dt.date.max)
"""The validity of a certificate in a sheet, which says no dates."""
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Parties:
    """Organizations by kind and name; accents and case make no difference."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._by_name: dict[tuple[str, str], Organization] = {}
        self._by_row_id: dict[str, Organization] = {}

    def named(
        self, kind: str, name: str, *, row_id: str = "", country: str = "", municipality: str = ""
    ) -> Organization:
        """The organization of a kind ('buyer', 'producer_org', 'union') and a name, made when first named.

        `row_id` is the id of a row that names it, by which a certificate may name its holder."""
        found = self._by_name.get((kind, key(name)))
        if found is None:
            found = Organization(
                kind=kind, legal_name=name, country=country, municipality=municipality, created_at=_CREATED
            )
            found.id = next(self._numbers)
            self._by_name[kind, key(name)] = found
        if row_id:
            self._by_row_id.setdefault(key(row_id), found)
        return found

    def holder(self, text: str) -> Organization:
        """Who holds a certificate, by the name or by the id of a row. Raises RuleBroken('choice_unknown')."""
        for kind in ("buyer", "union", "producer_org"):
            if found := self._by_name.get((kind, key(text))):
                return found
        if found := self._by_row_id.get(key(text)):
            return found
        raise RuleBroken("choice_unknown", field="certificates", value=text)

    def certificate(self, text: str, covers: Organization, product: str) -> Certificate:
        """`scheme`, or `scheme:holder` where another than the organization holds it. Raises RuleBroken."""
        name, _, holder = (part.strip() for part in text.partition(":"))
        try:
            scheme = schemes.find(name)
        except NotFound as fault:
            raise RuleBroken(fault.code, field="certificates", **fault.params) from None
        held_by = self.holder(holder) if holder else covers
        certificate = Certificate(
            scheme=scheme.code, holder_id=held_by.id, covers_id=covers.id, product=product,
            valid_from=ALWAYS[0], valid_to=ALWAYS[1],
        )  # fmt: skip
        certificate.holder = held_by
        return certificate
