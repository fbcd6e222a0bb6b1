"""Reads what is typed about a certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from broker.catalogue import schemes
from broker.errors import RuleBroken
from broker.listings.reader import Reader
from broker.parties import queries
from broker.parties.models import Organization
from web.i18n import decimal_separator

HOLDERS = ("own", "union", "buyer")


def new_certificate(session: Session, raw: Mapping[str, str], own: Organization) -> dict[str, Any]:
    """The arguments of `add_certificate`. Raises Invalid with every misreading."""
    reader = Reader(raw, decimal_separator=decimal_separator())
    codes = [scheme.code for scheme in schemes.for_country(own.country)]
    scheme = reader.choice("scheme", codes)
    number = reader.text("number", most=60) or None
    if number is not None and raw.get("scheme") in codes:
        try:
            schemes.get(scheme).check_number(number)
        except RuleBroken as fault:
            reader.faults.add(fault.code, "number", **fault.params)
    data = {
        "scheme": scheme,
        "holder_id": _holder(session, reader, own),
        "number": number,
        "body": reader.text("body") or None,
        "valid_from": reader.date("valid_from", required=True),
        "valid_to": reader.date("valid_to", required=True),
    }
    reader.faults.raise_if_any()
    return data


def _holder(session: Session, reader: Reader, own: Organization) -> int:
    """The organization itself, its union, or the one buyer of the name."""
    chosen = reader.choice("holder", HOLDERS)
    if chosen == "own":
        return own.id
    if chosen == "union":
        if own.union_id is None:
            reader.faults.add("no_union", "holder")
        return own.union_id or own.id
    name = reader.text("holder_name", required=True)
    if not name:
        return own.id
    found = queries.organizations_named(session, name, ("buyer",))
    exact = [buyer for buyer in found if buyer.legal_name.casefold() == name.casefold()]
    if len(exact or found) != 1:
        reader.faults.add("buyer_unknown" if not found else "buyer_several", "holder_name", name=name)
        return own.id
    return (exact or found)[0].id
