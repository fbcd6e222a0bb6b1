"""Questions about a need: asked by an organization, answered by the buyer for all who may see it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from broker.clock import FixedClock
from broker.listings.models import NeedQuestion
from broker.notifications.models import Message
from broker.parties.models import User
from tests.web.conftest import SignIn, Write, read
from tests.web.listing_help import need_people, posted

ASKED = "¿Reciben en canastilla propia?"


@pytest.fixture
def people(write: Write) -> dict[str, User]:
    return need_people(write)


def as_(client: FlaskClient, sign_in: SignIn, who: str) -> FlaskClient:
    client.delete_cookie("alianza")
    sign_in(client, f"{who}@example.org")
    return client


def test_from_the_question_to_the_answer_for_everybody(
    client: FlaskClient, write: Write, sign_in: SignIn, people: dict[str, User], clock: FixedClock
) -> None:
    address = f"/needs/{posted(write, people['buyer'])}"
    asking = as_(client, sign_in, "producer")
    empty = asking.post(f"{address}/questions", data={"question": " ", "request_key": "k"})
    assert empty.status_code == 422 and 'id="e-question"' in empty.get_data(as_text=True)
    long = asking.post(f"{address}/questions", data={"question": "x" * 401, "request_key": "k"})
    assert "x" * 401 in long.get_data(as_text=True)
    for _tap in range(2):
        sent = asking.post(f"{address}/questions", data={"question": ASKED, "request_key": "k"})
        assert sent.status_code == 303
    assert "waits for the buyer" in read(asking.get(address))
    with write() as tx:
        [number] = tx.session.scalars(select(NeedQuestion.id))
    # Before the answer nobody else reads it; the buyer reads it without the name of who asked.
    assert ASKED not in read(as_(client, sign_in, "rival").get(address))
    buyer = as_(client, sign_in, "buyer")
    page = read(buyer.get(address))
    assert ASKED in page and "producer" not in page.partition("Questions and answers")[2]
    empty = buyer.post(f"{address}/questions/{number}/answer", data={"answer": ""})
    assert empty.status_code == 422
    assert f'href="#f-answer-{number}"' in empty.get_data(as_text=True)
    for _tap in range(2):
        given = buyer.post(f"{address}/questions/{number}/answer", data={"answer": "Sí."})
        assert given.status_code == 303
    assert buyer.post(f"{address}/questions/{number}/answer", data={"answer": "No."}).status_code == 409
    client.delete_cookie("alianza")
    assert f"{ASKED} Sí." in read(client.get(address))
    with write() as tx:
        letters = {m.to_address: m.body for m in tx.session.scalars(select(Message)) if ASKED in m.body}
    assert letters.keys() == {"buyer@example.org", "producer@example.org"}
    assert "Sí." in letters["producer@example.org"]
    clock.forward(days=40)
    asking = as_(client, sign_in, "producer")
    assert "Ask the buyer" not in read(asking.get(address))
    assert asking.post(f"{address}/questions", data={"question": "After the deadline"}).status_code == 409


def test_nobody_waits_for_an_answer_that_will_not_come(
    client: FlaskClient, write: Write, sign_in: SignIn, people: dict[str, User]
) -> None:
    need_id = posted(write, people["buyer"])
    address = f"/needs/{need_id}"
    asking = as_(client, sign_in, "producer")
    for key in ("one", "two", "three"):
        assert (
            asking.post(f"{address}/questions", data={"question": key, "request_key": key}).status_code == 303
        )
    # A fourth waits for the first answer, and keeps what was typed.
    fourth = asking.post(f"{address}/questions", data={"question": "four", "request_key": "four"})
    assert fourth.status_code == 422 and "four</textarea>" in fourth.get_data(as_text=True)
    with write() as tx:
        first = tx.session.scalars(select(NeedQuestion.id).order_by(NeedQuestion.id)).first()
    house = as_(client, sign_in, "broker")
    assert house.post(f"{address}/questions/{first}/decline").status_code == 303
    buyer = as_(client, sign_in, "buyer")
    assert buyer.post(f"{address}/withdraw", data={"confirm": "1", "reason": "otro año"}).status_code == 303
    asking = as_(client, sign_in, "producer")
    assert read(asking.get(address)).count("It stayed without an answer") == 3
    assert asking.post(f"{address}/questions", data={"question": "x", "request_key": "x"}).status_code == 409
    with write() as tx:
        told = [m for m in tx.session.scalars(select(Message)) if m.to_address == "producer@example.org"]
    assert len(told) == 3
