"""Fresh databases for tests, cheap because each is a copy of one template made once per process."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import shutil
from pathlib import Path
from typing import Protocol

from tests.support import postgres
from tests.support.missing import stop_without
from tests.support.scratch import make_folder


class Store(Protocol):
    """Where databases of one kind come from. Addresses are SQLAlchemy URLs as text."""

    def fresh(self) -> str:
        """Return a new database with every table and no row."""

    def bare(self) -> str:
        """Return a new database without any table."""

    def copy(self, url: str) -> str:
        """Return a new database with everything that stands in another, to which nobody may be connected."""

    def drop(self, url: str) -> None:
        """Remove a database that this store returned, open connections or not."""


def open_store(kind: str) -> Store:
    """Open the store of ``sqlite`` or ``postgresql``; skip or fail the test when it cannot be had."""
    return SqliteStore() if kind == "sqlite" else PostgresStore()


class SqliteStore:
    def __init__(self) -> None:
        self._folder = make_folder("sqlite", in_memory=True)
        self._numbers = itertools.count(1)
        self._template: Path | None = None

    def fresh(self) -> str:
        if self._template is None:
            template = self._folder / "template.sqlite3"
            _create_tables(_sqlite_url(template))
            self._template = template
        path = self._next_path()
        shutil.copyfile(self._template, path)
        return _sqlite_url(path)

    def bare(self) -> str:
        return _sqlite_url(self._next_path())

    def copy(self, url: str) -> str:
        path = self._next_path()
        shutil.copyfile(url.removeprefix("sqlite:///"), path)
        return _sqlite_url(path)

    def drop(self, url: str) -> None:
        path = Path(url.removeprefix("sqlite:///"))
        for found in path.parent.glob(f"{path.name}*"):
            found.unlink()

    def _next_path(self) -> Path:
        return self._folder / f"{next(self._numbers)}.sqlite3"


class PostgresStore:
    def __init__(self) -> None:
        try:
            self._server = postgres.server_url()
        except postgres.NoPostgres as reason:
            stop_without("PostgreSQL", str(reason), "REQUIRE_PG")
        # The process id keeps workers apart on a server that several of them were given.
        self._prefix = f"alianza_test_{os.getpid()}"
        self._numbers = itertools.count(1)
        self._template: str | None = None

    def fresh(self) -> str:
        if self._template is None:
            template = f"{self._prefix}_template"
            self._drop(template)
            _create_tables(self._create(template))
            self._template = template
        return self._create(self._next_name(), template=self._template)

    def bare(self) -> str:
        return self._create(self._next_name())

    def copy(self, url: str) -> str:
        return self._create(self._next_name(), template=_name_of(url))

    def drop(self, url: str) -> None:
        self._drop(_name_of(url))

    def close(self) -> None:
        """Remove the template; matters only on a server that stays."""
        self._drop(f"{self._prefix}_template")

    def _next_name(self) -> str:
        return f"{self._prefix}_{next(self._numbers)}"

    def _create(self, name: str, template: str = "template0") -> str:
        postgres.execute(self._server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url(name)

    def _drop(self, name: str) -> None:
        postgres.execute(self._server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _url(self, name: str) -> str:
        url = self._server.set(database=name).render_as_string(hide_password=False)
        # A folder needs no escaping here, and Alembic's configuration takes a % for its own.
        return url.replace("%2F", "/")


def _name_of(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"


def _create_tables(url: str) -> None:
    """Create every table of the broker's models, and only that."""
    importlib.import_module("broker.models")
    base = importlib.import_module("broker.base").Base
    engine = importlib.import_module("broker.database").make_engine(url)
    try:
        base.metadata.create_all(engine)
    finally:
        engine.dispose()
