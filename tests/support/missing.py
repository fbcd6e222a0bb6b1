"""What a test does when the machine lacks something: skip with a line nobody overlooks, or fail."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

MARK = "MISSING ON THIS MACHINE"


def is_required(switch: str) -> bool:
    """Tell whether an environment switch such as REQUIRE_PG forbids going on without the thing."""
    return os.environ.get(switch, "") not in ("", "0")


def stop_without(what: str, reason: str, switch: str) -> NoReturn:
    """Fail the test when ``switch`` is set, else skip it; either way say what is missing and why."""
    message = f"{MARK}: {what}: {reason}"
    if is_required(switch):
        pytest.fail(f"{message} (and {switch} is set)", pytrace=False)
    pytest.skip(message)
