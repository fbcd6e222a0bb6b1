"""The pages of a delivery through HTTP: one form after another, as the two sides send them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache

from tests.factories.agreements import PNG
from tests.web.conftest import read
from tests.web.delivery_room import Enter, Room, rooms

_KEY = re.compile(r'action="/deliveries/\d+/(\w+)"[^>]*>.*?name="key" value="(\w+)"', re.S)


@pytest.fixture
def enter(tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Enter]:
    with rooms(tmp_path, compiled_templates) as give:
        yield give


def rejected_in_part(room: Room) -> None:
    """A delivery of 1,000 kg, of which 400 were rejected, and disputed."""
    room.step("producer", "confirm")
    room.step("producer", "lot", code="L-1", kg="1000", unit="kg")
    room.step("producer", "dispatch")
    room.step(
        "buyer", "receive", gross_kg="1000", tare_kg="0", unit="kg", handed_over_by="Rosa", received_by="Luis"
    )
    room.step(
        "buyer", "grade", accepted_kg="600", downgraded_kg="0", rejected_kg="400", unit="kg", grader="Inés",
        cause="Dedos cortos", photo=(io.BytesIO(PNG), "x.png"),
    )  # fmt: skip
    room.step("producer", "dispute", text="No vimos la muestra.")


def test_who_agrees_to_a_proposal_that_was_replaced_reads_both(enter: Enter) -> None:
    room = enter("B01")
    rejected_in_part(room)
    parts = {"downgraded_kg": "200", "unit": "kg"}
    room.step("buyer", "proposal", accepted_kg="700", rejected_kg="100", note="Con foto.", **parts)
    page = room.get("producer", f"/deliveries/{room.first}").get_data(as_text=True)
    seen = re.findall(r'name="seen" value="(\w{64})"', page)[0]
    room.step("buyer", "proposal", accepted_kg="650", rejected_kg="150", note="Mejor así.", **parts)
    answer = room.step("producer", "agree", seen=seen)
    assert answer.status_code == 409
    said = read(answer)
    assert "You agreed to: 700 kg accepted" in said and "Con foto." in said
    assert "the buyer proposes: 650 kg accepted" in said and "Mejor así." in said
    assert room.delivery().state == "disputed"
    stands = re.findall(r'name="seen" value="(\w{64})"', answer.get_data(as_text=True))[0]
    assert room.step("producer", "agree", seen=stands).status_code == 303
    assert str(room.delivery().accepted_kg) == "650"


def test_only_the_form_that_was_refused_keeps_its_key(enter: Enter) -> None:
    """Else the next form under the mended one would count as sent already."""
    room = enter("B01")
    room.step("producer", "confirm")
    answer = room.step("producer", "lot", code="", kg="1000", key="mine")
    assert answer.status_code == 422
    keys = dict(_KEY.findall(answer.get_data(as_text=True)))
    assert keys["lot"] == "mine" and keys["dispatch"] != "mine"


def test_a_delivery_is_entered_in_the_unit_of_the_agreement(enter: Enter) -> None:
    """Cargas of 125 kg, as the need said; both units stand on every page and in the file of the accountant."""
    room = enter("B03")
    room.step("producer", "confirm")
    form = room.get("producer", f"/deliveries/{room.first}").get_data(as_text=True)
    assert re.findall(r'<option value="(\w+)"( selected)?', form)[:2] == [("carga_cafe", ""), ("kg", "")]
    refused = room.step("producer", "lot", unit="carga_cafe", code="L-1", kg="8", lines="Rosa; 5\nPedro; 2")
    assert refused.status_code == 422
    assert "The lot weighs 1,000 kg, its lines 875 kg" in read(refused)
    assert "That is 8 and 7 cargas." in read(refused)
    sent = room.step("producer", "lot", unit="carga_cafe", code="L-1", kg="8", lines="Rosa; 5.5\nPedro; 2.5")
    assert sent.status_code == 303
    assert "8 cargas are 1,000 kg" in room.page("producer")
    room.step("producer", "dispatch")
    slip = {"handed_over_by": "Rosa", "received_by": "Luis"}
    room.step("buyer", "receive", unit="carga_cafe", gross_kg="8.064", tare_kg="0.064", **slip)
    assert "Net 1,000 kg 8 cargas" in room.page("producer")
    assert "Written as 8.064 cargas gross and 0.064 cargas tare, 125 kg each." in room.page("buyer")
    verdict = {"rejected_kg": "0", "grader": "Inés"}
    wrong = room.step("buyer", "grade", unit="carga_cafe", accepted_kg="7", downgraded_kg="0.5", **verdict)
    assert "make 937.5 kg; the net is 1,000 kg. That is 7.5 and 8 cargas." in read(wrong)
    room.step("buyer", "grade", unit="kg", accepted_kg="900", downgraded_kg="100", **verdict)
    assert "Accepted 900 kg 7.2 cargas" in room.page("buyer")
    found = room.delivery()
    assert [(lot.kg, lot.quantity_original, lot.quantity_unit) for lot in found.lots] == [
        (1000, 8, "carga_cafe")
    ]
    assert [(line.kg, line.quantity_original) for line in found.lots[0].lines] == [
        (Decimal("687.5"), Decimal("5.5")), (Decimal("312.5"), Decimal("2.5")),
    ]  # fmt: skip
    assert (found.gross_original, found.slip_unit, found.slip_factor) == (Decimal("8.064"), "carga_cafe", 125)
    assert (found.gross_kg, found.tare_kg, found.net_kg) == (1008, 8, 1000)
    assert room.step("producer", "invoice", invoice="F-1", measured_factor="92").status_code == 303
    assert "900 7.2 cargas" in read(room.get("buyer", "/deliveries/statements/1"))
    rows = list(
        csv.DictReader(io.StringIO(room.get("buyer", "/deliveries/statements.csv").get_data(as_text=True)))
    )
    assert [(row["kg"], row["quantity"], row["unit"]) for row in rows[:2]] == [
        ("900", "7.2", "carga_cafe"), ("100", "0.8", "carga_cafe"),
    ]  # fmt: skip


def test_a_unit_that_nobody_agreed_is_refused_at_its_field(enter: Enter) -> None:
    room = enter("B03")
    room.step("producer", "confirm")
    answer = room.step("producer", "lot", unit="arroba_co", code="L-1", kg="8")
    assert answer.status_code == 422 and 'href="#f-unit"' in answer.get_data(as_text=True)
    assert room.step("producer", "lot", unit="kg", code="L-1", kg="9" * 12).status_code == 422
    assert room.delivery().lots == []


def test_who_weighs_in_kg_and_sells_by_the_pound_may_write_either(enter: Enter) -> None:
    """Snow peas are agreed in tonnes and paid by the pound: kg stand first."""
    room = enter("B08")
    room.step("producer", "confirm")
    assert room.step("producer", "lot", unit="lb", code="L-1", kg="1100").status_code == 303
    assert room.step("producer", "lot", unit="kg", code="L-2", kg="100").status_code == 303
    page = room.page("buyer")
    assert "498.952 kg 1,100 lb" in page and "L-2 100 kg" in page
