"""`alianza run` and its sisters where they cannot start: one sentence and exit code 1; and how their processes end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support.tree import ROOT
from web.cli import main
from web.config import Settings, from_environment
from web.running import server_options

PATIENCE_SECONDS = 30.0


@pytest.fixture
def taken() -> Iterator[int]:
    """A port on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield int(other.getsockname()[1])


@pytest.fixture
def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as other:
        return int(other.getsockname()[1])


def _ran(arguments: list[str], data: Path, **environ: str) -> tuple[int, str]:
    """The exit code, and all that was said in one line."""
    result = CliRunner().invoke(
        main, arguments, env={"ALIANZA_DATA": str(data), "ALIANZA_DEMO": "0"} | environ
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    return result.exit_code, " ".join(result.output.split())


@pytest.mark.parametrize(
    ("arguments", "environ", "told"),
    [
        (["run", "--port", "99999"], {}, "--port is 99999, which is not a port."),
        (["run"], {"ALIANZA_PORT": "abc"}, "ALIANZA_PORT is abc, which is not a port."),
        (["run"], {"ALIANZA_DATABASE_URL": "nonsense"}, "ALIANZA_DATABASE_URL is not the address"),
        (
            ["run"],
            {"ALIANZA_DATABASE_URL": "postgresql+pg7://x/y"},
            "ALIANZA_DATABASE_URL is not the address",
        ),
        (
            ["migrate"],
            {"ALIANZA_DATABASE_URL": "postgresql+psycopg://x:secret@127.0.0.1:1/y"},
            "The database cannot be used: connection failed",
        ),
        (["run"], {"ALIANZA_HOST": "no.such.host.invalid"}, "this machine has no such address"),
    ],
)
def test_what_cannot_be_meant_is_told(
    tmp_path: Path, free: int, arguments: list[str], environ: dict[str, str], told: str
) -> None:
    code, said = _ran(arguments, tmp_path, **({"ALIANZA_PORT": str(free)} | environ))
    assert (code, "ready" in said, "secret" in said) == (1, False, False)
    assert told in said


def test_a_taken_port_is_told_before_anything_is_promised(tmp_path: Path, taken: int) -> None:
    environ = os.environ | {"ALIANZA_DATA": str(tmp_path), "ALIANZA_PORT": str(taken)}
    for command in (["run", "--port", str(taken)], ["serve"]):
        ran = subprocess.run(
            [sys.executable, "-m", "web.cli", *command], cwd=ROOT, env=environ, capture_output=True, text=True
        )
        assert (ran.returncode, ran.stdout) == (1, "")
        assert f"Error: Port {taken} on 127.0.0.1 is taken by another program." in ran.stderr
        assert "Traceback" not in ran.stderr
    assert not (tmp_path / "alianza.db").exists()


def test_a_file_where_a_folder_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for data in (tmp_path / "file", tmp_path / "file" / "below"):
        code, said = _ran(["run"], data)
        assert code == 1
        assert "cannot be used" in said and "name another folder" in said
    code, said = _ran(["demo", "export", str(tmp_path / "file" / "below")], tmp_path)
    assert code == 1
    assert "cannot be used" in said


def test_the_proxy_is_believed_when_it_is_named(tmp_path: Path) -> None:
    def options(**environ: str) -> dict[str, object]:
        settings: Settings = from_environment({"ALIANZA_DATA": str(tmp_path)} | environ)
        return server_options(settings)

    assert "trusted_proxy" not in options()
    named = options(ALIANZA_TRUSTED_PROXY="127.0.0.1")
    assert named["trusted_proxy"] == "127.0.0.1"
    assert named["trusted_proxy_headers"] == {"x-forwarded-for", "x-forwarded-proto"}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at processes through /proc")
def test_the_worker_knows_the_port_and_does_not_outlive_a_killed_parent(tmp_path: Path, free: int) -> None:
    environ = os.environ | {"ALIANZA_DATA": str(tmp_path), "ALIANZA_DEMO": "0"}
    command = [sys.executable, "-m", "web.cli", "run", "--port", str(free)]
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as parent:
        try:
            worker = _wait_for(lambda: _child_of(parent.pid))
            _wait_for(lambda: b"--follow-parent" in Path(f"/proc/{worker}/cmdline").read_bytes())
            assert f"ALIANZA_PORT={free}".encode() in Path(f"/proc/{worker}/environ").read_bytes()
            time.sleep(2)
        finally:
            parent.send_signal(signal.SIGKILL)
    _wait_for(lambda: not _runs(worker))


def _child_of(pid: int) -> int:
    children = Path(f"/proc/{pid}/task")
    found = [text for task in children.iterdir() for text in (task / "children").read_text().split()]
    return int(found[0]) if found else 0


def _runs(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def _wait_for(found: Callable[[], int]) -> int:
    end = time.monotonic() + PATIENCE_SECONDS
    while not (value := found()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
    return value
