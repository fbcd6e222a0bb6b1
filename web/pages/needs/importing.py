"""Needs from a spreadsheet: preview, confirmation, and the bad rows as a file."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from broker.listings.imports import import_needs
from broker.listings.need_input import NeedInput
from broker.listings.spreadsheets import Good
from broker.transaction import Transaction
from web.pages.listings import importing, sheets
from web.pages.needs.blueprint import bp
from web.security import access


@bp.route("/import", methods=["GET", "POST"])
@access("buyer")
def import_file() -> ResponseReturnValue:
    """Send a file; see row by row what an import would do."""
    return importing.form_or_preview("needs")


@bp.post("/import/<token>/confirm")
@access("buyer")
def import_confirm(token: str) -> ResponseReturnValue:
    """Enter the good rows, all in one transaction, as drafts or published."""
    return importing.confirm("needs", token, _enter)


@bp.get("/import/<token>/bad-rows.<format>")
@access("buyer")
def bad_rows(token: str, format: str) -> Response:
    """The rows with faults, as a file with the faults beside them."""
    return sheets.bad_rows("needs", importing.read_again("needs", token), format)


def _enter(tx: Transaction, owner_id: int, good: list[Good], batch: str) -> int:
    rows = [(row.raw.get("id", ""), row.data) for row in good if isinstance(row.data, NeedInput)]
    return len(import_needs(tx, owner_id, rows, publish=request.form.get("publish") == "1", batch=batch))
