"""One server, readers of two languages: the words of a page are the reader's, whoever read it first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.site import Site, open_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def test_a_constant_of_a_template_is_put_into_words_for_each_reader(site: Site) -> None:
    template = site.app.jinja_env.from_string(
        '{{ "week"|label("period") }}, {{ ["months"]|map("field_name")|first }}'
    )
    said = []
    for language in ("es", "en", "es"):
        with site.app.test_request_context(headers={"Accept-Language": language}):
            said.append(template.render())
    assert said == [
        "por semana, Meses de cosecha",
        "per week, Months with harvest",
        "por semana, Meses de cosecha",
    ]
