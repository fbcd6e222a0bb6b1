"""Lots and their member lines, and the dispatch of a delivery with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.agreements.negotiation import day_of
from broker.deliveries.measures import KILOGRAM, Measure, said_in
from broker.deliveries.models import Delivery, Lot, LotLine
from broker.deliveries.schedule import done, moved, opened
from broker.errors import Conflict, Faults, RuleBroken
from broker.numerals import Separator, parse_decimal
from broker.transaction import Transaction

LINES_TOLERANCE = Decimal("0.005")
"""A lot and the sum of its lines may differ by half a percent (domain model 2.8)."""
MOST_LINES = 500


@dataclass(frozen=True)
class Line:
    """What a member brought, in the unit of the lot, from which plot where that is said."""

    member: str
    plot: str | None
    quantity: Decimal


def read_lines(text: str, separator: Separator) -> list[Line]:
    """Lines such as "Rosa Muñoz; lote 3; 250" or "Rosa Muñoz; 250", one member each, in the unit of the lot.

    Raises Invalid with the number of each line that cannot be read.
    """
    faults, found = Faults(), []
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip():
            continue
        cells = [cell.strip() for cell in raw.replace("\t", ";").split(";")]
        if len(cells) not in (2, 3) or not cells[0]:
            faults.add("lot_line_unreadable", "lines", line=number, text=raw.strip()[:60])
            continue
        try:
            quantity = parse_decimal(cells[-1], separator)
        except RuleBroken as fault:
            faults.found.append(RuleBroken(fault.code, field="lines", **fault.params))
            continue
        if quantity <= 0:
            faults.add("must_be_above", "lines", limit=0)
        found.append(Line(cells[0][:100], cells[1][:100] if len(cells) == 3 else None, quantity))
    if len(found) > MOST_LINES:
        faults.add("too_many_lines", "lines", most=MOST_LINES)
    faults.raise_if_any()
    return found


def add_lot(
    tx: Transaction,
    delivery_id: int,
    code: str,
    quantity: Decimal,
    lines: Sequence[Line],
    *,
    harvested_on: dt.date | None,
    key: str,
    measure: Measure = KILOGRAM,
) -> Delivery:
    """Put a lot on a confirmed delivery; its quantity and those of its lines are said in `measure`.

    Raises Invalid for a code that is there already, a harvest in the future, or lines that do not add up to the lot
    within half a percent.
    """
    said = (code, quantity, lines, harvested_on, measure)
    delivery, side = opened(tx, delivery_id, key, "lot", *said)
    if delivery is None:
        return done(tx, delivery_id)
    _open_for_lots(delivery, side)
    kg, typed = measure.kg(quantity), sum((line.quantity for line in lines), Decimal(0))
    name, total = code.strip()[:60], sum((measure.kg(line.quantity) for line in lines), Decimal(0))
    faults = Faults()
    faults.require(bool(name), "required", "code")
    faults.require(kg > 0, "must_be_above", "kg", limit=0)
    if any(measure.kg(line.quantity) <= 0 for line in lines):
        faults.add("must_be_above", "lines", limit=0)
    if any(lot.code == name for lot in delivery.lots):
        faults.add("lot_code_taken", "code", lot=name)
    if harvested_on is not None and harvested_on > day_of(delivery.agreement, tx.now):
        faults.add("date_in_future", "harvested_on")
    if lines and abs(total - kg) > kg * LINES_TOLERANCE:
        faults.add("lot_lines_differ", "lines", weight=kg, total=total, **said_in(measure, quantity, typed))
    faults.raise_if_any()
    delivery.lots.append(
        Lot(
            delivery_id=delivery.id,
            code=name,
            harvested_on=harvested_on,
            kg=kg,
            quantity_original=None if measure.is_kg else quantity,
            quantity_unit=None if measure.is_kg else measure.code,
            quantity_factor=None if measure.is_kg else measure.factor,
            lines=[
                LotLine(
                    member=line.member,
                    plot=line.plot,
                    kg=measure.kg(line.quantity),
                    quantity_original=None if measure.is_kg else line.quantity,
                )
                for line in lines
            ],
        )
    )
    tx.session.flush()
    tx.record(
        "delivery.lot", "delivery", delivery.id, delivery.agreement.organization_id, code=name, kg=str(kg),
        said=f"{quantity} {measure.code}",
    )  # fmt: skip
    return delivery


def remove_lot(tx: Transaction, delivery_id: int, lot_id: int, key: str) -> Delivery:
    """Take a lot off again before the delivery leaves."""
    delivery, side = opened(tx, delivery_id, key, "lot-off", lot_id)
    if delivery is None:
        return done(tx, delivery_id)
    _open_for_lots(delivery, side)
    lot = next((one for one in delivery.lots if one.id == lot_id), None)
    if lot is not None:
        delivery.lots.remove(lot)
        tx.record(
            "delivery.lot_removed", "delivery", delivery.id, delivery.agreement.organization_id, code=lot.code
        )
    return delivery


def dispatch(tx: Transaction, delivery_id: int, carrier: str, key: str) -> Delivery:
    """The delivery leaves with its lots. Raises RuleBroken('lots_missing')."""
    delivery, side = opened(tx, delivery_id, key, "dispatch", carrier)
    if delivery is None:
        return done(tx, delivery_id)
    if not delivery.lots:
        raise RuleBroken("lots_missing", field="code")
    delivery.dispatched_at, delivery.carrier = tx.now, carrier.strip()[:200] or None
    return moved(tx, delivery, "dispatch", side)


def lots_kg(delivery: Delivery) -> Decimal:
    """What the lots weigh together, as the organization says."""
    return sum((lot.kg for lot in delivery.lots), Decimal(0))


def _open_for_lots(delivery: Delivery, side: str) -> None:
    if side != "producer" or delivery.state != "confirmed":
        raise Conflict("state_moved_on", subject="delivery", state=delivery.state, action="lot")
