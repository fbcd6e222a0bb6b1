"""What a published price leaves an organization, where it brings the produce and where the buyer fetches it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.catalogue import places
from broker.listings.models import Need
from broker.listings.services import need_values
from broker.prices.formulas import Quote
from broker.prices.quotes import Quotes
from broker.prices.worth import worth_today
from tests.factories.listings import need_input
from tests.unit.listings.moments import NOW

C = Quote("ICE C", Decimal(284), "2026-11-24", "usc_lb", "close")
QUOTES = Quotes({"COP": Decimal(3900), "GTQ": Decimal("7.65")}, {"ICE C": C})
LB = Decimal("0.45359237")


def need(**fields: str) -> Need:
    values = need_values(need_input(**fields))
    return Need(**values, buyer_id=1, reference="R001", created_at=NOW, updated_at=NOW)


@pytest.mark.parametrize(("term", "pays_freight"), [("buyer_plant", True), ("farm_gate", False)])
def test_who_fetches_pays_the_freight(term: str, pays_freight: bool) -> None:
    worth = worth_today(need(delivery_term=term), places.find("CO", "Quimbaya"), "CO", QUOTES)
    assert worth is not None
    assert (worth.freight > 0) == pays_freight
    assert worth.price - worth.rejects - worth.waiting - worth.freight == worth.today
    assert worth.rejects == 0
    assert worth.km > 0


SNOW_PEAS = {
    "product": "snow_pea", "country": "GT", "municipality": "Chimaltenango", "currency": "GTQ", "price": "4.20",
    "price_unit": "lb", "payment_days": "15", "usual_rejects_pct": "6", "min_suppliers": "1",
    "spec_grade": "", "spec_finger_weight_g_min": "", "spec_finger_weight_g_max": "",
}  # fmt: skip


def per_lb(value: Decimal) -> Decimal:
    return round(value * LB, 2)


def test_what_is_usually_rejected_is_not_paid_and_what_is_paid_comes_later() -> None:
    worth = worth_today(need(**SNOW_PEAS), places.find("GT", "Patzún"), "GT", QUOTES)
    assert worth is not None
    assert [per_lb(one) for one in (worth.price, worth.rejects, worth.waiting, worth.delivered)] == [
        Decimal("4.20"), Decimal("0.25"), Decimal("0.08"), Decimal("3.87"),
    ]  # fmt: skip
    assert worth.today == worth.delivered - worth.freight
    assert (worth.days, worth.monthly_cost, worth.quote) == (15, Decimal("0.04"), None)


def test_an_advance_shortens_the_wait_and_nothing_said_rejects_nothing() -> None:
    silent = need(**SNOW_PEAS | {"usual_rejects_pct": "", "advance_pct": "40"})
    worth = worth_today(silent, places.find("GT", "Patzún"), "GT", QUOTES)
    assert worth is not None and worth.rejects == 0 and worth.days == 9
    assert per_lb(worth.delivered) == Decimal("4.15")


def test_an_index_price_says_at_which_quotation_it_is_counted() -> None:
    indexed = {
        "price_method": "index_differential",
        "index_series": "ICE C",
        "differential": "18",
        "price": "",
    }
    worth = worth_today(need(**indexed), places.find("CO", "Quimbaya"), "CO", QUOTES)
    assert worth is not None and worth.quote == C
    assert worth_today(need(**indexed), places.find("CO", "Quimbaya"), "CO", Quotes(QUOTES.per_usd)) is None
