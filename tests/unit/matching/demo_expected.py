"""What the demonstration market must give, as published: computed from its rules, not by this library."""

from __future__ import annotations

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
