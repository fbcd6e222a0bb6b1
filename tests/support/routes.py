"""Who may do what with each object of tenant "a": one row per route and object, read by the matrix of the tests."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from werkzeug.routing import Rule

from broker.readiness.indicators import for_scope
from tests.factories.listings import CAPACITY, NEED
from tests.factories.parties import PASSWORD
from tests.support.contract_routes import CONTRACTS
from tests.support.route_rows import (
    ASKERS,
    BUYER,
    BUYERS,
    EVERYBODY,
    HOUSE,
    HOUSE_NEW,
    ITS_CLERK,
    ITS_READER,
    NO_MANAGERS,
    NOBODY,
    PRODUCER,
    PRODUCERS,
    Row,
    need,
)
from tests.support.site import VISITOR, Site
from tests.support.tenants import World

TERMS = {"fee_kind": "success_pct", "fee_pct": "3", "fee_payer": "buyer"}
TERM = {"starts_on": "2026-12-01", "ends_on": "2027-11-30"}
NEW_PASSWORD = {"password": "otras cuatro palabras largas"}
CONTRIBUTING = NEED | {"min_suppliers": "2", "max_share_pct": "60", "version": "1"}
ASKED = {"question_id": "{question_a}"}
WITHDRAWN = {"confirm": "1", "reason": "no"}
ASSESSMENT = {f"value-{indicator.code}": "4" for indicator in for_scope("producer")}

# An object's name stands for its number; for what has no number the value is given.
TABLE: dict[str, list[Row]] = {
    "asset": [Row("", EVERYBODY, values={"digest": "0", "name": "alianza.css"})],
    "home.demo_sign_in": [Row("", EVERYBODY, values={"person": "broker"})],
    "home.matters": [Row("", EVERYBODY, values={"kind": "draft"})],
    "accounts.reset": [Row("", EVERYBODY, values={"token": "{reset}"}, body=NEW_PASSWORD)],
    "accounts.unsubscribe": [Row("", EVERYBODY, values={"token": "{ending}"})],
    "accounts.end_mail": [Row("", EVERYBODY, values={"token": "{ending}"})],
    "messages.open": [Row("message_buyer_a", BUYER), Row("message_producer_a", PRODUCER)],
    "messages.read": [Row("message_buyer_a", BUYER), Row("message_producer_a", PRODUCER)],
    "shared.show": [Row("", EVERYBODY, values={"token": token}) for token in ("need-a", "capacity-a", "need-b")],
    "shared.need": [need("sent", BUYER, HOUSE, knows=ITS_READER, body={"days": "7"})],
    "shared.capacity": [Row("capacity_producer_a", PRODUCERS | HOUSE, body={"days": "7"})],
    "shared.revoke": [Row("link_a", BUYER, knows=ITS_READER)],
    "needs.show": [
        *(need(n, EVERYBODY) for n in ("sent", "fresh")), *(need(n, BUYERS, HOUSE) for n in ("draft", "unseen")),
    ],
    "needs.edit": [
        need("fresh", BUYER, HOUSE, knows=ITS_READER, body=CONTRIBUTING),
        need("draft", BUYER, HOUSE, knows=ITS_READER, body=CONTRIBUTING),
    ],
    "needs.action": [
        need("draft", BUYER, HOUSE, knows=ITS_READER, values={"action": "publish"}),
        need("fresh", BUYER, knows=ITS_READER | HOUSE, values={"action": "withdraw"}, body=WITHDRAWN),
    ],
    "needs.offers": [need("sent", BUYERS), need("draft", BUYERS)],
    "needs.ask": [need("sent", ASKERS, body={"question": "?"}), need("unseen", NOBODY, body={"question": "?"})],
    "needs.answer": [need("fresh", BUYER, HOUSE, knows=ITS_READER, values=ASKED, body={"answer": "x"})],
    "needs.decline_to_answer": [need("fresh", BUYER, HOUSE, knows=ITS_READER, values=ASKED)],
    "needs.export": [Row("", EVERYBODY, values={"format": name}) for name in ("csv", "xlsx")],
    "needs.bad_rows": [Row("", BUYER, values={"token": "{needs}", "format": "csv"})],
    "needs.import_confirm": [Row("", BUYER, values={"token": "{needs}"})],
    "capacities.show": [
        Row("capacity_producer_a", EVERYBODY),
        Row("capacity_unseen_a", PRODUCERS | HOUSE),
    ],
    "capacities.edit": [Row("capacity_producer_a", PRODUCERS, body=CAPACITY | {"version": "1", "confirm": "1"})],
    "capacities.action": [
        Row("capacity_producer_a", PRODUCERS, values={"action": "reconfirm"}),
        Row("capacity_unseen_a", PRODUCERS, values={"action": "withdraw"}, body={"confirm": "1"}),
    ],
    "capacities.buyers": [Row("capacity_producer_a", PRODUCERS), Row("capacity_unseen_a", PRODUCERS)],
    "capacities.undo_reconfirm": [Row("capacity_producer_a", PRODUCERS)],
    "capacities.resume": [Row("draft_producer_a", PRODUCERS)],
    "capacities.question": [Row("draft_producer_a", PRODUCERS, values={"step": "week"}, body={"kg_week": "1"})],
    "capacities.check_answers": [Row("draft_producer_a", PRODUCERS)],
    "capacities.discard": [Row("draft_producer_a", PRODUCERS, body={"confirm": "1"})],
    "capacities.export": [Row("", EVERYBODY, values={"format": name}) for name in ("csv", "xlsx")],
    "capacities.bad_rows": [Row("", PRODUCER, values={"token": "{capacities}", "format": "csv"})],
    "capacities.import_confirm": [Row("", PRODUCER, values={"token": "{capacities}"})],
    "organizations.public": [Row("organization_producer_a", EVERYBODY), Row("organization_buyer_a", EVERYBODY)],
    "organizations.remove_member": [Row("membership_clerk_a", PRODUCER, knows=NO_MANAGERS)],
    "readiness.show": [
        Row("organization_producer_a", PRODUCERS | HOUSE),
        Row("organization_buyer_a", BUYERS | HOUSE),
    ],
    "readiness.assess": [
        Row("organization_producer_a", PRODUCERS | HOUSE, body=ASSESSMENT),
        Row("organization_buyer_a", BUYER | HOUSE, knows=ITS_READER),
    ],
    "mandates.answer": [
        Row("mandate_a", PRODUCER | HOUSE, knows=ITS_CLERK, values={"action": "end"}),
        Row("proposal_a", PRODUCER, knows=ITS_CLERK | HOUSE_NEW, values={"action": "consent"}),
        Row("proposal_a", PRODUCER, knows=ITS_CLERK | HOUSE_NEW, values={"action": "decline"}),
    ],
    "desk.need": [Row("need_sent_a", HOUSE)],
    "desk.shortlist": [Row("need_fresh_a", HOUSE, body={"suggestion": "{fresh_producer_a}"})],
    "desk.unshortlist": [Row("need_fresh_a", HOUSE, body={"suggestion": "{fresh_rival_a}"})],
    "desk.send": [Row("need_fresh_a", HOUSE)],
    "desk.ask": [Row("need_sent_a", HOUSE)],
    "desk.order": [Row("need_fresh_a", HOUSE, body={"price_pct": "90"})],
    "desk.keep": [Row("need_fresh_a", HOUSE, body={"run": "{run_done_a}"})],
    "desk.take_up": [Row("need_fresh_a", HOUSE, body={"run": "{run_done_a}"})],
    "desk.discard": [Row("need_fresh_a", HOUSE, body={"run": "{run_done_a}"})],
    "market.compare": [need("fresh", HOUSE)],
    "market.question": [need("unseen", HOUSE, values={"gate": "price"})],
    "market.send": [need("unseen", HOUSE, values={"gate": "price"})],
    "runs.show": [Row("run_done_a", HOUSE), Row("run_waiting_a", HOUSE)],
    "runs.cancel": [Row("run_waiting_a", HOUSE)],
    "suggestions.show": [Row("sent_producer_a", BUYERS | PRODUCERS), Row("fresh_producer_a", NOBODY)],
    "suggestions.accept": [
        Row("sent_producer_a", BUYER | PRODUCERS, knows=ITS_READER),
        Row("fresh_producer_a", NOBODY),
    ],
    "suggestions.decline": [
        Row("sent_producer_a", BUYER | PRODUCERS, knows=ITS_READER, body={"reason": "price"}),
        Row("fresh_producer_a", NOBODY, body={"reason": "price"}),
    ],
    **CONTRACTS,
}  # fmt: skip

# Routes without an id: what is sent, and whom the role keeps from writing although the page is theirs.
MANAGERS_ONLY = ("organizations.profile", "organizations.members", "organizations.certificates")
WRITERS_ONLY = (
    "needs.new", "capacities.new", "capacities.start", "needs.import_file", "capacities.import_file",
    "mandates.propose", "runs.start", "learning.order", "learning.switch",
)  # fmt: skip
BODIES: dict[str, dict[str, str]] = {
    "home.set_language": {"language": "en"},
    "help.prefer": {"theme": "dark"},
    "accounts.sign_in": {"email": "buyer_b@example.org", "password": PASSWORD},
    "accounts.sign_up": {
        "kind": "buyer", "legal_name": "Compradora nueva", "country": "CO", "municipality": "Pereira",
        "name": "Nadie", "email": "nadie@example.net", "password": PASSWORD,
    },
    "accounts.forgot": {"email": "buyer_b@example.org"},
    "accounts.name": {"name": "Otra Persona"},
    "accounts.password": {"current": PASSWORD, **NEW_PASSWORD},
    "accounts.totp": {"step": "start"},
    "accounts.organization": {"organization": "{own}"},
    "organizations.profile": {"legal_name": "Otro nombre", "municipality": "Pereira", "legal_status": "registered"},
    "organizations.members": {"email": "colega@example.net", "name": "Colega", "role": "clerk"},
    "organizations.certificates": {
        "scheme": "eu_organic", "holder": "own", "valid_from": "2026-01-01", "valid_to": "2027-01-01",
    },
    "learning.switch": {"state": "off"},
    "needs.new": {**NEED, "buyer": "{client}"},
    "capacities.new": {**CAPACITY, "confirm": "1"},
    "capacities.start": {"product": CAPACITY["product"]},
    "needs.import_file": {"decimal_separator": "."},
    "capacities.import_file": {"decimal_separator": "."},
    "mandates.propose": {**TERMS, **TERM, "client": "{organization_union}"},
}  # fmt: skip


def rows_of(rule: Rule) -> list[Row]:
    """The rows of a route, or the one row of a route without an id. Raises KeyError for a route that has none."""
    if rule.arguments:
        return TABLE[rule.endpoint]
    return [Row("", EVERYBODY, body=BODIES.get(rule.endpoint, {}))]


def spreadsheet(kind: str) -> bytes:
    """A good row and a bad one."""
    fields = {"id": "new", **(NEED if kind == "needs" else CAPACITY)}
    bad = fields | {"id": "bad", "municipality": ""}
    return "\n".join(",".join(cells) for cells in (fields, fields.values(), bad.values())).encode()


def address(site: Site, rule: Rule, row: Row, tokens: dict[str, str]) -> str:
    """The path of a route for the object of a row."""
    names = {**site.world.objects, **tokens}
    values: dict[str, Any] = {name: text.format(**names) for name, text in row.values.items()}
    for argument in rule.arguments - values.keys():
        values[argument] = site.world.objects[row.object]
    with site.app.test_request_context():
        path: str = site.app.url_for(rule.endpoint, _external=False, **values)
    return path


def body(site: Site, rule: Rule, row: Row, who: str) -> dict[str, Any]:
    """What is sent, with the numbers of this world; a file where the route takes one."""
    names: dict[str, Any] = dict(site.world.objects)
    if who != VISITOR:
        names["own"] = site.world.people[who].organization_id
    names.setdefault("own", 0)
    # A broker posts for a client; a house without one is asked for whom.
    names["client"] = (
        site.world.objects.get(f"organization_buyer_{who[-1]}", "") if who.startswith("house_") else ""
    )
    names["organization_union"] = site.world.people["union"].organization_id
    sent: dict[str, Any] = {key: text.format(**names) for key, text in row.body.items()}
    if rule.endpoint.endswith(".import_file"):
        kind = rule.endpoint.partition(".")[0]
        sent["file"] = (io.BytesIO(spreadsheet(kind)), f"{kind}.csv")
    return sent


def expected(access: frozenset[str], world: World, endpoint: str, row: Row, who: str, method: str) -> str:
    """'sign in', 'forbidden', 'unknown' or 'fine'."""
    reads = method == "GET"
    if "public" not in access:
        if who == VISITOR:
            return "sign in" if reads else "forbidden"
        if "user" not in access and world.people[who].kind not in access:
            return "forbidden"
    if not row.may & {"*", who}:
        return "forbidden" if who in row.knows else "unknown"
    role = world.people[who].role if who != VISITOR else ""
    if not reads and endpoint in MANAGERS_ONLY and role != "manager":
        return "forbidden"
    if not reads and endpoint in WRITERS_ONLY and role == "reader":
        return "forbidden"
    return "fine"


def rules(site: Site) -> Iterator[tuple[Rule, str]]:
    """Every route with every method that it answers itself."""
    for rule in sorted(site.app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method
