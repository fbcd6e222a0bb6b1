"""Coming in: sign-up, sign-in with its second step, sign-out, and a forgotten password."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.catalogue import countries
from broker.errors import Invalid, NotAllowed, RuleBroken
from broker.parties import accounts, queries, recovery
from broker.parties.models import KINDS, User
from web import security
from web.extensions import db
from web.i18n import language
from web.pages.accounts import letters, links, mail, own
from web.pages.accounts.blueprint import bp
from web.pages.organizations.reading import new_organization, place_choices
from web.rendering import page, writing
from web.security import access, actor, safe_next
from web.wording import message, sentences

__all__ = ["bp", "mail", "own"]


@bp.route("/sign-in", methods=["GET", "POST"])
@access("public")
def sign_in() -> ResponseReturnValue:
    """E-mail and password; a second page asks for the one-time code where the account wants one."""
    onwards = safe_next(request.values.get("next"), url_for("home.home"))
    if request.method == "GET":
        if not actor().is_visitor:
            return redirect(onwards)
        return page("accounts/sign_in.html", values={}, errors={}, onwards=onwards)
    if "proof" in request.form:
        return _second_step(links.read_proof(request.form["proof"]), onwards)
    values = {"email": request.form.get("email", "")[:200].strip()}
    try:
        with writing() as tx:
            user = accounts.sign_in(
                tx,
                email=values["email"],
                password=request.form.get("password", ""),
                code="",
                address=_address(),
            )
    except NotAllowed as error:
        if error.code == "code_needed":
            return _ask_code(queries.user_by_email(db.session(), values["email"]), onwards, {})
        _note_failure(error, values["email"])
        answer = {"email": message(error)}
        return page("accounts/sign_in.html", status=422, values=values, errors=answer, onwards=onwards)
    return _welcome(user, onwards)


@bp.post("/sign-out")
@access("public")
def sign_out() -> ResponseReturnValue:
    """End every session of the account, on this device and on others."""
    user_id = actor().user_id
    if user_id is not None:
        with writing() as tx:
            accounts.sign_out(tx, user_id)
        security.sign_out()
        flash(_("You have signed out."), "ok")
    return redirect(url_for("home.front"), 303)


@bp.route("/sign-up", methods=["GET", "POST"])
@access("public")
def sign_up() -> ResponseReturnValue:
    """An organization joins, with the person who enters it as its manager."""
    if request.method == "GET":
        kind = request.args.get("kind", "")
        return _sign_up_page({"kind": kind if kind in KINDS else "", "country": "CO"}, {})
    values = request.form.to_dict()
    try:
        organization = new_organization(values)
        with writing() as tx:
            user = accounts.sign_up(
                tx,
                email=values.get("email", "")[:200],
                name=values.get("name", "")[:200],
                password=values.get("password", ""),
                language=language(),
                organization=organization,
            )
    except (Invalid, RuleBroken) as error:
        return _sign_up_page(values, sentences(error))
    security.sign_in(user)
    flash(
        _("Welcome. Your organization is entered; complete its record when you have the papers at hand."),
        "ok",
    )
    return redirect(url_for("home.home"), 303)


@bp.route("/password/forgot", methods=["GET", "POST"])
@access("public")
def forgot() -> ResponseReturnValue:
    """Ask for a link; the answer is the same whether there is such an account or not."""
    if request.method == "GET":
        return page("accounts/forgot.html", values={"email": request.args.get("email", "")}, errors={})
    values = {"email": request.form.get("email", "")[:200].strip()}
    if not accounts.EMAIL.fullmatch(values["email"]):
        errors = {"email": message(RuleBroken("email_format"))}
        return page("accounts/forgot.html", status=422, values=values, errors=errors)
    with writing() as tx:
        user = recovery.ask_reset(tx, email=values["email"], address=_address())
        if user is not None:
            letters.reset(tx, user)
    return page("accounts/forgot_sent.html", email=values["email"], hours=recovery.RESET_HOURS)


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@access("public")
def reset(token: str) -> ResponseReturnValue:
    """Set a new password by the link of a mail. It works once and not for long."""
    found = links.read_link(token)
    user = recovery.holder_of(db.session(), *found) if found else None
    if found is None or user is None:
        return page("accounts/link_spent.html", status=410)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            with writing() as tx:
                recovery.set_password(tx, *found, request.form.get("password", ""))
        except RuleBroken as error:
            errors = sentences(error)
        else:
            flash(_("The new password is set. Sign in with it."), "ok")
            return redirect(url_for("accounts.sign_in"), 303)
    return _unkept("accounts/reset.html", errors, email=user.email)


def _second_step(proof: tuple[int, str] | None, onwards: str) -> ResponseReturnValue:
    user = recovery.holder_of(db.session(), *proof) if proof else None
    if user is None:
        flash(_("The code was awaited for too long. Sign in again."), "warn")
        return redirect(url_for("accounts.sign_in", next=onwards), 303)
    code = request.form.get("code", "")
    try:
        with writing() as tx:
            entered = accounts.finish_sign_in(tx, user.id, code=code, address=_address())
    except NotAllowed as error:
        _note_failure(error, user.email)
        wrong = error if error.code == "too_many_attempts" else RuleBroken("code_wrong")
        return _ask_code(user, onwards, {"code": message(wrong)})
    return _welcome(entered, onwards)


def _ask_code(user: User | None, onwards: str, errors: dict[str, str]) -> ResponseReturnValue:
    return _unkept("accounts/code.html", errors, proof=links.proof_of_password(user), onwards=onwards)


def _unkept(template: str, errors: dict[str, str], **context: Any) -> ResponseReturnValue:
    """A form that no cache may keep, since it carries a secret."""
    response = make_response(
        page(template, status=422 if errors else 200, values={}, errors=errors, **context)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _welcome(user: User, onwards: str) -> ResponseReturnValue:
    security.sign_in(user)
    return redirect(onwards, 303)


def _note_failure(error: NotAllowed, email: str) -> None:
    """Counted in a transaction of its own, since the one that failed is undone."""
    if error.code != "too_many_attempts":
        with writing() as tx:
            accounts.note_failure(tx, email=email, address=_address())


def _address() -> str:
    return request.remote_addr or ""


def _sign_up_page(values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    return page(
        "accounts/sign_up.html",
        status=422 if errors else 200,
        values={key: value for key, value in values.items() if key != "password"},
        errors=errors,
        places=place_choices(),
        countries=[(country.code, country.name(language())) for country in countries.all()],
    )
