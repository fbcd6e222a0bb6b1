"""A database whose tables were made at once, as one that the migrations up to one have been through."""

from __future__ import annotations

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from broker.schema import MIGRATIONS


def stamp(engine: Engine, revision: str) -> None:
    """Let it be taken back from `revision`; what later migrations add stays out of it."""
    with engine.begin() as connection:
        MigrationContext.configure(connection).stamp(ScriptDirectory(str(MIGRATIONS)), revision)
