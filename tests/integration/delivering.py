"""A signed agreement with its first delivery, and the short way to any of its steps."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.deliveries import lots, reception, schedule
from broker.deliveries.models import Delivery, Statement
from broker.deliveries.reception import Slip, Verdict
from tests.factories.agreements import PNG, Deal

KG = Decimal
_keys = itertools.count(1)


class Alliance(Deal):
    """A signed agreement with its first delivery."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.fill()
        self.offer("broker", {"price.unit_price": "2150"})
        self.signed()
        with Session(engine) as session:
            query = select(Delivery.id).where(Delivery.agreement_id == self.id).order_by(Delivery.number)
            self.first = session.scalars(query).first() or 0

    def do(self, side: str, verb: Any, *values: Any, **more: Any) -> Any:
        with self.act(side) as tx:
            return verb(tx, self.first, *values, f"key-{next(_keys)}", **more)

    def delivery(self) -> Delivery:
        with Session(self.engine) as session:
            found = session.get_one(Delivery, self.first)
            assert found.lots is not None
            return found

    def mark(self) -> str:
        """Of the proposal that stands."""
        proposal = self.delivery().proposal
        return reception.mark_of(proposal) if proposal else ""

    def statement(self) -> Statement:
        with Session(self.engine) as session:
            found = session.scalars(select(Statement).where(Statement.delivery_id == self.first)).one()
            assert found.lines is not None and found.shares is not None and found.payments is not None
            return found

    def arrive(self, gross: str = "1050", tare: str = "50") -> None:
        """Confirmed, sent with two lots, weighed."""
        self.do("producer", schedule.confirm)
        for code, kg, typed in (
            ("L1", "600", "Rosa Muñoz; lote 3; 250\nPedro Gil; 350"),
            ("L2", "400", "Ana; 400"),
        ):
            with self.act("producer") as tx:
                lines = lots.read_lines(typed, ".")
                lots.add_lot(tx, self.first, code, KG(kg), lines, harvested_on=None, key=code)
        self.do("producer", lots.dispatch, "Camión TAX 123")
        self.do("buyer", reception.receive, Slip(KG(gross), KG(tare), "R-7", "Rosa Muñoz", "Luis Paz"))

    def judge(self, accepted: str, lower: str = "0", rejected: str = "0", **more: Any) -> None:
        cause, photo = ("Dedos cortos", PNG) if KG(rejected) else ("", b"")
        verdict = Verdict(
            KG(accepted), KG(lower), KG(rejected), "Inés Ruiz", "diez canastillas", cause, photo
        )
        self.do("buyer", reception.grade, verdict, **more)
