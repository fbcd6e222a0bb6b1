"""The demonstration market as arrays: 11 needs and 26 capacities, all names fictional.

``demo_buyers.csv`` and ``demo_groups.csv`` repeat the figures of the product's demonstration market that
matching needs. Money becomes Colombian pesos at the demonstration's rates. Everything happens in one
period, as long as the week, month or year in which a product's needs are stated (coffee bought once takes
the year's harvest); freight outside Colombia is quoted in dollars at 3,700, the same number of pesos.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from matching.market import Capacities, Market, Needs
from matching.policy import Policy

CONCEPTS = (
    "plantain_dom_harton",
    "coffee_parch_co",
    "cocoa_beans",
    "avocado_hass",
    "coffee_green",
    "quinoa_real",
    "snow_pea",
    "plantain_harton",
    "potato",
    "cardamom",
)
CERTIFICATES = ("BPA ICA", "GlobalG.A.P.", "EU organic")
COUNTRIES = ("CO", "BO", "GT", "HN", "PA")
GRADES = {"primera": 0, "segunda": 1}
WEEKS_A_YEAR = 52.0
WEEKS = {"week": 1.0, "month": WEEKS_A_YEAR / 12.0, "year": WEEKS_A_YEAR}
POUND = 0.45359237
PESOS_PER_KG = {
    "COP/kg": 1.0,
    "USD/kg": 3700.0,
    "BOB/qq46": 3700.0 / 6.96 / 46.0,
    "GTQ/lb": 3700.0 / 7.65 / POUND,
    "HNL/100lb": 3700.0 / 26.3 / (100 * POUND),
}


@dataclass(frozen=True)
class Buyer:
    id: str
    product: str
    kg: float
    weeks: float
    days: float
    advance: float
    lat: float
    lon: float
    price: float
    ceiling: float
    grade: str
    certificates: tuple[str, ...]
    origin: tuple[str, ...]
    min_fill: float
    min_suppliers: int
    max_suppliers: int
    max_share: float


@dataclass(frozen=True)
class Group:
    id: str
    country: str
    product: str
    area: float
    yields: float
    grade_share: float
    delivery: float
    loss: float
    months: float
    ask: float
    readiness: float
    wait: float
    lat: float
    lon: float
    certificates: tuple[str, ...]
    grade: str
    buyer_held: str


def _read(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _pesos(row: dict[str, str], field: str) -> float:
    return float(row[field]) * PESOS_PER_KG[row["price_unit"]] if row[field] else np.nan


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split(";")) if text else ()


def _buyer(row: dict[str, str]) -> Buyer:
    return Buyer(
        id=row["id"],
        product=row["product"],
        kg=float(row["kg"]),
        weeks=WEEKS[row["weeks"]],
        days=float(row["days"]),
        advance=float(row["advance"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        price=_pesos(row, "price"),
        ceiling=_pesos(row, "ceiling"),
        grade=row["grade"],
        certificates=_names(row["certificates"]),
        origin=_names(row["origin"]),
        min_fill=float(row["min_fill"]),
        min_suppliers=int(row["min_suppliers"]),
        max_suppliers=int(row["max_suppliers"]),
        max_share=float(row["max_share"]),
    )


def _group(row: dict[str, str]) -> Group:
    return Group(
        id=row["id"],
        country=row["country"],
        product=row["product"],
        area=float(row["area"]),
        yields=float(row["yields"]),
        grade_share=float(row["grade_share"]),
        delivery=float(row["delivery"]),
        loss=float(row["loss"]),
        months=float(row["months"]),
        ask=_pesos(row, "ask"),
        readiness=float(row["readiness"]),
        wait=float(row["wait"]),
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        certificates=_names(row["certificates"]),
        grade=row["grade"],
        buyer_held=row["buyer_held"],
    )


BUYERS = tuple(_buyer(row) for row in _read("demo_buyers.csv"))
GROUPS = tuple(_group(row) for row in _read("demo_groups.csv"))


def weekly_kg(group: Group) -> float:
    """Kg per week in season: area x yield x grade share x (1 - loss) x delivery share over its weeks."""
    tonnes = group.area * group.yields * group.grade_share * (1 - group.loss) * group.delivery
    return tonnes * 1000.0 / (group.months * WEEKS_A_YEAR / 12.0)


def weeks_of(product: str) -> float:
    """Weeks in the period in which a product's needs are stated."""
    return next((buyer.weeks for buyer in BUYERS if buyer.product == product), 1.0)


def demo_market(policy: Policy | None = None, *, days: dict[str, float] | None = None) -> Market:
    """The whole demonstration market in one period; ``days`` overrides a buyer's payment days."""
    given = days or {}
    buyer_row = {buyer.id: row for row, buyer in enumerate(BUYERS)}
    needs = Needs(
        id=[buyer.id for buyer in BUYERS],
        concept=np.array([CONCEPTS.index(buyer.product) for buyer in BUYERS]),
        wait_days=np.array([given.get(b.id, b.days) * (1 - b.advance) for b in BUYERS]),
        demand=np.array([[buyer.kg] for buyer in BUYERS], dtype=float),
        ceiling=np.array([buyer.ceiling for buyer in BUYERS]),
        price=np.array([buyer.price for buyer in BUYERS]),
        min_fill=np.array([buyer.min_fill for buyer in BUYERS]),
        min_suppliers=np.array([buyer.min_suppliers for buyer in BUYERS]),
        max_suppliers=np.array([buyer.max_suppliers for buyer in BUYERS]),
        max_share=np.array([buyer.max_share for buyer in BUYERS]),
        lat=np.array([buyer.lat for buyer in BUYERS]),
        lon=np.array([buyer.lon for buyer in BUYERS]),
        certificates=np.array([[c in buyer.certificates for c in CERTIFICATES] for buyer in BUYERS]),
        origin=np.array([[c in buyer.origin for c in COUNTRIES] for buyer in BUYERS]),
        spec_critical=np.ones((len(BUYERS), 1), dtype=bool),
        spec_one_of=np.array([(row, 0, GRADES[b.grade]) for row, b in enumerate(BUYERS) if b.grade]),
    )
    capacities = Capacities(
        id=[group.id for group in GROUPS],
        concept=np.array([CONCEPTS.index(group.product) for group in GROUPS]),
        supply=np.array([[weekly_kg(group) * weeks_of(group.product)] for group in GROUPS]),
        max_wait_days=np.array([group.wait for group in GROUPS], dtype=float),
        ask=np.array([group.ask for group in GROUPS], dtype=float),
        readiness=np.array([group.readiness for group in GROUPS], dtype=float),
        lat=np.array([group.lat for group in GROUPS]),
        lon=np.array([group.lon for group in GROUPS]),
        certificates=np.array([[c in group.certificates for c in CERTIFICATES] for group in GROUPS]),
        buyer_held=np.array(
            [
                [buyer_row[g.buyer_held] if g.buyer_held and c == "EU organic" else -1 for c in CERTIFICATES]
                for g in GROUPS
            ]
        ),
        origin=np.array([COUNTRIES.index(group.country) for group in GROUPS]),
        attributes=np.array([[GRADES.get(group.grade, np.nan)] for group in GROUPS], dtype=float),
        freight_base=np.full(len(GROUPS), 28.0),
        freight_per_km=np.full(len(GROUPS), 0.6),
    )
    return Market(needs=needs, capacities=capacities, periods=np.ones(1), policy=policy or Policy())
