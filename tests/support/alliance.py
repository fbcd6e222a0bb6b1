"""A signed agreement between a buyer and an organization of a tenant, with secrets that only its parties may read."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from broker.agreements import services as agreements
from broker.agreements.negotiation import remark
from broker.deliveries.models import Delivery
from broker.deliveries.payments import report_payment
from broker.parties.models import User
from broker.transaction import Transaction
from tests.factories.agreements import deliver, settle, sign_both
from tests.factories.parties import PASSWORD, acting
from tests.support import canaries
from tests.support.canaries import Canary


def play(
    tx: Transaction, people: dict[str, User], party: str, tenant: str, suggestion_id: int
) -> tuple[list[Canary], dict[str, int]]:
    """From a suggestion that both accepted to a first delivery with a statement and a payment that nobody has
    confirmed: the secrets, and the objects by name."""
    house, parties = people[f"house_{tenant}"], (people[f"buyer_{tenant}"], people[f"{party}_{tenant}"])
    with acting(tx, house) as own:
        made = agreements.draft(own, suggestion_id).id
    settle(tx, house, parties, made)
    sign_both(tx, parties, made, PASSWORD)
    query = select(Delivery.id).where(Delivery.agreement_id == made).order_by(Delivery.number)
    first, second = tx.session.scalars(query.limit(2))
    secrets = canaries.of_deliveries(party, tenant)
    statement = deliver(tx, parties, first, member=secrets[0].value)
    with acting(tx, parties[0]) as own:
        remark(own, made, secrets[1].value)
        payment = report_payment(own, statement, Decimal(1), tx.today, "cash", secrets[2].value, "key")
    return secrets, {
        f"alliance_{party}_{tenant}": made,
        f"delivery_{party}_{tenant}": second,
        f"statement_{party}_{tenant}": statement,
        f"payment_{party}_{tenant}": payment.id,
    }
