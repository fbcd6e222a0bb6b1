"""What is confidential stays with those it belongs to, wherever it is looked for: pages, fragments, files, mails."""

from __future__ import annotations

import html
import io
import re
import urllib.parse
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from broker.agreements import signature_page
from broker.notifications.models import Message
from broker.readiness.models import Assessment, AssessmentValue
from tests.support import routes
from tests.support.site import VISITOR, Site, open_site
from web.extensions import db
from web.pages.agreements import views

_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s.,'\u00a0\u202f()-]+(?=\d)")
_LINK = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)')
_CHANGES_EACH_TIME = re.compile(r'(?<=value=")[0-9a-f]{32}(?=")|(?<=value=")[\w.-]{60,}(?=")')
# They try the numbers of the other tenant's objects too, to which they are strangers: its people would do the same
# here, for the tenants are alike.
PEOPLE = (VISITOR, "buyer_a", "reader_a", "producer_a", "rival_a", "house_a", "house_past", "agency")


@dataclass(frozen=True)
class Look:
    """What somebody was given: the address, and everything readable in the answer."""

    path: str
    text: str


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def seen(site: Site) -> dict[str, list[Look]]:
    """Everything that everybody can reach by following links and by trying the number of every object. The same
    document is set once: several people open it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signature_page, "render_pdf", cache(signature_page.render_pdf))
        patch.setattr(views, "render_pdf", cache(views.render_pdf))
        patch.setattr(views, "render_docx", cache(views.render_docx))
        return {who: list(crawl(site, who)) for who in PEOPLE}


@pytest.mark.timeout(300)
def test_nobody_sees_what_is_not_hers(site: Site, seen: dict[str, list[Look]]) -> None:
    leaks = [
        f"{who} sees {canary.field} ({canary.value}) at {look.path}"
        for who, looks in seen.items()
        for look in looks
        for canary in site.world.canaries
        if canary.value in look.text and who not in canary.seen_by
    ]
    assert not leaks, "\n" + "\n".join(leaks)


@pytest.mark.timeout(300)
def test_everybody_sees_what_is_hers(site: Site, seen: dict[str, list[Look]]) -> None:
    """Without this the test above could not fail: it would search for what is nowhere."""
    planted = [
        Counter((one.field, len(one.seen_by)) for one in site.world.canaries if tenant in str(one.seen_by))
        for tenant in ("_a'", "_b'")
    ]
    assert planted[0] == planted[1]
    missing = [
        f"{who} does not see {canary.field} ({canary.value})"
        for canary in site.world.canaries
        for who in sorted(canary.shown_to & seen.keys())
        if not any(canary.value in look.text for look in seen[who])
    ]
    assert not missing, "\n" + "\n".join(missing)


def test_mails_tell_no_secret(site: Site) -> None:
    names = {f"{name}@example.org": name for name in site.world.people}
    with site.app.app_context():
        messages = db.session.scalars(select(Message)).all()
        assert len(messages) > 20
        leaks = [
            f"{message.to_address} reads {canary.field} in {message.subject}"
            for message in messages
            for canary in site.world.canaries
            if canary.value in squeezed(message.subject + message.body)
            and names[message.to_address] not in canary.seen_by
        ]
    assert not leaks


def test_the_values_of_an_assessment_change_nothing_for_others(site: Site) -> None:
    """A value from 0 to 5 cannot be searched for: instead every page of others must stay the same without it."""
    organization = site.world.objects["organization_producer_a"]
    page = f"/organizations/{organization}/readiness"
    insiders, outsiders = (
        ("producer_a", "clerk_a", "house_a"),
        ("buyer_a", "rival_a", "house_b", "agency"),
    )
    looks = [(who, page) for who in insiders]
    looks += [
        (who, path) for who in outsiders for path in addresses(site) if not path.endswith((".pdf", ".docx"))
    ]
    before = [steady(site, *look) for look in looks]
    turn_round(site, organization)
    after = [steady(site, *look) for look in looks]
    site.restore()
    changed = [look for look, then, now in zip(looks, before, after, strict=True) if then != now]
    assert changed == [(who, page) for who in insiders]


def crawl(site: Site, who: str) -> Iterator[Look]:
    """Breadth first: every route with every object, then the links; each page whole, and as htmx asks for it."""
    client, waiting = site.enter(who), addresses(site)
    known = {shape(path) for path in waiting}
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        yield Look(path, readable(answer))
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        if "hx-get" in answer.get_data(as_text=True):
            yield Look(f"{path} (fragment)", readable(client.get(path, headers={"HX-Request": "true"})))
        for link in map(html.unescape, _LINK.findall(answer.get_data(as_text=True))):
            if shape(link) not in known and not link.startswith("/assets/"):
                known.add(shape(link))
                waiting.append(link)
    assert not site.written, "a GET wrote"


def addresses(site: Site) -> list[str]:
    """Every GET route with every object of both tenants that its table names."""
    tokens = {"reset": "x", "ending": "x", "calendar": "x", "needs": "0" * 32, "capacities": "0" * 32}
    found = []
    for rule, method in routes.rules(site):
        if method == "GET" and rule.endpoint != "asset":
            for row in routes.rows_of(rule):
                for name in (row.object, f"{row.object[:-2]}_b" if row.object else ""):
                    twin = routes.Row(name, row.may, values=row.values)
                    found.append(routes.address(site, rule, twin, tokens))
    return list(dict.fromkeys(found))


def shape(link: str) -> str:
    """An address without the values of its query: one of each sort is enough."""
    return re.sub("=[^&]*", "", link)


def readable(answer: TestResponse) -> str:
    """Headers and content as text in which a number has no signs between its digits."""
    headers = "\n".join(f"{name}: {urllib.parse.unquote(value)}" for name, value in answer.headers)
    return squeezed(f"{headers}\n{content(answer)}")


def content(answer: TestResponse) -> str:
    if answer.mimetype == "application/pdf":
        return printed(answer.data)
    if answer.mimetype.endswith("spreadsheetml.sheet"):
        sheets = load_workbook(io.BytesIO(answer.data), read_only=True).worksheets
        return "\n".join(words(row) for sheet in sheets for row in sheet.iter_rows(values_only=True))
    if answer.mimetype.endswith("wordprocessingml.document"):
        # Everything in the file, not only the text: properties and comments too.
        with zipfile.ZipFile(io.BytesIO(answer.data)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return answer.get_data(as_text=True)


@cache
def printed(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def words(row: Iterable[object]) -> str:
    return "\t".join("" if cell is None else str(cell) for cell in row)


def squeezed(text: str) -> str:
    return _BETWEEN_DIGITS.sub("", text)


def turn_round(site: Site, organization_id: int) -> None:
    """Every value of the organization's assessments becomes its opposite."""
    with site.app.app_context():
        query = select(AssessmentValue).join(Assessment).where(Assessment.organization_id == organization_id)
        for value in db.session.scalars(query):
            value.value = 5 - value.value
        db.session.commit()


def steady(site: Site, who: str, path: str) -> tuple[int, str]:
    """An answer without what is new at each request."""
    answer = site.enter(who).get(path)
    return answer.status_code, _CHANGES_EACH_TIME.sub("", content(answer))
