"""The tables of a document that repeat a row per item of the facts, by the name a clause calls them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from broker.agreements import derived
from broker.agreements.clause_library import Clause
from broker.agreements.facts import Attribute, Contribution
from broker.agreements.fill import Filler
from broker.agreements.formatting import date, kilograms, number, percent, pick, quantity
from broker.documents.content import Cell, Column, Datum, Row, Table, Text

Builder = Callable[[Filler, Clause, str], Table]


def schedule(filler: Filler) -> Table:
    """Every period with its dates and kilograms, and their sum."""
    facts, speech = filler.speech.facts.schedule, filler.speech
    rows = [
        Row(
            (
                _plain(str(position + 1)),
                _datum(date(speech, period.start), f"schedule.periods.{position}.start"),
                _datum(date(speech, period.end), f"schedule.periods.{position}.end"),
                *_masses(filler, period.quantity_kg, f"schedule.periods.{position}.quantity_kg"),
            )
        )
        for position, period in enumerate(facts.periods)
    ]
    sums = _masses(filler, facts.total_kg, "schedule.total_kg")
    rows.append(Row((_plain(filler.label("total")), _plain(""), _plain(""), *sums), total=True))
    columns = [
        Column(filler.label("number"), weight=0),
        Column(filler.label("from")),
        Column(filler.label("to")),
        Column(filler.label("kilograms"), align="end"),
    ]
    if facts.factor != 1:
        columns.insert(3, Column(filler.label("quantity"), align="end"))
    return Table("", tuple(columns), tuple(rows))


def _masses(filler: Filler, kg: Decimal, path: str) -> tuple[Cell, ...]:
    """The mass in the unit it was said in, when that is not kg, and in kg."""
    counted = _datum(kilograms(filler.speech, kg), path)
    if filler.speech.facts.schedule.factor == 1:
        return (counted,)
    return (_datum(quantity(filler.speech, kg), path), counted)


def _size_limits(filler: Filler, clause: Clause, clause_number: str) -> Table:
    return _limits(filler, derived.size_limits(filler.speech.facts) or ())


def _quality_limits(filler: Filler, clause: Clause, clause_number: str) -> Table:
    return _limits(filler, derived.other_limits(filler.speech.facts) or ())


def _limits(filler: Filler, limits: tuple[Attribute, ...]) -> Table:
    every = filler.speech.facts.product.attributes or ()
    columns = ["attribute", "limit"]
    with_tolerance = any(limit.tolerance_pct is not None for limit in limits)
    if with_tolerance:
        columns.append("tolerance")
    rows = []
    for limit in limits:
        path = f"product.attributes.{every.index(limit)}"
        cells = [
            _plain(pick(limit.name, filler.speech.language)),
            _datum(_limit_text(filler, limit), path),
        ]
        if with_tolerance:
            tolerance = limit.tolerance_pct
            text = "–" if tolerance is None else percent(filler.speech, tolerance)
            cells.append(_datum(text, f"{path}.tolerance_pct"))
        if limit.price_effect is None or limit.critical:
            failing = filler.label("critical" if limit.critical else "not_critical")
        else:
            failing = filler.speech.word("price_effect", limit.price_effect)
        rows.append(Row((*cells, _datum(failing, f"{path}.critical"))))
    return Table("", tuple(Column(filler.label(code)) for code in (*columns, "failing")), tuple(rows))


def _limit_text(filler: Filler, limit: Attribute) -> str:
    speech = filler.speech
    unit = "" if limit.unit is None else "\u00a0" + speech.word("unit", limit.unit)
    low = "" if limit.low is None else number(speech, limit.low)
    high = "" if limit.high is None else number(speech, limit.high)
    words = {
        "min": f"{filler.label('at_least')} {low}{unit}",
        "max": f"{filler.label('at_most')} {high}{unit}",
        "range": f"{filler.label('range')} {low} {filler.label('range_to')} {high}{unit}",
        "one_of": ", ".join(pick(choice, speech.language) for choice in limit.choices),
        "bool": filler.label("must"),
    }[limit.operator]
    return words if limit.method is None else f"{words} ({limit.method})"


def _certificates(filler: Filler, clause: Clause, clause_number: str) -> Table:
    rows = [
        Row(
            (
                _datum(pick(certificate.name, filler.speech.language), f"certificates.{index}.name"),
                Cell((filler.run(clause, clause_number, "holder", index),)),
                Cell((filler.run(clause, clause_number, "valid_to", index),)),
            )
        )
        for index, certificate in enumerate(filler.speech.facts.certificates or ())
    ]
    return _table(filler, ("scheme", "holder", "valid_to"), rows)


def _milestones(filler: Filler, clause: Clause, clause_number: str) -> Table:
    rows = [
        Row(
            (
                _datum(milestone.trigger, f"payment.milestones.{index}.trigger"),
                _datum(percent(filler.speech, milestone.pct), f"payment.milestones.{index}.pct"),
            )
        )
        for index, milestone in enumerate(filler.speech.facts.payment.milestones)
    ]
    return _table(filler, ("milestone", "share"), rows)


def _contributions(types: tuple[str, ...]) -> Builder:
    def build(filler: Filler, clause: Clause, clause_number: str) -> Table:
        rows = [
            Row(
                (
                    _datum(filler.speech.word("contribution", given.type), f"contributions.{index}.type"),
                    Cell((filler.run(clause, clause_number, "description", index),)),
                    Cell((filler.run(clause, clause_number, "when", index),)),
                    _value_cell(filler, clause, clause_number, index, given),
                )
            )
            for index, given in enumerate(filler.speech.facts.contributions or ())
            if given.type in types
        ]
        return _table(filler, ("contribution", "description", "when", "value"), rows)

    return build


def _value_cell(filler: Filler, clause: Clause, clause_number: str, index: int, given: Contribution) -> Cell:
    run = filler.run(clause, clause_number, "value", index)
    currency = given.currency or filler.speech.facts.price.currency
    if isinstance(run, Datum) and currency is not None:
        return Cell((Datum(f"{run.text}\u00a0{currency}", run.source),))
    return Cell((run,))


def _reimbursement(filler: Filler, clause: Clause, clause_number: str) -> Table:
    rows = []
    for index, given in enumerate(filler.speech.facts.contributions or ()):
        if given.type in derived.ASSISTANCE:
            continue
        name = _datum(filler.speech.word("contribution", given.type), f"contributions.{index}.type")
        if given.reimbursable is None:
            how = Cell((filler.run(clause, clause_number, "reimbursable", index),))
            rows.append(Row((name, how, _plain("–"))))
        elif given.reimbursable:
            how = Cell((filler.run(clause, clause_number, "mode", index),))
            rows.append(Row((name, how, Cell((filler.run(clause, clause_number, "cap", index),)))))
        else:
            free = _datum(filler.label("free"), f"contributions.{index}.reimbursable")
            rows.append(Row((name, free, _plain("–"))))
    return _table(filler, ("contribution", "how", "cap"), rows)


def _union_members(filler: Filler, clause: Clause, clause_number: str) -> Table:
    speech = filler.speech
    rows = []
    for index, member in enumerate(speech.facts.members or ()):
        path = f"members.{index}"
        minutes = f"{member.minutes}, {date(speech, member.given_on)}"
        rows.append(
            Row(
                (
                    _datum(member.organization, f"{path}.organization"),
                    _datum(member.tax_id or "–", f"{path}.tax_id"),
                    _datum(minutes, f"{path}.minutes"),
                    _datum(kilograms(speech, member.quantity_kg), f"{path}.quantity_kg"),
                )
            )
        )
    columns = [Column(filler.label(code)) for code in ("organization", "tax_number", "minutes")]
    return Table("", (*columns, Column(filler.label("kilograms"), align="end")), tuple(rows))


def _table(filler: Filler, columns: tuple[str, ...], rows: list[Row]) -> Table:
    return Table("", tuple(Column(filler.label(code)) for code in columns), tuple(rows))


def _plain(text: str) -> Cell:
    return Cell((Text(text),) if text else ())


def _datum(text: str, source: str) -> Cell:
    return Cell((Datum(text, source),))


BUILDERS: dict[str, Builder] = {
    "size_limits": _size_limits,
    "quality_limits": _quality_limits,
    "certificates": _certificates,
    "milestones": _milestones,
    "technical_assistance": _contributions(derived.ASSISTANCE),
    "inputs": _contributions(derived.INPUTS),
    "prefinance": _contributions(derived.PREFINANCE),
    "reimbursement": _reimbursement,
    "union_members": _union_members,
}
