"""The web on a copy of the two tenants, put back in a moment, entered as anybody without the pages of the sign-in."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event

from broker.clock import FixedClock
from broker.jobs.worker import work_once
from broker.parties import accounts, passwords
from tests.factories.parties import cheap_hash
from tests.support.scratch import make_folder
from tests.support.tenants import World, copy_to, two_tenants
from tests.web.conftest import NOON
from web.app import create_app
from web.config import Settings
from web.extensions import db

VISITOR = "visitor"
_WRITES = ("INSERT", "UPDATE", "DELETE")
_numbers = itertools.count(1)


class Site:
    """An app of its own on the world; `written` counts the statements that changed rows since the last restore."""

    def __init__(self, app: Flask, world: World, database: Path, data: Path) -> None:
        self.app, self.world, self.database, self.data = app, world, database, data
        self.written: list[str] = []
        self.worn = False

    @property
    def people(self) -> list[str]:
        return [VISITOR, *self.world.people]

    def enter(self, name: str, language: str = "en") -> FlaskClient:
        """A browser in which a person is signed in; a visitor's has no session."""
        client = self.app.test_client()
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
        if name != VISITOR:
            person = self.world.people[name]
            with client.session_transaction() as session:
                session["user"], session["epoch"], session["language"] = (
                    person.user_id,
                    person.epoch,
                    language,
                )
        return client

    def restore(self) -> None:
        """The database as it was at the beginning, when something was written since."""
        if self.worn or self.written:
            with self.app.app_context():
                db.engine.dispose()
            copy_to(self.world, self.database)
        self.written.clear()
        self.worn = False

    def work(self) -> None:
        """Everything that waits for a worker."""
        with self.app.app_context():
            while work_once(db.engine, FixedClock(NOON), {"mail_dir": str(self.data)}):
                pass

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        with closing(sqlite3.connect(self.database)) as connection:
            names = [
                row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            return {
                name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall() for name in names
            }

    def note(self, connection: object, cursor: object, statement: str, *rest: object) -> None:
        if statement.lstrip().upper().startswith(_WRITES):
            self.written.append(statement)


@contextmanager
def open_site() -> Iterator[Site]:
    """A site in a folder of its own, without form tokens; a test that wants them switches them on."""
    data = make_folder(f"site-{next(_numbers)}", in_memory=True)
    world = two_tenants()
    database = data / "world.sqlite3"
    copy_to(world, database)
    settings = Settings(
        data=data,
        database_url=f"sqlite:///{database}",
        secret_key="a key for tests",
        demo=True,
        host="127.0.0.1",
        port=8000,
        hosts=("localhost",),
        https=False,
        smtp="",
        mail_from="alianza@example.org",
    )
    app = create_app(settings, clock=FixedClock(NOON))
    # Errors become the pages that people get; a test that meets one sees its status.
    app.config.update(TESTING=False, WTF_CSRF_ENABLED=False, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.bytecode_cache = _templates()
    site = Site(app, world, database, data)
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", site.note)
    with (
        patch.object(accounts, "hash_password", cheap_hash),
        patch.object(passwords, "_DECOY", cheap_hash("nobody")),
    ):
        yield site
    engine.dispose()
    shutil.rmtree(data, ignore_errors=True)


@cache
def _templates() -> FileSystemBytecodeCache:
    return FileSystemBytecodeCache(str(make_folder("templates", in_memory=True)))
