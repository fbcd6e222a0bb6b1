"""A document as an archival, accessible PDF: PDF/A-2a and PDF/UA-1, the same bytes every time."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from pathlib import Path
from typing import Any, Literal

import typst

from broker.documents import canonical
from broker.documents.content import Document, content_hash
from broker.documents.glyphs import displayable
from broker.documents.page import PAPER, words

TEMPLATE = Path(__file__).parent / "templates" / "agreement.typ"
STANDARDS: list[Literal["a-2a", "ua-1"]] = ["a-2a", "ua-1"]


def render_pdf(
    document: Document,
    *,
    note: str | None = None,
    paper: str = PAPER,
    name: str = "",
    digest: str | None = None,
) -> bytes:
    """The PDF of a document. `note` stands at the top of every page (the document's own notice by default); `name` is
    kept among its keywords, for finding again what it is a copy of.

    The footer carries `digest`, by default the SHA-256 of the document's canonical JSON. Only fonts that come with
    typst are used, and the creation date is the document's, so rendering again gives identical bytes. A character
    that no font has (an emoji in a name) is shown as U+FFFD.
    """
    date = document.date
    data = {
        "document": canonical.encode(document),
        "hash": content_hash(document) if digest is None else digest,
        "note": document.notice if note is None else note,
        "paper": paper,
        "name": name,
        "date": [date.year, date.month, date.day],
        "words": {**words(document.language)},
    }
    made = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    text = json.dumps(data, ensure_ascii=False)
    try:
        return _compile(text, made)
    except typst.TypstError:
        # Most often a character that the fonts lack; looking at each is too slow for every document.
        return _compile(displayable(json.dumps(_seen(data), ensure_ascii=False), STANDARDS), made)


def _seen(value: Any) -> Any:
    """The same data without control characters: JSON writes them as escapes, in which nothing would find them."""
    if isinstance(value, str):
        return "".join(c for c in value if c in "\n\t" or unicodedata.category(c) != "Cc")
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return {key: _seen(item) for key, item in value.items()} if isinstance(value, dict) else value


def _compile(data: str, made: dt.datetime) -> bytes:
    return typst.compile(
        TEMPLATE,
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": data},
        pdf_standards=[*STANDARDS],
        timestamp=made,
    )
