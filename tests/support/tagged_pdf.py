"""What a screen reader takes from a tagged PDF: its lines in the order of the structure, and what is not in it."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, PdfObject

# Elements that hold lines; any other element is one line with all that is in it.
HOLDERS = {"/Document", "/Part", "/Sect", "/Div", "/Table", "/THead", "/TBody", "/TR", "/L", "/LI"}
# The mark of a list item is drawn by the page, not said by the document.
MARKS = {"/Lbl"}
_CODES = re.compile(rb"<([0-9A-Fa-f]+)>")


@dataclass
class Drawn:
    """The text of one page: by the number of its marked content, as artifacts, and outside of both."""

    marked: dict[int, str] = field(default_factory=lambda: defaultdict(str))
    artifacts: str = ""
    loose: str = ""


@dataclass(frozen=True)
class TaggedPdf:
    """`lines` in reading order; `unread` is text that is drawn as content and stands nowhere in the structure."""

    lines: tuple[str, ...]
    tags: tuple[str, ...]
    unread: str


def read(data: bytes) -> TaggedPdf:
    """The words of a tagged PDF, line by line, without running heads and feet."""
    pdf = PdfReader(io.BytesIO(data))
    drawn = {page.indirect_reference.idnum: _drawn(page) for page in pdf.pages if page.indirect_reference}
    root: Any = pdf.trailer["/Root"]
    found = list(_lines(root["/StructTreeRoot"], drawn, None))
    unread = "".join(page.loose + "".join(page.marked.values()) for page in drawn.values())
    return TaggedPdf(tuple(text for _, text in found), tuple(tag for tag, _ in found), unread)


def _lines(element: Any, drawn: dict[int, Drawn], page: int | None) -> Iterator[tuple[str, str]]:
    tag = element.get("/S", "/Document")
    page = _page_of(element, page)
    if tag in MARKS:
        _text(element, drawn, page)
    elif tag in HOLDERS:
        for child in _children(element):
            yield from _lines(child, drawn, page)
    else:
        yield tag, _text(element, drawn, page)


def _text(element: Any, drawn: dict[int, Drawn], page: int | None) -> str:
    """Take the text out of what is drawn, so that what remains at the end was never read."""
    if isinstance(element, int):
        assert page is not None
        return drawn[page].marked.pop(element)
    page = _page_of(element, page)
    if "/MCID" in element:
        return _text(int(element["/MCID"]), drawn, page)
    text = "".join(_text(child, drawn, page) for child in _children(element))
    return str(element["/ActualText"]) if "/ActualText" in element else text


def _children(element: Any) -> list[Any]:
    inner = element.get("/K", [])
    inner = inner.get_object() if isinstance(inner, PdfObject) else inner
    return [child.get_object() for child in (inner if isinstance(inner, list) else [inner])]


def _page_of(element: Any, page: int | None) -> int | None:
    return element.raw_get("/Pg").idnum if "/Pg" in element else page


def _drawn(page: Any) -> Drawn:
    result, fonts = Drawn(), {}
    for name, font in page["/Resources"].get("/Font", {}).items():
        fonts[name] = _letters(font.get_object()["/ToUnicode"].get_data())
    nested: list[int | str] = []
    letters: dict[bytes, str] = {}
    contents = page.get_contents()
    assert isinstance(contents, ContentStream)
    for operands, operator in contents.operations:
        if operator in (b"BDC", b"BMC"):
            nested.append(_mark(operands))
        elif operator == b"EMC":
            nested.pop()
        elif operator == b"Tf":
            letters = fonts[operands[0]]
        elif operator in (b"Tj", b"TJ"):
            _add(result, nested, _decoded(operands[0], letters))
    return result


def _mark(operands: list[Any]) -> int | str:
    properties = operands[1] if len(operands) > 1 else {}
    return int(properties["/MCID"]) if "/MCID" in properties else str(operands[0])


def _add(page: Drawn, nested: list[int | str], text: str) -> None:
    numbers = [mark for mark in nested if isinstance(mark, int)]
    if "/Artifact" in nested:
        page.artifacts += text
    elif numbers:
        page.marked[numbers[-1]] += text
    else:
        page.loose += text


def _decoded(shown: Any, letters: dict[bytes, str]) -> str:
    strings = shown if isinstance(shown, list) else [shown]
    codes = b"".join(_bytes(string) for string in strings if isinstance(string, (str, bytes)))
    return "".join(letters[codes[at : at + 2]] for at in range(0, len(codes), 2))


def _bytes(string: Any) -> bytes:
    return string if isinstance(string, bytes) else bytes(string.original_bytes)


def _letters(table: bytes) -> dict[bytes, str]:
    """From the two bytes of a glyph to its letters; typst writes one entry for each and no ranges."""
    assert b"beginbfrange" not in table
    found = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        codes = [bytes.fromhex(code.decode()) for code in _CODES.findall(block)]
        found.update(zip(codes[::2], (code.decode("utf-16-be") for code in codes[1::2]), strict=True))
    return found
