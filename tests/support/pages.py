"""Every address that can be opened: each GET route as each person who may, with an example for what has an id."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from broker.notifications.unsubscribing import token_of
from broker.parties.models import User
from tests.support.demo_market import VISITOR, Market
from tests.support.told import TOKEN
from web.extensions import db
from web.pages.accounts import links

KINDS = {
    VISITOR: "", "broker": "broker", "buyer": "buyer", "clerk": "producer_org", "asked": "producer_org",
    "signer": "buyer", "trader": "buyer", "seller": "producer_org",
}  # fmt: skip
# Others, for the pages that look different for them.
LIFE = {
    "agreements.renew", "agreements.show", "alliance.show", "deliveries.advance", "deliveries.export",
    "deliveries.liquidation", "deliveries.show", "deliveries.statement", "deliveries.statement_as_pdf",
    "deliveries.statements",
}  # fmt: skip
ONLY = {
    "asked": {"suggestions.show"}, "signer": {"agreements.sign"}, "trader": LIFE, "seller": {"deliveries.show"},
}  # fmt: skip
# Pages that whoever has come in has no use for.
FOR_VISITORS = {"home.front", "accounts.sign_in", "accounts.sign_up", "accounts.forgot", "help.styleguide"}
# Addresses that answer with a file, which no browser shows as a page.
FILES = {
    "agreements.as_pdf",
    "agreements.as_docx",
    "agreements.summary_as_pdf",
    "needs.export",
    "capacities.export",
    "deliveries.export",
    "deliveries.statement_as_pdf",
}
# Files too, but a style sheet is no page of anybody, and bad rows are looked at by the tests of imports.
WITHOUT_EXAMPLE = {
    "asset", "agreements.scan", "needs.bad_rows", "capacities.bad_rows", "deliveries.feed", "deliveries.photo",
}  # fmt: skip
EVERYBODY = frozenset(KINDS)
# For each route with parameters: who is shown it, and each example by the object's name or in full.
EXAMPLES: dict[str, tuple[frozenset[str], list[dict[str, str]]]] = {
    "alliance.show": (frozenset({"trader"}), [{"agreement_id": "{signed}"}]),
    "deliveries.advance": (frozenset({"trader"}), [{"agreement_id": "{signed}"}]),
    "deliveries.export": (frozenset({"trader"}), [{"format": "csv"}]),
    "deliveries.show": (
        frozenset({"trader", "seller"}),
        [{"delivery_id": "{paid}"}, {"delivery_id": "{coming}"}, {"delivery_id": "{rejected}"}],
    ),
    "deliveries.liquidation": (frozenset({"trader"}), [{"statement_id": "{statement}"}]),
    "deliveries.statement_as_pdf": (frozenset({"trader"}), [{"statement_id": "{statement}"}]),
    "deliveries.statement": (frozenset({"trader"}), [{"statement_id": "{statement}"}]),
    "accounts.reset": (frozenset({VISITOR}), [{"token": "{reset}"}]),
    "accounts.unsubscribe": (frozenset({VISITOR}), [{"token": "{ending}"}]),
    "shared.capacity": (frozenset({"clerk"}), [{"capacity_id": "{capacity}"}]),
    "shared.need": (frozenset({"buyer", "broker"}), [{"need_id": "{need}"}]),
    "shared.show": (frozenset({VISITOR}), [{"token": TOKEN}]),
    "agreements.as_docx": (EVERYBODY, [{"agreement_id": "{agreement}"}]),
    "agreements.changes": (frozenset({"broker"}), [{"agreement_id": "{agreement}"}]),
    "agreements.sign": (frozenset({"signer"}), [{"agreement_id": "{agreed_text}"}]),
    "agreements.summary": (frozenset({"clerk"}), [{"agreement_id": "{agreement}"}]),
    "agreements.summary_as_pdf": (EVERYBODY, [{"agreement_id": "{agreement}"}]),
    "agreements.terms": (frozenset({"clerk"}), [{"agreement_id": "{agreement}"}]),
    "agreements.as_pdf": (EVERYBODY, [{"agreement_id": "{agreement}"}]),
    "agreements.renew": (frozenset({"trader"}), [{"agreement_id": "{signed}"}]),
    "agreements.of_need": (frozenset({"broker"}), [{"need_id": "{need}"}]),
    "agreements.through_union": (frozenset({"broker"}), [{"need_id": "{need}"}]),
    "clauses.edit": (frozenset({"broker"}), [{"stem": "payment"}, {"stem": "new"}]),
    "agreements.show": (EVERYBODY, [{"agreement_id": "{agreement}"}]),
    "capacities.buyers": (EVERYBODY, [{"capacity_id": "{capacity}"}]),
    "capacities.check_answers": (EVERYBODY, [{"draft_id": "{begun}"}]),
    "capacities.question": (
        EVERYBODY,
        [{"draft_id": "{begun}", "step": step} for step in ("grade", "way", "area", "months", "price")],
    ),
    "capacities.resume": (EVERYBODY, [{"draft_id": "{begun}"}]),
    "capacities.edit": (EVERYBODY, [{"capacity_id": "{capacity}"}]),
    "capacities.export": (EVERYBODY, [{"format": "csv"}]),
    "capacities.show": (EVERYBODY, [{"capacity_id": "{capacity}"}]),
    "desk.need": (EVERYBODY, [{"need_id": "{need}"}, {"need_id": "{uncovered}"}]),
    "desk.ask": (frozenset({"broker"}), [{"need_id": "{need}"}]),
    "home.matters": (frozenset({"broker"}), [{"kind": "shortlist"}, {"kind": "draft"}, {"kind": "late_payment"}]),
    "market.compare": (EVERYBODY, [{"need_id": "{need}"}]),
    "market.question": (EVERYBODY, [{"need_id": "{need}", "gate": "loss"}]),
    "needs.edit": (EVERYBODY, [{"need_id": "{need}"}]),
    "needs.export": (EVERYBODY, [{"format": "csv"}]),
    "needs.offers": (frozenset({"buyer"}), [{"need_id": "{need}"}]),
    "needs.show": (EVERYBODY, [{"need_id": "{need}"}]),
    "organizations.public": (EVERYBODY, [{"organization_id": "{buyer}"}, {"organization_id": "{producer}"}]),
    "readiness.assess": (frozenset({"broker", "clerk"}), [{"organization_id": "{producer}"}]),
    "readiness.show": (frozenset({"broker", "clerk"}), [{"organization_id": "{producer}"}]),
    "runs.show": (EVERYBODY, [{"run_id": "{run}"}]),
    "suggestions.show": (
        frozenset({"buyer"}),
        [{"suggestion_id": "{asked}"}, {"suggestion_id": "{agreed}"}, {"suggestion_id": "{refused}"}],
    ),
}  # fmt: skip
# The same route for those who see one of its objects only.
EXAMPLES_OF = {
    ("trader", "agreements.show"): [{"agreement_id": "{signed}"}],
    ("seller", "deliveries.show"): [{"delivery_id": "{coming}"}, {"delivery_id": "{rejected}"}],
    ("trader", "deliveries.show"): [{"delivery_id": "{paid}"}, {"delivery_id": "{rejected}"}],
    ("clerk", "suggestions.show"): [{"suggestion_id": "{agreed}"}],
    ("asked", "suggestions.show"): [{"suggestion_id": "{asked}"}],
}
# Steps of a form that are pages of their own, and filtered lists.
QUERIES = {
    "alliance.show": ["?show=committee", "?show=complaints", "?show=contributions"],
    "agreements.terms": ["?show=schedule", "?show=price", "?show=contributions"],
    "needs.new": ["?product=plantain_dom_harton&buyer={buyer}", "?copy={need}"],
    "capacities.new": ["?product=plantain_dom_harton"],
    "messages.inbox": ["?kind=suggestions"],
    "desk.needs": ["?show=uncovered"],
    "help.tour": ["?step=2"],
    "needs.browse": ["?q=papa", "?q=nothing+like+it"],
    "capacities.browse": ["?q=papa"],
}


@dataclass(frozen=True)
class Address:
    """One page as one person opens it."""

    endpoint: str
    path: str


def addresses(app: Flask, market: Market, who: str) -> Iterator[Address]:
    """What the person may open by the declarations of the routes. Raises KeyError for a route without an example."""
    names: dict[str, object] = {**market.objects, **_tokens(app, market)}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if "GET" not in (rule.methods or ()) or rule.endpoint in WITHOUT_EXAMPLE:
            continue
        if not _may(app, rule.endpoint, who) or rule.endpoint not in ONLY.get(who, {rule.endpoint}):
            continue
        for values in _values(rule.endpoint, who) if rule.arguments else [{}]:
            with app.test_request_context():
                filled = {key: text.format(**names) for key, text in values.items()}
                path: str = app.url_for(rule.endpoint, _external=False, **filled)
            for query in ("", *QUERIES.get(rule.endpoint, ())):
                yield Address(rule.endpoint, path + query.format(**names))


def _may(app: Flask, endpoint: str, who: str) -> bool:
    access: frozenset[str] = app.view_functions[endpoint].access  # type: ignore[attr-defined]
    return "public" in access or (who != VISITOR and bool(access & {"user", KINDS[who]}))


def _values(endpoint: str, who: str) -> list[dict[str, str]]:
    if (who, endpoint) in EXAMPLES_OF:
        return EXAMPLES_OF[who, endpoint]
    people, examples = EXAMPLES[endpoint]
    return examples if who in people else []


def _tokens(app: Flask, market: Market) -> dict[str, str]:
    """Those of the links that set the buyer's password anew, and that end a kind of mail to him."""
    with app.test_request_context():
        user = db.session.scalars(select(User).where(User.email == market.people["buyer"])).one()
        reset = links.reset_link(user).rpartition("/")[2]
        return {"reset": reset, "ending": token_of(app.config["SECRET_KEY"], user.id, "suggestions")}
