"""The second of two payments through HTTP, and the statement as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.web.conftest import read
from tests.web.delivery_room import Enter, Room, rooms


@pytest.fixture
def enter(tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Enter]:
    with rooms(tmp_path, compiled_templates) as give:
        yield give


def in_two_parts(room: Room) -> str:
    """1,000 kg delivered, the first part on a statement; the address of the second."""
    room.step("producer", "confirm")
    room.step("producer", "lot", code="L-1", kg="1000", unit="kg", lines="Rosa; 1000")
    room.step("producer", "dispatch")
    people = {"handed_over_by": "Rosa", "received_by": "Luis"}
    room.step("buyer", "receive", gross_kg="1000", tare_kg="0", unit="kg", **people)
    parts = {"accepted_kg": "1000", "downgraded_kg": "0", "rejected_kg": "0"}
    room.step("buyer", "grade", unit="kg", grader="Inés", **parts)
    assert room.step("producer", "invoice", invoice="F-1").status_code == 303
    return "/deliveries/statements/1/liquidation"


def test_the_second_payment_is_reckoned_handed_over_corrected_and_paid(enter: Enter) -> None:
    """700 a kg first; then 85 % of 1,800,000 less 120,000 are 1,428,000: 728,000 are left to pay."""
    room = enter("B01 in two parts")
    second = in_two_parts(room)
    waiting = read(room.get("producer", second))
    assert "The buyer has not handed over the liquidation yet" in waiting and "What was resold" not in waiting
    shown = {
        "sales": "Calibre 14; 600; 2,000\nCalibre 20; 400; 1500",
        "cost-0": "100000", "voucher-0": "FE-1", "cost-2": "20000", "unit": "kg", "key": "one",
    }  # fmt: skip
    refused = room.post("buyer", second, **shown)
    assert refused.status_code == 422 and 'href="#f-voucher-2"' in refused.get_data(as_text=True)
    assert "Calibre 20; 400; 1500" in refused.get_data(as_text=True)
    shown["voucher-2"] = "FE-2"
    looked = read(room.post("buyer", second, **shown, preview="1"))
    assert "Nobody else sees it" in looked and "728,000.00" in looked
    assert "728,000.00" not in read(room.get("producer", second))
    assert [room.post("buyer", second, **shown).status_code for _ in range(2)] == [303, 303]
    told = read(room.get("producer", second))
    for step in (
        "1,800,000.00",
        "-100,000.00",
        "Voucher FE-2",
        "1,680,000.00",
        "85%",
        "1,428,000.00",
        "728,000.00",
    ):
        assert step in told
    corrected = shown | {"key": "two", "cost-2": "40,000"}
    assert room.post("buyer", second, **corrected).status_code == 303
    assert "711,000.00" in read(room.get("producer", second))
    pay = {
        "kind": "liquidation",
        "paid_on": room.deal.clock().date().isoformat(),
        "channel": "cash",
        "key": "p",
    }
    most = room.post("buyer", "/deliveries/statements/1/pay", amount="711000.01", **pay)
    assert most.status_code == 422 and "more than what is owed: 711,000" in read(most)
    paid = room.post("buyer", "/deliveries/statements/1/pay", amount="711000", **pay)
    assert paid.location == second
    late = room.post("buyer", second, **shown | {"key": "three"})
    assert late.status_code == 409 and "was reported already" in read(late)
    assert room.completed() == "active"
    assert room.post("producer", "/deliveries/payments/1/confirm").location == second
    assert "liquidation,second_payment,,,,711000" in room.get("buyer", "/deliveries/statements.csv").get_data(
        as_text=True
    )
    page = read(room.get("buyer", "/deliveries/statements/1"))
    files = [room.get(side, "/deliveries/statements/1.pdf").data for side in ("buyer", "producer")]
    assert files[0].startswith(b"%PDF") and files[0] == files[1]
    words = room.document()
    for figure in re.findall(r"\d[\d,]*\.\d\d\b", page):
        assert figure in words
    assert "Voucher FE-2" in words and "711,000.00" in words
    assert room.completed() == "completed"
