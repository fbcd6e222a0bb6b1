"""The command line: `alianza --help` lists the commands."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from web.starting import plainly, settings_for

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


@click.group()
def main() -> None:
    """Alianza: productive alliances between producer organizations and buyers."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    for noisy in ("alembic", "waitress"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@main.command()
@click.option("--port", type=int, help="Port on 127.0.0.1 (default 8000).")
def run(port: int | None) -> None:
    """Start everything on this machine: database, demonstration market, worker and web server."""
    from web.running import run_everything

    run_everything(port)


@main.command()
def serve() -> None:
    """Start the web server alone, on the database that is configured."""
    from web.running import serve_web

    serve_web()


@main.command()
@click.option("--follow-parent", is_flag=True, hidden=True, help="End when standard input does.")
def worker(follow_parent: bool) -> None:
    """Start a background worker: matching runs, mail, the daily timetable."""
    from web.running import run_worker

    run_worker(follows_parent=follow_parent)


@main.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    from broker import schema

    with plainly():
        schema.upgrade(_engine())
    click.echo("The database is up to date.")


@main.group()
def demo() -> None:
    """The demonstration market."""


@demo.command("load")
def demo_load() -> None:
    """Load the demonstration market into the configured database."""
    from broker.demo import load

    with plainly():
        engine = _engine()
        if load.is_loaded(engine):
            click.echo("The demonstration market is already there.")
            return
        load.load(engine)
    click.echo("The demonstration market is loaded.")


@demo.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def demo_export(directory: Path) -> None:
    """Write the demonstration market as needs.csv and capacities.csv into DIRECTORY."""
    from broker.demo.export import export

    with plainly():
        for path in export(directory):
            click.echo(str(path))


INPUT = click.Path(exists=True, dir_okay=False, path_type=Path)


@main.group()
def audit() -> None:
    """The record of who changed what: one chain of rows for each organization, and the installation's own."""


@audit.command(
    "verify",
    epilog="Exit code: 0 when all rows are intact; 1 when some are not (a line for each), or the database cannot be"
    " read; 2 when FILE cannot be used.",
)
@click.option("--against", type=INPUT, metavar="FILE", help="What `alianza audit heads` printed earlier.")
def audit_verify(against: Path | None) -> None:
    """Find rows of the audit that were edited, deleted, moved or cut off.

    Whoever can write the whole database and knows this program can compute every hash anew, and then only a copy of
    the heads outside their reach shows it: keep what `alianza audit heads` prints elsewhere, and give it --against.
    What was written after that copy is as safe as the database.
    """
    from web import audit_report

    kept = audit_report.read_heads(against) if against else []
    with plainly(), _opened() as engine:
        sys.exit(audit_report.verify(engine, kept))


@audit.command("heads")
def audit_heads() -> None:
    """Print length and last hash of every chain as JSON, to be kept where nobody here can write."""
    from web import audit_report

    with plainly(), _opened() as engine:
        audit_report.print_heads(engine)


@main.command(
    epilog="Exit code: 0 when every row was used; 1 when some rows were left out (each is named on standard error,"
    " the plan is made of the others); 2 when a file could not be used, and then nothing is written."
)
@click.option("--needs", type=INPUT, required=True, help="needs.csv or .xlsx")
@click.option("--capacities", type=INPUT, required=True, help="capacities.csv or .xlsx")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where plan.json goes."
)
@click.option(
    "--draft",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for one draft agreement (PDF) per accepted pair.",
)
@click.option(
    "--language",
    type=click.Choice(["es", "en"]),
    default="es",
    show_default=True,
    help="Of the table, the reasons and the drafts.",
)
@click.option(
    "--decimal",
    type=click.Choice([".", ","]),
    default=".",
    show_default=True,
    help="Decimal sign in the spreadsheets.",
)
@click.option("--encoding", help="Of CSV files that are not Unicode, such as cp1252.")
@click.option(
    "--rates", type=INPUT, help="Exchange rates: currency,per_usd. Without it, demonstration values."
)
@click.option(
    "--quotes",
    type=INPUT,
    help="Quotations: series,value,unit,date. Without it, a demonstration value of ICE C.",
)
@click.option("--explain", is_flag=True, help="Say why for every pair, chosen or not.")
def match(
    needs: Path,
    capacities: Path,
    out: Path,
    draft: Path | None,
    language: str,
    decimal: Literal[".", ","],
    encoding: str | None,
    rates: Path | None,
    quotes: Path | None,
    explain: bool,
) -> None:
    """Match two spreadsheets without web or database.

    Prints the plan and writes it as JSON. The columns of the files are described in docs/spreadsheets.md;
    `alianza demo export` writes an example of both.
    """
    from web.matching_table import match_files

    sys.exit(
        match_files(
            needs, capacities, out, draft, language=language, decimal=decimal, explain=explain, rates=rates,
            quotes=quotes, encoding=encoding,
        )
    )  # fmt: skip


@main.command()
@click.argument("file", type=INPUT)
def verify(file: Path) -> None:
    """Say whether FILE is the PDF of an agreement kept here, byte for byte.

    The version that the file names is made again from what is stored and compared. Exit code 0 when it is that PDF,
    1 when it was altered, when the stored version was, or when no version here is named in it.
    """
    from broker.agreements.proving import prove

    with plainly(), _opened() as engine, _reading(engine) as session:
        proof = prove(session, file.read_bytes())
    named = f"version {proof.number} of agreement {proof.agreement_id} (SHA-256 {proof.sha256})"
    if proof.verdict == "proven":
        click.echo(f"This is the PDF of {named}, unchanged.")
        for one in proof.signatures:
            how = "in the account of" if one.method == "account" else "on paper, recorded in the account of"
            click.echo(f"Signed for the {one.side} {how} {one.user}, {one.moment:%Y-%m-%d %H:%M} UTC.")
        if not proof.signatures:
            click.echo("It carries no signature.")
        if proof.latest != proof.number:
            click.echo(f"It is not the version in force, which is version {proof.latest} of the agreement.")
        return
    reasons = {
        "altered": f"The file names {named}, but is none of its PDFs: it was altered.",
        "damaged": f"The stored {named} no longer has its hash: the database was altered.",
        "unknown": "The file names no agreement that is kept here.",
    }
    click.echo(reasons[proof.verdict], err=True)
    sys.exit(1)


@main.command()
def check() -> None:
    """Look through what is stored for what must never be: every fault is named. Exit code 1 when there is one.

    Reads the chains of the audit too, as `alianza audit verify` does.
    """
    from broker.agreements.proving import faults_of_versions
    from web import audit_report

    with plainly(), _opened() as engine:
        broken = audit_report.verify(engine, [])
        with _reading(engine) as session:
            faults = list(faults_of_versions(session))
    for fault in faults:
        what = fault.code.replace("_", " ")
        click.echo(f"agreement {fault.agreement_id}, version {fault.number}: {what}", err=True)
    if faults or broken:
        sys.exit(1)
    click.echo("Everything that was looked through is as it should be.")


@contextmanager
def _opened() -> Iterator[Engine]:
    engine = _engine()
    try:
        yield engine
    finally:
        engine.dispose()


def _engine() -> Engine:
    from broker.database import make_engine

    return make_engine(settings_for().database_url)


def _reading(engine: Engine) -> Session:
    """A session that sees one state throughout."""
    from sqlalchemy.orm import Session

    from broker.database import reading

    return Session(reading(engine))


if __name__ == "__main__":
    main()
