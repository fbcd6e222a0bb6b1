"""Who may do what: every route and method, as everybody, on the objects of one tenant; the requests are fired."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from broker.notifications.unsubscribing import token_of
from broker.parties.models import User
from tests.support import routes
from tests.support.routes import Row
from tests.support.site import VISITOR, Site, open_site
from web.extensions import db
from web.pages.accounts import links
from web.pages.deliveries import calendar
from web.security import KINDS

# Everybody once; those of the other tenant are strangers alike.
PEOPLE = (
    VISITOR, "buyer_a", "reader_a", "producer_a", "clerk_a", "rival_a", "house_a", "buyer_b", "producer_b", "house_b",
    "house_past", "house_new", "union", "agency",
)  # fmt: skip


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def tokens(site: Site) -> dict[str, str]:
    """A link to set a password by, and a file put aside by the buyer and by the organization."""
    with site.app.test_request_context():
        user = db.session.get_one(User, site.world.people["buyer_a"].user_id)
        found = {"reset": links.reset_link(user).rpartition("/")[2]}
        who = site.world.people["producer_a"]
        found["ending"] = token_of(site.app.config["SECRET_KEY"], user.id, "suggestions")
        found["calendar"] = calendar.token_of(db.session.get_one(User, who.user_id), who.organization_id)
    for kind, sender in (("needs", "buyer_a"), ("capacities", "producer_a")):
        rule = next(rule for rule in site.app.url_map.iter_rules() if rule.endpoint == f"{kind}.import_file")
        [row] = routes.rows_of(rule)
        page = (
            site.enter(sender)
            .post(rule.rule, data=routes.body(site, rule, row, sender))
            .get_data(as_text=True)
        )
        found[kind] = page.partition(f"/{kind}/import/")[2].partition("/")[0]
    return found


def test_every_route_declares_its_access(site: Site) -> None:
    """A route without a declaration, or with a kind that does not exist, is open or shut by accident."""
    for rule, _ in routes.rules(site):
        access = getattr(site.app.view_functions[rule.endpoint], "access", frozenset())
        assert access and access <= {"public", "user", *KINDS}, rule.endpoint


def test_the_table_names_every_route_with_an_id_and_no_other(site: Site) -> None:
    with_id = {rule.endpoint for rule in site.app.url_map.iter_rules() if rule.arguments}
    assert with_id == routes.TABLE.keys()


@pytest.mark.timeout(300)
def test_everybody_gets_what_the_table_says_and_a_refusal_writes_nothing(
    site: Site, tokens: dict[str, str]
) -> None:
    fired, wrong = 0, []
    for rule, method in routes.rules(site):
        for row in routes.rows_of(rule):
            for who in PEOPLE:
                answer = fire(site, rule, row, tokens, who, method)
                fired += 1
                fault = judge(site, rule, row, who, method, answer)
                if fault:
                    wrong.append(f"{who} {method} {rule.endpoint} {row.object} {row.values}: {fault}")
    assert fired > 1200
    assert not wrong, "\n" + "\n".join(wrong)


def fire(site: Site, rule: Rule, row: Row, tokens: dict[str, str], who: str, method: str) -> TestResponse:
    """One request on the world as it was made."""
    site.restore()
    path = routes.address(site, rule, row, tokens)
    client: FlaskClient = site.enter(who)
    if method == "GET":
        return client.get(path)
    return client.open(path, method=method, data=routes.body(site, rule, row, who))


def judge(site: Site, rule: Rule, row: Row, who: str, method: str, answer: TestResponse) -> str:
    """What is wrong with the answer, or nothing."""
    access = site.app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
    wanted = routes.expected(access, site.world, rule.endpoint, row, who, method)
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/sign-in?next=")
    fits = {
        "sign in": to_sign_in,
        "forbidden": answer.status_code == 403,
        "unknown": answer.status_code == 404,
        "fine": answer.status_code in (200, 302, 303, 409, 422) and not to_sign_in,
    }[wanted]
    if not fits:
        return f"{answer.status_code}, not {wanted}"
    if site.written and (method == "GET" or wanted != "fine"):
        return f"{wanted}, yet written: {site.written[0][:80]}"
    return ""
