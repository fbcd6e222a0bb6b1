"""The terms that the parties can set or change, as a form asks them: what the text of the draft rests on and somebody
can be asked for."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, get_args, get_origin

from broker.agreements.assembly import DraftDocument
from broker.agreements.checklist import checklist
from broker.agreements.clause_library import Clause, ClauseLibrary, Placeholder, house_library
from broker.agreements.clause_sets import every_clause, library_for
from broker.agreements.facts import DraftFacts, Packing, from_json, to_json
from broker.agreements.freezing import draft_of, facts_of
from broker.agreements.models import AgreementVersion
from broker.agreements.paths import kind_at
from broker.documents import canonical
from broker.documents.content import Block, Bullets, Datum, Gap, Runs, Section, Table
from broker.errors import Faults, RuleBroken
from broker.numerals import Separator, parse_decimal, parse_integer

# Read in the text but said elsewhere: what was matched, who the parties are, and the calendar in its own table.
FIXED = re.compile(
    r"derived\..*|created|need|suggestion|product\.(name|code)|schedule\.(start|end|periods.*)|.*legal_name"
    r"|mandate\.broker|(amendment|continues|members)\..*"
)
# What a register or the mandate says stays as it is there; what nobody has said yet can be said here.
REGISTERED = re.compile(r"product\.grade|certificates\..*|mandate\.fee_(kind|pct)|mandate\.payer")
# Terms that the text leaves out while they are nothing, by the clause and placeholder that ask for them.
SILENT = (("payment", "advance"),)
WHOLE = ("days", "weeks", "hours", "members", "periods")
MONEY = ("price", "price_kg", "formula_price")
LONGEST_TEXT = 500
LONGEST_DAYS = 3660


@dataclass(frozen=True)
class Term:
    """One term at `path`, asked of `owner` by the clause `clause`.

    `kind` is decimal, whole, yes_no, date, choice, list, words (one text for every language), packing, none (the only
    answer is that there is none) or text. `group` names the vocabulary of a choice or list; `value` and `recommended`
    are JSON data.
    """

    path: str
    clause: str
    part: int
    title: Mapping[str, str]
    question: Mapping[str, str]
    owner: str
    kind: str
    format: str
    group: str
    value: Any
    recommended: Any

    @property
    def choices(self) -> Mapping[str, Mapping[str, str]]:
        """The words of each code that may be chosen."""
        return house_library().vocabulary.get(self.group, {}) if self.group else {}


def terms_of(version: AgreementVersion, draft: DraftDocument | None = None) -> tuple[Term, ...]:
    """The terms of a version in the order of its text, each once. `draft` is its text in any language, where the
    caller has it."""
    draft, data = draft or draft_of(version, "es"), version.facts
    # A clause of the broker house may ask for what only another set of clauses asks for.
    asked = [*_asked(library_for(facts_of(version))), *_asked(every_clause())]
    advice = {point.path: point.recommended_value for point in draft.open_points}
    paths = [*_paths(draft.document.preamble, draft.document.sections)]
    # What the checklist demands can be set also where a house's own clause does not speak of it.
    paths += [path for item in checklist(facts_of(version)) for path in item.missing]
    for clause_id, name in SILENT:
        paths.append(next(p.path for c, n, p in asked if c.id == clause_id and n == name))
    found: dict[str, Term] = {}
    for path in paths:
        if path in found or FIXED.fullmatch(path):
            continue
        match = next(((c, p) for c, _, p in asked if _fits(p.path, path)), None)
        value = _value(data, path)
        if match is not None and (value is None or not REGISTERED.fullmatch(path)):
            found[path] = _term(path, *match, value, advice.get(path, match[1].recommended))
    return tuple(sorted(found.values(), key=lambda term: term.part))


def may_set(side: str, path: str, state: str, owner: str) -> bool:
    """Whether a side may set the term. Who a party is only that party and the broker say; the broker's fee is his
    mandate's; before the draft is sent a party answers what it is asked."""
    head = path.partition(".")[0]
    if head == "mandate":
        return side == "broker"
    if head in ("buyer", "organization"):
        return side == "broker" or side == {"buyer": "buyer", "organization": "producer"}[head]
    if side == "broker" or state != "draft":
        return True
    return (
        owner
        in {"buyer": ("buyer", "both_parties"), "producer": ("producer_organization", "both_parties")}[side]
    )


def read_terms(terms: Mapping[str, Term], typed: Mapping[str, str], separator: Separator) -> dict[str, Any]:
    """What was typed, by path, as JSON data; an empty text opens the point again. Raises Invalid with every fault at
    its path."""
    faults, found = Faults(), {}
    for path, text in typed.items():
        try:
            found[path] = _read(terms[path], text.strip(), separator)
        except RuleBroken as fault:
            faults.found.append(RuleBroken(fault.code, field=path, **fault.params))
    faults.raise_if_any()
    return found


def changed(facts: DraftFacts, values: Mapping[str, Any]) -> DraftFacts:
    """The facts with each path set to its JSON value. Raises RuleBroken('term_unreadable') where one does not fit."""
    data = json.loads(to_json(facts))
    try:
        _set_all(data, values)
        return from_json(json.dumps(data))
    except (canonical.NotCanonical, KeyError, IndexError, ValueError, TypeError) as fault:
        raise RuleBroken("term_unreadable", field="form", detail=str(fault)) from None


def _set_all(data: Any, values: Mapping[str, Any]) -> None:
    """Raises KeyError, IndexError, ValueError or TypeError where there is no such path."""
    for path, value in values.items():
        *parents, last = path.split(".")
        target: Any = data
        for name in parents:
            key: Any = int(name) if isinstance(target, list) else name
            if target[key] is None:
                target[key] = {}
            target = target[key]
        if parents[-1:] == ["params"] and value is None:
            target.pop(last, None)
        else:
            target[int(last) if isinstance(target, list) else last] = value


def _asked(library: ClauseLibrary) -> list[tuple[Clause, str, Placeholder]]:
    """Every placeholder that somebody is asked for; the summary repeats those of the clauses."""
    return [
        (clause, name, placeholder)
        for clause in sorted(
            library.clauses, key=lambda clause: (clause.part == 0, clause.part, clause.order)
        )
        for name, placeholder in clause.placeholders.items()
        if placeholder.question is not None
    ]


def _term(path: str, clause: Clause, placeholder: Placeholder, value: Any, advice: Any) -> Term:
    form, _, group = placeholder.format.partition(":")
    kind = _kind(path, form)
    return Term(
        path, clause.id, clause.part, clause.title, placeholder.question or {}, placeholder.owner, kind, form,
        group if kind == "choice" else "deduction" if kind == "list" else "", value, advice,
    )  # fmt: skip


def _kind(path: str, form: str) -> str:
    kind = kind_at(path)
    if form == "choice":
        return "yes_no" if kind is bool else "choice"
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return "list"
    if kind is int or (kind is str and form in WHOLE):
        return "whole"
    if kind is Decimal or (kind is str and form in (*MONEY, "percent", "plus_minus", "number", "signed")):
        return "decimal"
    if kind is bool:
        return "yes_no"
    if kind is Packing:
        return "packing"
    if get_origin(kind) is tuple:
        return "none"
    if get_origin(kind) is not None:
        return "words"
    return "date" if kind is dt.date or form == "date" else "text"


def _read(term: Term, text: str, separator: Separator) -> Any:
    text = plain_words(text)
    if not text:
        return None
    if term.kind == "decimal":
        return _decimal(term, text, separator)
    if term.kind == "whole":
        number = parse_integer(text, separator)
        if number > LONGEST_DAYS:
            raise RuleBroken("out_of_range", low=0, high=LONGEST_DAYS)
        return number if kind_at(term.path) is int else str(number)
    if term.kind == "yes_no":
        return text == "yes"
    if term.kind == "none":
        return []
    if term.kind == "date":
        try:
            return dt.date.fromisoformat(text).isoformat()
        except ValueError:
            raise RuleBroken("date_format", value=text) from None
    if term.kind in ("choice", "list"):
        codes = [*dict.fromkeys(code.strip() for code in text.split(";"))] if term.kind == "list" else [text]
        codes = [] if codes == ["none"] else codes
        unknown = [code for code in codes if code not in term.choices]
        # Somebody's own words stand where the list has none, as long as the value stays what it was.
        if unknown and text != term.value:
            raise RuleBroken("choice_unknown", value=unknown[0])
        return codes if term.kind == "list" else text
    if len(text) > LONGEST_TEXT:
        raise RuleBroken("too_long", most=LONGEST_TEXT)
    words = {"es": text, "en": text}
    return {"name": words} if term.kind == "packing" else words if term.kind == "words" else text


def plain_words(text: str) -> str:
    """A text in one line of characters that can be read: no controls, no signs that nobody sees or that turn the
    direction of a line."""
    seen = "".join(
        c for c in unicodedata.normalize("NFC", text) if c.isspace() or unicodedata.category(c)[0] != "C"
    )
    return " ".join(seen.split())


def _decimal(term: Term, text: str, separator: Separator) -> str:
    number = parse_decimal(text, separator, allow_negative=term.format == "signed")
    if term.format in ("percent", "plus_minus") and number > 100:
        raise RuleBroken("percent_range", low=0, high=100)
    if term.format in MONEY and number <= 0:
        raise RuleBroken("must_be_above", limit=0)
    return canonical.decimal_text(number)


def _value(data: Mapping[str, Any], path: str) -> Any:
    value: Any = data
    for name in path.split("."):
        if value is None:
            return None
        value = value[int(name)] if isinstance(value, list) else value.get(name)
    return value


def _fits(pattern: str, path: str) -> bool:
    return _compiled(pattern).fullmatch(path) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", r"\d+"))


def _paths(blocks: tuple[Block, ...], sections: tuple[Section, ...]) -> Iterator[str]:
    for section in sections:
        if section.role in ("part", "clause"):
            yield from _paths(section.blocks, section.sections)
    for block in blocks:
        for runs in _runs(block):
            for run in runs:
                if isinstance(run, Datum):
                    yield run.source
                elif isinstance(run, Gap):
                    yield run.point


def _runs(block: Block) -> list[Runs]:
    if isinstance(block, Bullets):
        return [item.runs for item in block.items]
    if isinstance(block, Table):
        return [cell.runs for row in block.rows for cell in row.cells]
    return [block.runs]
