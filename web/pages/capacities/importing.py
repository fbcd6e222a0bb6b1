"""Capacities from a spreadsheet: preview, confirmation, and the bad rows as a file."""

from __future__ import annotations

from flask import Response
from flask.typing import ResponseReturnValue

from broker.listings.capacity_input import CapacityInput
from broker.listings.imports import import_capacities
from broker.listings.spreadsheets import Good
from broker.transaction import Transaction
from web.pages.capacities.blueprint import bp
from web.pages.listings import importing, sheets
from web.security import PRODUCERS, access


@bp.route("/import", methods=["GET", "POST"])
@access(*PRODUCERS)
def import_file() -> ResponseReturnValue:
    """Send a file; see row by row what an import would do."""
    return importing.form_or_preview("capacities")


@bp.post("/import/<token>/confirm")
@access(*PRODUCERS)
def import_confirm(token: str) -> ResponseReturnValue:
    """Enter and publish the good rows, all in one transaction."""
    return importing.confirm("capacities", token, _enter)


@bp.get("/import/<token>/bad-rows.<format>")
@access(*PRODUCERS)
def bad_rows(token: str, format: str) -> Response:
    """The rows with faults, as a file with the faults beside them."""
    return sheets.bad_rows("capacities", importing.read_again("capacities", token), format)


def _enter(tx: Transaction, owner_id: int, good: list[Good], batch: str) -> int:
    rows = [(row.raw.get("id", ""), row.data) for row in good if isinstance(row.data, CapacityInput)]
    return len(import_capacities(tx, owner_id, rows, batch=batch))
