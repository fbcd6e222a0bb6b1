"""The way of a spreadsheet: sent, shown row by row with its faults, confirmed, and the bad rows given
back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Response, abort, current_app, request
from flask_babel import gettext as _

from broker.errors import NotFound, RuleBroken
from broker.listings import spreadsheets, writing
from broker.listings.cells import Cell
from broker.listings.columns import column_named
from broker.listings.spreadsheets import Bad, Kind, Preview
from broker.parties.models import Organization
from web.i18n import decimal_separator
from web.pages.listings import uploads
from web.pages.listings.field_texts import field_name
from web.pages.listings.uploads import Upload
from web.security import actor
from web.wording import message

SHOWN = 25
ENCODINGS = ("", "cp1252")
SEPARATORS = {",": ",", ".": "."}


@dataclass(frozen=True)
class Checked:
    """A file that was read: its token, how it was sent, and what an import would do."""

    token: str
    upload: Upload
    preview: Preview


def receive(kind: Kind, owner: Organization, taken: Iterable[str]) -> Checked:
    """Read the file of the present request and put it aside. Raises RuleBroken with the field at fault."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise RuleBroken("file_missing", field="file")
    separator = SEPARATORS.get(request.form.get("decimal_separator", ""))
    if separator is None:
        raise RuleBroken("separator_missing", field="decimal_separator")
    encoding = request.form.get("encoding", "")
    upload = Upload(
        user_id=actor().user_id or 0,
        owner_id=owner.id,
        kind=kind,
        filename=sent.filename[-100:],
        separator="," if separator == "," else ".",
        encoding=encoding if encoding in ENCODINGS and encoding else None,
    )
    data = sent.read()
    found = _read(upload, data, owner, taken)
    return Checked(uploads.keep(upload, data), upload, found)


def again(kind: Kind, token: str, owner: Organization, taken: Iterable[str]) -> Checked:
    """Read a file put aside once more: what the browser says of it is never believed. Raises NotFound."""
    upload, data = uploads.load(token, actor(), kind)
    if upload.owner_id != owner.id:
        raise NotFound("upload_gone")
    return Checked(token, upload, _read(upload, data, owner, taken))


def fault_lines(preview: Preview, kind: Kind) -> list[tuple[int, dict[str, str], list[str]]]:
    """The first bad rows: line, cells, and a sentence for each fault that names its column."""
    words = {name: column for column in preview.columns if (name := column_named(kind, column))}
    return [(bad.line, bad.raw, sentences(bad, words)) for bad in preview.bad[:SHOWN]]


def sentences(bad: Bad, words: dict[str, str]) -> list[str]:
    """Each fault of a row in the reader's language, its column in the words of the file."""
    return [
        f"{words.get(fault.field) or field_name(fault.field)}: {message(fault)}"
        if fault.field
        else message(fault)
        for fault in bad.faults
    ]


def bad_rows(kind: Kind, checked: Checked, format: str) -> Response:
    """The bad rows as a file with their faults in a column of their own."""
    preview, left = checked.preview, checked.upload.left
    words = {name: column for column in preview.columns if (name := column_named(kind, column))}
    error = _("Error")
    columns = [*(column for column in preview.columns if column), error]
    rows: list[dict[str, Cell]] = [
        {**bad.raw, error: " ".join(sentences(bad, words))}
        for bad in preview.bad
        # After an import the ids of its rows are taken: only what it left out is bad.
        if left is None or bad.line in left
    ]
    stem = checked.upload.filename.rpartition(".")[0] or kind
    return as_file(format, columns, rows, f"{_ascii(stem)}-{_('errors')}", checked.upload.separator)


def as_file(
    format: str, columns: Sequence[str], rows: Sequence[dict[str, Cell]], name: str, separator: str = ""
) -> Response:
    """Rows as a download; 404 for a format that we do not write."""
    if format not in writing.FORMATS:
        abort(404)
    sign = separator or decimal_separator()
    data = writing.write(format, columns, rows, "," if sign == "," else ".")
    headers = {"Content-Disposition": f'attachment; filename="{name}.{format}"'}
    return Response(data, content_type=writing.FORMATS[format], headers=headers)


def _read(upload: Upload, data: bytes, owner: Organization, taken: Iterable[str]) -> Preview:
    sheet = spreadsheets.read_rows(data, upload.filename, upload.encoding)
    now = current_app.config["CLOCK"]()
    kind: Kind = "needs" if upload.kind == "needs" else "capacities"
    return spreadsheets.preview(
        kind, sheet, upload.separator, owner.country, now, taken=taken, owner=owner.legal_name
    )


def _ascii(text: str) -> str:
    kept = "".join(char for char in text if char.isascii() and (char.isalnum() or char in "-_"))
    return kept[:60] or "alianza"
