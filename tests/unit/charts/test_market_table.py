"""The map and its table hold the same facts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from broker.agreements.flows import Flow
from tests.factories.bare import bare_capacity, bare_need
from web.pages.market.mapping import market_view


def test_the_table_adds_up_to_the_marks() -> None:
    pereira, quimbaya = {"lat": 4.81, "lon": -75.69}, {"lat": 4.62, "lon": -75.77}
    need, other = bare_need(**pereira), bare_need(**pereira, quantity_kg=Decimal(5_000))
    giving = bare_capacity(52, elsewhere_kg_year=Decimal(2_000), **quimbaya)
    # An end of the reader's own flow is not in sight of all, and stands on the map none the less.
    private = bare_capacity(10, **quimbaya)
    view = market_view([need, other], [giving], [Flow(need, private, "agreed", Decimal(8_000), 7)])
    assert [row.kind for row in view.rows] == ["agreed", "demand", "demand", "supply", "supply"]
    [sheet] = view.sheets
    for kind, tonnes in (("demand", 60), ("supply", 60)):
        marks = [mark for mark in sheet.drawing.marks if mark.kind == kind]
        assert sum(mark.amount for mark in marks) == pytest.approx(tonnes)
        assert sum(row.kg for row in view.rows if row.kind == kind) == tonnes * 1000
    assert [link.amount for link in sheet.drawing.links] == [8]
    assert [region.name for region in sheet.regions] == ["Quindío", "Risaralda"]
    assert [size.kg for size in view.legend] == [2_000, 10_000]
