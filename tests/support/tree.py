"""The project's own files, as the repository knows them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Return every file that is tracked, or new and not ignored; with suffixes, only those of that kind."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    found = sorted({ROOT / name for name in listed.split("\0") if name})
    return tuple(path for path in found if path.is_file() and (not suffixes or path.suffix in suffixes))


def below(*folders: str, suffix: str = ".py") -> tuple[Path, ...]:
    """Return the files of one kind that stand in, or are, one of ``folders`` (paths from the root)."""
    roots = [ROOT / folder for folder in folders]
    return tuple(
        path for path in files(suffix) if any(path == root or root in path.parents for root in roots)
    )


def name_of(path: Path) -> str:
    """Return a file's path from the root, as a message should show it."""
    return path.relative_to(ROOT).as_posix()
