"""What stands open in a world of tests before any match: questions about a need, and a capacity half answered."""

from __future__ import annotations

from broker.listings import questions
from broker.listings.capacity_input import CAPACITY_DEFAULTS
from broker.listings.drafts import start_draft
from broker.parties.models import User
from broker.transaction import Transaction
from tests.factories import listings
from tests.factories.parties import acting, organization_of
from tests.support.canaries import Canary, canary, number, own, private, word


def begin_capacity(tx: Transaction, producer: User, tenant: str, objects: dict[str, int]) -> list[Canary]:
    """A capacity that is being answered: what was typed is for nobody outside the organization."""
    ask = number("96")
    answers = CAPACITY_DEFAULTS | listings.CAPACITY | {"way": "week", "kg_week": "400", "ask_price": ask}
    with acting(tx, producer) as own_tx:
        own_id = organization_of(producer).id
        draft = start_draft(own_tx, own_id, listings.CAPACITY["product"], answers, ".", f"draft-{tenant}")
    objects[f"draft_producer_{tenant}"] = draft.id
    seers = own("producer", tenant)
    return [canary("capacity_draft.ask_price", ask, seers, seers)]


def ask(tx: Transaction, people: dict[str, User], tenant: str, objects: dict[str, int]) -> list[Canary]:
    """Two questions about the fresh need: one waits, one was left without an answer. Neither is for others."""
    found, need_id, asking = [], objects[f"need_fresh_{tenant}"], people[f"producer_{tenant}"]
    for name in ("question", "refused"):
        text = word(name)
        with acting(tx, asking) as own_tx:
            objects[f"{name}_{tenant}"] = questions.ask(own_tx, need_id, text, name).id
        seers = [*own("producer", tenant), *private("buyer", tenant)]
        found.append(canary(f"need_question ({name})", text, seers, seers))
    with acting(tx, people[f"buyer_{tenant}"]) as own_tx:
        questions.decline_to_answer(own_tx, need_id, objects[f"refused_{tenant}"])
    return found
