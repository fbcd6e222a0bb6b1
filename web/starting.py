"""What can go wrong while Alianza starts, each in one sentence for whoever runs it: what, where, and how to mend it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from web.config import BadSetting, Settings, from_environment, port_of


@contextmanager
def plainly() -> Iterator[None]:
    """Says what is wrong with settings, data folder or database, and ends the command with exit code 1."""
    try:
        yield
    except BadSetting as fault:
        raise click.ClickException(str(fault)) from None
    except DBAPIError as fault:
        told = str(fault.orig).strip().splitlines()[0]
        raise click.ClickException(
            f"The database cannot be used: {told}. Look at ALIANZA_DATABASE_URL and ALIANZA_DATA, and whether the"
            " database server runs."
        ) from None
    except OSError as fault:
        raise click.ClickException(
            f"{fault.filename} cannot be used: {fault.strerror}. {_advice(fault)}"
        ) from None


def settings_for(port: int | None = None) -> Settings:
    """The settings of the environment, on `port` where one is given. The data folder is made where it is missing."""
    settings = from_environment()
    if port is not None:
        settings = replace(settings, port=port_of(str(port), "--port"))
    _check_database(settings.database_url)
    settings.data.mkdir(parents=True, exist_ok=True)
    return settings


@contextmanager
def binding(settings: Settings) -> Iterator[None]:
    """Says why a port cannot be opened, and ends the command with exit code 1."""
    where = f"Port {settings.port} on {settings.host}"
    other = "Choose another with alianza run --port 8001 or ALIANZA_PORT"
    try:
        yield
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise click.ClickException(f"{where} is taken by another program. {other}.") from None
        raise click.ClickException(f"{where} cannot be opened: {fault.strerror}. {other}.") from None
    except ValueError:
        raise click.ClickException(
            f"{where} cannot be opened: this machine has no such address. Look at ALIANZA_HOST."
        ) from None


def _check_database(url: str) -> None:
    try:
        make_url(url).get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError):
        raise BadSetting(
            "ALIANZA_DATABASE_URL is not the address of a database that can be used. Write sqlite:////folder/file.db"
            " or postgresql+psycopg://user:password@host/name."
        ) from None


def _advice(fault: OSError) -> str:
    if fault.errno in (errno.EEXIST, errno.ENOTDIR):
        return "A file stands where a folder is wanted: name another folder, for the data in ALIANZA_DATA."
    return "Name another folder, for the data in ALIANZA_DATA, or let this account write there."
