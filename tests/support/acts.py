"""Every act that a form carries out, by whether it can be taken back: what cannot is asked about first or given a
reason. `endpoint/step` where one route has several."""

from __future__ import annotations

from flask import Flask
from werkzeug.exceptions import HTTPException

from broker.listings.transitions import CAPACITY, NEED
from broker.parties.transitions import MANDATE
from web.pages.alliance.views import STEPS as ALLIANCE_STEPS
from web.pages.deliveries.steps import STEPS as DELIVERY_STEPS
from web.pages.unions.views import ACTIONS as UNION_ACTIONS

# The answer to the act says what was done and has a button that takes it back.
UNDONE = {"desk.shortlist", "desk.unshortlist", "desk.discard", "capacities.action/reconfirm"}
# The first press only asks; the page that it leads to carries it out.
ASKED = {"needs.action/withdraw", "needs.action/close", "capacities.action/withdraw", "capacities.discard"}
# The form is closed until somebody opens it, and says there what it means.
OPENED = {
    "agreements.abandon", "agreements.drop", "alliance.act/breach", "alliance.act/notice",
    "alliance.act/pause_end", "clauses.retire", "deliveries.act/cancel", "deliveries.act/dispute",
    "deliveries.act/lot-off", "mandates.answer/decline", "mandates.answer/end", "needs.decline_to_answer",
    "organizations.remove_member", "shared.revoke", "unions.act/leave", "unions.act/revoke",
}  # fmt: skip
# A reason or the password has to be given with it.
GIVEN = {"suggestions.decline", "accounts.totp"}
# What adds, sends, agrees or changes something that stays to be read and changed again.
KEEPS = {
    "accounts.end_mail", "accounts.forgot", "accounts.mail", "accounts.name", "accounts.organization",
    "accounts.password", "accounts.reset", "accounts.sign_in", "accounts.sign_out", "accounts.sign_up",
    "agreements.accept", "agreements.create", "agreements.draft_all", "agreements.of_need", "agreements.remark",
    "agreements.renew", "agreements.send", "agreements.sign", "agreements.sign_on_paper", "agreements.terms",
    "agreements.through_union", "agreements.usual", "alliance.act/agree", "alliance.act/answer",
    "alliance.act/cure", "alliance.act/cured", "alliance.act/grievance", "alliance.act/meeting",
    "alliance.act/pause", "alliance.act/pause_agree", "alliance.act/settle", "alliance.act/task",
    "alliance.act/give", "alliance.act/given", "capacities.action/publish", "capacities.check_answers",
    "capacities.edit", "capacities.import_confirm", "capacities.import_file", "capacities.new",
    "capacities.question", "capacities.start", "capacities.undo_reconfirm", "clauses.edit",
    "deliveries.act/agree", "deliveries.act/confirm", "deliveries.act/dispatch", "deliveries.act/grade",
    "deliveries.act/invoice", "deliveries.act/lot", "deliveries.act/proposal", "deliveries.act/receive",
    "deliveries.advance", "deliveries.confirm", "deliveries.hand_over", "deliveries.pay", "desk.keep",
    "desk.order", "desk.send", "desk.take_up", "help.prefer", "home.demo_sign_in", "home.set_language",
    "learning.order", "learning.switch", "mandates.answer/consent", "mandates.propose", "market.send",
    "messages.open", "messages.read", "messages.read_all", "needs.action/publish", "needs.answer", "needs.ask",
    "needs.edit", "needs.import_confirm", "needs.import_file", "needs.new", "organizations.certificates",
    "organizations.members", "organizations.profile", "prices.quote", "prices.rate", "readiness.assess",
    "runs.cancel", "runs.start", "shared.capacity", "shared.need",
    "suggestions.accept", "unions.act/join", "unions.act/mandate",
}  # fmt: skip
STEPS = {
    "alliance.act": set(ALLIANCE_STEPS),
    "capacities.action": {row.name for row in CAPACITY.rows if "owner" in row.by},
    "deliveries.act": set(DELIVERY_STEPS),
    "mandates.answer": {row.name for row in MANDATE.rows if row.by != {"system"}},
    "needs.action": {row.name for row in NEED.rows if "owner" in row.by},
    "unions.act": set(UNION_ACTIONS),
}


def acts(app: Flask) -> set[str]:
    """All that the routes of the app carry out."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    found = {f"{endpoint}/{step}" for endpoint, steps in STEPS.items() for step in steps}
    return (endpoints - STEPS.keys()) | found


def act_at(app: Flask, path: str) -> str:
    """The act that a form to this path carries out; nothing where no form is to go."""
    try:
        endpoint, values = app.url_map.bind("").match(path, method="POST")
    except HTTPException:
        return ""
    return f"{endpoint}/{values.get('action', values.get('step'))}" if endpoint in STEPS else endpoint
