"""Who may do what with the agreements of tenant "a", their deliveries, their alliance, and what signs them."""

from __future__ import annotations

from tests.support.route_rows import (
    BUYER,
    BUYERS,
    EVERYBODY,
    HOUSE,
    ITS_CLERK,
    ITS_READER,
    NO_MANAGERS,
    NOBODY,
    PRODUCER,
    PRODUCERS,
    UNITABLE,
    Row,
)

PAUSE = {"reason": "x", "until": "2027-01-31"}
GIVEN = {"given_on": "2026-10-01", "ends_on": "2027-10-01"}
SAID = {"what": "x"}

CONTRACTS: dict[str, list[Row]] = {
    "agreements.create": [Row("agreed_producer_a", HOUSE)],
    "agreements.abandon": [
        Row("agreement_producer_a", BUYER | PRODUCERS | HOUSE, knows=ITS_READER, body={"reason": "x"}),
    ],
    "agreements.terms": [
        Row("agreement_producer_a", BUYER | PRODUCERS | HOUSE, knows=ITS_READER, body={"base": "1", "note": "x"}),
    ],
    "agreements.usual": [
        Row("agreement_producer_a", BUYER | PRODUCERS | HOUSE, knows=ITS_READER, body={"base": "1"}),
    ],
    "agreements.send": [Row("agreement_producer_a", HOUSE)],
    "agreements.accept": [
        Row("agreement_producer_a", BUYER | PRODUCERS, knows=ITS_READER | HOUSE, body={"sha256": "0"}),
    ],
    "agreements.remark": [
        Row("agreement_producer_a", BUYER | PRODUCERS | HOUSE, knows=ITS_READER, body={"text": "x"}),
    ],
    "agreements.changes": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "agreements.sign": [Row("agreement_producer_a", BUYER | PRODUCER, knows=NO_MANAGERS)],
    "agreements.sign_on_paper": [
        Row("agreement_producer_a", BUYER | PRODUCER, knows=NO_MANAGERS, body={"signed_on": "2026-11-20"}),
    ],
    "agreements.scan": [Row("agreement_producer_a", NOBODY, values={"scan_id": "1"})],
    "agreements.summary": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "agreements.summary_as_pdf": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "agreements.as_docx": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "alliance.show": [Row("alliance_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "alliance.act": [
        Row("alliance_producer_a", BUYER | PRODUCERS, knows=ITS_READER, values={"step": "grievance"}, body=SAID),
        Row("alliance_producer_a", BUYER | PRODUCER, knows=NO_MANAGERS, values={"step": "breach"}, body=SAID),
        Row("alliance_producer_a", BUYER | PRODUCER, knows=NO_MANAGERS, values={"step": "pause"}, body=PAUSE),
    ],
    "deliveries.show": [Row("delivery_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "deliveries.photo": [Row("delivery_producer_a", NOBODY)],
    "deliveries.act": [
        Row("delivery_producer_a", PRODUCERS, knows=BUYERS, values={"step": "confirm"}),
        Row(
            "delivery_producer_a", BUYER | PRODUCERS, knows=ITS_READER, values={"step": "cancel"}, body={"reason": "x"},
        ),
        Row("delivery_producer_a", BUYER | PRODUCERS, knows=ITS_READER, values={"step": "grade"}),
    ],
    "deliveries.statement": [Row("statement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "deliveries.statement_as_pdf": [Row("statement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    # Paid in one part: there is no second payment to anybody.
    "deliveries.liquidation": [Row("statement_producer_a", NOBODY)],
    "deliveries.hand_over": [Row("statement_producer_a", NOBODY)],
    "deliveries.pay": [
        Row(
            "statement_producer_a", BUYER, knows=ITS_READER,
            body={"amount": "1", "paid_on": "2026-11-20", "channel": "cash", "key": "x"},
        ),
    ],
    "deliveries.advance": [Row("alliance_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "deliveries.confirm": [Row("payment_producer_a", PRODUCER, knows=NO_MANAGERS)],
    "deliveries.export": [Row("", EVERYBODY, values={"format": name}) for name in ("csv", "xlsx")],
    "deliveries.feed": [Row("", EVERYBODY, values={"token": "{calendar}"})],
    "agreements.drop": [
        Row("alliance_producer_a", BUYER | PRODUCERS | HOUSE, knows=ITS_READER, body={"reason": "x"}),
    ],
    "agreements.renew": [
        Row("alliance_producer_a", BUYER | HOUSE, knows=ITS_READER | PRODUCERS, body={"starts_on": "2028-01-03"}),
    ],
    "agreements.of_need": [Row("need_sent_a", HOUSE)],
    "agreements.draft_all": [Row("need_sent_a", HOUSE)],
    "agreements.through_union": [Row("need_sent_a", HOUSE)],
    "clauses.edit": [Row("", EVERYBODY, values={"stem": name}) for name in ("payment", "new")],
    "clauses.retire": [Row("", NOBODY, values={"stem": "payment"})],
    "unions.act": [
        Row("", UNITABLE, knows=ITS_CLERK, values={"action": "join"}, body={"union": "{organization_union}"}),
        Row("", UNITABLE, knows=ITS_CLERK, values={"action": "leave"}),
        Row("", UNITABLE, knows=ITS_CLERK, values={"action": "mandate"}, body={"minutes": "1"} | GIVEN),
        Row("", UNITABLE, knows=ITS_CLERK, values={"action": "revoke"}),
    ],
    "agreements.show": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
    "agreements.as_pdf": [Row("agreement_producer_a", BUYERS | PRODUCERS | HOUSE)],
}  # fmt: skip
