"""One's own account: name, organization, password, second factor."""

from __future__ import annotations

import segno
from flask import abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import RuleBroken
from broker.parties import accounts
from broker.parties.models import User
from broker.parties.passwords import totp_uri
from broker.transaction import Transaction
from web import security
from web.pages.accounts.blueprint import bp
from web.rendering import page, writing
from web.security import access, actor
from web.wording import sentences

# The secret of a second factor that is not confirmed yet waits in the person's own session.
PENDING = "pending_totp"


@bp.get("/account")
@access("user")
def account() -> ResponseReturnValue:
    return _account_page({})


@bp.post("/account/name")
@access("user")
def name() -> ResponseReturnValue:
    """Correct one's name."""
    try:
        with writing() as tx:
            accounts.rename(tx, _user_id(), request.form.get("name", "")[:200])
    except RuleBroken as error:
        return _account_page(sentences(error))
    flash(_("Your name is saved."), "ok")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/organization")
@access("user")
def organization() -> ResponseReturnValue:
    """Act for another of one's organizations."""
    wanted = request.form.get("organization", type=int)
    if wanted not in {m.organization_id for m in security.person().memberships}:
        abort(404)
    session["organization"] = wanted
    return redirect(url_for("home.home"), 303)


@bp.post("/account/password")
@access("user")
def password() -> ResponseReturnValue:
    """Change one's password; every other session ends."""
    try:
        with writing() as tx:
            current, new = request.form.get("current", ""), request.form.get("password", "")
            accounts.change_password(tx, _user_id(), new, current=current)
            user = tx.session.get_one(User, _user_id())
    except RuleBroken as error:
        return _account_page(sentences(error))
    _go_on(user)
    flash(_("The new password is set. Every other session has ended."), "ok")
    return redirect(url_for("accounts.account"), 303)


@bp.post("/account/totp")
@access("user")
def totp() -> ResponseReturnValue:
    """Switch the second factor on (start, then confirm with a code) or off (remove, with the password)."""
    step = request.form.get("step", "")
    if step == "start":
        session[PENDING] = accounts.start_totp()
        return redirect(url_for("accounts.account") + "#second-factor", 303)
    if step == "cancel":
        session.pop(PENDING, None)
        return redirect(url_for("accounts.account") + "#second-factor", 303)
    if step not in ("confirm", "remove"):
        abort(400)
    try:
        with writing() as tx:
            if step == "confirm":
                _confirm(tx)
            else:
                accounts.remove_totp(tx, _user_id(), request.form.get("totp_password", ""))
    except RuleBroken as error:
        wrong = sentences(error)
        return _account_page({f"totp_{field}": text for field, text in wrong.items()})
    session.pop(PENDING, None)
    said = _("The second factor is on.") if step == "confirm" else _("The second factor is off.")
    flash(said, "ok")
    return redirect(url_for("accounts.account"), 303)


def _confirm(tx: Transaction) -> None:
    secret = session.get(PENDING)
    if secret is None:
        raise RuleBroken("totp_not_started", field="code")
    accounts.confirm_totp(tx, _user_id(), secret, request.form.get("totp_code", ""))


def _account_page(errors: dict[str, str]) -> ResponseReturnValue:
    user = security.person()
    secret = None if user.totp_secret else session.get(PENDING)
    return page(
        "accounts/account.html",
        status=422 if errors else 200,
        values={"name": request.form.get("name", user.name) if "name" in errors else user.name},
        errors=errors,
        secret=secret,
        code=_drawing(totp_uri(secret, user.email)) if secret else None,
    )


def _drawing(text: str) -> tuple[str, int]:
    """A QR code as the path of an SVG of one unit per module, and the width of that SVG."""
    rows = list(segno.make(text, error="m", micro=False).matrix_iter(border=2))
    marks = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark]
    return "".join(marks), len(rows)


def _go_on(user: User) -> None:
    """A fresh session in place of the one that the change has ended, for the same organization."""
    kept = session.get("organization")
    security.sign_in(user)
    session["organization"] = kept


def _user_id() -> int:
    user_id = actor().user_id
    assert user_id is not None, "the route demands somebody signed in"
    return user_id
