"""`alianza audit`: what is wrong with the chains of the audit, and the heads that are kept elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from broker.audit import chain
from broker.audit.chain import Finding, Head
from broker.database import reading
from broker.parties.models import Organization

WHAT = {
    "edited": "is not what was written",
    "missing": "is gone",
    "out_of_order": "stands in the place of another",
    "cut_off": "is gone from the end of the chain",
    "head_wrong": "is the last, but the head of the chain is gone or knows another",
    "rewritten": "is not the row that the file knows; rows before it may be other ones too",
}
SEVERAL = {"missing": "are gone", "cut_off": "are gone from the end of the chain"}
DIGITS = frozenset("0123456789abcdef")


def verify(engine: Engine, kept: Iterable[Head]) -> int:
    """Print a line for each finding, or how much is intact; the exit code."""
    with Session(reading(engine)) as session:
        findings = chain.verify(session, kept)
        names = _names(session)
        intact = chain.heads(session)
    for finding in findings:
        click.echo(_line(finding, names))
    if findings:
        return 1
    click.echo(f"Intact: {sum(head.count for head in intact)} rows in {len(intact)} chains.")
    return 0


def print_heads(engine: Engine) -> None:
    """Print the heads of the chains as JSON."""
    with Session(reading(engine)) as session:
        names = _names(session)
        rows = [
            {
                "owner": head.owner_id,
                "name": names.get(head.owner_id),
                "count": head.count,
                "sha256": head.sha256,
            }
            for head in chain.heads(session)
        ]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))


def read_heads(path: Path) -> list[Head]:
    """The heads that `print_heads` once printed. Ends the command with exit code 2 when the file holds none."""
    try:
        return [_head(row) for row in json.loads(path.read_bytes())]
    except (ValueError, TypeError, KeyError):
        raise click.UsageError(f"{path} does not hold what alianza audit heads prints.") from None


def _head(row: dict[str, Any]) -> Head:
    owner_id, count, sha256 = row["owner"], row["count"], row["sha256"]
    whole = type(count) is int and count > 0 and (owner_id is None or type(owner_id) is int)
    if not whole or len(sha256) != 64 or not set(sha256) <= DIGITS:
        raise ValueError("not a head")
    return Head(owner_id, count, sha256)


def _names(session: Session) -> dict[int | None, str]:
    found = session.execute(select(Organization.id, Organization.legal_name))
    names = {number: "".join(sign if sign.isprintable() else " " for sign in name) for number, name in found}
    return {None: "The installation", **names}


def _line(finding: Finding, names: dict[int | None, str]) -> str:
    owner = names.get(finding.owner_id, "An organization that is gone")
    if finding.owner_id is not None:
        owner = f"{owner} (organization {finding.owner_id})"
    if finding.last > finding.number:
        return f"{owner}: rows {finding.number} to {finding.last} {SEVERAL[finding.code]}."
    return f"{owner}: row {finding.number} {WHAT[finding.code]}."
