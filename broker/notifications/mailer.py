"""Sends what stands in the outbox: by SMTP when a server is set, otherwise into a folder of .eml files."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import unquote, urlsplit

from broker.jobs.worker import JobContext, handles
from broker.notifications.models import Message
from broker.parties.actor import SYSTEM
from broker.transaction import transaction


@handles("send_mail")
def send_mail(context: JobContext) -> None:
    """Send one message and mark it sent. Settings: smtp (smtp://user:password@host:port), mail_from, mail_dir,
    address."""
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        row = tx.session.get_one(Message, context.payload["message"])
        mail = EmailMessage()
        mail["To"], mail["Subject"] = row.to_address, row.subject
        mail["From"] = context.settings.get("mail_from", "alianza@localhost")
        mail["Message-ID"] = f"<message-{row.id}@alianza>"
        mail.set_content(_with_address(row.body, context.settings.get("address", "")))
        sent = row.sent_at is not None
    if not sent:
        _deliver(mail, context.settings, context.payload["message"])
    with transaction(context.engine, SYSTEM, context.clock) as tx:
        context.finish(tx)
        tx.session.get_one(Message, context.payload["message"]).sent_at = tx.now


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
