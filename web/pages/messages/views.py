"""The inbox: what a person was told, unread first, and each message as a text for the phone."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from broker.notifications import inbox as messages
from broker.notifications import sms, texts
from broker.notifications.models import Notification
from web.extensions import db
from web.i18n import language
from web.pages.listings.filters import page_number
from web.rendering import page, writing
from web.security import access, actor, person, safe_next

bp = Blueprint("messages", __name__, template_folder="templates", url_prefix="/messages")


@dataclass(frozen=True)
class Row:
    """One message in the reader's language. `house` is named for those who act for several organizations."""

    entry: Notification
    title: str
    body: str
    kind: str
    house: str
    text: sms.Text

    @property
    def sms_link(self) -> str:
        """Opens the phone's own program for text messages, without a number: the sender chooses to whom."""
        return f"sms:?body={quote(self.text.text)}"


@bp.get("")
@access("user")
def inbox() -> ResponseReturnValue:
    """Unread first, then the newest; of one kind where the address names it."""
    kind = request.args.get("kind", "")
    kind = kind if kind in texts.kinds() else ""
    found = messages.inbox(db.session(), person().id, page_number(), kind=kind)
    names = [(code, one.names[language()]) for code, one in texts.kinds().items()]
    rows = [_row(entry) for entry in found.rows]
    return page("messages/inbox.html", found=found, rows=rows, kind=kind, kinds=names)


@bp.post("/<int:notification_id>/open")
@access("user")
def open(notification_id: int) -> ResponseReturnValue:
    """Go to the page of a message, acting for the organization it was sent to; it is read then."""
    with writing() as tx:
        entry = messages.mark_read(tx, notification_id)
    if entry.organization_id not in (None, actor().organization_id):
        session["organization"] = entry.organization_id
        name = _house(entry.organization_id)
        flash(_("You act for %(name)s now.", name=name), "info")
    return redirect(safe_next(entry.path, url_for("messages.inbox")), 303)


@bp.post("/<int:notification_id>/read")
@access("user")
def read(notification_id: int) -> ResponseReturnValue:
    """Mark a message read and stay."""
    with writing() as tx:
        messages.mark_read(tx, notification_id)
    return redirect(safe_next(request.form.get("next"), url_for("messages.inbox")), 303)


@bp.post("/read")
@access("user")
def read_all() -> ResponseReturnValue:
    """Mark everything read."""
    with writing() as tx:
        marked = messages.mark_all_read(tx)
    flash(
        ngettext("%(num)d message is marked read.", "%(num)d messages are marked read.", marked)
        if marked
        else _("There was nothing unread."),
        "ok",
    )
    return redirect(url_for("messages.inbox"), 303)


def _row(entry: Notification) -> Row:
    spoken = language()
    several = len(person().memberships) > 1
    return Row(
        entry,
        texts.subject(entry.letter, spoken),
        texts.inbox_body(entry.letter, spoken, entry.values),
        texts.kinds()[entry.kind].names[spoken],
        _house(entry.organization_id) if several else "",
        sms.compose(texts.short(entry.letter, spoken), _named(entry), site() + entry.path),
    )


def _named(entry: Notification) -> dict[str, str]:
    return {name: str(value) for name, value in entry.values.items() if name not in ("path", "reason")}


def _house(organization_id: int | None) -> str:
    found = (m.organization for m in person().memberships if m.organization_id == organization_id)
    return next((organization.legal_name for organization in found), "")


def site() -> str:
    """The address of the installation as people reach it, without a slash at its end."""
    address: str = current_app.config["SETTINGS"].address
    return address or request.url_root.rstrip("/")
