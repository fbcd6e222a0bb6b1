"""Who is asking, what each route demands, and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from broker.errors import NotAllowed
from broker.notifications.inbox import person_with_unread
from broker.parties import queries
from broker.parties.actor import VISITOR, Actor
from broker.parties.models import User
from web.extensions import db

F = TypeVar("F", bound=Callable[..., Any])

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
KINDS = ("buyer", "producer_org", "union", "broker", "agency")
PRODUCERS = ("producer_org", "union")


def access(*who: str) -> Callable[[F], F]:
    """What a route demands: "public", "user" (anyone signed in), or kinds of organization.

    Every route declares it; the authorization matrix in the tests is made from these declarations.
    """

    def declare(view: F) -> F:
        view.access = frozenset(who)  # type: ignore[attr-defined]
        return view

    return declare


def register(app: Flask) -> None:
    app.before_request(_refuse_nul)
    app.before_request(_load_actor)
    app.before_request(_check_access)
    app.after_request(_add_headers)


def sign_in(user: User) -> None:
    """A fresh session for the user, so that a session fixed before the sign-in is worth nothing."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    session["user"], session["epoch"] = user.id, user.epoch
    session["language"] = user.language or language


def sign_out() -> None:
    language = session.get("language")
    session.clear()
    session["language"] = language


def actor() -> Actor:
    """Who is asking now."""
    found: Actor = g.actor
    return found


def person() -> User:
    """Who is signed in, with her memberships; only behind a route that demands it."""
    found: User = g.user
    return found


def safe_next(target: str | None, default: str) -> str:
    """A path on this site to go on to, or the default: never another site."""
    # Browsers drop tabs and line ends and read a backslash as a slash: "/\t/elsewhere" is another site.
    if target is None or not target.isprintable() or "\\" in target:
        return default
    return target if target.startswith("/") and not target.startswith("//") else default


def _refuse_nul() -> None:
    """No browser sends the character that ends a text in C, and PostgreSQL stores none."""
    if any("\0" in text for sent in (request.args, request.form) for _, text in sent.items(multi=True)):
        abort(400)


def _load_actor() -> None:
    g.user, g.actor, g.unread = None, VISITOR, 0
    user_id = session.get("user")
    if user_id is None or request.endpoint == "asset":
        return
    found = person_with_unread(db.session(), user_id)
    if found is None or found[0].epoch != session.get("epoch"):
        sign_out()
        return
    user, g.unread = found
    today = current_app.config["CLOCK"]().date()
    g.user, g.actor = user, queries.actor_for(db.session(), user, session.get("organization"), today)


def _check_access() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    demanded: frozenset[str] = current_app.view_functions[request.endpoint].access  # type: ignore[attr-defined]
    if "public" in demanded:
        return None
    if g.actor.is_visitor:
        if request.method == "GET" and not request.headers.get("HX-Request"):
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        raise NotAllowed("sign_in_first")
    if "user" not in demanded and g.actor.kind not in demanded:
        raise NotAllowed("not_for_your_kind")
    return None


def _add_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if current_app.config["SETTINGS"].https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "asset":
        # A request can be refused before its user was loaded; the session tells that there is one.
        private = g.get("user") or session.get("user")
        response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
        response.vary.update(("Cookie", "HX-Request"))
    return response
