"""The reader's language where there is no browser: the command line speaks with the words of the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import Babel

from web import i18n


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Texts, numbers and dates in "es" or "en" inside the block, without pages, database and their start-up.

    The language is asked for as a browser asks, so that what was made for pages gives the same words here.
    """
    app = Flask("web", static_folder=None)
    app.config["BABEL_DEFAULT_LOCALE"] = "es_CO"
    Babel(app, locale_selector=i18n.locale, timezone_selector=i18n.time_zone)
    with app.test_request_context(headers={"Accept-Language": language}):
        yield
