"""Text stays text: whatever is typed into a field is shown as it was typed, and does nothing."""

from __future__ import annotations

import csv
import io
import itertools
import os
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from openpyxl import load_workbook
from werkzeug.test import TestResponse

from tests.support import payloads
from tests.support.site import VISITOR, Site, open_site
from tests.support.typed_text import forms, others, places

RUNS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture(scope="module")
def opened() -> Iterator[Site]:
    with open_site() as made:
        yield made


@pytest.fixture
def site(opened: Site) -> Site:
    """The world as it was made."""
    opened.restore()
    return opened


def test_there_are_enough_of_them() -> None:
    assert len(set(payloads.ALL)) >= 40


@pytest.mark.parametrize("text", payloads.ALL)
def test_text_is_shown_as_text(site: Site, text: str) -> None:
    """Into every text field of every form; then every page and file that shows one of them."""
    for who, path, form in forms(site, text):
        answer = site.enter(who).post(path, data=form)
        assert answer.status_code in (200, 303, 400, 422), f"{path}: {answer.status_code}"
        harmless(answer, text)
    for who, path in places(site):
        answer = site.enter(who).get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        harmless(answer, text)


def test_what_is_typed_arrives(site: Site) -> None:
    """Without this a form that stores nothing would pass the test above."""
    text = '"><img src=x onerror=zq7()>'
    for who, path, form in forms(site, text):
        assert site.enter(who).post(path, data=form).status_code == 303, path
    shown = {
        path: site.enter(who).get(path).text
        for who, path in places(site)
        if "export" not in path and "pdf" not in path
    }
    silent = [path for path, page in shown.items() if "&lt;img src=x onerror=zq7()&gt;" not in page]
    assert silent == []


@pytest.mark.parametrize("text", [*payloads.ALL, "x' UNION SELECT password_hash FROM users --"])
def test_a_search_finds_only_what_was_searched(site: Site, text: str) -> None:
    for path in ("/needs", "/capacities"):
        answer = site.enter(VISITOR).get(path, query_string={"q": text})
        assert answer.status_code in (200, 400)
        harmless(answer, text)
        assert f'href="{path}/' not in answer.text.partition("<main")[2], "found something"
    answer = site.enter("house_a").get("/mandates", query_string={"q": text})
    assert answer.status_code in (200, 400) and "Organización buyer_b" not in answer.text


def test_no_cell_of_an_export_runs(site: Site) -> None:
    for text in (*payloads.FORMULAS, *payloads.CONTROLS):
        for who, path, form in forms(site, text):
            site.enter(who).post(path, data=form)
        for who, kind in (("buyer_a", "needs"), ("producer_a", "capacities")):
            sheet = site.enter(who).get(f"/{kind}/export.csv").get_data().decode("utf-8-sig")
            cells = [cell for row in csv.reader(io.StringIO(sheet)) for cell in row]
            assert len(cells) > 50
            assert [
                cell for cell in cells if cell.startswith(RUNS) and not re.fullmatch(r"-[\d.,]+", cell)
            ] == []
            book = load_workbook(io.BytesIO(site.enter(who).get(f"/{kind}/export.xlsx").get_data()))
            assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {
                "s",
                "inlineStr",
                "n",
                "d",
            }
            texts = [
                cell.value for row in book.active.iter_rows() for cell in row if isinstance(cell.value, str)
            ]
            assert [
                cell for cell in texts if cell.startswith(RUNS) and not re.fullmatch(r"-[\d.,]+", cell)
            ] == []


# In the suite each field gets every second of them, the next field the others; in `make soak` each gets all.
ODD = ("\u00b2", "9" * 40, "-1", "\u0663", "1e999", "NaN", "\x00", "\ud83d".encode("utf-8", "surrogatepass"))
EVERY_VALUE = "ALIANZA_SOAK_EXAMPLES" in os.environ


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_value_in_any_field_is_no_error_of_ours(site: Site, odd: Any) -> None:
    """Each field of each form in turn, and each argument of each list."""
    broken, turn = [], itertools.count(ODD.index(odd))
    for who, path, form in [*forms(site, "x"), *others(site)]:
        for name in form:
            if next(turn) % 2 and not EVERY_VALUE:
                continue
            site.restore()
            answer = site.enter(who).post(path, data=form | {name: odd})
            if answer.status_code >= 500:
                broken.append(f"POST {path} {name}: {answer.status_code}")
    for who, path in [*places(site), ("house_a", "/needs/new"), (VISITOR, "/sign-in"), (VISITOR, "/sign-up")]:
        names = (
            "q",
            "page",
            "days",
            "sort",
            "product",
            "country",
            "buyer",
            "lang",
            "left",
            "bad",
            "next",
            "kind",
        )
        # All at once; one by one where the first to be read turned the rest away.
        if site.enter(who).get(path, query_string=dict.fromkeys(names, odd)).status_code == 200:
            continue
        for name in names:
            if site.enter(who).get(path, query_string={name: odd}).status_code >= 500:
                broken.append(f"GET {path} {name}")
    assert not broken, "\n".join(broken)


def test_a_number_too_large_for_the_database_is_unknown(site: Site) -> None:
    for rule in site.app.url_map.iter_rules():
        for argument in sorted(rule.arguments):
            if rule._converters[argument].__class__.__name__ == "IntegerConverter":  # type: ignore[attr-defined]
                values = dict.fromkeys(rule.arguments, "publish") | {argument: 10**30}
                with site.app.test_request_context():
                    path = site.app.url_for(rule.endpoint, _external=False, **values)
                for who in ("buyer_a", "producer_a", "house_a"):
                    method = "GET" if "GET" in (rule.methods or ()) else "POST"
                    assert site.enter(who).open(path, method=method).status_code in (403, 404), path


def harmless(answer: TestResponse, text: str) -> None:
    """No script, no handler, no markup of the text's own; nothing was computed."""
    if answer.mimetype != "text/html":
        return
    # A hash holds any figures.
    page, where = re.sub(r"[0-9a-f]{64}", "", answer.text), answer.request.path
    assert payloads.PRODUCT not in page, where
    assert site_secret not in page, where
    if any(sign in text for sign in "<\"'"):
        assert text not in page, f"{where} shows {text} as it came"
    if "zq7" in page or "<" in text:
        for element in html5lib.parse(page, namespaceHTMLElements=False).iter():
            inert(element, where)


def inert(element: Element, where: str) -> None:
    if not isinstance(element.tag, str):
        assert "zq7" not in (element.text or ""), where
        return
    for name, value in element.attrib.items():
        assert not name.startswith("on") and name != "style" and not name.startswith("hx-on"), (
            f"{where}: {name}"
        )
        assert "javascript:" not in value or name in ("value", "content"), f"{where}: {value}"
        assert "evil.example" not in value or name == "value", f"{where}: {value}"
        assert "zq7" not in name, where
    if element.tag in ("script", "style"):
        assert not (element.text or "").strip(), f"{where}: a script within the page"
    assert element.tag not in ("iframe", "base", "object", "embed"), where


site_secret = "a key for tests"
