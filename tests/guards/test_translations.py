"""Every text a person reads exists in every language, whole and with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from tests.support.tree import ROOT

TRANSLATIONS = ROOT / "web" / "translations"
LANGUAGES = ("es", "en")
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|(?<!\{)\{(\w*)[^{}]*\}(?!\})")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every message of the code and the templates, extracted now."""
    template = tmp_path_factory.mktemp("messages") / "messages.pot"
    arguments = [
        "extract",
        "--mapping",
        str(ROOT / "pyproject.toml"),
        "--output-file",
        str(template),
        str(ROOT),
    ]
    CommandLineInterface().run(["pybabel", "--quiet", *arguments])
    return _read(template)


@pytest.fixture(params=LANGUAGES)
def translated(request: pytest.FixtureRequest, used: Catalog) -> Catalog:
    return _read(TRANSLATIONS / request.param / "LC_MESSAGES" / "messages.po", request.param)


def test_there_is_something_to_translate(used: Catalog) -> None:
    assert len(used) > 0


def test_every_text_is_translated(used: Catalog, translated: Catalog) -> None:
    missing = [message.id for message in used if message.id and not _is_done(translated, message)]
    assert not missing, f"run `make messages` and translate these into {translated.locale}"


def test_placeholders_are_the_same(used: Catalog, translated: Catalog) -> None:
    wrong = []
    for message in used:
        found = translated.get(message.id, message.context) if message.id else None
        if found and _is_done(translated, message) and not _has_same_placeholders(found):
            wrong.append(found.id)
    assert not wrong, f"placeholders differ in {translated.locale}"


def test_no_text_is_left_that_nobody_uses(used: Catalog, translated: Catalog) -> None:
    left = [
        message.id for message in translated if message.id and used.get(message.id, message.context) is None
    ]
    assert not left, (
        f"`make messages` would drop these from {translated.locale}: write the text where it is used"
    )


def _read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def _is_done(catalogue: Catalog, message: Message) -> bool:
    found = catalogue.get(message.id, message.context)
    if found is None or found.fuzzy:
        return False
    # A plural message has one text per form of the language, a plain one a single text.
    texts = _texts(found)
    forms = catalogue.num_plurals if isinstance(message.id, (tuple, list)) else 1
    return len(texts) == forms and all(text.strip() for text in texts)


def _has_same_placeholders(message: Message) -> bool:
    texts = _texts(message)
    if isinstance(message.id, (tuple, list)):
        # "one producer" may leave the number out; nothing may be put in that the call does not pass.
        passed = _placeholders(message.id[-1])
        return all(_placeholders(text) <= passed for text in texts) and _placeholders(texts[-1]) == passed
    return _placeholders(message.id) == _placeholders(texts[0])


def _texts(message: Message) -> tuple[str, ...]:
    """The translation's plural forms, or its single text; empty where there is none."""
    if isinstance(message.string, (tuple, list)):
        return tuple(text or "" for text in message.string)
    return (message.string or "",)


def _placeholders(text: str) -> set[str]:
    return {percent or f"{{{brace}}}" for percent, brace in PLACEHOLDER.findall(text)}
