"""Bringing a database to the schema of this version, and making the next migration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine

import broker.models  # noqa: F401
from broker.base import Base
from broker.database import writing

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing, in one transaction."""
    with _migrating(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Take migrations back down to `revision`."""
    with _migrating(engine) as connection:
        command.downgrade(_config(connection), revision)


def generate(engine: Engine, message: str, number: str) -> None:
    """Write a migration from the difference between database and models; a person reads it before it is kept."""
    with engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=number)


def differences(engine: Engine) -> list[object]:
    """What the database has otherwise than the models; empty when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction for migrations. SQLite changes a table by making it anew, which foreign keys would forbid where
    others point to it: they rest meanwhile and are all checked before the commit."""
    if engine.dialect.name != "sqlite":
        with writing(engine).begin() as connection:
            yield connection
        return
    with writing(engine).connect() as connection:
        raw = connection.connection
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise RuntimeError(f"rows that point nowhere after the migration: {broken[:5]}")
        finally:
            raw.execute("PRAGMA foreign_keys=ON")


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
