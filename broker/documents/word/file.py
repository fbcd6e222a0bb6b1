"""The file itself: an empty one that carries nothing of its template, and its bytes."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import docx
from docx.document import Document as Word
from docx.opc.rel import Relationships
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from broker.documents.content import Document, content_hash
from broker.documents.word.letters import clean
from broker.documents.word.styles import language_tag

MAKER = "Alianza"
LONGEST_PROPERTY = 255
# The first moment that a ZIP archive can name.
EPOCH = (1980, 1, 1, 0, 0, 0)
CONTENT_TYPES = "[Content_Types].xml"
# Word 2013 and later: without it the window says "compatibility mode".
SETTINGS = (
    '<w:zoom {} w:percent="100"/>',
    '<w:defaultTabStop {} w:val="720"/>',
    '<w:characterSpacingControl {} w:val="doNotCompress"/>',
    '<w:compat {}><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>',
)


def blank() -> Word:
    """An empty Word document in the styles of python-docx, without the picture and the settings it brings."""
    word = docx.Document()
    _drop(word.part.rels, "stylesWithEffects", "customXml")
    _drop(word.part.package.rels, "thumbnail", "extended-properties")
    settings = word.settings.element
    for child in list(settings):
        settings.remove(child)
    for setting in SETTINGS:
        settings.append(parse_xml(setting.format(nsdecls("w"))))
    return word


def packed(word: Word, document: Document) -> bytes:
    """The bytes of the file, which no clock and no machine has a part in."""
    _describe(word, document)
    saved = io.BytesIO()
    word.save(saved)
    stable = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(stable, "w") as target:
        # Readers expect the content types first.
        for name in sorted(source.namelist(), key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Python writes the system it runs on otherwise.
            entry.create_system = 0
            target.writestr(entry, source.read(name))
    return stable.getvalue()


def _describe(word: Word, document: Document) -> None:
    date = document.date
    made = dt.datetime(date.year, date.month, date.day, tzinfo=dt.UTC)
    about = word.core_properties
    about.title = clean(document.title)[:LONGEST_PROPERTY]
    about.subject = clean(document.subtitle)[:LONGEST_PROPERTY]
    about.author = about.last_modified_by = MAKER
    about.created = about.modified = made
    about.identifier = content_hash(document)
    about.language = language_tag(document)
    about.comments = ""
    about.revision = 1


def _drop(relationships: Relationships, *kinds: str) -> None:
    for key, relationship in list(relationships.items()):
        if relationship.reltype.rsplit("/", 1)[-1] in kinds:
            del relationships[key]
