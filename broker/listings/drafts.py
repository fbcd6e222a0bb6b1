"""A capacity that is answered question by question: what was typed is kept until it is published or thrown away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from broker.base import Entity, Id
from broker.errors import Conflict, NotFound, RuleBroken
from broker.listings.capacity_input import CAPACITY_FIELDS, FACTORS, CapacityInput
from broker.listings.models import Capacity
from broker.listings.services import lock_owner, publish_capacity
from broker.numerals import Separator, format_decimal, parse_decimal
from broker.parties.actor import Actor
from broker.parties.permissions import require_act_for
from broker.transaction import Transaction

LONGEST_ANSWER = 200
WAYS = ("week", "area")
"""How the volume is said: kg a week, or what it is reckoned from."""
NUMBERS = (
    "kg_week", *FACTORS, "elsewhere_kg_year", "lat", "lon", "ask_price", "price_unit_kg", "max_wait_days", "min_lot_kg",
)  # fmt: skip


class CapacityDraft(Entity, kw_only=True):
    """The answers so far, as they were typed with `separator` as decimal sign, and the question to go on with.

    `answers` has the names of a capacity's fields, and `way`. It belongs to the organization, so that a colleague can
    go on with it. Ended when it was published (`capacity_id`) or thrown away.
    """

    __tablename__ = "capacity_drafts"
    __table_args__ = (UniqueConstraint("organization_id", "request_key"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, init=False)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    product: Mapped[str]
    answers: Mapped[dict[str, Any]]
    separator: Mapped[str]
    step: Mapped[str]
    request_key: Mapped[str]
    capacity_id: Mapped[int | None] = mapped_column(ForeignKey("capacities.id"), default=None)
    created_at: Mapped[dt.datetime]
    updated_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None] = mapped_column(default=None)


def start_draft(
    tx: Transaction,
    organization_id: int,
    product: str,
    answers: Mapping[str, str],
    separator: Separator,
    key: str,
) -> CapacityDraft:
    """Begin with the product and what is known already. A repeated `key` gives the first one back."""
    require_act_for(tx.actor, organization_id)
    lock_owner(tx.session, organization_id)
    query = select(CapacityDraft).where(
        CapacityDraft.organization_id == organization_id, CapacityDraft.request_key == key
    )
    if first := tx.session.scalar(query):
        return first
    draft = CapacityDraft(
        organization_id=organization_id,
        product=product,
        answers=dict(answers),
        separator=separator,
        step="",
        request_key=key,
        created_at=tx.now,
        updated_at=tx.now,
    )
    tx.session.add(draft)
    tx.session.flush()
    tx.record("capacity_draft.started", "capacity_draft", draft.id, organization_id, product=product)
    return draft


def keep_answers(
    tx: Transaction, draft_id: int, given: Mapping[str, str], separator: Separator, step: str
) -> CapacityDraft:
    """Keep what was typed, right or wrong, and the question to go on with. Raises Conflict('draft_ended')."""
    draft = _load(tx, draft_id)
    if draft.ended_at is not None:
        raise Conflict("draft_ended")
    kept = {name: text[:LONGEST_ANSWER] for name, text in given.items() if _is_answer(name)}
    draft.answers = {**answers_in(draft, separator), **kept}
    draft.separator, draft.step, draft.updated_at = separator, step, tx.now
    tx.record("capacity_draft.kept", "capacity_draft", draft.id, draft.organization_id, step=step)
    return draft


def publish_draft(tx: Transaction, draft_id: int, data: CapacityInput) -> Capacity:
    """Publish what was answered; done twice it is done once. Raises Conflict('draft_ended') when it was thrown away."""
    draft = _load(tx, draft_id)
    if draft.capacity_id is not None:
        return tx.session.get_one(Capacity, draft.capacity_id)
    if draft.ended_at is not None:
        raise Conflict("draft_ended")
    capacity = publish_capacity(tx, draft.organization_id, data)
    draft.capacity_id, draft.ended_at = capacity.id, tx.now
    tx.record("capacity_draft.published", "capacity_draft", draft.id, draft.organization_id)
    return capacity


def discard_draft(tx: Transaction, draft_id: int) -> CapacityDraft:
    """Throw the answers away; what is published stays."""
    draft = _load(tx, draft_id)
    if draft.ended_at is None:
        draft.ended_at, draft.updated_at = tx.now, tx.now
        tx.record("capacity_draft.discarded", "capacity_draft", draft.id, draft.organization_id)
    return draft


def draft_of(session: Session, actor: Actor, draft_id: int) -> CapacityDraft:
    """A draft of the actor's own organization. Raises NotFound."""
    draft = session.get(CapacityDraft, draft_id)
    if draft is None or draft.organization_id != actor.organization_id:
        raise NotFound("not_found")
    return draft


def unfinished(session: Session, organization_id: int) -> Sequence[CapacityDraft]:
    """What the organization has begun and not ended, the latest first."""
    query = select(CapacityDraft).where(
        CapacityDraft.organization_id == organization_id, CapacityDraft.ended_at.is_(None)
    )
    return session.scalars(query.order_by(CapacityDraft.updated_at.desc(), CapacityDraft.id.desc())).all()


def answers_in(draft: CapacityDraft, separator: Separator) -> dict[str, str]:
    """The answers as somebody types them who writes decimals with `separator`; what is no number stays as it is."""
    if draft.separator == separator:
        return dict(draft.answers)
    before: Separator = "," if draft.separator == "," else "."
    return {
        name: _restated(text, before, separator) if name in NUMBERS or name.startswith("spec_") else text
        for name, text in draft.answers.items()
    }


def as_fields(answers: Mapping[str, str]) -> dict[str, str]:
    """The answers as the fields of a capacity: those of the way that was not chosen are left out."""
    dropped = ("kg_week",) if answers.get("way") == "area" else FACTORS
    return {name: text for name, text in answers.items() if name != "way" and name not in dropped}


def _is_answer(name: str) -> bool:
    return name == "way" or name in CAPACITY_FIELDS or name.startswith("spec_")


def _restated(text: str, before: Separator, after: Separator) -> str:
    try:
        return format_decimal(parse_decimal(text, before, allow_negative=True), after)
    except RuleBroken:
        return text


def _load(tx: Transaction, draft_id: int) -> CapacityDraft:
    """The draft, locked against other writers. Raises NotFound and NotAllowed."""
    draft = tx.session.get(CapacityDraft, draft_id, with_for_update=True)
    if draft is None or draft.organization_id != tx.actor.organization_id:
        raise NotFound("not_found")
    require_act_for(tx.actor, draft.organization_id)
    return draft
