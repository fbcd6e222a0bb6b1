"""Sends what stands in the outbox: by SMTP when a server is set, otherwise into a folder of .eml files."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from broker.jobs.worker import JobContext, handles
from broker.notifications.models import MailSettings, Message
from broker.notifications.preferences import DIGEST, how_mailed
from broker.notifications.texts import around
from broker.notifications.unsubscribing import PATH, may_end, name_of, token_of
from broker.parties.actor import SYSTEM
from broker.parties.models import User
from broker.transaction import Transaction, transaction


@handles("send_mail")
def send_mail(context: JobContext) -> None:
    """Send one message and mark it sent, unless its reader has ended this kind of mail while it waited. Settings: smtp
    (smtp://user:password@host:port), mail_from, mail_dir, address, secret_key."""
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        row = tx.session.get_one(Message, context.payload["message"])
        if not _wanted(tx, row):
            context.finish(tx, "cancelled")
            return
        mail = _mail(tx, row, context.settings)
        sent = row.sent_at is not None
    if not sent:
        _deliver(mail, context.settings, context.payload["message"])
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        context.finish(tx)
        tx.session.get_one(Message, context.payload["message"]).sent_at = tx.now


def _mail(tx: Transaction, row: Message, settings: dict[str, str]) -> EmailMessage:
    mail, body = EmailMessage(), row.body
    mail["To"], mail["Subject"] = row.to_address, row.subject
    mail["From"] = settings.get("mail_from", "alianza@localhost")
    mail["Message-ID"] = f"<message-{row.id}@alianza>"
    address, key = settings.get("address", ""), settings.get("secret_key")
    if row.reader_id is not None and row.kind is not None and may_end(row.kind) and key:
        path = PATH + token_of(key, row.reader_id, row.kind)
        # RFC 8058: the reader's mail program offers one click, and sends it as a POST.
        mail["List-Unsubscribe"] = f"<{address}{path}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        language = tx.session.get_one(User, row.reader_id).language
        body += "\n" + around("foot", language, kind=name_of(row.kind, language), link=path)
    mail.set_content(_with_address(body, address))
    return mail


def _wanted(tx: Transaction, row: Message) -> bool:
    if row.reader_id is None or row.kind is None or row.kind == DIGEST:
        return True
    return how_mailed(tx.session.get(MailSettings, row.reader_id), row.kind) != "off"


def _with_address(body: str, address: str) -> str:
    """Letters name pages by their path alone, since only the installation knows its own address."""
    return "\n".join(address + line if line.startswith("/") else line for line in body.split("\n"))


def _deliver(mail: EmailMessage, settings: dict[str, str], number: int) -> None:
    address = settings.get("smtp")
    if not address:
        folder = Path(settings["mail_dir"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:06d}.eml").write_bytes(mail.as_bytes())
        return
    parts = urlsplit(address)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with kind(parts.hostname or "localhost", parts.port or 0, timeout=20) as server:
        if parts.username:
            if parts.scheme != "smtps":
                server.starttls()
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(mail)
