"""`alianza audit` as an operator runs it: what it prints and its exit code."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from broker.clock import FixedClock
from broker.database import make_engine
from broker.parties.actor import SYSTEM
from broker.transaction import transaction
from tests.factories import parties
from web.cli import main

CLOCK = FixedClock(dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC))


class Installation:
    """A database with one organization, of which ten rows are on record, and the command on it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.heads = folder / "heads.json"
        self.note(10)

    def note(self, rows: int) -> None:
        engine = make_engine(self.url)
        with transaction(engine, SYSTEM, CLOCK) as tx:
            owner = parties.organization(tx, legal_name=f"Los \x1bGuaduales {rows}")
            tx._recorded.clear()
            for _ in range(rows):
                tx.record("need.posted", "need", 1, owner.id)
        engine.dispose()

    def do(self, *statements: str) -> None:
        engine = make_engine(self.url)
        with engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def run(self, *arguments: str) -> Result:
        environ = {"ALIANZA_DATA": str(self.folder), "ALIANZA_DATABASE_URL": self.url, "ALIANZA_DEMO": "0"}
        return CliRunner().invoke(main, ["audit", *arguments], env=environ)

    def keep_heads(self) -> None:
        ran = self.run("heads")
        assert ran.exit_code == 0
        self.heads.write_text(ran.stdout, encoding="utf-8")


@pytest.fixture
def installation(database_url: str, tmp_path: Path) -> Installation:
    return Installation(database_url, tmp_path)


def test_what_is_intact_is_counted(installation: Installation) -> None:
    installation.keep_heads()
    installation.note(3)
    for arguments in ((), ("--against", str(installation.heads))):
        ran = installation.run("verify", *arguments)
        assert (ran.exit_code, ran.stdout) == (0, "Intact: 13 rows in 2 chains.\n")


def test_every_finding_is_a_line_and_the_exit_code_is_one(installation: Installation) -> None:
    installation.do(
        "UPDATE audit_entries SET verb = 'need.closed' WHERE number = 2",
        "DELETE FROM audit_entries WHERE number IN (4, 6, 7, 9, 10)",
    )
    ran = installation.run("verify")
    owner = "Los  Guaduales 10 (organization 1)"
    assert ran.stdout.splitlines() == [
        f"{owner}: row 2 is not what was written.",
        f"{owner}: row 4 is gone.",
        f"{owner}: rows 6 to 7 are gone.",
        f"{owner}: rows 9 to 10 are gone from the end of the chain.",
    ]
    assert ran.exit_code == 1


def test_heads_kept_elsewhere_find_that_a_chain_was_removed(installation: Installation) -> None:
    installation.keep_heads()
    installation.do("DELETE FROM audit_entries", "DELETE FROM audit_heads")
    assert installation.run("verify").exit_code == 0
    ran = installation.run("verify", "--against", str(installation.heads))
    assert "rows 1 to 10 are gone from the end of the chain." in ran.stdout
    assert ran.exit_code == 1


def test_heads_are_printed_with_owner_name_length_and_hash(installation: Installation) -> None:
    (head,) = json.loads(installation.run("heads").stdout)
    assert head.items() >= {"owner": 1, "name": "Los  Guaduales 10", "count": 10}.items()
    assert len(head["sha256"]) == 64


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b'{"owner": 1}',
        b"[1]",
        b'[{"owner": 1, "count": 10, "sha256": "abc"}]',
        b'[{"owner": 1, "count": "10", "sha256": "%s"}]' % (b"a" * 64),
    ],
)
def test_a_file_that_holds_no_heads_is_told(installation: Installation, content: bytes) -> None:
    installation.heads.write_bytes(content)
    ran = installation.run("verify", "--against", str(installation.heads))
    assert ran.exit_code == 2
    assert "does not hold what alianza audit heads prints" in ran.stderr


def test_a_database_that_was_never_migrated_is_told(tmp_path: Path) -> None:
    environ = {"ALIANZA_DATA": str(tmp_path), "ALIANZA_DEMO": "0"}
    ran = CliRunner().invoke(main, ["audit", "verify"], env=environ)
    assert (ran.exit_code, "The database cannot be used" in ran.stderr) == (1, True)
