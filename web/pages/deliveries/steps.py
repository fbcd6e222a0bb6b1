"""The steps of a delivery: each form is read, carried out once, and shown again with what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.deliveries import lots, reception, schedule, settlement
from broker.deliveries.measures import KILOGRAM, Measure
from broker.deliveries.models import Delivery, Statement
from broker.deliveries.reception import Slip, Verdict
from broker.deliveries.settlement import Typed
from broker.deliveries.terms import terms_of
from broker.errors import Conflict, Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.transaction import Transaction
from web.i18n import decimal_separator, to_the_gram
from web.measures import as_typed
from web.pages.deliveries.blueprint import DOERS, bp
from web.pages.deliveries.showing import shown
from web.rendering import writing
from web.row_ids import row_id
from web.security import access
from web.wording import message, sentences

Step = Callable[[Transaction, int, Reader, str], Delivery | Statement]
MOST = 10**9


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
            found = read(tx, delivery_id, reader, request.form.get("key", "")[:64])
            text = said(found)
    except (Invalid, RuleBroken) as fault:
        return shown(delivery_id, sentences(fault), 422, request.form, step)
    except Conflict as conflict:
        if conflict.code != "proposal_moved_on":
            raise
        return shown(delivery_id, {"form": message(conflict)}, 409, request.form)
    flash(text, "ok")
    return redirect(url_for("deliveries.show", delivery_id=delivery_id), 303)


def _confirm(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return schedule.confirm(tx, delivery_id, key)


def _cancel(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return schedule.cancel(tx, delivery_id, reader.text("reason", most=500), key)


def _lot(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    measure = _measure(tx, delivery_id, reader)
    code, quantity = reader.text("code", required=True, most=60), _quantity(reader, "kg")
    harvested = reader.date("harvested_on")
    try:
        lines = lots.read_lines(request.form.get("lines", ""), decimal_separator())
    except Invalid as fault:
        reader.faults.found.extend(fault.faults)
        lines = []
    reader.faults.raise_if_any()
    return lots.add_lot(
        tx, delivery_id, code, quantity, lines, harvested_on=harvested, key=key, measure=measure
    )


def _lot_off(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return lots.remove_lot(tx, delivery_id, request.form.get("lot", 0, type=row_id) or 0, key)


def _dispatch(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return lots.dispatch(tx, delivery_id, reader.text("carrier"), key)


def _receive(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    slip = Slip(
        _quantity(reader, "gross_kg"),
        _quantity(reader, "tare_kg"),
        reader.text("slip", most=60),
        reader.text("handed_over_by"),
        reader.text("received_by"),
        _measure(tx, delivery_id, reader),
    )
    reader.faults.raise_if_any()
    return reception.receive(tx, delivery_id, slip, key)


def _grade(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    sent = request.files.get("photo")
    verdict = Verdict(
        _quantity(reader, "accepted_kg"),
        _quantity(reader, "downgraded_kg"),
        _quantity(reader, "rejected_kg"),
        reader.text("grader"),
        reader.text("sample"),
        reader.text("cause", most=500),
        sent.read() if sent else b"",
        _measure(tx, delivery_id, reader),
    )
    reader.faults.raise_if_any()
    return reception.grade(tx, delivery_id, verdict, key)


def _dispute(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return reception.dispute(tx, delivery_id, reader.text("text", most=500), key)


def _propose(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    measure, note = _measure(tx, delivery_id, reader), reader.text("note", most=500)
    parts = [_quantity(reader, name) for name in ("accepted_kg", "downgraded_kg", "rejected_kg")]
    reader.faults.raise_if_any()
    return reception.propose_end(tx, delivery_id, *parts, note, key, measure)


def _agree(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Delivery:
    return reception.agree_to_end(tx, delivery_id, request.form.get("seen", "")[:64], key)


def _invoice(tx: Transaction, delivery_id: int, reader: Reader, key: str) -> Statement:
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


def _quantity(reader: Reader, name: str) -> Decimal:
    """So many units of the form; an empty field is none at all."""
    return reader.decimal(name, low=0, high=MOST) or Decimal(0)


def _measure(tx: Transaction, delivery_id: int, reader: Reader) -> Measure:
    """The unit of the form: kg, or one that the agreement knows."""
    found = tx.session.get(Delivery, delivery_id)
    if found is None or not reader.has("unit"):
        return KILOGRAM
    measures = {one.code: one for one in terms_of(tx.session, found.agreement).measures}
    return measures.get(reader.choice("unit", list(measures)), KILOGRAM)


def _lot_said(found: Delivery | Statement) -> str:
    """What the lot comes to in kg, where it was said in another unit."""
    lot = found.lots[-1] if isinstance(found, Delivery) and found.lots else None
    if lot is None or lot.quantity_original is None or lot.quantity_unit is None:
        return _("The lot is on the delivery.")
    said = as_typed(lot.quantity_original, lot.quantity_unit)
    return _("The lot is on the delivery: %(said)s are %(kg)s.", said=said, kg=to_the_gram(lot.kg))


def _slip_said(found: Delivery | Statement) -> str:
    assert isinstance(found, Delivery)
    return _("Received and weighed: the net is %(kg)s. The slip is kept.", kg=to_the_gram(found.net_kg))


# Step -> how its form is read and carried out, and what is said when it is done.
STEPS: dict[str, tuple[Step, Callable[[Delivery | Statement], str]]] = {
    "confirm": (_confirm, lambda found: _("Confirmed: the buyer counts on it.")),
    "cancel": (_cancel, lambda found: _("Cancelled; the other side reads why.")),
    "lot": (_lot, _lot_said),
    "lot-off": (_lot_off, lambda found: _("The lot is off the delivery.")),
    "dispatch": (_dispatch, lambda found: _("It is on its way; the buyer knows.")),
    "receive": (_receive, _slip_said),
    "grade": (_grade, lambda found: _("Graded; the organization reads the result.")),
    "dispute": (_dispute, lambda found: _("The decision is disputed. Both sides can propose how it ends.")),
    "proposal": (_propose, lambda found: _("Proposed. It ends so when the other side agrees.")),
    "agree": (_agree, lambda found: _("Agreed: the dispute is over.")),
    "invoice": (_invoice, lambda found: _("The statement is made; the payment day stands on it.")),
}
