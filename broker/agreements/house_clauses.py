"""The clauses that a broker house writes itself, without code: in place of a clause of the library, or one more.

A text is written like those of the library: a blank line ends a paragraph, "- " begins an item, and {{ payment.days }}
stands for what the agreement says there. What the parties have not settled becomes an open point, as everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broker.agreements.clause_library import Clause, ClauseLibrary, Placeholder, read_lines, slots_of
from broker.agreements.clause_sets import every_clause, library_for, sources
from broker.agreements.facts import DraftFacts
from broker.agreements.house_models import HouseClause
from broker.agreements.negotiable import plain_words
from broker.catalogue import countries, products
from broker.errors import Conflict, Faults, NotFound
from broker.parties.permissions import require_kind, require_manager
from broker.transaction import Transaction

OWN = "own_"
PARTS = range(1, 7)
# A house's own clauses stand at the end of their part, in the order in which they were first written.
LAST = 1000
LONGEST_TITLE = 120
LONGEST_TEXT = 6000
_MARK = re.compile(r"\{\{\s*([A-Za-z_0-9.*]+)\s*\}\}")
_LOOSE = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Written:
    """What a house types for a clause. `stem` is the file it replaces, empty for a clause of its own."""

    stem: str
    part: int
    title_es: str
    title_en: str
    text_es: str
    text_en: str
    products: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()


def library(session: Session, broker_id: int, facts: DraftFacts) -> ClauseLibrary:
    """The clauses of an agreement of a broker house: those of the library and its sets, with the house's own."""
    own = [one for one in live_clauses(session, broker_id) if _applies(one, facts)]
    base = library_for(facts)
    if not own:
        return base
    by_stem = {_stem(clause): clause for clause in base.clauses}
    for one in own:
        # A clause of a set that does not fit this agreement has nothing here to replace.
        if one.stem.startswith(OWN) or one.stem in by_stem:
            by_stem[one.stem] = clause_of(one)
    clauses = sorted(
        by_stem.values(), key=lambda clause: (clause.part, clause.order, clause.id, clause.variant)
    )
    return ClauseLibrary(tuple(clauses), base.vocabulary)


def live_clauses(session: Session, broker_id: int) -> Sequence[HouseClause]:
    """The house's clauses in use, by part and name."""
    query = select(HouseClause).where(HouseClause.broker_id == broker_id, HouseClause.retired_at.is_(None))
    return session.scalars(query.order_by(HouseClause.part, HouseClause.stem)).all()


def versions_of(session: Session, broker_id: int, stem: str) -> Sequence[HouseClause]:
    """Every version of a house's clause, newest first."""
    query = select(HouseClause).where(HouseClause.broker_id == broker_id, HouseClause.stem == stem)
    return session.scalars(query.order_by(HouseClause.version.desc())).all()


def write(tx: Transaction, typed: Written, base: int = 0) -> HouseClause:
    """A new version of a clause on top of the house's version `base` (0 for none), in use from now on in what the house
    drafts and in the next version of what is being negotiated.

    Managers of a broker house only. Raises Invalid with every fault at its field, Conflict('version_moved_on') when
    somebody of the house wrote another version meanwhile.
    """
    broker_id = require_kind(tx.actor, "broker")
    require_manager(tx.actor, broker_id)
    typed = replace(typed, title_es=plain_words(typed.title_es), title_en=plain_words(typed.title_en))
    _judge(typed)
    stem = typed.stem or _own_stem(tx.session, broker_id)
    before = _live(tx, broker_id, stem)
    last = 0
    if (found := 0 if before is None else before.version) != base:
        raise Conflict("version_moved_on", number=found)
    if before is not None:
        before.retired_at, last = tx.now, before.version
        tx.session.flush()
    elif typed.stem:
        last = max((one.version for one in versions_of(tx.session, broker_id, stem)), default=0)
        if not last and stem not in _stems():
            raise NotFound("not_found")
    clause = HouseClause(
        broker_id=broker_id,
        stem=stem,
        version=last + 1,
        part=_stems()[stem].part if stem in _stems() else typed.part,
        title_es=typed.title_es,
        title_en=typed.title_en,
        text_es=_tidy(typed.text_es),
        text_en=_tidy(typed.text_en),
        products=list(typed.products),
        countries=list(typed.countries),
        created_at=tx.now,
        created_by_id=tx.actor.user_id,
    )
    tx.session.add(clause)
    tx.session.flush()
    tx.record("house_clause.written", "house_clause", clause.id, broker_id, stem=stem, version=clause.version)
    return clause


def retire(tx: Transaction, stem: str) -> None:
    """Use the clause no longer: the library's stands again, or none. Raises NotFound."""
    broker_id = require_kind(tx.actor, "broker")
    require_manager(tx.actor, broker_id)
    clause = _live(tx, broker_id, stem)
    if clause is None:
        if not versions_of(tx.session, broker_id, stem):
            raise NotFound("not_found")
        raise Conflict("clause_retired")
    clause.retired_at = tx.now
    tx.record("house_clause.retired", "house_clause", clause.id, broker_id, stem=stem, version=clause.version)


def clause_of(written: HouseClause) -> Clause:
    """The clause as the library has them."""
    base = _stems().get(written.stem)
    known = known_data(written.stem)
    bodies = {"es": _slotted(written.text_es), "en": _slotted(written.text_en)}
    used = {*_marks(written.text_es), *_marks(written.text_en)}
    placeholders = dict(base.placeholders) if base else {}
    placeholders |= {_slot(name): known[name] for name in used if name in known}
    return Clause(
        id=base.id if base else written.stem,
        variant=base.variant if base else "",
        version=f"{written.version} h{written.broker_id}",
        part=base.part if base else written.part,
        order=base.order if base else LAST + int(written.stem.removeprefix(OWN)),
        title={"es": written.title_es, "en": written.title_en},
        applies_when=base.applies_when if base else None,
        conditions=base.conditions if base else {},
        placeholders=placeholders,
        bodies={language: read_lines(text) for language, text in bodies.items()},
    )


@cache
def known_data(stem: str = "") -> Mapping[str, Placeholder]:
    """What a text may stand a mark for: every path that a clause of the library knows, and the names that the clause
    which it replaces uses."""
    found: dict[str, Placeholder] = {}
    for clause in every_clause().clauses:
        for placeholder in clause.placeholders.values():
            # One that somebody is asked for serves where it is missing too.
            if "*" not in placeholder.path and (
                placeholder.path not in found or found[placeholder.path].question is None
            ):
                found[placeholder.path] = placeholder
    found = {path: one for path, one in found.items() if one.question is not None or path in ALWAYS}
    base = _stems().get(stem)
    own = base.placeholders.items() if base else ()
    return found | {name: one for name, one in own if "*" not in one.path}


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """The words of every clause that a house can replace, in the order of an agreement: title_es, title_en, text_es,
    text_en and part, by the name of its file."""
    written = sources()
    ordered = sorted(_stems().items(), key=lambda pair: (pair[1].part, pair[1].order, pair[0]))
    return {
        stem: {
            "part": str(clause.part),
            "title_es": clause.title["es"],
            "title_en": clause.title["en"],
            "text_es": written[stem]["es"],
            "text_en": written[stem]["en"],
        }
        for stem, clause in ordered
    }


# Known of every agreement, though nobody is asked for it.
ALWAYS = frozenset(
    {
        "buyer.legal_name", "organization.legal_name", "product.name", "schedule.start", "schedule.end",
        "schedule.total_kg",
    }
)  # fmt: skip


@cache
def _stems() -> Mapping[str, Clause]:
    return {_stem(clause): clause for clause in every_clause().clauses if clause.part}


def _stem(clause: Clause) -> str:
    return f"{clause.id}.{clause.variant}" if clause.variant else clause.id


def _applies(clause: HouseClause, facts: DraftFacts) -> bool:
    return (not clause.products or facts.product.code in clause.products) and (
        not clause.countries or facts.organization.country in clause.countries
    )


def _own_stem(session: Session, broker_id: int) -> str:
    query = select(func.count(func.distinct(HouseClause.stem))).where(
        HouseClause.broker_id == broker_id, HouseClause.stem.startswith(OWN, autoescape=True)
    )
    return f"{OWN}{(session.scalar(query) or 0) + 1}"


def _live(tx: Transaction, broker_id: int, stem: str) -> HouseClause | None:
    query = select(HouseClause).where(
        HouseClause.broker_id == broker_id, HouseClause.stem == stem, HouseClause.retired_at.is_(None)
    )
    return tx.session.scalar(query.with_for_update())


def _judge(typed: Written) -> None:
    faults = Faults()
    for name in ("title_es", "title_en", "text_es", "text_en"):
        text, most = getattr(typed, name).strip(), LONGEST_TITLE if name.startswith("title") else LONGEST_TEXT
        if faults.require(bool(text), "required", name):
            faults.require(len(text) <= most, "too_long", name, most=most)
    if not typed.stem:
        faults.require(typed.part in PARTS, "choice_unknown", "part", value=str(typed.part))
    codes, known_countries = {one.code for one in products.all()}, {one.code for one in countries.all()}
    for code in typed.products:
        faults.require(code in codes, "choice_unknown", "products", value=code)
    for code in typed.countries:
        faults.require(code in known_countries, "country_unknown", "countries", value=code)
    for name in ("text_es", "text_en"):
        _judge_text(faults, name, getattr(typed, name), typed.stem)
    marks = [set(_marks(typed.text_es)), set(_marks(typed.text_en))]
    if not faults.found and marks[0] != marks[1]:
        names = ", ".join(sorted(marks[0] ^ marks[1]))
        faults.add("clause_languages_differ", "text_en", names=names)
    faults.raise_if_any()


def _judge_text(faults: Faults, field: str, text: str, stem: str) -> None:
    known, base = known_data(stem), _stems().get(stem)
    for name in _marks(text):
        faults.require(name in known, "clause_mark_unknown", field, name=name)
    faults.require(not _LOOSE.search(_MARK.sub("", text)), "clause_mark_open", field)
    if faults.found:
        return
    lines = read_lines(_slotted(text))
    asked = {_slot(name) for name, one in known.items() if one.question is not None or name in ALWAYS}
    there = slots_of(base.bodies["es"] if base else ())
    for condition, name in sorted(slots_of(lines), key=str):
        if name not in asked and not there & {(None, name), (condition, name)}:  # It may be missing.
            faults.add("clause_mark_conditional", field, name=name)
    allowed = _structure(base.bodies["es"]) if base else set()
    for kind, name in sorted(_structure(lines) - allowed):
        code = "clause_condition_unknown" if kind == "condition" else "clause_table_unknown"
        faults.add(code, field, name=name)


def _structure(lines: Sequence[object]) -> set[tuple[str, str]]:
    """The conditions and tables that a body calls by name."""
    found: set[tuple[str, str]] = set()
    for line in lines:
        condition, kind, cells = (getattr(line, name) for name in ("condition", "kind", "cells"))
        if condition is not None:
            found.add(("condition", condition))
        if kind == "table":
            found.add(("table", str(cells[0][0])))
    return found


def _marks(text: str) -> list[str]:
    return _MARK.findall(text)


def _slot(name: str) -> str:
    return name.replace(".", "__")


def _slotted(text: str) -> str:
    return _MARK.sub(lambda found: "{{ " + _slot(found[1]) + " }}", text)


def _tidy(text: str) -> str:
    """Lines without what nobody sees; paragraphs stay apart."""
    return "\n".join(plain_words(line) for line in text.replace("\r\n", "\n").strip().split("\n"))
