"""The letters of deliveries, payments and the room of an alliance: whoever did not do it reads of it."""

from __future__ import annotations

from broker.agreements.models import Agreement
from broker.alliance.events import AllianceMoved
from broker.deliveries.events import DeliveryMoved, PaymentConfirmed, PaymentReported
from broker.deliveries.models import Delivery, Payment
from broker.events import on
from broker.notifications.letters import write_letter
from broker.transaction import Transaction

# Step of a delivery -> its letter, and the sides that read it; the side that took the step does not.
STEPS = {
    "dispatch": ("delivery_dispatch", ("buyer",)),
    "accept_partly": ("delivery_graded", ("producer",)),
    "reject": ("delivery_graded", ("producer", "broker")),
    "dispute": ("delivery_dispute", ("buyer", "broker")),
    "invoice": ("delivery_invoice", ("buyer",)),
    "liquidate": ("delivery_liquidation", ("producer",)),
    "cancel": ("delivery_cancel", ("buyer", "producer")),
    "miss": ("delivery_miss", ("buyer", "producer", "broker")),
}
# What the broker reads of too.
BROKER_TOO = ("breach_notified", "notice_given", "suspension_agreed")


@on(DeliveryMoved)
def _delivery_moved(tx: Transaction, event: DeliveryMoved) -> None:
    if event.step not in STEPS:
        return
    letter, readers = STEPS[event.step]
    delivery = tx.session.get_one(Delivery, event.delivery_id)
    for side in readers:
        if side != event.side:
            _write(
                tx,
                delivery.agreement,
                side,
                letter,
                _page_of(delivery, event.step),
                number=str(delivery.number),
            )


@on(PaymentReported)
def _payment_reported(tx: Transaction, event: PaymentReported) -> None:
    payment = tx.session.get_one(Payment, event.payment_id)
    _write(tx, _agreement(tx, payment), "producer", "payment_reported", _page(payment))


@on(PaymentConfirmed)
def _payment_confirmed(tx: Transaction, event: PaymentConfirmed) -> None:
    payment = tx.session.get_one(Payment, event.payment_id)
    _write(tx, _agreement(tx, payment), "buyer", "payment_confirmed", _page(payment))


@on(AllianceMoved)
def _alliance_moved(tx: Transaction, event: AllianceMoved) -> None:
    agreement = tx.session.get_one(Agreement, event.agreement_id)
    other = "producer" if event.side == "buyer" else "buyer"
    for side in (other, "broker") if event.what in BROKER_TOO else (other,):
        _write(tx, agreement, side, event.what, f"/alliances/{agreement.id}")


def _write(tx: Transaction, agreement: Agreement, side: str, letter: str, path: str, **values: str) -> None:
    names = {"buyer": agreement.buyer.legal_name, "organization": agreement.organization.legal_name}
    write_letter(tx, agreement.party_id(side), letter, path=path, **names, **values)


def _agreement(tx: Transaction, payment: Payment) -> Agreement:
    return tx.session.get_one(Agreement, payment.agreement_id)


def _page(payment: Payment) -> str:
    if payment.statement_id is None:
        return f"/deliveries/agreements/{payment.agreement_id}/advance"
    return f"/deliveries/statements/{payment.statement_id}" + (
        "/liquidation" if payment.kind == "liquidation" else ""
    )


def _page_of(delivery: Delivery, step: str) -> str:
    if step == "liquidate" and delivery.statement is not None:
        return f"/deliveries/statements/{delivery.statement.id}/liquidation"
    return f"/deliveries/{delivery.id}"
