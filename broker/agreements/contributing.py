"""What the buyer contributes, as offers change it: one more, or one taken off before anybody has signed.

Its value, its day and how it is paid back are terms like others; a new one opens the points that its type asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from broker.agreements.facts import Contribution, DraftFacts
from broker.agreements.negotiable import plain_words
from broker.errors import Faults, RuleBroken
from broker.listings.models import CONTRIBUTION_TYPES

LONGEST = 200
MOST = 20


@dataclass(frozen=True)
class ContributionChange:
    """A contribution to add, by type, description and whether it is paid back; `off` are positions to take off."""

    type: str = ""
    description: str = ""
    reimbursable: bool = False
    off: frozenset[int] = frozenset()


def with_contributions(facts: DraftFacts, wanted: ContributionChange, *, signed: bool) -> DraftFacts:
    """The facts with the change. Once `signed` nothing is taken off, for what was given is booked by its position.

    Raises Invalid at `contribution`, `what` and `paid_back`, RuleBroken('contribution_signed').
    """
    if signed and wanted.off:
        raise RuleBroken("contribution_signed", field="form")
    kept = [one for index, one in enumerate(facts.contributions or ()) if index not in wanted.off]
    if wanted.type or wanted.description.strip():
        kept.append(_judged(wanted))
    if len(kept) > MOST:
        raise RuleBroken("too_many", field="contribution", most=MOST)
    return replace(facts, contributions=tuple(kept))


def _judged(wanted: ContributionChange) -> Contribution:
    words = plain_words(wanted.description)
    faults = Faults()
    faults.require(wanted.type in CONTRIBUTION_TYPES, "choice_unknown", "contribution", value=wanted.type)
    if faults.require(bool(words), "required", "what"):
        faults.require(len(words) <= LONGEST, "too_long", "what", most=LONGEST)
    free = wanted.type == "technical_assistance" and wanted.reimbursable
    faults.require(not free, "assistance_is_free", "paid_back")
    faults.raise_if_any()
    return Contribution(type=wanted.type, description=words, reimbursable=wanted.reimbursable)
