"""The shell around every page: form tokens, headers, cookies, sessions, host and redirects."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.parties import PASSWORD
from tests.support import routes
from tests.support.site import VISITOR, Site, open_site
from web.app import create_app
from web.extensions import db
from web.security import access

# One person for each kind of organization; together they may do everything.
SOMEBODY = ("buyer_a", "producer_a", "house_a")
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "/\t/evil.example", "/\r/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
    "/\x00/evil.example", "http:evil.example", "http:/evil.example", "javascript:alert(1)", "data:text/html,x",
    "evil.example", "@evil.example", "/%09/evil.example", "/%5cevil.example", "https:\\evil.example",
    "/\u2028/evil.example", "\u2044\u2044evil.example", "/.//evil.example", "/..//evil.example",
    "/home/..//evil.example",
)  # fmt: skip
# Mail programs post to it with one click (RFC 8058); its address carries a signed token of its own.
WITHOUT_TOKEN = {"accounts.end_mail"}


@pytest.fixture(scope="module")
def opened() -> Iterator[Site]:
    with open_site() as made:
        yield made


@pytest.fixture
def site(opened: Site) -> Iterator[Site]:
    """The world as it was made; form tokens off unless the test switches them on."""
    opened.restore()
    yield opened
    opened.app.config["WTF_CSRF_ENABLED"] = False
    opened.worn = True


@pytest.fixture
def guarded(site: Site) -> Site:
    site.app.config["WTF_CSRF_ENABLED"] = True
    return site


def test_every_unsafe_method_refuses_a_missing_and_a_foreign_token(guarded: Site) -> None:
    foreign = token(guarded.enter("house_b"))
    wrong = []
    for path, method, who in unsafe(guarded):
        for sent in ({}, {"csrf_token": foreign}, {"csrf_token": "made-up"}):
            answer = guarded.enter(who).open(path, method=method, data=sent)
            if answer.status_code != 400 or "came from another site" not in answer.text or guarded.written:
                wrong.append(f"{who} {method} {path} {sent}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_every_unsafe_method_takes_its_own_token(guarded: Site) -> None:
    """Without this a server that refuses everything would pass the test above."""
    for path, method, who in unsafe(guarded):
        client = guarded.enter(who)
        answer = client.open(path, method=method, data={"csrf_token": token(client)})
        assert "came from another site" not in answer.text, path
        guarded.restore()


def test_a_token_in_the_address_is_none(guarded: Site) -> None:
    client = guarded.enter("buyer_a")
    assert client.post(f"/account/name?csrf_token={token(client)}", data={"name": "X"}).status_code == 400


def test_every_answer_carries_the_headers(site: Site) -> None:
    for who in (VISITOR, *SOMEBODY):
        for path in readable(site):
            check_headers(site.enter(who).get(path), private=who != VISITOR)


@pytest.mark.parametrize("who", [VISITOR, "buyer_a"])
def test_errors_carry_the_headers_too(guarded: Site, who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    @access("public")
    def broken() -> str:
        raise ZeroDivisionError("a secret of the machine room")

    monkeypatch.setitem(guarded.app.view_functions, "home.front", broken)
    client = guarded.enter(who)
    big = {"name": "x" * (9 * 1024 * 1024)}
    answers = {
        400: client.post("/account/name"),
        404: client.get("/nowhere"),
        405: client.get("/sign-out"),
        413: client.post("/account/name", data=big),
        500: client.get("/"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert "secret of the machine room" not in answer.text and "Traceback" not in answer.text
        check_headers(answer, private=who != VISITOR)


def test_a_foreign_host_is_refused_everywhere(site: Site) -> None:
    for path in readable(site):
        for host in (
            "evil.example",
            "localhost.evil.example",
            "localhost:80@evil.example",
            "evil.example:80",
        ):
            answer = site.enter(VISITOR).get(path, headers={"Host": host})
            assert answer.status_code == 400, f"{path} for {host}"
            check_headers(answer)
            assert "evil.example" not in answer.text + str(answer.headers)
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "gopher",
        "Forwarded": "host=evil.example",
    }
    answer = site.enter(VISITOR).post(
        "/password/forgot", data={"email": "buyer_a@example.org"}, headers=forwarded
    )
    assert answer.status_code == 200 and "evil.example" not in answer.text
    with site.app.app_context():
        mails = (
            db.session.connection()
            .exec_driver_sql("SELECT body FROM messages ORDER BY id DESC LIMIT 1")
            .scalar_one()
        )
    assert "http://localhost/password/reset/" in mails and "evil" not in mails


def test_the_way_back_of_an_error_stays_here(site: Site) -> None:
    for referrer in (
        "http://localhost.evil.example/x",
        "https://evil.example/",
        "http://localhost@evil.example/",
    ):
        assert "evil.example" not in site.enter(VISITOR).get("/nowhere", headers={"Referer": referrer}).text


def test_cookies_cannot_be_read_by_scripts_or_sent_by_others(site: Site) -> None:
    cookie = signed_in(site).headers["Set-Cookie"]
    assert (
        "HttpOnly" in cookie
        and "SameSite=Lax" in cookie
        and "Domain" not in cookie
        and "Secure" not in cookie
    )
    behind_tls = create_app(replace(site.app.config["SETTINGS"], https=True), clock=site.app.config["CLOCK"])
    answer = behind_tls.test_client().get("/sign-in", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"] and "Strict-Transport-Security" in answer.headers


def test_a_session_planted_before_the_sign_in_is_worth_nothing(guarded: Site) -> None:
    client = guarded.enter(VISITOR)
    before = token(client)
    planted = value_of(client)
    with client.session_transaction() as session:
        session["organization"], session["planted"] = 99, "by an attacker"
    signed_in(guarded, client, csrf_token=before)
    assert value_of(client) != planted
    with client.session_transaction() as session:
        assert "planted" not in session and "organization" not in session
    # The token of before belongs to the session of before.
    assert client.post("/account/name", data={"name": "X", "csrf_token": before}).status_code == 400


@pytest.mark.parametrize("ends", ["sign-out", "account/password"])
def test_a_copied_cookie_dies_with_the_session(site: Site, ends: str) -> None:
    client = site.enter(VISITOR)
    signed_in(site, client)
    thief = site.app.test_client()
    thief.set_cookie("alianza", value_of(client))
    assert thief.get("/account").status_code == 200
    new = {"current": PASSWORD, "password": "otras cuatro palabras largas"}
    assert client.post(f"/{ends}", data=new).status_code == 303
    thief.set_cookie("alianza", value_of(thief))
    assert thief.get("/account").location.startswith("/sign-in")
    assert (client.get("/account").status_code == 200) == (ends == "account/password")


def test_a_session_cannot_be_made_up(site: Site) -> None:
    genuine = site.enter("buyer_a")
    genuine.get("/account")
    value = value_of(genuine)
    for forged in (value[:-2], value.split(".")[0], value.replace(value[0], "x", 1), "e30.x.y"):
        thief = site.app.test_client()
        thief.set_cookie("alianza", forged)
        assert thief.get("/account").status_code == 302


@pytest.mark.parametrize("target", ELSEWHERE)
def test_no_next_leads_elsewhere(site: Site, target: str) -> None:
    capacity = site.world.objects["capacity_producer_a"]
    form = {"email": "buyer_b@example.org", "password": PASSWORD, "next": target}
    answers = [
        site.enter("buyer_a").get("/sign-in", query_string={"next": target}),
        site.enter(VISITOR).post("/sign-in", data=form),
        site.enter(VISITOR).post("/sign-in?next=/account", data=form),
        site.enter(VISITOR).post("/language", data={"language": "en", "next": target}),
        site.enter("producer_a").post(f"/capacities/{capacity}/reconfirm", data={"next": target}),
    ]
    for answer in answers:
        if "\x00" in target and answer.status_code == 400:
            continue
        assert answer.status_code in (302, 303)
        # Browsers take out tabs and line ends, and read a backslash as a slash.
        location = re.sub(r"[\t\r\n\x00]", "", answer.location).strip().replace("\\", "/")
        assert urlsplit(urljoin("http://localhost/here", location)).netloc == "localhost", answer.location


def test_a_page_of_this_site_is_gone_on_to(site: Site) -> None:
    answer = site.enter(VISITOR).post(
        "/language", data={"language": "en", "next": "/needs?q=caf%C3%A9&page=2"}
    )
    assert answer.location == "/needs?q=caf%C3%A9&page=2"


def unsafe(site: Site) -> Iterator[tuple[str, str, str]]:
    """Every unsafe route and method, with the visitor and with somebody who may use it."""
    tokens = {"reset": "x", "ending": "x", "calendar": "x", "needs": "0" * 32, "capacities": "0" * 32}
    for rule, method in routes.rules(site):
        if method != "GET" and rule.endpoint not in WITHOUT_TOKEN:
            demanded = site.app.view_functions[rule.endpoint].access  # type: ignore[attr-defined]
            path = routes.address(site, rule, routes.rows_of(rule)[0], tokens)
            yield path, method, VISITOR
            for who in SOMEBODY:
                if demanded & {"public", "user", site.world.people[who].kind}:
                    yield path, method, who


def readable(site: Site) -> list[str]:
    tokens = {"reset": "x", "ending": "x", "calendar": "x", "needs": "0" * 32, "capacities": "0" * 32}
    found = [
        routes.address(site, rule, row, tokens)
        for rule, method in routes.rules(site)
        if method == "GET" and not rule.endpoint.endswith("as_pdf")
        for row in routes.rows_of(rule)[:1]
    ]
    return list(dict.fromkeys(found))


def check_headers(answer: TestResponse, *, private: bool = False) -> None:
    headers, where = answer.headers, answer.request.path
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'", where
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'", where
    assert policy["base-uri"] == "'none'" and not re.search(
        r"unsafe|\*|http", headers["Content-Security-Policy"]
    )
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Referrer-Policy"] == "same-origin", (
        where
    )
    assert "Server" not in headers or "Werkzeug" not in headers["Server"], where
    if not where.startswith("/assets/"):
        assert (
            headers["Cache-Control"] == "no-store" if private else "public" not in headers["Cache-Control"]
        ), where
        assert "Cookie" in headers["Vary"], where


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/needs").text)
    assert found
    return found[1]


def signed_in(site: Site, client: FlaskClient | None = None, **fields: str) -> TestResponse:
    """Through the page, as somebody without a second factor."""
    client = client or site.enter(VISITOR)
    answer = client.post("/sign-in", data={"email": "buyer_b@example.org", "password": PASSWORD, **fields})
    assert answer.status_code == 303
    return answer


def value_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("alianza")
    return cookie.value if cookie else ""
