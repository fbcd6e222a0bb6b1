"""The steps of a delivery: each form is read, carried out once, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.deliveries import lots, reception, schedule, settlement
from broker.deliveries.reception import Slip, Verdict
from broker.deliveries.settlement import Typed
from broker.errors import Conflict, Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.quantity import to_gram
from broker.transaction import Transaction
from web.i18n import decimal_separator
from web.pages.deliveries.blueprint import DOERS, bp
from web.pages.deliveries.showing import shown
from web.rendering import writing
from web.row_ids import row_id
from web.security import access
from web.wording import message, sentences

Step = Callable[[Transaction, int, Reader, str], object]


@bp.post("/<int:delivery_id>/<step>")
@access(*DOERS)
def act(delivery_id: int, step: str) -> ResponseReturnValue:
    """Carry out a step; the key of the form makes one that is sent twice count once."""
    if step not in STEPS:
        return shown(delivery_id, {}, 404)
    read, said = STEPS[step]
    reader = Reader(request.form.to_dict(), decimal_separator=decimal_separator())
    try:
        with writing() as tx:
            read(tx, delivery_id, reader, request.form.get("key", "")[:64])
    except (Invalid, RuleBroken) as fault:
        return shown(delivery_id, sentences(fault), 422, request.form, step)
    except Conflict as conflict:
        if conflict.code != "proposal_moved_on":
            raise
        return shown(delivery_id, {"form": message(conflict)}, 409, request.form)
    flash(str(said()), "ok")
    return redirect(url_for("deliveries.show", delivery_id=delivery_id), 303)


def _confirm(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return schedule.confirm(tx, delivery_id, key)


def _cancel(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return schedule.cancel(tx, delivery_id, reader.text("reason", most=500), key)


def _lot(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    code, kg = reader.text("code", required=True, most=60), _kg(reader, "kg")
    harvested = reader.date("harvested_on")
    try:
        lines = lots.read_lines(request.form.get("lines", ""), decimal_separator())
    except Invalid as fault:
        reader.faults.found.extend(fault.faults)
        lines = []
    reader.faults.raise_if_any()
    return lots.add_lot(tx, delivery_id, code, kg, lines, harvested_on=harvested, key=key)


def _lot_off(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return lots.remove_lot(tx, delivery_id, request.form.get("lot", 0, type=row_id) or 0, key)


def _dispatch(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return lots.dispatch(tx, delivery_id, reader.text("carrier"), key)


def _receive(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    slip = Slip(
        _kg(reader, "gross_kg"),
        _kg(reader, "tare_kg"),
        reader.text("slip", most=60),
        reader.text("handed_over_by"),
        reader.text("received_by"),
    )
    reader.faults.raise_if_any()
    return reception.receive(tx, delivery_id, slip, key)


def _grade(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    sent = request.files.get("photo")
    verdict = Verdict(
        _kg(reader, "accepted_kg"),
        _kg(reader, "downgraded_kg"),
        _kg(reader, "rejected_kg"),
        reader.text("grader"),
        reader.text("sample"),
        reader.text("cause", most=500),
        sent.read() if sent else b"",
    )
    reader.faults.raise_if_any()
    return reception.grade(tx, delivery_id, verdict, key)


def _dispute(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return reception.dispute(tx, delivery_id, reader.text("text", most=500), key)


def _propose(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    kg = [_kg(reader, name) for name in ("accepted_kg", "downgraded_kg", "rejected_kg")]
    note = reader.text("note", most=500)
    reader.faults.raise_if_any()
    return reception.propose_end(tx, delivery_id, *kg, note, key)


def _agree(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    return reception.agree_to_end(tx, delivery_id, request.form.get("seen", "")[:64], key)


def _invoice(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> object:
    taken = {
        name.removeprefix("deduct-"): amount
        for name in request.form
        if name.startswith("deduct-") and (amount := reader.decimal(name, low=0)) is not None
    }
    typed = Typed(
        reader.text("invoice", required=True, most=60),
        taken,
        reader.decimal("audited_cost", above=0),
        reader.text("cost_sheet"),
        reader.decimal("measured_factor", above=0),
        reader.decimal("fixed_quote", above=0),
    )
    reader.faults.raise_if_any()
    return settlement.invoice(tx, delivery_id, typed, key)


def _kg(reader: Reader, name: str) -> Decimal:
    """Kilograms to the gram; an empty field is none at all."""
    return to_gram(reader.decimal(name, low=0) or Decimal(0))


# Step -> how its form is read and carried out, and what is said when it is done.
STEPS: dict[str, tuple[Step, Callable[[], str]]] = {
    "confirm": (_confirm, lambda: _("Confirmed: the buyer counts on it.")),
    "cancel": (_cancel, lambda: _("Cancelled; the other side reads why.")),
    "lot": (_lot, lambda: _("The lot is on the delivery.")),
    "lot-off": (_lot_off, lambda: _("The lot is off the delivery.")),
    "dispatch": (_dispatch, lambda: _("It is on its way; the buyer knows.")),
    "receive": (_receive, lambda: _("Received and weighed. The slip is kept.")),
    "grade": (_grade, lambda: _("Graded; the organization reads the result.")),
    "dispute": (_dispute, lambda: _("The decision is disputed. Both sides can propose how it ends.")),
    "proposal": (_propose, lambda: _("Proposed. It ends so when the other side agrees.")),
    "agree": (_agree, lambda: _("Agreed: the dispute is over.")),
    "invoice": (_invoice, lambda: _("The statement is made; the payment day stands on it.")),
}
