"""The radar, put together for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from broker.listings.queries import Page
from broker.matchmaking.balance import ProductBalance
from broker.matchmaking.openings import Opening
from broker.matchmaking.radar import Radar
from web.charts.columns import Columns, stacked_columns
from web.pages.market.paging import part


@dataclass(frozen=True)
class RadarView:
    """A page of openings, each with its number among those of its need and lever; the products; and of the one that
    is looked at its months as a chart in tonnes."""

    found: Radar
    rows: Page
    numbers: Sequence[int]
    balance: ProductBalance | None
    chart: Columns | None

    @property
    def unmet_kg(self) -> Decimal:
        return sum((part.kg for parts in self.found.unmet.values() for part in parts), Decimal(0))


def radar_view(found: Radar, page_number: int, product: str) -> RadarView:
    """`product` is the one whose months are shown; by default the one with most unmet demand."""
    rows = part(found.openings, page_number)
    shown = next((one for one in found.balances if one.product == product), None)
    balance = shown or (found.balances[0] if found.balances else None)
    return RadarView(
        found, rows, [_number(found.openings, one) for one in rows.rows], balance, _chart(balance)
    )


def _number(openings: Sequence[Opening], opening: Opening) -> int:
    """As `broker.matchmaking.radar.opening_of` counts them."""
    same = [one for one in openings if one.need is opening.need and one.lever == opening.lever]
    return same.index(opening)


def _chart(balance: ProductBalance | None) -> Columns | None:
    if balance is None:
        return None
    tonnes = {name: [kg / 1000 for kg in balance.monthly(name)] for name in ("unmet", "near", "idle")}
    groups = [
        [[("unmet", unmet)], [("near", near), ("idle", idle)]]
        for unmet, near, idle in zip(tonnes["unmet"], tonnes["near"], tonnes["idle"], strict=True)
    ]
    return stacked_columns(groups, width=640, height=260, bottom=28)
