"""The PDF is what it claims to be: PDF/A-2a and PDF/UA-1, looked at object by object."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject, StreamObject

from broker.documents.content import Document, plain_text
from broker.documents.pdf import render_pdf
from tests.support import tagged_pdf
from tests.unit.documents.samples import SAMPLES, every_kind

every_sample = pytest.mark.parametrize("document", SAMPLES.values(), ids=SAMPLES)

ACTIONS = {
    "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ResetForm", "/ImportData", "/Movie",
    "/Sound", "/Rendition", "/Hide", "/Named", "/SetOCGState", "/Trans", "/GoTo3DView",
}  # fmt: skip
# What runs, hides, fetches or depends on the device; a reader of an archive must need none of it.
FORBIDDEN = {
    "/JS", "/AA", "/OpenAction", "/AcroForm", "/XFA", "/EmbeddedFiles", "/EF", "/Encrypt", "/OCProperties",
    "/Alternates", "/OPI", "/Ref", "/TR", "/HTP", "/FFilter", "/FDecodeParms", "/Requirements", "/PieceInfo",
}  # fmt: skip
STANDARD_TAGS = {
    "/Document", "/Part", "/Div", "/P", "/H1", "/H2", "/H3", "/L", "/LI", "/Lbl", "/LBody", "/Table", "/THead",
    "/TBody", "/TR", "/TH", "/TD", "/Span",
}  # fmt: skip
CLAIMS = {"pdfaid:part": "2", "pdfaid:conformance": "A", "pdfuaid:part": "1"}
XMP = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


@every_sample
def test_a_screen_reader_reads_the_document_line_for_line(document: Document) -> None:
    read = tagged_pdf.read(rendered(document))
    assert words(read.lines) == words(plain_text(document).split("\n"))
    assert read.unread == "", "this is drawn, and neither read out nor marked as decoration"


@every_sample
def test_rendering_again_gives_the_same_bytes(document: Document) -> None:
    assert render_pdf(document) == rendered(document)


@every_sample
def test_the_metadata_claims_archive_and_access(document: Document) -> None:
    metadata = ET.fromstring(catalogue(document)["/Metadata"].get_data())
    found = {name: metadata.findtext(f".//{name}", namespaces=XMP) for name in CLAIMS}
    assert found == CLAIMS
    assert "/Filter" not in catalogue(document)["/Metadata"]


@every_sample
def test_the_metadata_and_the_information_say_the_same(document: Document) -> None:
    pdf = opened(document)
    metadata = ET.fromstring(catalogue(document)["/Metadata"].get_data())
    assert pdf.metadata is not None
    title = metadata.findtext(".//dc:title/rdf:Alt/rdf:li", namespaces=XMP)
    assert title == pdf.metadata.title == f"{document.title}: {document.subtitle}"
    made = pdf.metadata.creation_date
    assert made is not None and made.date() == document.date
    assert metadata.findtext(".//xmp:CreateDate", namespaces=XMP) == f"{document.date}T00:00:00Z"


@every_sample
def test_the_catalogue_serves_access(document: Document) -> None:
    root = catalogue(document)
    assert root["/Lang"] == document.language
    assert root["/MarkInfo"]["/Marked"].value is True
    assert (
        root["/MarkInfo"].get("/Suspects", False) in (False, None) or not root["/MarkInfo"]["/Suspects"].value
    )
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert root["/StructTreeRoot"]["/ParentTree"]
    for page in opened(document).pages:
        assert page["/Tabs"] == "/S"
        assert "/StructParents" in page


@every_sample
def test_the_file_is_one_whole_and_named(document: Document) -> None:
    data = rendered(document)
    assert data.startswith(b"%PDF-1.7\n%")
    assert all(byte > 127 for byte in data.split(b"\n")[1][1:5])
    assert data.rstrip().endswith(b"%%EOF") and data.count(b"%%EOF") == 1
    first, second = opened(document).trailer["/ID"]
    assert len(first) >= 16 and len(second) >= 16


def test_another_content_is_another_file() -> None:
    identities = {opened(document).trailer["/ID"][1] for document in SAMPLES.values()}
    assert len(identities) == len(SAMPLES)


@every_sample
def test_colours_need_no_device(document: Document) -> None:
    (intent,) = catalogue(document)["/OutputIntents"]
    profile = intent["/DestOutputProfile"].get_object()
    icc = profile.get_data()
    assert intent["/S"] == "/GTS_PDFA1"
    assert icc[36:40] == b"acsp" and icc[16:20] == b"RGB " and profile["/N"] == 3
    assert int.from_bytes(icc[:4]) == len(icc)
    for page in opened(document).pages:
        spaces = [space.get_object() for space in page["/Resources"].get("/ColorSpace", {}).values()]
        assert {space[0] for space in spaces} <= {"/ICCBased"}
        assert not {"g", "G", "rg", "RG", "k", "K", "sh"} & operators(page)


@every_sample
def test_every_font_is_embedded_and_readable(document: Document) -> None:
    fonts = [each for each in objects(document) if each.get("/Type") == "/Font"]
    whole = [font for font in fonts if font["/Subtype"] == "/Type0"]
    parts = [font for font in fonts if "/FontDescriptor" in font]
    assert whole and len(whole) == len(parts) and len(fonts) == 2 * len(whole)
    for font in whole:
        assert font["/ToUnicode"].get_data()
        assert font["/Encoding"] == "/Identity-H"
    for font in parts:
        descriptor = font["/FontDescriptor"].get_object()
        embedded = {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert len(embedded) == 1 and descriptor[embedded.pop()].get_data()


@every_sample
def test_nothing_runs_hides_or_comes_from_outside(document: Document) -> None:
    assert not opened(document).is_encrypted and "/Encrypt" not in opened(document).trailer
    for each in objects(document):
        assert not FORBIDDEN & set(each)
        assert each.get("/S") not in ACTIONS
        assert each.get("/Type") not in ("/Filespec", "/EmbeddedFile")
        assert each.get("/Subtype") not in ("/PS", "/Link", "/FileAttachment", "/Screen", "/3D", "/RichMedia")
        if isinstance(each, StreamObject):
            assert "/F" not in each
            assert not {"/LZWDecode", "/Crypt"} & set(names_in(each.get("/Filter", [])))


@every_sample
def test_nothing_is_transparent(document: Document) -> None:
    for each in objects(document):
        assert each.get("/SMask", "/None") == "/None"
        assert each.get("/BM", "/Normal") == "/Normal"
        assert each.get("/Type") != "/ExtGState" or (each.get("/ca", 1) == 1 and each.get("/CA", 1) == 1)
        assert each.get("/S") != "/Transparency"


@every_sample
def test_tags_are_standard_and_headings_skip_no_level(document: Document) -> None:
    root = catalogue(document)["/StructTreeRoot"]
    roles = root.get("/RoleMap", {})
    elements = [
        each
        for each in objects(document)
        if each.get("/Type") == "/StructElem" or ("/P" in each and "/K" in each)
    ]
    tags = {roles.get(each["/S"], each["/S"]) for each in elements if "/S" in each}
    assert tags <= STANDARD_TAGS and {"/Document", "/H1", "/TH"} <= tags
    levels = [int(tag[2:]) for tag in tagged_pdf.read(rendered(document)).tags if tag.startswith("/H")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_sample
def test_every_head_of_a_column_says_so(document: Document) -> None:
    heads = [each for each in objects(document) if each.get("/S") == "/TH"]
    assert heads
    for head in heads:
        given = head["/A"].get_object()
        attributes = [each.get_object() for each in (given if isinstance(given, list) else [given])]
        assert "/Column" in [each.get("/Scope") for each in attributes if each["/O"] == "/Table"]


def test_what_the_document_says_of_itself_is_tagged_as_such() -> None:
    read = tagged_pdf.read(rendered(every_kind()))
    said = list(zip(read.tags, (" ".join(line.split()) for line in read.lines), strict=True))
    for expected in (
        ("/Title", "Alianza de prueba"),
        ("/P", "Borrador para leer"),
        ("/H1", "1 Primera"),
        ("/H3", "1.1.1 Detalle"),
        ("/LBody", "segundo – «ñandú» & <b>"),
        ("/P", "Precios"),
        ("/TH", "Cantidad"),
        ("/TD", "9.999 kg"),
    ):
        assert expected in said


@cache
def rendered(document: Document) -> bytes:
    return render_pdf(document)


@cache
def opened(document: Document) -> PdfReader:
    return PdfReader(io.BytesIO(rendered(document)))


def catalogue(document: Document) -> Any:
    return opened(document).trailer["/Root"]


@cache
def objects(document: Document) -> list[Any]:
    """Every dictionary and stream of the file, those inside others too."""
    pdf = opened(document)
    found: list[Any] = []
    for number in range(1, int(pdf.trailer["/Size"])):
        found += dictionaries(pdf.get_object(number))
    assert len(found) > 100
    return found


def dictionaries(value: Any) -> Iterator[Any]:
    """The dictionaries in a value, without following its references."""
    if isinstance(value, DictionaryObject):
        yield value
        for key in value:
            yield from dictionaries(value.raw_get(key))
    elif isinstance(value, ArrayObject):
        for each in list.__iter__(value):
            yield from dictionaries(each)


def operators(page: Any) -> set[str]:
    contents = page.get_contents()
    assert isinstance(contents, ContentStream)
    return {operator.decode() for _, operator in contents.operations}


def names_in(filters: Any) -> list[str]:
    return [str(each) for each in (filters if isinstance(filters, list) else [filters])]


def words(lines: Any) -> list[str]:
    """The lines that say something, with one space for any white."""
    return [line for line in (" ".join(line.split()) for line in lines) if line]
