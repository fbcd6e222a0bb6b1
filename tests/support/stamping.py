"""A database whose tables were made at once, as one that every migration has been through."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from broker.schema import MIGRATIONS


def stamp(engine: Engine) -> None:
    """Let it be taken back from the last migration."""
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(MIGRATIONS)), "head")
