"""What a published price leaves an organization, where it brings the produce and where the buyer fetches it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.catalogue import places
from broker.listings.models import Need
from broker.listings.services import need_values
from broker.prices.quotes import Quotes
from broker.prices.worth import worth_today
from tests.factories.listings import need_input
from tests.unit.listings.moments import NOW

QUOTES = Quotes({"COP": Decimal(3900)})


def need(**fields: str) -> Need:
    values = need_values(need_input(**fields))
    return Need(**values, buyer_id=1, reference="R001", created_at=NOW, updated_at=NOW)


@pytest.mark.parametrize(("term", "pays_freight"), [("buyer_plant", True), ("farm_gate", False)])
def test_who_fetches_pays_the_freight(term: str, pays_freight: bool) -> None:
    worth = worth_today(need(delivery_term=term), places.find("CO", "Quimbaya"), "CO", QUOTES)
    assert worth is not None
    assert (worth.freight > 0) == pays_freight
    assert worth.price - worth.freight - worth.waiting == worth.today
    assert worth.km > 0
