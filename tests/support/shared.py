"""What is made once for all processes of a test run: the first that asks makes it, the others wait and read it."""

from __future__ import annotations

import fcntl
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.support.scratch import make_folder

T = TypeVar("T")
VARIABLE = "ALIANZA_TEST_SHARED"


def open_shared_folder() -> None:
    """Make the folder of the run, in the process that starts the others and ends after them."""
    os.environ[VARIABLE] = str(make_folder("shared", in_memory=True))


def once(name: str, make: Callable[[Path], T]) -> T:
    """What `make` returns for a folder that stays as long as the run: whatever it leaves there is for reading only."""
    folder = Path(os.environ[VARIABLE]) / name
    folder.mkdir(exist_ok=True)
    value = folder / "value.pickle"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not value.exists():
            value.write_bytes(pickle.dumps(make(folder)))
    made: T = pickle.loads(value.read_bytes())
    return made
