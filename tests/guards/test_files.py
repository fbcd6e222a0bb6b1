"""What every file of the repository must be, whatever stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.tree import ROOT, files, name_of

MOST_LINES = 300
CODE = (".py", ".html", ".css", ".js")
BINARY = (".png", ".jpg", ".ico", ".xlsx", ".docx", ".pdf", ".zip", ".woff2")
# Written in halves, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b")
MACHINE_PATHS = re.compile(
    "|".join([r"(?<!\w)/(work|root|tmp|home/\w+)/", r"\.\./sha" r"red", r"\bsha" r"red/d"])
)


def test_no_file_is_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files(*CODE)}
    long = [f"{name_of(path)}: {lines} lines" for path, lines in lengths.items() if lines > MOST_LINES]
    assert not long, f"split by verb or noun what passes {MOST_LINES} lines"


def test_nothing_is_left_unfinished() -> None:
    assert not _places(UNFINISHED, except_for=(".po",)), "finish it, or file it as an issue"


def test_no_path_of_one_machine() -> None:
    assert not _places(MACHINE_PATHS), "the product reads nothing outside its own folder"


def test_locks_name_no_address_and_pin_every_hash() -> None:
    for lock in (*ROOT.glob("*.lock"), *ROOT.glob(".ci/*.lock")):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text, f"{name_of(lock)} names a host"
        assert not re.search(r"^-", text, re.MULTILINE), f"{name_of(lock)} carries an option"
        requirements = re.split(r"\n(?=\w)", text.strip())
        assert requirements
        loose = [
            entry.split()[0] for entry in requirements if "==" not in entry or "--hash=sha256:" not in entry
        ]
        assert not loose, f"{name_of(lock)} does not pin these"


@pytest.mark.parametrize("lock", ["uv.lock", "poetry.lock", "pdm.lock", "package-lock.json"])
def test_no_lock_that_records_the_index(lock: str) -> None:
    assert not (ROOT / lock).exists()


def test_text_is_utf8_with_line_feeds() -> None:
    wrong = []
    for path in _texts():
        content = path.read_bytes()
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            wrong.append(f"{name_of(path)}: not UTF-8")
        if b"\r\n" in content and not _holds_foreign_lines(path):
            wrong.append(f"{name_of(path)}: CRLF")
    assert not wrong


def _texts() -> list[Path]:
    return [path for path in files() if path.suffix not in BINARY]


def _holds_foreign_lines(path: Path) -> bool:
    """Tell whether a file is data of a test, where a wrong encoding or line end is the point."""
    return "tests" in path.parts and path.suffix in (".csv", ".txt")


def _places(pattern: re.Pattern[str], except_for: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name_of(path)}:{number}: {line.strip()[:100]}"
        for path in _texts()
        if path.suffix not in except_for
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
