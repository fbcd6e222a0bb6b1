"""Mass assignment: of what a request carries only the fields of its form reach the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import inspect

from broker.listings.models import Capacity, Need
from broker.matchmaking.models import Suggestion
from broker.parties.models import Mandate, Organization, User
from tests.support import routes
from tests.support.site import Site, open_site
from web.extensions import db

# What no form offers. Some of it follows from what a form does offer, but is never taken from the request.
UNOFFERED = {
    "id", "buyer_id", "organization_id", "broker_id", "client_id", "union_id", "reference", "kind", "state",
    "covered_kg", "total_kg", "quantity_kg", "created_at", "is_fictional", "epoch", "password_hash", "totp_secret",
    "price_low", "price_high", "price_proposed", "consented_by_id", "volume_kg_year", "confirmed_at",
}  # fmt: skip
DERIVED = {"total_kg", "quantity_kg", "volume_kg_year", "confirmed_at"}
SENT = {"state": "covered", "kind": "broker", "is_fictional": "1", "created_at": "2001-01-01 00:00:00"}


@pytest.fixture(scope="module")
def opened() -> Iterator[Site]:
    with open_site() as made:
        yield made


@pytest.fixture
def site(opened: Site) -> Site:
    """The world as it was made."""
    opened.restore()
    return opened


@pytest.mark.parametrize(
    ("who", "path", "body", "model", "thing", "may_change"),
    [
        ("buyer_a", "/needs/{need_fresh_a}/edit", routes.CONTRIBUTING | {"version": ""}, Need, "need_fresh_a", None),
        ("buyer_a", "/needs/{need_draft_a}/publish", {}, Need, "need_draft_a", {"state", "updated_at", "version"}),
        ("producer_a", "/capacities/{capacity_producer_a}/edit", routes.CAPACITY | {"confirm": "1", "version": ""},
         Capacity, "capacity_producer_a", None),
        ("producer_a", "/capacities/{capacity_producer_a}/reconfirm", {}, Capacity, "capacity_producer_a",
         {"confirmed_at", "confirmed_before", "version"}),
        ("buyer_a", "/organization", routes.BODIES["organizations.profile"], Organization, "organization_buyer_a",
         None),
        ("buyer_a", "/account/name", {"name": "Otra"}, User, "user_buyer_a", {"name"}),
        ("buyer_a", "/suggestions/{sent_producer_a}/accept", {}, Suggestion, "sent_producer_a",
         {"state", "buyer_accepted_at", "version"}),
        ("buyer_a", "/suggestions/{sent_producer_a}/decline", {"reason": "price", "note": "n"}, Suggestion,
         "sent_producer_a", {"state", "declined_by", "decline_reason", "decline_note", "version"}),
        ("producer_a", "/mandates/{proposal_a}/consent", {}, Mandate, "proposal_a",
         {"state", "consented_at", "consented_by_id"}),
    ],
)  # fmt: skip
def test_only_the_fields_of_a_form_are_written(
    site: Site, who: str, path: str, body: dict[str, str], model: Any, thing: str, may_change: set[str] | None
) -> None:
    """Columns that no form offers are sent along, as an attacker would."""
    objects = site.world.objects | {"user_buyer_a": site.world.people["buyer_a"].user_id}
    before = row_of(site, model, objects[thing])
    others = str(objects["organization_buyer_b"])
    extra = {
        name: others if name.endswith("_id") else SENT.get(name, "777") for name in before.keys() & UNOFFERED
    }
    form = {name: str(before[name]) if name == "version" else value for name, value in body.items()}
    answer = site.enter(who).post(path.format(**objects), data={**extra, **form})
    after = row_of(site, model, objects[thing])
    assert answer.status_code == 303, answer.text
    changed = {name for name in before if before[name] != after[name]}
    assert changed and not {name for name in changed & extra.keys() if str(after[name]) == extra[name]}
    assert may_change is None or changed <= may_change
    assert not changed & UNOFFERED - DERIVED - (may_change or set())


def row_of(site: Site, model: Any, number: int) -> dict[str, Any]:
    with site.app.app_context():
        thing = db.session.get_one(model, number)
        return {column.key: getattr(thing, column.key) for column in inspect(model).column_attrs}
