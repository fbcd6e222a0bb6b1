"""The mails about accounts, in the language of their reader. Subjects carry nothing that a person typed."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from broker.notifications.delivery import note
from broker.parties.models import Organization, User
from broker.parties.recovery import INVITATION_HOURS, RESET_HOURS
from broker.transaction import Transaction
from web.pages.accounts import links


def reset(tx: Transaction, user: User) -> None:
    """The link to set a new password."""
    with force_locale(user.language):
        body = render_template(
            "accounts/mail/reset.txt", reader=user, link=links.reset_link(user), hours=RESET_HOURS
        )
        tx.send_mail(user.email, _("A new password for Alianza"), body, reader_id=user.id, kind="account")
    # Without the link: the inbox may stand open on another's screen.
    note(tx, user.id, "password_asked", {"path": url_for("accounts.account")})


def invitation(tx: Transaction, user: User, organization: Organization, by: str, *, is_new: bool) -> None:
    """A manager has added the reader; a new account has to set its password first."""
    link = links.invitation_link(user) if is_new else None
    days = INVITATION_HOURS // 24
    with force_locale(user.language):
        body = render_template(
            "accounts/mail/invitation.txt",
            reader=user,
            organization=organization,
            by=by,
            link=link,
            days=days,
        )
        subject = _("You have been added to an organization in Alianza")
        tx.send_mail(user.email, subject, body, reader_id=user.id, kind="account")
    values = {"path": url_for("accounts.account"), "organization": organization.legal_name}
    note(tx, user.id, "member_added", values, organization_id=organization.id)
