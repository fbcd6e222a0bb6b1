"""The demonstration market as arrays, typed by hand: 11 needs and 26 capacities, all names fictional.

Source: the demonstration market of the product (``broker/demo``), from which only the figures that
matching needs are repeated. Periods are one week, month or season per need, so each need is its own
market of one period except where products coincide; weekly quantities everywhere, except the coffee
bought once, which takes the year's harvest.
"""

from __future__ import annotations

from dataclasses import dataclass

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
POUND, QUINTAL_46 = 0.45359237, 46.0
WEEKS_A_YEAR, YEAR, MONTH = 52.0, 52.0, 52.0 / 12.0


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
    price: float = np.nan
    ceiling: float = np.nan
    grade: str = ""
    certificates: tuple[str, ...] = ()
    origin: tuple[str, ...] = ()
    min_fill: float = 0.4
    min_suppliers: int = 1
    max_suppliers: int = 0
    max_share: float = 1.0


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
    certificates: tuple[str, ...] = ()
    grade: str = ""
    buyer_held: str = ""


BOB = 3700.0 / 6.96
GTQ = 3700.0 / 7.65
HNL = 3700.0 / 26.3
USD = 3700.0

BUYERS = (
    Buyer(
        "B01",
        "plantain_dom_harton",
        40_000,
        1,
        8,
        0,
        4.8055,
        -75.7172,
        2150,
        2150,
        "primera",
        ("BPA ICA",),
        min_fill=0.9,
        min_suppliers=3,
        max_share=0.4,
    ),
    Buyer("B02", "plantain_dom_harton", 18_000, 1, 15, 0.2, 4.4538, -75.7869, 1550, 1550, "segunda"),
    Buyer("B03", "coffee_parch_co", 400 * 125, MONTH, 0, 0, 1.8539, -76.0514),
    Buyer("B04", "cocoa_beans", 8_000, MONTH, 15, 0, 7.1254, -73.1198, 9000, 9800, min_fill=0.9),
    Buyer(
        "B05", "avocado_hass", 21_000, 1, 15, 0, 6.2501, -75.5787, 4200, 5000, certificates=("GlobalG.A.P.",)
    ),
    Buyer(
        "B06",
        "coffee_green",
        38_400,
        YEAR,
        30,
        0.4,
        -16.5,
        -68.15,
        certificates=("EU organic",),
        origin=("BO",),
        min_fill=0.9,
        max_suppliers=1,
    ),
    Buyer(
        "B07",
        "quinoa_real",
        40_000,
        MONTH,
        15,
        0.3,
        -17.9833,
        -67.15,
        850 * BOB / QUINTAL_46,
        950 * BOB / QUINTAL_46,
        certificates=("EU organic",),
    ),
    Buyer(
        "B08",
        "snow_pea",
        6_800,
        1,
        15,
        0,
        14.6611,
        -90.8194,
        4.2 * GTQ / POUND,
        4.2 * GTQ / POUND,
        min_fill=0.85,
    ),
    Buyer("B09", "plantain_harton", 22_000, 1, 30, 0, 8.9936, -79.5197, 0.62 * USD, 0.7 * USD),
    Buyer(
        "B10",
        "potato",
        14_000,
        1,
        15,
        0,
        14.0818,
        -87.2068,
        950 * HNL / (100 * POUND),
        1100 * HNL / (100 * POUND),
    ),
    Buyer(
        "B11",
        "coffee_green",
        27_600,
        YEAR,
        7,
        0.5,
        15.5042,
        -88.025,
        origin=("HN",),
        min_fill=0.9,
        max_suppliers=2,
    ),
)

_BPA, _GGAP, _ORGANIC = ("BPA ICA",), ("GlobalG.A.P.",), ("EU organic",)
NONE = np.nan
GROUPS = (
    Group(
        "P01",
        "CO",
        "plantain_dom_harton",
        130,
        10.5,
        0.84,
        0.78,
        0.15,
        12,
        1980,
        76,
        10,
        4.6244,
        -75.7651,
        _BPA,
        "primera",
    ),
    Group(
        "P02",
        "CO",
        "plantain_dom_harton",
        95,
        9.2,
        0.82,
        0.72,
        0.15,
        12,
        1950,
        68,
        12,
        4.563,
        -75.7518,
        _BPA,
        "primera",
    ),
    Group(
        "P03",
        "CO",
        "plantain_dom_harton",
        110,
        11,
        0.85,
        0.7,
        0.15,
        12,
        2020,
        81,
        15,
        4.4538,
        -75.7869,
        _BPA + _GGAP,
        "primera",
    ),
    Group(
        "P04",
        "CO",
        "plantain_dom_harton",
        60,
        8,
        0.78,
        0.6,
        0.15,
        12,
        1880,
        52,
        8,
        4.5153,
        -75.6491,
        _BPA,
        "primera",
    ),
    Group(
        "P05",
        "CO",
        "plantain_dom_harton",
        42,
        8.8,
        0.83,
        0.86,
        0.15,
        12,
        2000,
        71,
        8,
        4.5331,
        -75.7044,
        _BPA,
        "primera",
    ),
    Group(
        "P06",
        "CO",
        "plantain_dom_harton",
        55,
        7.5,
        0.75,
        0.66,
        0.15,
        12,
        1850,
        55,
        8,
        4.6178,
        -75.6365,
        _BPA,
        "primera",
    ),
    Group("P07", "CO", "coffee_parch_co", 310, 1.35, 0.9, 0.65, 0.03, 12, NONE, 78, 3, 1.8539, -76.0514),
    Group("P08", "CO", "coffee_parch_co", 220, 1.2, 0.88, 0.6, 0.03, 12, NONE, 70, 3, 1.8361, -75.855),
    Group(
        "P09", "CO", "coffee_parch_co", 140, 1, 0.9, 0.75, 0.03, 12, NONE, 74, 5, 2.5545, -76.0672, _ORGANIC
    ),
    Group("P10", "CO", "cocoa_beans", 260, 0.62, 0.85, 0.62, 0.04, 12, 9400, 69, 15, 6.881, -73.4098),
    Group("P11", "CO", "cocoa_beans", 180, 0.55, 0.8, 0.58, 0.04, 12, 9200, 61, 15, 6.6974, -73.5112),
    Group("P12", "CO", "avocado_hass", 48, 9.5, 0.62, 0.7, 0.2, 9, 4400, 73, 15, 5.7149, -75.3096, _GGAP),
    Group("P13", "CO", "avocado_hass", 66, 8.7, 0.58, 0.66, 0.2, 9, 4300, 66, 15, 6.317, -76.1342, _GGAP),
    Group("P14", "CO", "avocado_hass", 40, 8.2, 0.5, 0.55, 0.2, 8, 4000, 49, 10, 5.1526, -75.0362),
    Group(
        "P15",
        "BO",
        "coffee_green",
        165,
        0.55,
        0.86,
        0.82,
        0.02,
        12,
        NONE,
        64,
        20,
        -15.8365,
        -67.569,
        buyer_held="B06",
    ),
    Group(
        "P16", "BO", "coffee_green", 70, 0.5, 0.85, 0.7, 0.02, 12, NONE, 59, 20, -16.1939, -67.73, _ORGANIC
    ),
    Group(
        "P17",
        "BO",
        "quinoa_real",
        620,
        0.48,
        0.92,
        0.75,
        0.05,
        12,
        880 * BOB / QUINTAL_46,
        72,
        20,
        -20.4597,
        -66.825,
        _ORGANIC,
    ),
    Group(
        "P18",
        "BO",
        "quinoa_real",
        380,
        0.45,
        0.9,
        0.6,
        0.05,
        12,
        860 * BOB / QUINTAL_46,
        58,
        15,
        -18.9021,
        -66.7705,
        _ORGANIC,
    ),
    Group(
        "P19", "GT", "snow_pea", 38, 9, 0.78, 0.6, 0.2, 8, 4.05 * GTQ / POUND, 65, 15, 14.6819, -91.014, _GGAP
    ),
    Group(
        "P20", "GT", "snow_pea", 30, 8.2, 0.72, 0.55, 0.2, 8, 3.95 * GTQ / POUND, 56, 15, 14.7618, -90.9925
    ),
    Group(
        "P21", "GT", "coffee_green", 150, 0.75, 0.88, 0.7, 0.02, 12, NONE, 70, 10, 15.4914, -91.7655, _ORGANIC
    ),
    Group("P22", "GT", "cardamom", 210, 0.28, 0.8, 0.5, 0.05, 12, NONE, 48, 5, 15.4833, -90.2667),
    Group("P23", "PA", "plantain_harton", 85, 13, 0.8, 0.72, 0.15, 12, 0.58 * USD, 67, 20, 8.4107, -82.7133),
    Group("P24", "PA", "plantain_harton", 70, 12, 0.78, 0.68, 0.15, 12, 0.55 * USD, 60, 15, 9.43, -82.52),
    Group(
        "P25", "HN", "coffee_green", 190, 0.85, 0.88, 0.7, 0.02, 12, NONE, 79, 10, 14.1485, -88.0241, _ORGANIC
    ),
    Group(
        "P26",
        "HN",
        "potato",
        52,
        19,
        0.62,
        0.66,
        0.12,
        12,
        920 * HNL / (100 * POUND),
        57,
        15,
        14.2683,
        -88.2465,
    ),
)


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
    colombian = np.array([group.country == "CO" for group in GROUPS])
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
    # Outside Colombia freight is quoted in dollars at 3,700 COP, which is the same number of pesos.
    assert colombian.any()
    return Market(needs=needs, capacities=capacities, periods=np.ones(1), policy=policy or Policy())


EXPECTED_KG: dict[str, dict[str, float]] = {
    "B01": {"P06": 3340, "P02": 8430, "P01": 14620, "P05": 4310, "P03": 9300},
    "B02": {},
    "B03": {"P07": 158.32 * 125, "P08": 90.14 * 125, "P09": 61.11 * 125},
    "B04": {"P11": 3670, "P10": 4330},
    "B05": {"P13": 4510, "P12": 4060},
    "B06": {"P15": 38400},
    "B07": {"P18": 7310, "P17": 16260},
    "B08": {"P20": 2250, "P19": 3690},
    "B09": {},
    "B10": {"P26": 6840},
    "B11": {"P25": 27600},
}
"""Plan per need in kg as published, to two decimals of the need's own unit (tonnes, cargas)."""

EXPECTED_COVERED_PCT = {
    "B01": 100.0,
    "B02": 0.0,
    "B03": 77.4,
    "B04": 100.0,
    "B05": 40.8,
    "B06": 100.0,
    "B07": 58.9,
    "B08": 87.4,
    "B09": 0.0,
    "B10": 48.9,
    "B11": 100.0,
}

EXPECTED_CLOSED: dict[str, dict[str, dict[str, float | None]]] = {
    "B01": {"P04": {"readiness": 3}},
    "B02": {
        "P01": {"grade": None, "payment_days": 2, "price": None},
        "P02": {"grade": None, "price": None},
        "P03": {"grade": None, "price": None},
        "P04": {"grade": None, "readiness": 3, "payment_days": 4, "price": None},
        "P05": {"grade": None, "payment_days": 4, "price": None},
        "P06": {"grade": None, "payment_days": 4, "price": None},
    },
    "B03": {},
    "B04": {},
    "B05": {"P14": {"readiness": 6, "payment_days": 5, "certificate": 1}},
    "B06": {"P21": {"origin": None, "payment_days": 8}, "P25": {"origin": None, "payment_days": 8}},
    "B07": {},
    "B08": {},
    "B09": {"P23": {"payment_days": 10}, "P24": {"payment_days": 15}},
    "B10": {},
    "B11": {"P15": {"origin": None}, "P16": {"origin": None}, "P21": {"origin": None}},
}
"""Closed gates per pair; None where the published table gives no distance."""
