"""Engines for both databases, with the rules that keep SQLite honest under concurrent writers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError

# SQLite serves waiting writers in no order, so the unlucky one of many waits long.
BUSY_TIMEOUT_MS = 30_000


def make_engine(url: str, **options: Any) -> Engine:
    """An engine for `url` (sqlite:///... or postgresql+psycopg://...)."""
    engine = create_engine(url, **options)
    govern(engine)
    return engine


def govern(engine: Engine) -> None:
    """Give an engine our transaction rules. On SQLite: WAL, foreign keys, busy_timeout, and BEGIN IMMEDIATE
    for writers, without which two writers can both read before either writes (measured: 12 of 12 oversold)."""
    if engine.dialect.name != "sqlite" or event.contains(engine, "connect", _prepare):
        return
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)


def writing(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that write."""
    return engine.execution_options(writing=True)


def reading(engine: Engine) -> Engine:
    """The same engine and pool, for transactions that read for long and must see one state throughout. On SQLite every
    reading transaction does."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def is_passing(error: OperationalError) -> bool:
    """Whether PostgreSQL undid a transaction because of another one (serialization failure, deadlock): the same work
    may be done again, for nothing of it was kept."""
    return getattr(error.orig, "sqlstate", None) in ("40001", "40P01")


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
