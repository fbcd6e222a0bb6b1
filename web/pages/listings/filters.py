"""The filters of a list, as they stand in its address."""

from __future__ import annotations

from flask import request

from broker.catalogue import countries, products
from broker.listings.queries import Filter


def wanted(sorts: list[str]) -> Filter:
    """The filters of the present address; what makes no sense is taken as not asked."""
    codes = {product.code for product in products.all()}
    places = {country.code for country in countries.all()}
    sort, product, country = (request.args.get(name, "") for name in ("sort", "product", "country"))
    return Filter(
        text=request.args.get("q", "")[:100],
        product=product if product in codes else "",
        country=country if country in places else "",
        days=_small(request.args.get("days", ""), 365),
        sort=sort if sort in sorts else sorts[0],
        page=page_number(),
    )


def page_number() -> int:
    """The page that the present address asks for, from 1."""
    return _small(request.args.get("page", ""), 10**6) or 1


def narrows(chosen: Filter) -> bool:
    """Whether anything at all is left out."""
    return bool(chosen.text or chosen.product or chosen.country or chosen.days is not None)


def _small(text: str, most: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None
    return number if number is not None and number <= most else None
