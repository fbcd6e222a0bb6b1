"""The web through HTTP: an app on its own database, a clock that stands still, a strict reader of HTML."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from werkzeug.test import TestResponse

from broker.clock import FixedClock
from broker.parties import passwords
from broker.parties.actor import SYSTEM, Actor
from broker.transaction import Transaction, transaction
from tests.factories.parties import PASSWORD, cheap_hash
from web.app import create_app
from web.config import Settings
from web.extensions import db

FORM_TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]*')
NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
Write = Callable[..., AbstractContextManager[Transaction]]
SignIn = Callable[[FlaskClient, str], None]


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """An embedded installation without demonstration, mail server or HTTPS."""
    return Settings(
        data=tmp_path,
        database_url=sqlite_url,
        secret_key="a key for tests",
        demo=False,
        host="127.0.0.1",
        port=8000,
        hosts=("localhost",),
        https=False,
        smtp="",
        mail_from="alianza@example.org",
    )


@pytest.fixture
def clock() -> FixedClock:
    """Noon UTC on 23 November 2026, until the test moves it."""
    return FixedClock(NOON)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates compiled once for all apps of the session."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    settings: Settings,
    clock: FixedClock,
    compiled_templates: FileSystemBytecodeCache,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """The app without form tokens, so that a test posts what it means; test_form_tokens.py keeps them."""
    # The check that an unknown account costs is made as cheap as that of the accounts of the factories.
    monkeypatch.setattr(passwords, "_DECOY", cheap_hash("no such account"))
    made = create_app(settings, clock=clock)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser, reading English."""
    made = app.test_client()
    made.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return made


@pytest.fixture
def write(app: Flask, clock: FixedClock) -> Write:
    """Open a transaction on the app's database: `with write() as tx`, by the system or an actor."""

    def opened(actor: Actor = SYSTEM) -> AbstractContextManager[Transaction]:
        with app.app_context():
            engine = db.engine
        return transaction(engine, actor, clock)

    return opened


@pytest.fixture
def sign_in() -> SignIn:
    """Sign a person of the factories in through the page."""

    def through_the_page(client: FlaskClient, email: str) -> None:
        answer = client.post("/sign-in", data={"email": email, "password": PASSWORD})
        assert answer.status_code == 303, "the sign-in failed"
        # The account speaks Spanish; the tests read English.
        with client.session_transaction() as session:
            session["language"] = "en"

    return through_the_page


@pytest.fixture
def queries(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent since the list was last cleared, without the BEGIN of a transaction."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def soup(response: TestResponse) -> Element:
    """The page as a tree. Fails on the first fault of its HTML, as no browser would."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree: Element = parser.parse(response.get_data(as_text=True))
    return tree


def text_of(element: Element) -> str:
    """What a person reads, with single blanks."""
    return " ".join(" ".join(element.itertext()).split())


def read(response: TestResponse) -> str:
    """The text of a sound page."""
    return text_of(soup(response))


def without_tokens(response: TestResponse) -> str:
    """The HTML of a page without its form tokens, which carry the second they were made in."""
    return FORM_TOKEN.sub("", response.get_data(as_text=True))
