"""Fields that needs and capacities are typed in alike: product, price, unit of the price, packing."""

from __future__ import annotations

from decimal import Decimal

from broker.catalogue import countries, packings, products
from broker.catalogue.wording import key
from broker.errors import NotFound
from broker.listings.product_names import product_named, products_near
from broker.listings.reader import Reader
from broker.money import MINOR_DIGITS, minor_digits
from broker.quantity import to_gram

MOST_PER_KG = 10**9
"""In major units of any currency."""
MOST_KG = 10**11


def country_codes() -> list[str]:
    """The countries in which parties, needs and capacities can be."""
    return [country.code for country in countries.all()]


def read_country(reader: Reader, home: str) -> str:
    """The country by its code or its name; `home` where none is given."""
    text = reader.text("country")
    if not text:
        return home
    for country in countries.all():
        if text.upper() == country.code or key(text) in map(key, country.names.values()):
            return country.code
    reader.faults.add("country_unknown", "country", value=text)
    return home


def read_currency(reader: Reader, country: str) -> str:
    """The currency by its ISO code; that of the country where none is given."""
    home = countries.get(country).currency
    text = reader.text("currency").upper() or home
    if text not in MINOR_DIGITS:
        reader.faults.add("currency_unknown", "currency", currency=text)
        return home
    return text


def read_price(reader: Reader, name: str, currency: str, unit: tuple[str, Decimal] | None) -> int | None:
    """A price per `unit` (its name and kg) in minor units of the currency, or None; finer than the minor unit is a
    fault, and so is a slip of price or unit that makes a kilogram dearer than anything that is traded."""
    amount = reader.decimal(name, above=0, high=10**12)
    if amount is None:
        return None
    scaled = amount.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        reader.faults.add("money_too_fine", name, amount=amount, currency=currency)
        return None
    if unit is not None and amount / unit[1] > MOST_PER_KG:
        reader.faults.add("price_per_kg_too_high", name, amount=amount / unit[1], currency=currency)
        return None
    return int(scaled)


def read_mass(
    reader: Reader, name: str, unit: tuple[str, Decimal] | None, *, required: bool = False
) -> Decimal | None:
    """A quantity in a unit (its name and kg) that is at least a gram, which is what is counted, and not absurd."""
    amount = reader.decimal(name, required=required, above=0, high=10**9)
    if amount is not None and unit is not None and not 0 < to_gram(amount * unit[1]) <= MOST_KG:
        reader.faults.add("mass_out_of_range", name, kg=amount * unit[1], most=MOST_KG // 1000)
        return None
    return amount


def read_product(reader: Reader) -> str:
    text = reader.text("product", required=True)
    if not text:
        return ""
    try:
        return products.get(text).code
    except NotFound:
        found = product_named(text)
        if found is None:
            reader.faults.add("product_unknown", "product", product=text, products=products_near(text))
        return found or ""


def read_price_unit(reader: Reader, country: str, product: str) -> tuple[str, Decimal] | None:
    if not reader.has("price_unit"):
        return "kg", Decimal(1)
    return reader.unit("price_unit", "price_unit_kg", country, product) if product else None


def read_packing(reader: Reader) -> tuple[str | None, Decimal | None]:
    code, net = reader.text("packing"), reader.decimal("packing_kg", above=0, high=2000)
    if not code:
        return None, None
    try:
        return packings.get(code).code, net
    except NotFound as fault:
        reader.faults.add(fault.code, "packing", **fault.params)
        return None, None
