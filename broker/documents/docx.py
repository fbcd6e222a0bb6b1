"""A document as a working copy for a lawyer's word processor, with the content of the PDF."""

from __future__ import annotations

from functools import cache

from broker.documents.content import Document, content_hash
from broker.documents.page import PAPER


def render_docx(document: Document, *, note: str | None = None, paper: str = PAPER) -> bytes:
    """The DOCX of a document. `note` stands at its beginning and atop the other pages, instead of the notice.

    Its text in reading order is `plain_text(document)`, line for line. The footer carries the SHA-256 of the
    document's canonical JSON, so an edited copy still names what it was made from. Rendering again gives
    identical bytes. A character that XML cannot hold is shown as U+FFFD. Raises ValueError for paper other
    than "us-letter" and "a4".
    """
    # python-docx and lxml are slow to load, and most of those who start the program never ask for a DOCX.
    from broker.documents.word import body, file, frame, styles

    shown = document.notice if note is None else note
    word = file.blank()
    styles.dress(word, styles.language_tag(document))
    # Each paragraph asks for its style by name, and python-docx reads all styles of the file to answer.
    word.part.get_style_id = cache(word.part.get_style_id)  # type: ignore[method-assign]
    width = frame.lay_out(word, paper)
    frame.write_edges(word, document, shown, content_hash(document), width)
    body.write(word, document, shown, width)
    return file.packed(word, document)
