"""Templates compile with the application's own filters, escape everything and fit the security policy."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.support.tree import below, name_of

TEMPLATES = below("web", suffix=".html")
UNESCAPED = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false")
# Refused by a policy without unsafe-inline, so it would do nothing in the browser.
INLINE = re.compile(
    r"""\s(style|on[a-z]+)\s*=\s*["']|<style\b|<script(?![^>]*\bsrc=)|href\s*=\s*["']javascript:"""
)
FOREIGN = re.compile(r"""<(script|link|img|iframe)\b[^>]*(src|href)\s*=\s*["'](https?:)?//""")
ESCAPED = re.compile(r"\{#.*?#\}", re.DOTALL)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    from web.app import create_app
    from web.config import from_environment

    return create_app(from_environment({"ALIANZA_DATA": str(tmp_path_factory.mktemp("data"))}))


def test_every_template_compiles(app: Flask) -> None:
    known = app.jinja_env.list_templates(extensions=["html", "txt", "xml"])
    for name in known:
        app.jinja_env.get_template(name)
    lost = [
        name_of(path) for path in TEMPLATES if not any(path.as_posix().endswith(f"/{name}") for name in known)
    ]
    assert not lost, "no blueprint looks in their folder"


def test_every_template_escapes(app: Flask) -> None:
    for name in app.jinja_env.list_templates(extensions=["html"]):
        assert app.select_jinja_autoescape(name), name


def test_texts_are_looked_up_as_they_are_collected(app: Flask) -> None:
    # pyproject.toml collects the text of a trans block trimmed; looked up untrimmed it would stay English.
    assert app.jinja_env.policies["ext.i18n.trimmed"] is True


@pytest.mark.parametrize(
    ("rule", "advice"),
    [
        (UNESCAPED, "a user's text would run as HTML"),
        (INLINE, "use a class of our stylesheet, or a listener in our script"),
        (FOREIGN, "every asset is served by ourselves"),
    ],
    ids=["unescaped", "inline", "foreign"],
)
def test_no_template_holds(rule: re.Pattern[str], advice: str) -> None:
    places = []
    for path in TEMPLATES:
        source = ESCAPED.sub("", path.read_text(encoding="utf-8"))
        places += [f"{name_of(path)}: {found.group(0).strip()}" for found in rule.finditer(source)]
    assert not places, advice
