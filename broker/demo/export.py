"""The demonstration market as the two spreadsheets that `alianza match` reads."""

from __future__ import annotations

import codecs
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from broker.clock import system_clock
from broker.demo.market import market, need_fields, place_fields
from broker.listings.cells import Cell
from broker.listings.columns import LAST, columns_of
from broker.listings.writing import write_csv
from broker.readiness.indicators import for_scope
from broker.readiness.models import AssessmentValue
from broker.readiness.scores import readiness_of

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def export(directory: Path, today: dt.date | None = None) -> list[Path]:
    """Write needs.csv and capacities.csv (UTF-8, comma between columns, point before decimals) into the
    directory, which is made where it is missing. The windows lie in the season after `today`."""
    today = today or system_clock().date()
    needs = [_need(buyer, today) for buyer in market()["buyers"]]
    capacities = [_capacity(producer, today) for producer in market()["producers"]]
    directory.mkdir(parents=True, exist_ok=True)
    return [_write(directory, "needs", needs), _write(directory, "capacities", capacities)]


def _write(directory: Path, kind: str, rows: list[dict[str, Cell]]) -> Path:
    path = directory / f"{kind}.csv"
    columns = [*columns_of(kind, rows), *LAST[kind]]
    # Without the mark that Excel likes: programs that read these files look for a first column called id.
    path.write_bytes(write_csv(columns, rows).removeprefix(codecs.BOM_UTF8))
    return path


def _need(buyer: dict[str, Any], today: dt.date) -> dict[str, Cell]:
    return _typed({"id": buyer["id"], "buyer": buyer["name"]} | need_fields(buyer, today))


def _capacity(producer: dict[str, Any], today: dt.date) -> dict[str, Cell]:
    return _typed({
        "id": producer["id"],
        "organization": producer["name"],
        **producer["capacity"],
        **place_fields(producer),
        "readiness": format(_readiness(producer["readiness"], today).normalize(), "f"),
        "union": _union_of(producer["id"]),
        "certificates": "; ".join(producer["certificates"]),
    })  # fmt: skip


def _typed(fields: dict[str, str]) -> dict[str, Cell]:
    """Numbers as numbers, so that the sign of a longitude is not taken for the beginning of a formula."""
    return {name: Decimal(text) if _NUMBER.fullmatch(text) else text for name, text in fields.items()}


def _readiness(values: list[int], today: dt.date) -> Decimal:
    """The score of an assessment with these values, all of them evidenced."""
    assessed = [
        AssessmentValue(indicator=indicator.code, value=value, evidence_on=today)
        for indicator, value in zip(for_scope("producer"), values, strict=True)
    ]
    score = readiness_of(assessed, "producer", today).score
    assert score is not None
    return score


def _union_of(producer: str) -> str:
    union = market()["union"]
    return str(union["name"]) if producer in union["members"] else ""
