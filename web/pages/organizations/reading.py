"""Turns what is typed about an organization into the broker's input."""

from __future__ import annotations

from collections.abc import Mapping

from broker.catalogue import countries, places
from broker.errors import NotFound, RuleBroken
from broker.listings.reader import Reader
from broker.parties.models import LEGAL_STATUSES, Organization
from broker.parties.phones import to_e164
from broker.parties.services import OrganizationInput
from web.i18n import decimal_separator

BUYER_TYPES = ("supermarket", "processor", "exporter", "roaster", "hotel", "public")
COUNTS = ("members_total", "members_women", "members_indigenous")


def new_organization(raw: Mapping[str, str]) -> OrganizationInput:
    """What sign-up asks for; the broker judges it. Coordinates are those of a municipality that we know."""
    country, municipality = raw.get("country", ""), raw.get("municipality", "")[:200].strip()
    name, lat, lon = known_place(country, municipality)
    return OrganizationInput(
        kind=raw.get("kind", ""),
        legal_name=raw.get("legal_name", "")[:200].strip(),
        country=country,
        municipality=name,
        lat=lat,
        lon=lon,
    )


def edited_organization(raw: Mapping[str, str], present: Organization) -> OrganizationInput:
    """The whole record as edited; kind and country stay. Raises Invalid with every misreading.

    Emptied coordinates, or those of another municipality than before, become the ones of the municipality.
    """
    reader = Reader(raw, decimal_separator=decimal_separator())
    lat, lon = reader.decimal("lat", low=-90, high=90), reader.decimal("lon", low=-180, high=180)
    name, known_lat, known_lon = known_place(present.country, reader.text("municipality"))
    given = lat is not None and lon is not None
    has_moved = (
        name != present.municipality and given and (float(lat), float(lon)) == (present.lat, present.lon)
    )
    if not given or (has_moved and known_lat is not None):
        lat, lon = known_lat, known_lon
    if (
        lat is not None
        and lon is not None
        and not countries.get(present.country).contains(float(lat), float(lon))
    ):
        reader.faults.add("outside_country", "lat", country=present.country)
    data = OrganizationInput(
        kind=present.kind,
        legal_name=reader.text("legal_name"),
        country=present.country,
        municipality=name,
        lat=None if lat is None else float(lat),
        lon=None if lon is None else float(lon),
        legal_status=reader.choice("legal_status", LEGAL_STATUSES),
        tax_id=reader.text("tax_id", most=30) or None,
        phone=_phone(reader, present.country),
        email=reader.text("email") or None,
        representative=reader.text("representative") or None,
        representative_power=reader.text("representative_power") or None,
        buyer_type=reader.choice("buyer_type", BUYER_TYPES, default="") or None
        if present.kind == "buyer"
        else None,
        about=reader.text("about"),
        **_members(reader, present),
    )
    reader.faults.raise_if_any()
    return data


def known_place(country: str, municipality: str) -> tuple[str, float | None, float | None]:
    """The municipality as we write it, with its degrees; one we do not know as it was typed, without them."""
    try:
        place = places.find(country, municipality)
    except NotFound:
        return municipality, None, None
    return place.name, place.lat, place.lon


def place_choices() -> list[str]:
    """The names of the municipalities that we know, each once."""
    return sorted({place.name for place in places.all()})


def _phone(reader: Reader, country: str) -> str | None:
    text = reader.text("phone", most=40)
    if not text:
        return None
    try:
        return to_e164(text, country)
    except RuleBroken as fault:
        reader.faults.found.append(fault)
        return None


def _members(reader: Reader, present: Organization) -> dict[str, int | None]:
    if not present.is_producer:
        return {}
    return {name: reader.whole(name) for name in COUNTS}
