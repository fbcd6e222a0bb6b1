"""Packings: what the goods travel in, with net and empty weight where they are fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from broker.catalogue import products
from broker.catalogue.loading import DATA, Row, by_code, read_rows
from broker.errors import NotFound

PackingType = Literal[
    "canastilla", "caja", "saco_yute", "saco_polipropileno", "bigbag", "malla", "tambor", "granel"
]
_TYPES = ("canastilla", "caja", "saco_yute", "saco_polipropileno", "bigbag", "malla", "tambor", "granel")


@dataclass(frozen=True, eq=False)
class Packing:
    """net_kg: contents of one piece; tare_kg: empty piece; None where the scale decides."""

    code: str
    names: Mapping[str, str]
    type: PackingType
    net_kg: Decimal | None
    tare_kg: Decimal | None
    returnable: bool
    scopes: tuple[str, ...]
    source: str

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])


def get(code: str) -> Packing:
    """Raises NotFound("packing_unknown")."""
    try:
        return _packings()[code]
    except KeyError:
        raise NotFound("packing_unknown", packing=code) from None


def all() -> tuple[Packing, ...]:
    return tuple(_packings().values())


def for_product(product_code: str) -> tuple[Packing, ...]:
    """Packings that fit the product, its own usual ones first."""
    product = products.get(product_code)
    fitting = [packing for packing in all() if any(product.is_of(scope) for scope in packing.scopes)]
    return tuple(sorted(fitting, key=lambda packing: packing.code not in product.packings))


@cache
def _packings() -> Mapping[str, Packing]:
    return by_code(_packing(row) for row in read_rows(DATA / "packings.yml"))


def _packing(row: Row) -> Packing:
    row.only("code", "names", "type", "net_kg", "tare_kg", "returnable", "scopes", "source")
    return Packing(
        code=row.text("code"),
        names=row.names("names", "es", "en"),
        type=cast(PackingType, row.one_of("type", _TYPES)),
        net_kg=row.decimal_or_none("net_kg"),
        tare_kg=row.decimal_or_none("tare_kg"),
        returnable=row.flag("returnable"),
        scopes=row.texts("scopes"),
        source=row.text("source"),
    )
