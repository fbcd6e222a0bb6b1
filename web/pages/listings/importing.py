"""The pages of an import, the same for needs and for capacities: form, preview, confirmation, bad rows."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.errors import Conflict, RuleBroken
from broker.listings.columns import FIXED, LAST, REQUIRED
from broker.listings.models import Capacity, Need
from broker.listings.services import references_of
from broker.listings.spreadsheets import Good, Kind
from broker.parties.permissions import require_act_for
from broker.transaction import Transaction
from web.extensions import db
from web.i18n import decimal_separator
from web.pages.listings import forms, sheets, uploads
from web.pages.listings.field_texts import field_name
from web.pages.listings.sheets import Checked
from web.rendering import page, writing
from web.security import actor
from web.wording import message

Enter = Callable[[Transaction, int, list[Good], str], int]


def form_or_preview(kind: Kind) -> ResponseReturnValue:
    """The form for a file; once sent, what an import of it would do."""
    values = {"decimal_separator": decimal_separator(), "encoding": ""} | forms.typed()
    if request.method == "GET":
        return _form(kind, values, {})
    owner = forms.organization()
    require_act_for(actor(), owner.id)
    try:
        checked = sheets.receive(kind, owner, _taken(kind))
    except RuleBroken as fault:
        return _form(kind, values, forms.errors_of(_in_words(fault), "file"))
    return _preview(kind, checked)


def _in_words(fault: RuleBroken) -> RuleBroken:
    """The same, with what the form calls a missing column beside its name."""
    if fault.code != "columns_missing":
        return fault
    named = [f"{name} ({field_name(name)})" for name in fault.params["columns"]]
    return RuleBroken("columns_missing", field=fault.field, columns=named)


def confirm(kind: Kind, token: str, enter: Enter) -> ResponseReturnValue:
    """Enter the good rows, all in one transaction; the bad ones stay in the file."""
    checked = read_again(kind, token)
    good, bad = checked.preview.good, checked.preview.bad
    if checked.upload.left is not None:
        flash(_("This file has been imported already."), "info")
        return redirect(url_for(f"{kind}.mine"), 303)
    if not good:
        return _preview(kind, checked, 422)
    try:
        with writing() as tx:
            entered = enter(tx, checked.upload.owner_id, good, token)
    except Conflict as conflict:
        return _preview(kind, read_again(kind, token), 409, message(conflict))
    uploads.note_left(token, checked.upload, [row.line for row in bad])
    flash(ngettext("%(num)d row imported.", "%(num)d rows imported.", entered), "ok")
    left = {"left": token, "bad": len(bad)} if bad else {}
    return redirect(url_for(f"{kind}.mine", **left), 303)


def read_again(kind: Kind, token: str) -> Checked:
    """A file that the reader sent before."""
    return sheets.again(kind, token, forms.organization(), _taken(kind))


def left_over() -> tuple[str, int] | None:
    """The token of an import that left rows out, and how many, as the address says after it."""
    token, bad = request.args.get("left", ""), request.args.get("bad", "")
    return (token, int(bad)) if token.isalnum() and bad.isascii() and bad.isdigit() and len(bad) < 7 else None


def _taken(kind: Kind) -> set[str]:
    return references_of(db.session(), Need if kind == "needs" else Capacity, forms.organization().id)


def _form(kind: Kind, values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    columns = [name for name in FIXED[kind] if name not in LAST[kind]]
    return page(
        "listings/import.html", status=422 if errors else 200, kind=kind, values=values, errors=errors,
        required=REQUIRED[kind], columns=columns,
    )  # fmt: skip


def _preview(kind: Kind, checked: Checked, status: int = 200, conflict: str = "") -> ResponseReturnValue:
    return page(
        "listings/preview.html", status=status, kind=kind, checked=checked, conflict=conflict,
        bad=sheets.fault_lines(checked.preview, kind), good=checked.preview.good[: sheets.SHOWN],
    )  # fmt: skip
