"""Settings, read once from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_PORT = 65_535


class BadSetting(Exception):
    """A setting that cannot be meant; the text says which and what is wanted."""


@dataclass(frozen=True)
class Settings:
    """What an installation decides. `data` holds the embedded database, the secret key and undelivered mail;
    `address` is how people reach it from outside, and stands before the links in mails; `trusted_proxy` is the
    address of the reverse proxy that may say for whom it asks (`*` for any)."""

    data: Path
    database_url: str
    secret_key: str
    demo: bool
    host: str
    port: int
    hosts: tuple[str, ...]
    https: bool
    smtp: str
    mail_from: str
    address: str = ""
    trusted_proxy: str = ""

    @property
    def worker(self) -> dict[str, str]:
        """What background jobs need to know."""
        address = self.address or f"http://{self.host}:{self.port}"
        mail = {"smtp": self.smtp, "mail_from": self.mail_from, "mail_dir": str(self.data / "mail")}
        return mail | {"address": address, "secret_key": self.secret_key}


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ALIANZA_* variables, with the defaults of an embedded installation on this machine. Raises
    BadSetting, and OSError where the data folder cannot be made."""
    data = Path(environ.get("ALIANZA_DATA", "data")).resolve()
    host = environ.get("ALIANZA_HOST", "127.0.0.1")
    names = [name.strip() for name in environ.get("ALIANZA_HOSTNAMES", "").split(",") if name.strip()]
    return Settings(
        data=data,
        database_url=environ.get("ALIANZA_DATABASE_URL", f"sqlite:///{data / 'alianza.db'}"),
        secret_key=environ.get("ALIANZA_SECRET_KEY") or _kept_key(data),
        demo=environ.get("ALIANZA_DEMO", "") == "1",
        host=host,
        port=port_of(environ.get("ALIANZA_PORT", "8000"), "ALIANZA_PORT"),
        hosts=tuple(names or [host, "127.0.0.1", "localhost"]),
        https=environ.get("ALIANZA_HTTPS", "") == "1",
        smtp=environ.get("ALIANZA_SMTP", ""),
        mail_from=environ.get("ALIANZA_MAIL_FROM", "alianza@localhost"),
        address=environ.get("ALIANZA_ADDRESS", "").rstrip("/"),
        trusted_proxy=environ.get("ALIANZA_TRUSTED_PROXY", "").strip(),
    )


def port_of(text: str, name: str) -> int:
    """A port by its number. Raises BadSetting, which calls it by `name`."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_PORT):
        raise BadSetting(
            f"{name} is {text}, which is not a port. Write a number from 1 to {MOST_PORT}, such as 8000."
        )
    return int(text)


def _kept_key(data: Path) -> str:
    """The installation's own key, made at the first start and readable by its owner only."""
    path = data / "secret_key"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
