"""One need as its reader sees it, and what the reader may do with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from broker.errors import NotFound
from broker.listings import queries
from broker.listings.models import Need
from broker.listings.questions import questions_for, takes_questions
from broker.listings.services import EDITABLE_NEED
from broker.listings.transitions import NEED
from broker.matchmaking import party_view
from broker.parties.permissions import role_towards, sees_private
from web import i18n
from web.extensions import db
from web.pages.needs import market
from web.rendering import page
from web.security import PRODUCERS, actor


@dataclass(frozen=True)
class Rights:
    """What the reader may do with a need; `write` is whether it is his, or his client's, to write for."""

    private: bool
    write: bool
    edit: bool
    steps: tuple[str, ...]


def rights(need: Need) -> Rights:
    """From the state table and the reader's role towards the owner."""
    role = role_towards(actor(), need.buyer_id) if actor().may_write else None
    steps = tuple(row.name for row in NEED.available(need.state, role)) if role else ()
    edit = role is not None and need.state in EDITABLE_NEED
    return Rights(sees_private(actor(), need.buyer_id), role is not None, edit, steps)


def invited(need_id: int) -> bool:
    """Whether the reader was asked about the need, which then need not be public."""
    return party_view.knows_need(db.session(), actor(), need_id)


def need_page(
    need_id: int, *, typed: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The page of a need. `typed` is what was sent with a question or an answer, `errors` what is wrong with it; an
    answer's are named answer-<number of the question>."""
    need = queries.visible_need(db.session(), actor(), need_id, invited=lambda: invited(need_id))
    producer = actor().kind in PRODUCERS
    own = market.own_view(db.session(), [need], market.own_capacities(db.session())) if producer else None
    return page(
        "needs/show.html", status=422 if errors else 200, need=need, rights=rights(need), own=own,
        questions=questions_for(need, actor()), typed=typed or {}, errors=errors or {},
        may_ask=producer and actor().may_write and takes_questions(need, i18n.now()),
    )  # fmt: skip


def own_need(need_id: int) -> Need:
    """A need of the reader's own organization. Raises NotFound."""
    need = queries.visible_need(db.session(), actor(), need_id)
    if need.buyer_id != actor().organization_id:
        raise NotFound("not_found")
    return need
