"""Texts are compressed for those who can read that, and never where their length would tell a secret."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient

from tests.factories import parties
from tests.web.conftest import SignIn, Write

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


def test_a_page_is_the_same_text_compressed(client: FlaskClient) -> None:
    plain, packed = client.get("/sign-up"), client.get("/sign-up", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert "<h1>" in gzip.decompress(packed.data).decode()
    for answer in (plain, packed):
        assert {"Accept-Encoding", "Cookie"} <= set(answer.vary)


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0", "*;q=0"])
def test_who_cannot_read_it_gets_plain_text(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/sign-up", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert b"<h1>" in answer.data


def test_small_answers_and_those_without_text_stay_as_they_are(client: FlaskClient) -> None:
    redirected = client.get("/home", headers=GZIP)
    assert redirected.status_code == 302
    assert "Content-Encoding" not in redirected.headers
    assert client.get("/assets/0/icon.svg", headers=GZIP).data.startswith(b"<svg")


def test_a_style_sheet_is_compressed_and_kept(client: FlaskClient) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    answer = client.get(address, headers=GZIP)
    assert answer.headers["Content-Encoding"] == "gzip"
    assert "immutable" in answer.headers["Cache-Control"]
    assert gzip.decompress(answer.data) == client.get(address).data


@pytest.mark.parametrize(
    ("site", "compressed"),
    [(None, True), ("none", True), ("same-origin", True), ("same-site", False), ("cross-site", False)],
)
def test_a_page_with_a_session_that_another_site_asked_for_is_not_compressed(
    client: FlaskClient, write: Write, sign_in: SignIn, site: str | None, compressed: bool
) -> None:
    with write() as tx:
        parties.user(tx, "buyer", email="buyer@example.org")
    headers = GZIP | ({} if site is None else {"Sec-Fetch-Site": site})
    assert "Content-Encoding" in client.get("/needs", headers=headers).headers, "a visitor has no secret"
    sign_in(client, "buyer@example.org")
    answer = client.get("/needs?q=guess", headers=headers)
    assert ("Content-Encoding" in answer.headers) is compressed
