"""Two spreadsheets in a folder, and `alianza match` run on them as a person runs it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from web.cli import main

NEED = {
    "id": "N1", "buyer": "Mercado Central", "product": "plantain_harton", "quantity": "10", "unit": "t",
    "period": "week", "start": "2026-12-07", "end": "2027-03-07", "min_fill_pct": "50", "min_suppliers": "1",
    "max_suppliers": "", "max_share_pct": "100", "payment_days": "8", "price": "2000", "currency": "COP",
}  # fmt: skip
CAPACITY = {
    "id": "C1", "organization": "Los Guaduales", "product": "plantain_harton", "ask_price": "1800",
    "max_wait_days": "10", "readiness": "70", "quantity": "6", "unit": "t", "period": "week",
}  # fmt: skip
Row = dict[str, str]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str
    plan: dict[str, Any] | None


class Folder:
    """A folder in which the command is run."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, needs: Sequence[Row] | bytes, capacities: Sequence[Row] | bytes, *options: str) -> Ran:
        for name, content in (("needs.csv", needs), ("capacities.csv", capacities)):
            data = content if isinstance(content, bytes) else sheet(content)
            (self.path / name).write_bytes(data)
        return self.run_files("needs.csv", "capacities.csv", *options)

    def run_files(self, needs: str, capacities: str, *options: str) -> Ran:
        out = self.path / "plan.json"
        out.unlink(missing_ok=True)
        result = CliRunner().invoke(
            main,
            ["match", "--needs", str(self.path / needs), "--capacities", str(self.path / capacities),
             "--out", str(out), "--language", "en", *options],
        )  # fmt: skip
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        plan = json.loads(out.read_text(encoding="utf-8")) if out.exists() else None
        return Ran(result.exit_code, result.stdout, result.stderr, plan)


def sheet(rows: Sequence[Row]) -> bytes:
    """CSV with the columns of all rows."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def supplied(ran: Ran) -> dict[str, list[float]]:
    assert ran.plan is not None
    return {a["capacity"]: a["quantity_kg"] for a in ran.plan["allocations"]}
