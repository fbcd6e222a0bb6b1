"""Error pages that say what happened and what to do next."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError

from broker.errors import Conflict, Invalid, NotAllowed, NotFound, RuleBroken, TradeError
from web.wording import message


def register(app: Flask) -> None:
    for kind, status in ((NotFound, 404), (NotAllowed, 403), (Conflict, 409), (RuleBroken, 422)):
        app.register_error_handler(kind, _trade_error(status))
    app.register_error_handler(Invalid, _invalid)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(SecurityError, _foreign_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(StaleDataError, _integrity)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(500, _unexpected)


def _trade_error(status: int):  # type: ignore[no-untyped-def]
    def handle(error: TradeError) -> ResponseReturnValue:
        return _page(status, message(error))

    return handle


def _invalid(error: Invalid) -> ResponseReturnValue:
    return _page(422, *[message(fault) for fault in error.faults])


def _csrf(error: CSRFError) -> ResponseReturnValue:
    return _page(
        400,
        _("This form was open for too long or came from another site. Go back, reload and send it again."),
    )


def _foreign_host(error: SecurityError) -> ResponseReturnValue:
    """In bare words: the pages have links, and without a host of ours there is nothing to link to."""
    text = _("The request could not be read. Go back and try again.")
    return text, 400, {"Content-Type": "text/plain; charset=utf-8"}


def _integrity(error: Exception) -> ResponseReturnValue:
    return _page(409, _("Somebody else changed this at the same moment. Reload the page and look again."))


def _database(error: OperationalError) -> ResponseReturnValue:
    response = _page(
        503, _("The database does not answer right now. Nothing you typed was saved; try again in a minute.")
    )
    response.headers["Retry-After"] = "30"  # type: ignore[union-attr]
    return response


def _http(error: HTTPException) -> ResponseReturnValue:
    texts = {
        400: _("The request could not be read. Go back and try again."),
        404: _("This page does not exist, or it is not yours to see."),
        405: _("This address cannot be used in that way."),
        413: _("The file is too large: at most 8 MB can be sent."),
        429: _("Too many tries. Wait a little."),
    }
    return _page(error.code or 500, texts.get(error.code or 500, _("Something went wrong.")))


def _unexpected(error: Exception) -> ResponseReturnValue:
    return _page(500, _("Something went wrong on our side. It has been logged; nothing half-done was saved."))


def _page(status: int, *texts: str) -> ResponseReturnValue:
    from flask import make_response

    titles = {
        400: _("That did not arrive well"),
        403: _("Not allowed"),
        404: _("Not found"),
        409: _("It has changed meanwhile"),
        413: _("Too large"),
        422: _("It cannot be done like this"),
        429: _("One moment"),
        503: _("One moment"),
    }
    title = titles.get(status, _("Something went wrong"))
    back = request.referrer if request.referrer and request.referrer.startswith(request.host_url) else None
    return make_response(render_template("errors/error.html", title=title, texts=texts, back=back), status)
