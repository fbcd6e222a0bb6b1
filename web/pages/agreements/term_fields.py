"""The terms of an agreement as fields of a form: what each asks, in which unit, and what may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from broker.agreements.clause_library import house_library
from broker.agreements.facts import DraftFacts
from broker.agreements.formatting import pick
from broker.agreements.models import Agreement, AgreementVersion
from broker.agreements.negotiable import WHOLE, Term, may_set, terms_of
from web.i18n import language, plain
from web.wording import label

OPEN, ALL = "open", "all"


@dataclass(frozen=True)
class Field:
    """One term as a field: its question, the hint with what is usual, the unit, the choices, and what it holds now."""

    name: str
    kind: str
    question: str
    clause: str
    hint: str
    unit: str
    choices: Sequence[tuple[str, str]]
    value: str
    is_open: bool


@dataclass(frozen=True)
class Part:
    """The fields of one part of the agreement."""

    title: str
    fields: Sequence[Field]


def allowed_terms(agreement: Agreement, version: AgreementVersion, side: str) -> dict[str, Term]:
    """The terms that the side may set now, by path."""
    return {
        term.path: term for term in terms_of(version) if may_set(side, term.path, agreement.state, term.owner)
    }


def chosen(terms: Mapping[str, Term], show: str) -> list[Term]:
    """Those that a form shows: the open ones, all, or those of one clause."""
    if show == ALL:
        return list(terms.values())
    if show == OPEN:
        return [term for term in terms.values() if term.value is None]
    return [term for term in terms.values() if term.clause == show]


def parts_of(terms: Sequence[Term], facts: DraftFacts) -> list[Part]:
    """The fields, by the part of the agreement they belong to."""
    words = house_library().vocabulary["part"]
    found: dict[int, list[Field]] = {}
    for term in terms:
        found.setdefault(term.part, []).append(_field(term, facts))
    return [Part(pick(words[str(part)], language()), fields) for part, fields in sorted(found.items())]


def fields_of(terms: Sequence[Term], facts: DraftFacts) -> list[Field]:
    """The fields in the order of the terms."""
    return [_field(term, facts) for term in terms]


def typed_terms(form: MultiDict[str, str], terms: Mapping[str, Term]) -> dict[str, str]:
    """What was typed for the terms that the form held; the boxes of a list as one text."""
    asked = set(form.getlist("asked")) & terms.keys()
    return {
        path: "; ".join(value for value in form.getlist(path) if value) for path in terms if path in asked
    }


def shown(term: Term, value: Any) -> str:
    """A stored value as the reader would type it."""
    if value is None:
        return ""
    if term.kind == "decimal" or (term.kind == "whole" and not isinstance(value, str)):
        return plain(Decimal(str(value)))
    if term.kind == "yes_no":
        return "yes" if value else "no"
    if term.kind == "list":
        return "; ".join(value) or "none"
    if term.kind == "words":
        return pick(value, language())
    if term.kind == "packing":
        return pick(value["name"], language())
    return "none" if term.kind == "none" else str(value)


def _field(term: Term, facts: DraftFacts) -> Field:
    usual = "" if term.recommended is None else _("Usual: %(text)s", text=_said(term, term.recommended))
    asked_of = label(term.owner, "document_owner")
    hint = " · ".join(part for part in (_("Asked of: %(owner)s", owner=asked_of), usual) if part)
    return Field(
        term.path, term.kind, pick(term.question, language()), pick(term.title, language()), hint,
        _unit(term, facts), _choices(term), shown(term, term.value), term.value is None,
    )  # fmt: skip


def _said(term: Term, value: Any) -> str:
    """A value in words: for a choice those of its code."""
    if term.kind in ("choice", "list"):
        codes = value if isinstance(value, list) else [value]
        return ", ".join(
            pick(term.choices[code], language()) if code in term.choices else code for code in codes
        )
    if term.kind == "yes_no":
        return _("Yes") if value else _("No")
    unit = "%" if term.format in ("percent", "plus_minus") else _counted(term)
    return " ".join(part for part in (shown(term, value), unit) if part)


def _choices(term: Term) -> list[tuple[str, str]]:
    if term.kind == "yes_no":
        return [("yes", _("Yes")), ("no", _("No"))]
    found = [(code, pick(words, language())) for code, words in term.choices.items()]
    # Codes that mean the same to the reader stand there once.
    once = {words: code for code, words in reversed(found)}
    found = [(code, words) for code, words in found if once[words] == code]
    if term.kind == "choice" and term.value is not None and term.value not in term.choices:
        found.insert(0, (term.value, term.value))
    return found


def _unit(term: Term, facts: DraftFacts) -> str:
    if term.format in ("percent", "plus_minus"):
        return "%"
    if term.format in ("price", "price_kg") or (term.format == "formula_price" and not _indexed(facts)):
        return f"{facts.price.currency or ''}/{facts.price.unit}"
    if term.format in ("formula_price", "signed"):
        return (facts.price.params or {}).get("differential_unit", "")
    return _counted(term)


def _indexed(facts: DraftFacts) -> bool:
    return "series" in (facts.price.params or {})


def _counted(term: Term) -> str:
    words = {"days": _("days"), "weeks": _("weeks"), "hours": _("hours")}
    return words.get(term.format, "") if term.format in WHOLE else ""
