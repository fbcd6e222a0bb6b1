"""The app factory, in small named steps."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from sqlalchemy.exc import OperationalError

import broker.models  # every table must be known before the first query
import broker.subscriptions  # noqa: F401  (handlers register themselves)
from broker.clock import Clock, system_clock
from broker.database import govern, is_passing
from web import (
    assets,
    compression,
    errors,
    explanation_texts,
    figures,
    i18n,
    measures,
    pages,
    preferences,
    price_step_texts,
    rendering,
    security,
)
from web.config import Settings, from_environment
from web.extensions import babel, csrf, db, htmx
from web.row_ids import RowIdConverter

TRIES = 3


class App(Flask):
    """Flask, but for one thing: what two writers undid for each other is tried again."""

    def dispatch_request(self) -> ResponseReturnValue:
        for _ in range(TRIES - 1):
            try:
                return super().dispatch_request()
            except OperationalError as error:
                if not is_passing(error) or request.files:
                    raise
                db.session.rollback()
        return super().dispatch_request()


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """An app for one installation. Tests pass their own settings and clock."""
    settings = settings or from_environment()
    app = App("web", static_folder=None)
    app.url_map.converters["int"] = RowIdConverter
    _configure(app, settings, clock)
    _bind_extensions(app)
    compression.register(app)
    assets.register(app)
    i18n.register(app)
    security.register(app)
    preferences.register(app)
    rendering.register(app)
    figures.register(app)
    explanation_texts.register(app)
    price_step_texts.register(app)
    measures.register(app)
    errors.register(app)
    pages.register(app)
    rendering.leave_words_to_the_reader(app)
    return app


def _configure(app: Flask, settings: Settings, clock: Clock) -> None:
    app.config.update(
        SETTINGS=settings,
        CLOCK=clock,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SESSION_COOKIE_NAME="alianza",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=60 * 60 * 24 * 14,
        MAX_CONTENT_LENGTH=8 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=1024 * 1024,
        TRUSTED_HOSTS=list(settings.hosts),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="es_CO",
        BABEL_DEFAULT_TIMEZONE="America/Bogota",
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Texts of `trans` blocks are looked up as they are extracted: with their white space folded.
    app.jinja_env.policies["ext.i18n.trimmed"] = True


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    csrf.init_app(app)
    htmx.init_app(app)
    babel.init_app(app, locale_selector=i18n.locale, timezone_selector=i18n.time_zone)
    with app.app_context():
        govern(db.engine)
