"""What goes over the wire: bytes as sent, compressed, with headers left out. kB are 1000 bytes."""

from __future__ import annotations

import http.client
import statistics
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Request

from tests.e2e.conftest import House
from tests.support.pages import KINDS, Address
from web.compression import LEAST_BYTES

FIRST, LATER, FRAGMENT, MEDIAN_FRAGMENT = 100_000, 30_000, 15_000, 5_000
FRAGMENTS = {"needs.browse", "capacities.browse", "runs.show"}


@pytest.mark.parametrize("path", ["/", "/needs", "/capacities", "/sign-in"])
def test_a_first_visit(browser: Browser, house: House, path: str) -> None:
    """Everything a browser with an empty cache fetches."""
    context = browser.new_context(base_url=house.address)
    page = context.new_page()
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))
    page.goto(path, wait_until="networkidle")
    sizes = {request.url: request.sizes()["responseBodySize"] for request in asked}
    context.close()
    assert len(sizes) >= 3, "a page, its style and its script"
    assert 0 < sum(sizes.values()) <= FIRST, sizes


@pytest.mark.parametrize("who", list(KINDS))
def test_a_later_page(house: House, who: str) -> None:
    sizes = {page.path: size for page, size in weighed(house, who, {})}
    assert sizes
    assert {path: size for path, size in sizes.items() if size > LATER} == {}


def test_a_fragment(house: House) -> None:
    sizes = [
        size
        for who in KINDS
        for page, size in weighed(house, who, {"HX-Request": "true"})
        if page.endpoint in FRAGMENTS
    ]
    assert max(sizes) <= FRAGMENT
    assert statistics.median(sizes) <= MEDIAN_FRAGMENT


def weighed(house: House, who: str, headers: dict[str, str]) -> Iterator[tuple[Address, int]]:
    """Each page of a person and the bytes of its answer."""
    connection = http.client.HTTPConnection(urlsplit(house.address).netloc)
    headers = headers | {"Accept-Encoding": "gzip", "Cookie": f"alianza={house.cookie(who, 'es')}"}
    for page in house.pages(who):
        connection.request("GET", page.path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 200:
            assert answer.getheader("Content-Encoding") == "gzip" or len(body) < LEAST_BYTES, page.path
            yield page, len(body)
    connection.close()
