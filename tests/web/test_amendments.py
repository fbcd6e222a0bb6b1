"""What the parties read while they amend what both have signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.web.conftest import read
from tests.web.delivery_room import Enter, rooms


@pytest.fixture
def enter(tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Enter]:
    with rooms(tmp_path, compiled_templates) as give:
        yield give


def test_who_accepts_last_reads_that_both_accept_the_amendment(enter: Enter) -> None:
    room = enter("B01")
    offered = room.deal.offer("buyer", {"payment.days": 9}, note="Pagamos antes.")
    address = f"/agreements/{room.deal.id}"
    assert room.post("producer", f"{address}/accept", sha256=offered.sha256).status_code == 303
    told = read(room.get("producer", address))
    assert "Both parties accept this version." in told and "has not answered yet" not in told
