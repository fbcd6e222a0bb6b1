"""Terms that lean to one side, shown to both. A flag says what to look at, never whether it is lawful."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from broker.agreements import derived
from broker.agreements.facts import DraftFacts
from broker.agreements.formatting import FORMATTERS, Speech

# Levels of domain.md 2.7 and 7: advice for fresh produce, the term Colombia's law names, caps that warn.
FRESH_DAYS = 15
COLOMBIA_DAYS = 45
DEDUCTIONS_CAP_PCT = Decimal(30)
FEE_PCT = Decimal(5)


@dataclass(frozen=True)
class Flag:
    """A warning about the clause `clause`; `values` are facts already written for the reader."""

    code: str
    clause: str
    title: str
    message: str


def flags(speech: Speech) -> tuple[Flag, ...]:
    """The flags the facts raise, in the order of the agreement."""
    facts = speech.facts
    return tuple(
        _written(speech, code, clause, values) for rule in RULES for code, clause, values in rule(facts)
    )


Found = list[tuple[str, str, Mapping[str, tuple[str, object]]]]


def _buyer_certificate(facts: DraftFacts) -> Found:
    if not derived.buyer_holds_certificate(facts):
        return []
    return [("buyer_certificate", "certification", {})]


def _exclusive(facts: DraftFacts) -> Found:
    exclusive = facts.quantity_rules.exclusivity == "exclusive"
    return [("exclusive", "exclusivity", {})] if exclusive else []


def _wait(facts: DraftFacts) -> Found:
    wait, longest = derived.net_wait_days(facts), facts.max_wait_days
    if wait is None or longest is None or wait <= longest:
        return []
    return [("wait", "payment", {"wait": ("days", wait), "longest": ("days", longest)})]


def _fresh(facts: DraftFacts) -> Found:
    days = facts.payment.days
    if not facts.product.fresh or days is None or days <= FRESH_DAYS:
        return []
    return [("fresh", "payment", {"days": ("days", days), "advice": ("days", FRESH_DAYS)})]


def _colombia(facts: DraftFacts) -> Found:
    days = facts.payment.days
    if facts.organization.country != "CO" or days is None or days <= COLOMBIA_DAYS:
        return []
    return [("colombia", "payment", {"days": ("days", days), "limit": ("days", COLOMBIA_DAYS)})]


def _deductions(facts: DraftFacts) -> Found:
    cap = facts.payment.deductions_cap_pct
    if cap is None or cap <= DEDUCTIONS_CAP_PCT:
        return []
    return [("deductions", "deductions", {"cap": ("percent", cap), "level": ("percent", DEDUCTIONS_CAP_PCT)})]


def _contribution_caps(facts: DraftFacts) -> Found:
    caps = [given.cap_pct for given in facts.contributions or () if given.reimbursable and given.cap_pct]
    if sum(caps) <= DEDUCTIONS_CAP_PCT:
        return []
    level = ("percent", DEDUCTIONS_CAP_PCT)
    return [("reimbursement", "reimbursement", {"cap": ("percent", sum(caps)), "level": level})]


def _fee(facts: DraftFacts) -> Found:
    fee = None if facts.mandate is None else facts.mandate.fee_pct
    if fee is None or fee <= FEE_PCT:
        return []
    return [("fee", "mandate_fee", {"fee": ("percent", fee), "level": ("percent", FEE_PCT)})]


def _undisclosed(facts: DraftFacts) -> Found:
    hidden = facts.mandate is not None and facts.mandate.disclosed is False
    return [("undisclosed", "mandate_fee", {})] if hidden else []


def _remedies(facts: DraftFacts) -> Found:
    organization, buyer = facts.rules.organization_remedy_pct, facts.rules.buyer_remedy_pct
    if organization == buyer:
        return []
    if not organization or not buyer:
        return [("one_sided_remedy_buyer" if buyer else "one_sided_remedy_organization", "remedies", {})]
    values = {"organization": ("percent", organization), "buyer": ("percent", buyer)}
    return [("unequal_remedies", "remedies", values)]


RULES = (
    _buyer_certificate, _exclusive, _wait, _fresh, _colombia, _deductions, _contribution_caps, _fee,
    _undisclosed, _remedies,
)  # fmt: skip


def _written(speech: Speech, code: str, clause: str, values: Mapping[str, tuple[str, object]]) -> Flag:
    words = {name: FORMATTERS[form](speech, value) for name, (form, value) in values.items()}
    return Flag(code, clause, speech.word("flag_title", code), speech.word("flag", code).format(**words))
