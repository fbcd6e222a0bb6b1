"""The history of the schema is one line."""

from __future__ import annotations

import re

import pytest
from alembic.script import ScriptDirectory

from tests.support.tree import ROOT

VERSIONS = ROOT / "migrations" / "versions"


@pytest.fixture(scope="module")
def history() -> ScriptDirectory:
    return ScriptDirectory(str(ROOT / "migrations"))


def test_there_is_one_head_and_one_base(history: ScriptDirectory) -> None:
    assert len(history.get_heads()) == 1
    assert len(history.get_bases()) == 1


def test_migrations_are_numbered_in_the_order_they_run(history: ScriptDirectory) -> None:
    in_order = [path.rpartition("/")[2] for path in (revision.path for revision in history.walk_revisions())][
        ::-1
    ]
    assert all(re.match(r"\d{4}_\w+\.py$", name) for name in in_order)
    assert in_order == sorted(in_order)
