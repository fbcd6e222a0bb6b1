"""The words of the letters, by letter and language, and the kinds in which people choose about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from broker.yaml_text import read_yaml

DATA = Path(__file__).parent / "data"
Texts = Mapping[str, str]
"""A text by language."""
_BLANK = re.compile(r"\n{2,}")
_TO_PATH = re.compile(r"[:.]?\n\{path\}[^\n]*")


@dataclass(frozen=True)
class Kind:
    """Letters about which a person makes one choice; `fixed` ones come always and at once."""

    code: str
    names: Texts
    about: Texts
    letters: tuple[str, ...]
    urgent: tuple[str, ...]
    fixed: bool


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its code, in the order in which people read them."""
    return {
        code: Kind(
            code, row["name"], row["about"], tuple(row["letters"]), tuple(row.get("urgent", ())),
            bool(row.get("fixed")),
        )
        for code, row in _read("kinds").items()
    }  # fmt: skip


@cache
def kind_of(letter: str) -> Kind:
    """The kind to which a letter belongs. Raises KeyError for a letter that no kind names."""
    for kind in kinds().values():
        if letter in kind.letters:
            return kind
    raise KeyError(letter)


def is_urgent(letter: str) -> bool:
    """Whether quiet hours may let it through: a rejection, a dispute, a breach."""
    return letter in kind_of(letter).urgent


def letters() -> tuple[str, ...]:
    """The name of every letter."""
    return tuple(_read("letters"))


def subject(letter: str, language: str) -> str:
    """The subject of the mail, which is the title in the inbox. It carries nothing that anybody typed."""
    found: str = _read("letters")[letter][language]["subject"]
    return found


def body(letter: str, language: str, values: Mapping[str, Any]) -> str:
    """The mail. Its last lines name pages by their path, which begins the line."""
    found: str = _read("letters")[letter][language]["body"]
    return found.format(**values)


def inbox_body(letter: str, language: str, values: Mapping[str, Any]) -> str:
    """The same without blank lines and the lines of paths: in the inbox a button leads there."""
    template: str = _read("letters")[letter][language]["body"]
    return _BLANK.sub("\n", _TO_PATH.sub(".", template)).strip().format(**values)


def path_of(letter: str, values: Mapping[str, Any]) -> str:
    """The page that the letter tells to open."""
    template: str = _read("letters")[letter]["es"]["body"]
    line = next(line for line in template.split("\n") if line.startswith("{path}"))
    return line.strip().format(**values)


def around(name: str, language: str, **values: Any) -> str:
    """What stands around letters: foot and digest."""
    found: str = _read("mail")[name][language]
    return found.format(**values)


def short(letter: str, language: str) -> str:
    """The template of the text message: see broker/notifications/sms.py."""
    found: str = _read("sms")[letter][language]
    return found


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml((DATA / f"{name}.yml").read_text(encoding="utf-8"))
    return found
