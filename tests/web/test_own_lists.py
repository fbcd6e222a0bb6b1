"""One's own needs and capacities, a page at a time; the export has all of them."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from broker.listings.models import Capacity, Need
from tests.factories import listings, parties
from tests.web.conftest import SignIn, Write, read, soup, text_of

MANY = 27


@pytest.mark.parametrize(("path", "kind"), [("/needs", "buyer"), ("/capacities", "producer_org")])
def test_own_rows_come_in_pages_and_the_export_is_whole(
    client: FlaskClient, write: Write, sign_in: SignIn, queries: list[str], path: str, kind: str
) -> None:
    with write() as tx:
        owner = parties.user(tx, kind)
        for _ in range(MANY):
            made: Need | Capacity = (
                listings.need(tx, owner) if kind == "buyer" else listings.capacity(tx, owner)
            )
        newest = made.reference
    sign_in(client, owner.email)
    counted = []
    for number, rows in ((1, 25), (2, MANY - 25), (9, MANY - 25)):
        queries.clear()
        answer = client.get(f"{path}/mine?page={number}")
        counted.append(len(queries))
        page = soup(answer)
        found = page.findall(".//article") if kind == "producer_org" else page.findall(".//tbody/tr")
        assert len(found) == rows
        assert (newest in text_of(page)) == (number == 1)
        assert f"Page {min(number, 2)} of 2" in text_of(page)
    assert counted[0] == counted[1] <= 6
    exported = client.get(f"{path}/export.csv").get_data(as_text=True)
    assert len(list(csv.reader(io.StringIO(exported)))) == MANY + 1
    assert "27 needs" in read(client.get(f"{path}/mine")) or kind == "producer_org"
