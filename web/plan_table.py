"""A matching as a text of aligned columns, as wide as the screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from broker.listings.models import Need
from broker.matchmaking.compute import Outcome
from broker.matchmaking.findings import NeedFinding, PairFinding
from broker.matchmaking.standalone import SheetMarket, reasons_of
from web.explanation_figures import days
from web.explanation_texts import (
    gate_sentence,
    reason_sentence,
    term_sentence,
    unlisted_sentence,
    why_sentence,
)
from web.figures import kg_price
from web.i18n import day, number, percent, product_name, unit_name
from web.matching_plan import mean_landed
from web.wording import label

BAR = 10
NARROWEST, WIDEST = 60, 140
NAMED = 3
"""Up to so many organizations are named where one condition holds them back."""
SHORTEST_NAME = 12
DISPENSABLE = (2, 5)
"""Landed cost and score give way, in this order, where the screen is narrow."""
SHORT_UNITS = ("kg", "t", "lb", "g")
LONGEST_UNIT = 16


@dataclass(frozen=True)
class Style:
    """Columns of the screen, and the signs for the full and the empty part of a bar and for a line."""

    width: int
    full: str = "█"
    empty: str = "░"
    line: str = "─"


def lines_of(market: SheetMarket, outcome: Outcome, style: Style, *, explain: bool) -> Iterator[str]:
    """The whole table, line by line; with `explain` also the reason of every pair."""
    style = replace(style, width=min(WIDEST, max(NARROWEST, style.width)))
    needs, capacities = len(market.inputs.needs), len(market.inputs.capacities)
    yield from _wrapped(
        _(
            "%(needs)s and %(capacities)s; plan %(status)s.",
            needs=ngettext("%(num)d need", "%(num)d needs", needs),
            capacities=ngettext("%(num)d capacity", "%(num)d capacities", capacities),
            status=label(outcome.status, "run_status"),
        ),
        style,
    )
    for finding in outcome.needs:
        yield ""
        yield from _need(finding, style, explain)
    if market.unasked:
        yield ""
        yield _("Nobody asks for:")
        for capacity in market.unasked:
            text = (
                f"{capacity.reference} {capacity.organization.legal_name}: {product_name(capacity.product)}"
            )
            yield from _wrapped(text, style, "  · ")


def _need(finding: NeedFinding, style: Style, explain: bool) -> Iterator[str]:
    need = finding.need
    covered = f"{_bar(finding.covered_pct, style)} {percent(finding.covered_pct, 1):>8}"
    head = f"{need.reference}  {product_name(need.product)}"
    yield f"{_cut(head, style.width - len(covered) - 2):<{style.width - len(covered) - 2}}  {covered}"
    yield from _wrapped(_asked(finding), style, "  ")
    chosen = [pair for pair in finding.pairs if pair.kind == "chosen"]
    if chosen:
        yield from _table(_heads(need), [*map(_cells, chosen)], _together(finding, chosen), style)
    for reason in reasons_of(finding):
        yield from _wrapped(reason_sentence(reason, need), style, "  · ")
        yield from _examples(finding, reason, style, explain)
    if explain:
        yield from _explained(finding, style)


def _asked(finding: NeedFinding) -> str:
    need, count = finding.need, len(finding.periods)
    return _(
        "%(buyer)s: %(quantity)s, %(start)s – %(end)s (%(periods)s); %(payment)s.",
        buyer=need.buyer.legal_name,
        quantity=f"{number(need.quantity_original)} {_per_unit(need)}",
        start=day(need.starts_on),
        end=day(need.ends_on),
        periods=ngettext("%(num)d delivery period", "%(num)d delivery periods", count),
        payment=_payment(need),
    )


def _payment(need: Need) -> str:
    if not need.payment_days:
        return _("pays at once")
    if need.advance_pct:
        return _(
            "pays at %(days)s, %(share)s in advance",
            days=days(need.payment_days),
            share=percent(need.advance_pct),
        )
    return _("pays at %(days)s", days=days(need.payment_days))


def _per_unit(need: Need) -> str:
    """`t per week`; what a long name explains in brackets is left out."""
    unit = need.quantity_unit
    if unit not in SHORT_UNITS:
        name = unit_name(unit).partition(" (")[0]
        unit = name if len(name) <= LONGEST_UNIT else unit
    return f"{unit} {label(need.period, 'period')}"


def _heads(need: Need) -> list[str]:
    per_kg = f"{need.currency}/kg"
    return [
        _("Organization"), _per_unit(need), _("Landed"), _("Corridor"), f"{_('Proposal')} {per_kg}",
        _("Score"),
    ]  # fmt: skip


def _cells(pair: PairFinding) -> list[str]:
    assert pair.low and pair.high and pair.proposed and pair.score is not None
    low, high = kg_price(pair.low.amount), kg_price(pair.high.amount)
    return [
        f"{pair.capacity.reference} {pair.capacity.organization.legal_name}",
        _quantity(pair.need, pair.periods),
        kg_price(pair.landed.amount) if pair.landed else "–",
        low if low == high else f"{low}–{high}",
        kg_price(pair.proposed.amount),
        number(pair.score, 1),
    ]


def _together(finding: NeedFinding, chosen: Sequence[PairFinding]) -> list[str]:
    mean = mean_landed(finding)
    total = _quantity(finding.need, [period.planned for period in finding.periods])
    name = ngettext("Together, %(num)d organization", "Together, %(num)d organizations", _suppliers(chosen))
    return [name, total, "–" if mean is None else kg_price(mean), "", "", ""]


def _suppliers(chosen: Sequence[PairFinding]) -> int:
    return len({pair.capacity.organization_id for pair in chosen})


def _quantity(need: Need, kg: Sequence[Decimal]) -> str:
    """The quantity of a period in the need's unit; its range where the periods differ."""
    said = [number(each / need.quantity_factor, 2) for each in (min(kg), max(kg))]
    return said[0] if said[0] == said[1] else "–".join(said)


def _table(heads: list[str], rows: list[list[str]], total: list[str], style: Style) -> Iterator[str]:
    """Names to the left and cut to what is left of the width, figures to the right."""
    every = [heads, *rows, total]
    widths = [max(len(cells[column]) for cells in every) for column in range(len(heads))]
    kept = [*range(len(heads))]
    for column in DISPENSABLE:
        if _room(widths, kept, style) < SHORTEST_NAME:
            kept.remove(column)
    widths[0] = max(SHORTEST_NAME, min(widths[0], _room(widths, kept, style)))
    every = [[cells[column] for column in kept] for cells in every]
    widths = [widths[column] for column in kept]
    for cells in every[:-1]:
        yield _aligned(cells, widths)
    yield "  " + style.line * (sum(widths) + 2 * (len(widths) - 1))
    yield _aligned(every[-1], widths)


def _room(widths: list[int], kept: list[int], style: Style) -> int:
    """What the figures leave for the name."""
    return style.width - 2 - sum(widths[column] + 2 for column in kept[1:])


def _aligned(cells: list[str], widths: list[int]) -> str:
    name = f"{_cut(cells[0], widths[0]):<{widths[0]}}"
    figures = (f"{cell:>{width}}" for cell, width in zip(cells[1:], widths[1:], strict=True))
    return "  ".join(["", name, *figures]).rstrip()


def _examples(finding: NeedFinding, reason: Mapping[str, Any], style: Style, explain: bool) -> Iterator[str]:
    """Whom a condition holds back, by how much, while they are few."""
    gate = reason.get("gate")
    held = [(pair, each) for pair in finding.pairs for each in pair.closed if each.gate == gate]
    if explain or max(len(held), reason["params"].get("pairs", 0)) > NAMED:
        return
    for pair, closed in held:
        text = gate_sentence(closed.as_dict(), finding.need, pair.capacity)
        yield from _wrapped(f"{pair.capacity.reference}: {text}", style, "      ")


def _explained(finding: NeedFinding, style: Style) -> Iterator[str]:
    if finding.unlisted:
        yield from _wrapped(unlisted_sentence(finding.unlisted), style, "  · ")
    for pair in finding.pairs:
        kind = "+" if pair.kind == "chosen" else "-"
        sentences = [gate_sentence(gate.as_dict(), pair.need, pair.capacity) for gate in pair.closed]
        text = " ".join(sentences) or why_sentence(pair.why, pair.need.currency)
        name = f"{pair.capacity.reference} {pair.capacity.organization.legal_name}"
        yield from _wrapped(f"{name}: {text}", style, f"  {kind} ")
        if pair.reliance:
            yield from _wrapped(_("A certificate that is asked for is held by the buyer."), style, "      ")
        if pair.terms:
            terms = (
                f"{label(term['feature'], 'feature')} {number(term['points'], 1)}/{number(term['weight'])}"
                f" ({term_sentence(term)})"
                for term in pair.terms
            )
            yield from _wrapped("; ".join(terms), style, "      ")


def _bar(pct: Decimal, style: Style) -> str:
    # A need that is not full never looks full, one that has anything never looks empty.
    full = int(pct / 100 * BAR)
    full = max(full, 1) if pct > 0 else 0
    return style.full * full + style.empty * (BAR - full)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: max(1, width - 1)].rstrip() + "…"


def _wrapped(text: str, style: Style, indent: str = "") -> list[str]:
    return textwrap.wrap(
        text, style.width, initial_indent=indent, subsequent_indent=" " * len(indent), break_on_hyphens=False
    )
