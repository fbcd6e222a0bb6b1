"""Uploaded files between preview and confirmation: on our own disk, under a name that nobody can guess or
choose."""

from __future__ import annotations

import json
import os
import re
import secrets
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from flask import current_app

from broker.errors import NotFound
from broker.numerals import Separator
from broker.parties.actor import Actor

KEPT_SECONDS = 24 * 60 * 60
_TOKEN = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, by whom, for which owner, and how its sender said to read it. `left` are the
    lines that an import left out; None as long as nothing was imported."""

    user_id: int
    owner_id: int
    kind: str
    filename: str
    separator: Separator
    encoding: str | None
    left: list[int] | None = None


def keep(upload: Upload, data: bytes) -> str:
    """Put the file aside for a day; the token to find it by."""
    folder = _folder()
    _sweep(folder)
    token = secrets.token_hex(16)
    for suffix, content in ((".data", data), (".json", _as_json(upload))):
        descriptor = os.open(folder / f"{token}{suffix}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    return token


def note_left(token: str, upload: Upload, left: list[int]) -> None:
    """Remember which lines an import left out; a token that was checked by `load`."""
    (_folder() / f"{token}.json").write_bytes(_as_json(replace(upload, left=left)))


def load(token: str, actor: Actor, kind: str) -> tuple[Upload, bytes]:
    """The file that the actor put aside. Raises NotFound for anybody else, and when the day is over."""
    path = _folder() / f"{token}.json"
    if not _TOKEN.fullmatch(token) or not path.exists():
        raise NotFound("upload_gone")
    upload = Upload(**json.loads(path.read_text()))
    if upload.user_id != actor.user_id or upload.kind != kind or _is_old(path):
        raise NotFound("upload_gone")
    return upload, path.with_suffix(".data").read_bytes()


def _as_json(upload: Upload) -> bytes:
    return json.dumps(asdict(upload)).encode()


def _folder() -> Path:
    folder: Path = current_app.config["SETTINGS"].data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _sweep(folder: Path) -> None:
    for path in folder.iterdir():
        if _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > KEPT_SECONDS
