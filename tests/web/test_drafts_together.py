"""The page on which a broker completes the drafts of a need and sends them together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlalchemy.orm import Session

from broker.agreements.models import Agreement
from broker.matchmaking import suggestions
from broker.matchmaking.models import Suggestion
from tests.factories.market import need_id, person
from tests.web.conftest import read
from tests.web.delivery_room import Enter, Room, rooms

READ = {"read-2": "1"}


@pytest.fixture
def room(tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Room]:
    """The room of a signed agreement, with one more suggestion of its need that both sides accepted."""
    with rooms(tmp_path, compiled_templates) as give:
        yield _accepted(give)


def _accepted(enter: Enter) -> Room:
    room = enter("B03")
    deal = room.deal
    with Session(deal.engine) as session:
        query = select(Suggestion).where(Suggestion.need_id == _need(room), Suggestion.state == "generated")
        found = session.scalars(query).first()
        assert found is not None
        number, code = found.id, found.capacity.reference.lower()
    with deal.act("broker") as tx:
        suggestions.shortlist(tx, number)
        suggestions.send(tx, [number])
    for actor in (deal.buyer, person(deal.engine, f"{code}@demo.example")):
        with deal.act("broker") as tx:
            tx.actor = actor
            suggestions.accept(tx, number)
    return room


def _need(room: Room) -> int:
    return need_id(room.deal.engine, "B03")


def _states(room: Room) -> list[str]:
    with Session(room.deal.engine) as session:
        return list(session.scalars(select(Agreement.state).order_by(Agreement.id)))


def test_an_answer_that_is_missing_stands_at_its_field_and_nothing_typed_is_lost(room: Room) -> None:
    path = f"/agreements/of-need/{_need(room)}"
    assert "Draft 1 agreement" in read(room.get("broker", f"/desk/needs/{_need(room)}"))
    assert room.post("broker", f"{path}/draft").status_code == 303
    page = read(room.get("broker", path))
    assert "lacks 7 answers of those below" in page
    # What is farther behind stays at hand beside it.
    assert "Shortlist the bundle" in read(room.get("broker", f"/desk/needs/{_need(room)}"))
    asked = ["product.packing", "modalities.silence_hours"]
    refused = room.post("broker", path, draft="2", asked=asked, **READ | {"modalities.silence_hours": "73"})
    assert refused.status_code == 422
    page = refused.text
    assert 'href="#f-product.packing"' in page and 'value="73"' in page
    assert _states(room)[-1] == "draft"


def test_the_usual_answers_and_one_more_send_it_once(room: Room) -> None:
    path = f"/agreements/of-need/{_need(room)}"
    room.post("broker", f"{path}/draft")
    room.get("broker", path)
    fields = {
        "product.packing": "saco de 60 kg", "schedule.tolerance_pct": "10", "modalities.silence_hours": "48",
        "modalities.scale_owner": "buyer", "payment.channel": "transfer", "rules.cure_days": "10",
        "rules.review_hours": "24",
    }  # fmt: skip
    none = room.post("broker", path, asked=list(fields), **fields)
    assert none.status_code == 422 and "Choose at least one." in read(none)
    sent = room.post("broker", path, draft="2", asked=list(fields), **READ | fields)
    assert sent.status_code == 303, read(sent)
    assert sent.status_code == 303 and sent.location.endswith(f"/desk/needs/{_need(room)}")
    assert _states(room)[-1] == "negotiating"
    again = room.post("broker", path, draft="2", asked=list(fields), **READ | fields)
    assert again.status_code == 303
    assert "What you chose has gone out or ended meanwhile." in read(room.get("broker", again.location))
