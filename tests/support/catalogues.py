"""Compiled translations, made when a test run starts, so that `pytest` alone is enough."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.support.tree import ROOT


def compile_catalogues() -> None:
    """Compile each catalogue whose source is newer, as `make` does."""
    for source in ROOT.glob("web/translations/*/LC_MESSAGES/messages.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as text:
        catalogue = read_po(text, locale=source.parents[1].name)
    half = compiled.with_suffix(".mo.half")
    with half.open("wb") as output:
        write_mo(output, catalogue)
    # Whole or not at all: a server of `make run` may be reading the old one.
    half.replace(compiled)
