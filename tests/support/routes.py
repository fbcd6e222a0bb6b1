"""Who may do what with each object of tenant "a": one row per route and object, read by the matrix of the tests."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from werkzeug.routing import Rule

from broker.readiness.indicators import for_scope
from tests.factories.listings import CAPACITY, NEED
from tests.factories.parties import PASSWORD
from tests.support.site import VISITOR, Site
from tests.support.tenants import World

EVERYBODY = frozenset({"*"})
NOBODY: frozenset[str] = frozenset()
BUYER, ITS_READER = frozenset({"buyer_a"}), frozenset({"reader_a"})
PRODUCER, ITS_CLERK = frozenset({"producer_a"}), frozenset({"clerk_a"})
RIVAL, HOUSE, HOUSE_NEW = frozenset({"rival_a"}), frozenset({"house_a"}), frozenset({"house_new"})
NO_MANAGERS = frozenset({"reader_a", "clerk_a"})
UNITABLE = PRODUCER | RIVAL | frozenset({"producer_b"})
BUYERS, PRODUCERS = BUYER | ITS_READER, PRODUCER | ITS_CLERK

TERMS = {"fee_kind": "success_pct", "fee_pct": "3", "fee_payer": "buyer"}
TERM = {"starts_on": "2026-12-01", "ends_on": "2027-11-30"}
NEW_PASSWORD = {"password": "otras cuatro palabras largas"}
CONTRIBUTING = NEED | {"min_suppliers": "2", "max_share_pct": "60", "version": "1"}
GIVEN = {"given_on": "2026-10-01", "ends_on": "2027-10-01"}
SAID = {"what": "x"}
WITHDRAWN = {"confirm": "1", "reason": "no"}
ASSESSMENT = {f"value-{indicator.code}": "4" for indicator in for_scope("producer")}


@dataclass(frozen=True)
class Row:
    """`may` do it; `knows` are others who know of the object and hear 403; for the rest it does not exist (404)."""

    object: str
    may: frozenset[str]
    knows: frozenset[str] = NOBODY
    values: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)


def need(stage: str, *people: frozenset[str], **more: Any) -> Row:
    return Row(f"need_{stage}_a", frozenset().union(*people), **more)


# An object's name stands for its number; for what has no number the value is given.
TABLE: dict[str, list[Row]] = {
    "asset": [Row("", EVERYBODY, values={"digest": "0", "name": "alianza.css"})],
    "home.demo_sign_in": [Row("", EVERYBODY, values={"person": "broker"})],
    "accounts.reset": [Row("", EVERYBODY, values={"token": "{reset}"}, body=NEW_PASSWORD)],
    "needs.show": [need("sent", EVERYBODY), need("draft", BUYERS, HOUSE), need("unseen", BUYERS, HOUSE)],
    "needs.edit": [
        need("fresh", BUYER, HOUSE, knows=ITS_READER, body=CONTRIBUTING),
        need("draft", BUYER, HOUSE, knows=ITS_READER, body=CONTRIBUTING),
    ],
    "needs.action": [
        need("draft", BUYER, HOUSE, knows=ITS_READER, values={"action": "publish"}),
        need("fresh", BUYER, knows=ITS_READER | HOUSE, values={"action": "withdraw"}, body=WITHDRAWN),
    ],
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
    "desk.discard": [Row("need_fresh_a", HOUSE, body={"run": "{run_done_a}"})],
    # No near miss stands in their plans.
    "questions.show": [Row("need_sent_a", NOBODY, values={"number": "9"})],
    "questions.send": [Row("need_sent_a", NOBODY, values={"number": "9"}, body={"text": "x"})],
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

# Routes without an id: what is sent, and whom the role keeps from writing although the page is theirs.
MANAGERS_ONLY = ("organizations.profile", "organizations.members", "organizations.certificates")
WRITERS_ONLY = (
    "needs.new", "capacities.new", "needs.import_file", "capacities.import_file", "mandates.propose", "runs.start",
    "learning.order", "learning.switch",
)  # fmt: skip
BODIES: dict[str, dict[str, str]] = {
    "home.set_language": {"language": "en"},
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
    values: dict[str, Any] = {name: text.format(**tokens) for name, text in row.values.items()}
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
