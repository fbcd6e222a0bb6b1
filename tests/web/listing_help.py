"""What the tests of the pages of needs and capacities share."""

from __future__ import annotations

import html
import re
from decimal import Decimal

from broker.parties.models import User
from broker.prices.quotes import enter_rate
from tests.factories import listings as make
from tests.factories.parties import mandate, user
from tests.web.conftest import Write

FORM = {**make.NEED, "request_key": "k1", "country": "CO", "price_unit": "kg", "publish": "1"}
RESERVE = "2987"


def need_people(write: Write) -> dict[str, User]:
    """A buyer, another one, a producer organization, and a broker house with a mandate of the first buyer."""
    with write() as tx:
        enter_rate(tx, "COP", Decimal(3700), tx.today, "test")
        made = {
            "buyer": user(
                tx, "buyer", email="buyer@example.org", municipality="Pereira", lat=4.8055, lon=-75.7172
            ),
            "rival": user(tx, "buyer", email="rival@example.org"),
            "producer": user(tx, "producer_org", email="producer@example.org"),
            "broker": user(tx, "broker", email="broker@example.org"),
        }
        mandate(tx, made["broker"], made["buyer"])
    return made


def posted(write: Write, buyer: User, **fields: str) -> int:
    publish = fields.pop("publish", "1") == "1"
    with write() as tx:
        return make.need(tx, tx.session.get_one(User, buyer.id), publish=publish, **fields).id


def value_of(page: str, name: str) -> str:
    """What an input of the page holds."""
    tag = next(tag for tag in re.findall(r"<input[^>]*>", page) if f'name="{name}"' in tag)
    found = re.search(r'value="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
