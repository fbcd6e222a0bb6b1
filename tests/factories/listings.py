"""Needs and capacities made through the services a person uses; the defaults are those of story 1."""

from __future__ import annotations

from broker.listings.capacity_input import CapacityInput, read_capacity
from broker.listings.models import Capacity, Need
from broker.listings.need_input import NeedInput, read_need
from broker.listings.services import move_need, post_need, publish_capacity
from broker.parties.models import User
from broker.transaction import Transaction
from tests.factories.parties import acting, organization_of

NEED = {
    "product": "plantain_dom_harton",
    "quantity": "40",
    "unit": "t",
    "period": "week",
    "start": "2026-12-07",
    "end": "2027-06-06",
    "reply_by": "2026-12-04",
    "min_suppliers": "3",
    "max_share_pct": "40",
    "municipality": "Pereira",
    "payment_days": "8",
    "price": "2150",
    "currency": "COP",
    "spec_grade": "primera",
    "spec_finger_weight_g_min": "250",
    "spec_finger_weight_g_max": "400",
}
CAPACITY = {
    "product": "plantain_dom_harton",
    "area_ha": "130",
    "yield_t_ha_year": "10.5",
    "grade_share_pct": "84",
    "loss_pct": "15",
    "delivery_share_pct": "78",
    "municipality": "Quimbaya",
    "ask_price": "1980",
    "currency": "COP",
    "max_wait_days": "10",
    "spec_grade": "primera",
}


def need_input(**fields: str) -> NeedInput:
    """The need of story 1, with some of its fields typed otherwise; numbers with a decimal point."""
    return read_need({**NEED, **fields}, decimal_separator=".", home="CO")


def capacity_input(**fields: str) -> CapacityInput:
    """The capacity of the first organization of story 1, with some of its fields typed otherwise."""
    return read_capacity({**CAPACITY, **fields}, decimal_separator=".", home="CO")


def need(tx: Transaction, buyer: User, *, publish: bool = True, **fields: str) -> Need:
    """A need of the buyer, open unless it is to stay a draft."""
    with acting(tx, buyer) as own:
        posted = post_need(own, organization_of(buyer).id, need_input(**fields))
        return move_need(own, posted.id, "publish") if publish else posted


def capacity(tx: Transaction, producer: User, **fields: str) -> Capacity:
    """A published capacity of the organization."""
    with acting(tx, producer) as own:
        return publish_capacity(own, organization_of(producer).id, capacity_input(**fields))
