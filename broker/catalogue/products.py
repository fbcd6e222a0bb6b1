"""Products that can be needed or offered, one file each under data/products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from broker.catalogue.loading import LANGUAGES, Row, by_code, read_folder
from broker.errors import NotFound

Keeps = Literal["fresh", "dry"]

STALE_AFTER_DAYS: dict[Keeps, int] = {"fresh": 14, "dry": 30}
"""Days after which a published capacity must be reconfirmed (domain.md 2.4)."""

ANY = "*"


@dataclass(frozen=True, eq=False)
class Grade:
    """A class that sets price. Grades of a product stand from best to least."""

    code: str
    names: Mapping[str, str]
    limits: Mapping[str, str]
    """What the class means, per language; empty where the buyer's sheet decides."""


@dataclass(frozen=True, eq=False)
class Product:
    """What a need asks for and a capacity offers.

    typical_yield: t/ha/year of the sold form, None where area does not decide; postharvest_loss: share 0-1,
    a default that the organization replaces; storable: sold evenly over 52 weeks instead of in season only.
    """

    code: str
    concept: str
    names: Mapping[str, str]
    scopes: tuple[str, ...]
    hs6: str
    fao_item: int | None
    cpc: str | None
    cpc_checked: bool
    agrovoc: str | None
    standard: str
    grades: tuple[Grade, ...]
    packings: tuple[str, ...]
    usual_units: tuple[str, ...]
    season: Mapping[str, str]
    typical_yield: Decimal | None
    postharvest_loss: Decimal
    storable: bool
    keeps: Keeps
    source: str
    mark: str

    @property
    def perishable_days(self) -> int:
        return STALE_AFTER_DAYS[self.keeps]

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])

    def is_of(self, scope: str) -> bool:
        """Whether a rule written for `scope` (*, a product, its concept or a family) covers this product."""
        return scope == ANY or scope in (self.code, self.concept, *self.scopes)

    def grade(self, code: str) -> Grade:
        for grade in self.grades:
            if grade.code == code:
                return grade
        raise NotFound("grade_unknown", grade=code, product=self.code)


def get(code: str) -> Product:
    """Raises NotFound("product_unknown")."""
    try:
        return _products()[code]
    except KeyError:
        raise NotFound("product_unknown", product=code) from None


def all() -> tuple[Product, ...]:
    """Every product, ordered by code."""
    return tuple(_products().values())


@cache
def _products() -> Mapping[str, Product]:
    return by_code(_product(row) for row in read_folder("products"))


def _product(row: Row) -> Product:
    row.only(
        "code", "concept", "names", "scopes", "hs6", "fao_item", "cpc", "cpc_checked", "agrovoc", "standard",
        "grades", "packings", "usual_units", "season", "typical_yield_t_ha_year", "postharvest_loss",
        "storable", "keeps", "source", "mark",
    )  # fmt: skip
    return Product(
        code=row.text("code"),
        concept=row.text("concept"),
        names=row.names("names", *LANGUAGES),
        scopes=row.texts("scopes"),
        hs6=row.text("hs6"),
        fao_item=row.whole_or_none("fao_item"),
        cpc=row.text_or_none("cpc"),
        cpc_checked=row.flag("cpc_checked"),
        agrovoc=row.text_or_none("agrovoc"),
        standard=row.text("standard"),
        grades=tuple(_grade(item) for item in row.rows("grades")),
        packings=row.texts("packings"),
        usual_units=row.texts("usual_units"),
        season=row.names("season", "es", "en"),
        typical_yield=row.decimal_or_none("typical_yield_t_ha_year"),
        postharvest_loss=row.decimal("postharvest_loss"),
        storable=row.flag("storable"),
        keeps=cast(Keeps, row.one_of("keeps", tuple(STALE_AFTER_DAYS))),
        source=row.text("source"),
        mark=row.one_of("mark", ("V", "K", "P")),
    )


def _grade(row: Row) -> Grade:
    row.only("code", "names", "limits")
    return Grade(row.text("code"), row.names("names", "es", "en"), row.names("limits"))
