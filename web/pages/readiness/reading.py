"""Turns an assessment form into the broker's input, and an assessment back into what the form shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from broker.errors import Invalid, RuleBroken
from broker.listings.reader import Reader
from broker.readiness.indicators import Indicator
from broker.readiness.models import AssessmentValue
from broker.readiness.services import ValueInput
from web.i18n import decimal_separator
from web.wording import sentences

# Which of an indicator's four fields a fault of the broker belongs to; any other is about the value.
_FIELD_OF = {"percent_range": "confidence", "date_in_future": "evidence_on"}


def read_values(raw: Mapping[str, str], indicators: Iterable[Indicator]) -> dict[str, ValueInput]:
    """The indicators that were given a value. Raises Invalid with every misreading."""
    reader = Reader(raw, decimal_separator=decimal_separator())
    found = {}
    for code in (indicator.code for indicator in indicators):
        value = reader.whole(f"value-{code}", low=0, high=5)
        evidence = reader.text(f"evidence-{code}", most=1000)
        evidence_on = reader.date(f"evidence_on-{code}")
        confidence = reader.whole(f"confidence-{code}", low=0, high=100, default=100)
        if value is None and (evidence or evidence_on):
            reader.faults.add("value_for_evidence", f"value-{code}")
        if value is not None:
            found[code] = ValueInput(value, evidence, evidence_on, 100 if confidence is None else confidence)
    reader.faults.raise_if_any()
    return found


def shown(values: Iterable[AssessmentValue]) -> dict[str, str]:
    """An earlier assessment as the form begins with it."""
    fields = {}
    for value in values:
        fields[f"value-{value.indicator}"] = str(value.value)
        fields[f"evidence-{value.indicator}"] = value.evidence
        fields[f"evidence_on-{value.indicator}"] = value.evidence_on.isoformat() if value.evidence_on else ""
        fields[f"confidence-{value.indicator}"] = str(value.confidence_pct)
    return fields


def field_errors(error: Invalid | RuleBroken) -> dict[str, str]:
    """Sentences by field of the form; the broker names only the indicator."""
    faults = error.faults if isinstance(error, Invalid) else [error]
    for fault in faults:
        if fault.field and "-" not in fault.field:
            fault.field = f"{_FIELD_OF.get(fault.code, 'value')}-{fault.field}"
    return sentences(error)
