"""The terms of a mandate as they are typed and as they are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker.listings.reader import Reader
from broker.parties.actor import Actor
from broker.parties.models import FEE_KINDS, FEE_PAYERS, Mandate, Organization
from broker.parties.services import FEE_WARNING_PCT
from broker.parties.transitions import MANDATE
from web.i18n import decimal_separator

WITH_PERCENT = ("success_pct", "hybrid")


@dataclass(frozen=True)
class Row:
    """One mandate as one side sees it; `other` is the other side, `actions` what the reader may do now."""

    mandate: Mandate
    other: Organization
    is_client: bool
    actions: tuple[str, ...]
    is_over: bool
    is_future: bool

    @property
    def is_dear(self) -> bool:
        return self.mandate.fee_pct is not None and self.mandate.fee_pct > FEE_WARNING_PCT

    @property
    def is_unanswered_by_me(self) -> bool:
        """A client declines a proposal rather than ends it."""
        return self.is_client and self.mandate.state == "proposed"

    @property
    def waits_for_manager(self) -> bool:
        return self.is_unanswered_by_me and not self.actions


def row_for(mandate: Mandate, actor: Actor, today: dt.date) -> Row:
    """How the actor's side sees the mandate."""
    is_client = mandate.client_id == actor.organization_id
    moves = (
        MANDATE.available(mandate.state, "client" if is_client else "broker")
        if actor.role == "manager"
        else ()
    )
    is_active = mandate.state == "active"
    return Row(
        mandate=mandate,
        other=mandate.broker if is_client else mandate.client,
        is_client=is_client,
        actions=tuple(move.name for move in moves),
        is_over=is_active and mandate.ends_on < today,
        is_future=is_active and mandate.starts_on > today,
    )


def blank_terms(today: dt.date) -> dict[str, str]:
    """What a proposal begins with: one year from today."""
    return {
        "fee_kind": "success_pct",
        "fee_payer": "buyer",
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=364)).isoformat(),
    }


def read_terms(raw: Mapping[str, str]) -> dict[str, Any]:
    """The arguments of `propose_mandate`. Raises Invalid with every misreading."""
    reader = Reader(raw, decimal_separator=decimal_separator())
    kind = reader.choice("fee_kind", FEE_KINDS)
    terms = {
        "fee_kind": kind,
        "fee_pct": reader.decimal("fee_pct", required=True, low=0, high=100)
        if kind in WITH_PERCENT
        else None,
        "fee_payer": reader.choice("fee_payer", FEE_PAYERS),
        "starts_on": reader.date("starts_on", required=True),
        "ends_on": reader.date("ends_on", required=True),
    }
    reader.faults.raise_if_any()
    return terms
