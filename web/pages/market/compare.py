"""Candidates side by side as rows of words, each row telling whether it differs and who stands best in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from broker.catalogue import attributes
from broker.listings.models import Need
from broker.matchmaking.comparing import Compared, Comparison
from broker.money import KgPrice
from web.explanation_figures import days
from web.explanation_texts import declined_sentence, gate_sentence, term_sentence
from web.figures import compact, kg_price, scheme_name, short_name
from web.i18n import day, language, number, percent, tonnes
from web.pages.desk.workspace import Seen, cash_bridge
from web.pages.listings.words import limit_words, value_words
from web.wording import label

MOST_ASKED = 50
"""An address may name more than can be compared, but not without end."""
NONE = "–"


@dataclass(frozen=True)
class Row:
    """What is compared, what the need asks of it, a cell for each candidate, and which of them are best (all or none
    where there is no better)."""

    title: str
    asked: str
    cells: Sequence[str]
    best: frozenset[int] = frozenset()

    @property
    def differs(self) -> bool:
        return len(set(self.cells)) > 1

    @property
    def says(self) -> bool:
        """Whether anything is known of anybody."""
        return set(self.cells) != {NONE}


@dataclass(frozen=True)
class Section:
    title: str
    rows: Sequence[Row]


def sections(found: Comparison) -> list[Section]:
    """Everything in the order in which a broker asks: how much, at what price, when paid, from where, what quality."""
    need, compared = found.need, found.compared
    lines = [Seen(one.candidate) for one in compared]
    found_rows = [
        (_("Fit"), _fit(need, compared, lines)),
        (_("Quantity and price"), _price(need, lines)),
        (_("Payment"), _payment(need, lines)),
        (_("Specification"), _specification(need, lines)),
        (_("Certificates and readiness"), _standing(need, compared)),
        (_("Who would depend on whom"), _dependence(compared)),
        (_("Score by feature"), _score(lines)),
    ]
    return [
        Section(title, shown) for title, rows in found_rows if (shown := [row for row in rows if row.says])
    ]


def _fit(need: Need, compared: Sequence[Compared], lines: Sequence[Seen]) -> list[Row]:
    kinds = {
        "chosen": _("in the plan"),
        "open": _("would fit"),
        "near_miss": _("one condition away"),
        "closed": _("held back"),
    }
    closed = [
        " ".join(gate_sentence(gate, need, line.candidate.capacity) for gate in line.pair["closed"]) or NONE
        for line in lines
    ]
    return [
        Row(_("Result of the run"), "", [kinds[one.candidate.kind] for one in compared]),
        Row(_("Suggestion"), "", [suggested(one) for one in compared]),
        Row(_("What stands in the way"), "", closed),
        Row(_("Place"), need.municipality, [line.candidate.capacity.municipality for line in lines]),
        _figures(
            _("Distance"), "", [_decimal(line.pair["km"]) for line in lines], lambda km: f"{number(km, 0)} km", -1
        ),
        Row(
            _("Member families"),
            "",
            [_members(line.candidate.capacity.organization.members_total) for line in lines],
        ),
    ]  # fmt: skip


def _price(need: Need, lines: Sequence[Seen]) -> list[Row]:
    per = label(need.period, "period")

    def prices(name: str) -> list[Decimal | None]:
        return [price.amount if (price := line.price(name)) else None for line in lines]

    asks = [line.ask.amount if line.ask else None for line in lines]
    return [
        _figures(_("Planned %(per)s", per=per), tonnes(need.quantity_kg, 1), [x.usual_kg for x in lines], tonnes, 1),
        _figures(_("Offered %(per)s", per=per), "", [one.offered_kg for one in lines], tonnes, 1),
        _figures(_("Asks at its door, %(currency)s/kg", currency=need.currency), "", asks, kg_price, -1),
        _figures(_("Freight, %(currency)s/kg", currency=need.currency), "", prices("freight"), kg_price, -1),
        _figures(_("Landed, %(currency)s/kg", currency=need.currency), "", prices("landed"), kg_price, -1),
        Row(_("Corridor, for you alone"), "", [_corridor(line) for line in lines]),
        _figures(_("Proposal, %(currency)s/kg", currency=need.currency), "", prices("proposed"), kg_price, -1),
    ]  # fmt: skip


def _payment(need: Need, lines: Sequence[Seen]) -> list[Row]:
    waits = [Decimal(line.candidate.capacity.max_wait_days) for line in lines]
    gaps = [
        cash_bridge(need, line.price("proposed") or line.price("landed"), line.usual_kg or line.offered_kg)
        for line in lines
    ]
    return [
        _figures(_("Waits for payment"), days(need.wait_days), waits, days, 1),
        Row(
            _("Days to spare"),
            "",
            [number(wait - need.wait_days) if wait >= need.wait_days else _missing(need, wait) for wait in waits],
        ),
        _figures(
            _("Cash bridge, %(currency)s", currency=need.currency), "", [g.amount if g else None for g in gaps],
            compact, -1,
        ),
    ]  # fmt: skip


def _specification(need: Need, lines: Sequence[Seen]) -> list[Row]:
    rows = []
    for attribute in attributes.for_product(need.product):
        limit = need.attributes.get(attribute.code)
        values = [line.candidate.capacity.attributes.get(attribute.code) for line in lines]
        if limit is None and not any(value is not None for value in values):
            continue
        rows.append(
            Row(
                attribute.label(language()),
                limit_words(need.product, attribute.code, limit) if limit else "",
                [
                    _("not declared") if value is None else value_words(need.product, attribute.code, value)
                    for value in values
                ],
            )
        )
    return rows


def _standing(need: Need, compared: Sequence[Compared]) -> list[Row]:
    held = sorted({*need.certificates, *(c.scheme for one in compared for c in one.certificates)})
    rows = [
        Row(
            scheme_name(scheme),
            _("required") if scheme in need.certificates else "",
            [_certificate(one, scheme) for one in compared],
        )
        for scheme in held
    ]
    scores = [one.readiness.score if one.readiness else None for one in compared]
    confidence = [
        percent(one.readiness.confidence_pct) if one.readiness else _("not assessed") for one in compared
    ]
    return [
        *rows,
        _figures(_("Readiness, points of 100"), "", scores, lambda points: number(points, 0), 1),
        Row(_("Confidence in it"), "", confidence),
    ]


def _dependence(compared: Sequence[Compared]) -> list[Row]:
    """For those in the plan: what is outside it makes nobody depend on anybody."""
    found = [one.dependence if one.candidate.quantity_kg else None for one in compared]
    return [
        Row(_("Alliance"), "", [label(one.kind, "alliance_type") if one else NONE for one in found]),
        Row(_("Of what the buyer asks"), "", [percent(one.of_purchases) if one else NONE for one in found]),
        Row(_("Of what it can sell a year"), "", [percent(one.of_sales) if one else NONE for one in found]),
        Row(_("Other buyers within three hours"), "", [number(one.dependence.other_buyers) for one in compared]),
    ]  # fmt: skip


def suggested(one: Compared) -> str:
    """What became of it, with the reason where somebody declined."""
    suggestion = one.suggestion
    if suggestion is None:
        return NONE
    if suggestion.state != "declined":
        return label(suggestion.state, "suggestion_state")
    return declined_sentence(suggestion)


def _score(lines: Sequence[Seen]) -> list[Row]:
    totals = [None if line.candidate.score is None else Decimal(str(line.candidate.score)) for line in lines]
    features = dict.fromkeys(term["feature"] for line in lines for term in line.pair["terms"])
    return [
        _figures(_("Score of 100"), "", totals, lambda points: number(points, 1), 1),
        *(_feature(code, lines) for code in features),
    ]


def _feature(code: str, lines: Sequence[Seen]) -> Row:
    terms = [next((term for term in line.pair["terms"] if term["feature"] == code), None) for line in lines]
    points = [None if term is None else Decimal(str(term["points"])) for term in terms]
    cells = [
        NONE
        if term is None
        else f"{number(term['points'], 1)}/{number(term['weight'], 0)}: {term_sentence(term)}"
        for term in terms
    ]
    return Row(label(code, "feature"), "", cells, _best(points, 1))


def _figures(
    title: str, asked: str, values: Sequence[Decimal | None], words: Callable[[Decimal], str], better: int
) -> Row:
    """A row of numbers, of which the largest (1) or the smallest (-1) is best."""
    cells = [NONE if value is None else words(value) for value in values]
    # What reads alike is not better for a fraction that nobody sees.
    best = {cells[number] for number in _best(values, better)}
    alike = frozenset(number for number, cell in enumerate(cells) if cell in best)
    return Row(title, asked, cells, alike if len(alike) < len(cells) else frozenset())


def _best(values: Sequence[Decimal | None], better: int) -> frozenset[int]:
    known = [better * value for value in values if value is not None]
    if len(set(known)) < 2:
        return frozenset()
    most = max(known)
    return frozenset(n for n, value in enumerate(values) if value is not None and better * value == most)


def _corridor(line: Seen) -> str:
    low, high = line.price("low"), line.price("high")
    if low is None or high is None:
        return NONE
    return _span(low, high)


def _span(low: KgPrice, high: KgPrice) -> str:
    ends = dict.fromkeys((kg_price(low.amount), kg_price(high.amount, low.amount)))
    return "–".join(ends)


def _missing(need: Need, wait: Decimal) -> str:
    short = days(need.wait_days - wait)
    return _("%(days)s too few", days=short)


def _certificate(one: Compared, scheme: str) -> str:
    """Valid until when, and who holds it."""
    own = [certificate for certificate in one.certificates if certificate.scheme == scheme]
    if not own:
        return _("none")
    last = max(own, key=lambda certificate: certificate.valid_to)
    until = day(last.valid_to)
    if last.holder_id == last.covers_id:
        return _("its own, until %(day)s", day=until)
    return _("held by %(holder)s, until %(day)s", holder=short_name(last.holder.legal_name), day=until)


def _members(total: int | None) -> str:
    return _("not known") if total is None else ngettext("%(num)d family", "%(num)d families", total)


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
