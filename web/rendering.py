"""One way to answer: a whole page, or the fragment of it that htmx asked for; and the one way to write."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from flask import Flask, current_app, flash, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import to_user_timezone
from htmx_flask import request as htmx_request
from jinja2 import pass_context
from jinja2.defaults import DEFAULT_FILTERS
from jinja2.runtime import Context

from broker.parties.actor import VISITOR
from broker.transaction import Transaction, transaction
from web import wording
from web.extensions import db
from web.i18n import plain
from web.navigation import navigation


def register(app: Flask) -> None:
    app.template_global("form_key")(lambda: uuid.uuid4().hex)
    app.template_global("query_with")(query_with)
    app.template_filter("plain")(plain)
    app.context_processor(_context)
    wording.register(app)


def leave_words_to_the_reader(app: Flask) -> None:
    """Have no filter of ours worked out when a template is compiled: Jinja does so for constants, and the words would
    stay in the language of whoever read the page first."""
    for name, function in app.jinja_env.filters.items():
        if name not in DEFAULT_FILTERS and not hasattr(function, "jinja_pass_arg"):
            app.jinja_env.filters[name] = _at_reading(function)


def _at_reading(function: Callable[..., Any]) -> Callable[..., Any]:
    @pass_context
    @wraps(function)
    def read(_context: Context, *arguments: Any, **named: Any) -> Any:
        return function(*arguments, **named)

    return read


def page(
    template: str, *, fragment: str | None = None, status: int = 200, **context: Any
) -> ResponseReturnValue:
    """Render `template`, or only `fragment` when htmx asks for a part of the page."""
    wanted = fragment if fragment and htmx_request.htmx and not htmx_request.htmx.boosted else template
    return make_response(render_template(wanted, **context), status)


def flash_with_undo(text: str, way_back: str, **fields: str | list[str]) -> None:
    """Say what was done, with a button that takes it back: a form to `way_back` with the same `fields`."""
    flash({"text": text, "action": way_back, "fields": fields}, "toast")  # type: ignore[arg-type]


@contextmanager
def writing() -> Iterator[Transaction]:
    """A transaction of the present actor; committed when the block ends well."""
    db.session.close()  # what was read before the write must not be shown after it
    with transaction(db.engine, g.actor, current_app.config["CLOCK"]) as tx:
        yield tx


def query_with(**changes: Any) -> str:
    """The present address with some of its query changed; empty values are left out."""
    from urllib.parse import urlencode

    values = request.args.to_dict() | changes
    kept = {k: v for k, v in values.items() if v not in (None, "")}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _context() -> dict[str, Any]:
    # A request refused before its actor was loaded (a missing form token, a foreign host) still gets its page.
    actor = g.get("actor") or VISITOR
    now = current_app.config["CLOCK"]()
    return {
        "actor": actor,
        "user": g.get("user"),
        "unread": g.get("unread", 0),
        "demo": current_app.config["SETTINGS"].demo,
        "navigation": navigation(actor),
        "today": to_user_timezone(now).date(),
        "now": now,
    }
