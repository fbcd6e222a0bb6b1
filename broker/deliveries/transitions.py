"""The life of a delivery. The organization sends and is paid, the buyer receives and pays; silence is acceptance."""

from __future__ import annotations

from broker.states import StateTable, transition

DELIVERY = StateTable(
    "delivery",
    [
        transition("confirm", "scheduled", "confirmed", "producer"),
        transition("dispatch", "confirmed", "dispatched", "producer"),
        transition("receive", "dispatched", "received", "buyer"),
        transition("grade", "received", "graded", "buyer"),
        transition("accept", "graded", "accepted", "buyer"),
        transition("accept", "received", "accepted", "system"),
        transition("accept_partly", "graded", "partially_accepted", "buyer"),
        transition("reject", "graded", "rejected", "buyer"),
        transition("dispute", "partially_accepted|rejected", "disputed", "producer"),
        transition("settle_accepted", "disputed", "accepted", "buyer|producer"),
        transition("settle_partly", "disputed", "partially_accepted", "buyer|producer"),
        transition("settle_rejected", "disputed", "rejected", "buyer|producer"),
        transition("invoice", "accepted|partially_accepted", "invoiced", "producer"),
        transition("report_payment", "invoiced", "paid_reported", "buyer"),
        transition("confirm_payment", "paid_reported", "paid", "producer"),
        # Where the advance has paid it all, nobody owes anything.
        transition("clear", "invoiced", "paid", "system"),
        transition("cancel", "scheduled|confirmed", "cancelled", "buyer|producer"),
        transition("miss", "confirmed|scheduled", "no_show", "system"),
    ],
)
