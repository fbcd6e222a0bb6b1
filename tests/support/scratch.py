"""Folders that vanish with the test process, also when an earlier one was killed."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 2 * 1024**3
NAME = re.compile(r"alianza-test-(\d+)-")


def make_folder(purpose: str, *, in_memory: bool = False) -> Path:
    """Make a folder of this process, removed at its end.

    ``in_memory`` prefers a memory file system, where SQLite's synchronous writes cost nothing.
    """
    parent = _parent(in_memory)
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=f"alianza-test-{os.getpid()}-{purpose}-", dir=parent))
    atexit.register(_remove_own, folder, os.getpid())
    return folder


def _parent(in_memory: bool) -> Path:
    if in_memory and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH_MEMORY:
        return MEMORY
    return Path(tempfile.gettempdir())


def _sweep(parent: Path) -> None:
    """Remove what a killed test process left behind."""
    for entry in parent.glob("alianza-test-*"):
        found = NAME.match(entry.name)
        if found and not _is_alive(int(found[1])):
            shutil.rmtree(entry, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_own(folder: Path, owner: int) -> None:
    """Remove at exit, but not from a forked child that inherited the exit handler."""
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)
