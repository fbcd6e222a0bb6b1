"""What comes by mail and when; and the link in each mail by which its reader ends that kind."""

from __future__ import annotations

import datetime as dt
import re

from flask import current_app, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from broker.errors import Faults, Invalid
from broker.notifications import preferences, texts, unsubscribing
from broker.notifications.models import HOW, MailSettings
from broker.parties.models import User
from web.extensions import csrf, db
from web.i18n import country_name, language
from web.pages.accounts.blueprint import bp
from web.rendering import page, writing
from web.security import access, person
from web.wording import sentences

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:00)?")


@bp.route("/account/mail", methods=["GET", "POST"])
@access("user")
def mail() -> ResponseReturnValue:
    """Each kind of letter at once, in the daily digest or not; and the hours in which mail waits."""
    if request.method == "GET":
        return _mail_page(_values(preferences.settings_of(db.session(), person().id)), {})
    try:
        wanted = _wanted()
        with writing() as tx:
            preferences.choose(tx, person().id, wanted)
    except Invalid as error:
        return _mail_page(request.form.to_dict(), sentences(error))
    flash(_("Your mail comes as you have chosen."), "ok")
    return redirect(url_for("accounts.mail"), 303)


@bp.get("/unsubscribe/<token>")
@access("public")
def unsubscribe(token: str) -> ResponseReturnValue:
    """Show what the link can do. It changes nothing: mail programs open links to look at them."""
    found = _read(token)
    if found is None:
        return page("accounts/link_over.html", status=404)
    return _choice_page(token, *found)


@bp.post("/unsubscribe/<token>")
@access("public")
@csrf.exempt
def end_mail(token: str) -> ResponseReturnValue:
    """End a kind of mail, or take it in the digest. Mail programs send this without a form of ours (RFC 8058)."""
    found = _read(token)
    if found is None:
        return page("accounts/link_over.html", status=404)
    user, kind = found
    how = request.form.get("how", "off")
    how = how if how in HOW else "off"
    with writing() as tx:
        preferences.choose_kind(tx, user.id, kind, how)
    return _choice_page(token, user, kind, done=how)


def _choice_page(token: str, user: User, kind: str, *, done: str = "") -> ResponseReturnValue:
    settings = preferences.settings_of(db.session(), user.id)
    if kind == preferences.DIGEST:
        how = "daily" if "daily" in settings.choices.values() else "off"
    else:
        how = preferences.how_mailed(settings, kind)
    return page(
        "accounts/unsubscribe.html", token=token, kind=kind, name=unsubscribing.name_of(kind, language()),
        how=how, done=done,
    )  # fmt: skip


def _read(token: str) -> tuple[User, str] | None:
    found = unsubscribing.read_token(current_app.config["SECRET_KEY"], token)
    user = db.session.get(User, found[0]) if found else None
    return (user, found[1]) if found and user else None


def _mail_page(values: dict[str, str], errors: dict[str, str]) -> ResponseReturnValue:
    memberships = person().memberships
    country = memberships[0].organization.country if memberships else None
    zones = [
        (zone, f"{country_name(code)} ({zone.partition('/')[2].replace('_', ' ')})")
        for zone, code in preferences.time_zones().items()
    ]
    return page(
        "accounts/mail.html",
        status=422 if errors else 200,
        kinds=texts.kinds().values(),
        values=values,
        errors=errors,
        zones=sorted(zones, key=lambda pair: pair[1]),
        own_zone=str(preferences.zone_of(None, country)).partition("/")[2].replace("_", " "),
    )


def _values(settings: MailSettings) -> dict[str, str]:
    """What is stored, as the form shows it."""
    values = {code: preferences.how_mailed(settings, code) for code in texts.kinds()}
    values["quiet_from"] = f"{settings.quiet_from:%H:%M}" if settings.quiet_from else ""
    values["quiet_to"] = f"{settings.quiet_to:%H:%M}" if settings.quiet_to else ""
    values["urgent_passes"] = "1" if settings.urgent_passes else ""
    return values | {"time_zone": settings.time_zone or ""}


def _wanted() -> preferences.Preferences:
    """What was filled in. Raises Invalid for a time that is none."""
    faults = Faults()
    free = [code for code, kind in texts.kinds().items() if not kind.fixed]
    quiet_from, quiet_to = (_time(faults, name) for name in ("quiet_from", "quiet_to"))
    faults.raise_if_any()
    return preferences.Preferences(
        choices={code: request.form[code] for code in free if code in request.form},
        quiet_from=quiet_from,
        quiet_to=quiet_to,
        urgent_passes=request.form.get("urgent_passes") == "1",
        time_zone=request.form.get("time_zone") or None,
    )


def _time(faults: Faults, name: str) -> dt.time | None:
    typed = request.form.get(name, "").strip()
    found = _TIME.fullmatch(typed)
    faults.require(not typed or found is not None, "time_format", name)
    return dt.time(int(found[1]), int(found[2])) if found else None
