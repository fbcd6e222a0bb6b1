"""The looks of a document as named styles, so that a lawyer changes each in one place."""

from __future__ import annotations

from dataclasses import dataclass

from docx.document import Document as Word
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement

from broker.documents.content import Document

SERIF = "Cambria"
MONO = "Courier New"
LEAF, LEAF_SOFT = "1F5C3A", "E9F2EC"
AMBER, AMBER_SOFT = "8A5200", "FDF3E1"
INK, INK_2, LINE = "000000", "4A5650", "C9D2CC"

NOTICE = "Notice"
CELL, HEAD_CELL = "Table Text", "Table Head"
SPACER = "Spacer"
DATUM, GAP = "Datum", "Open Point"
NOTICE_MARK, HASH = "Notice Mark", "Hash"
TABLE = "Agreement Table"
KEPT_TABLES = ("Normal Table", "Table Grid")


@dataclass(frozen=True)
class Look:
    """A paragraph style: sizes and spaces in points, colours in hexadecimal.

    `outline` is the level of a heading from 0, `ground` a border and a shade.
    """

    name: str
    base: str = "Normal"
    size: float | None = None
    bold: bool = False
    colour: str = ""
    before: float = 0
    after: float = 0
    keep_with_next: bool = False
    outline: int | None = None
    ground: str = ""


def _beside(colour: str, fill: str) -> str:
    return (
        f'<w:pBdr><w:left w:val="single" w:sz="20" w:space="8" w:color="{colour}"/></w:pBdr>'
        f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>'
    )


_UNDER = f'<w:pBdr><w:bottom w:val="single" w:sz="6" w:space="2" w:color="{LEAF}"/></w:pBdr>'
_INFO, _WARN = _beside(LEAF, LEAF_SOFT), _beside(AMBER, AMBER_SOFT)

PARAGRAPHS = (
    Look("Normal", "", 10.5, after=6),
    Look("Title", size=25, bold=True, colour=LEAF, after=8),
    Look("Subtitle", size=11.5, colour=INK_2, after=14),
    Look("Heading 1", "Normal", 14, True, LEAF, 20, 8, keep_with_next=True, outline=0, ground=_UNDER),
    Look("Heading 2", "Normal", 11, True, INK, 12, 4, keep_with_next=True, outline=1),
    Look("Heading 3", "Normal", 10.5, True, INK_2, 10, 4, keep_with_next=True, outline=2),
    Look("List Bullet", after=3),
    Look("Caption", "Normal", 9.5, True, INK_2, 6, 3, keep_with_next=True),
    Look("Header", size=8.5, colour=INK_2),
    Look("Footer", size=8.5, colour=INK_2),
    Look("Note", ground=_INFO),
    Look("Note Title", "Note", bold=True, keep_with_next=True, ground=_INFO),
    Look("Warning", ground=_WARN),
    Look("Warning Title", "Warning", bold=True, keep_with_next=True, ground=_WARN),
    Look(NOTICE, bold=True, colour=AMBER, after=14, ground=_WARN),
    Look(CELL, size=9.5, before=2, after=2),
    Look(HEAD_CELL, CELL, 9.5, True, INK_2, 2, 2, keep_with_next=True),
    # Two tables, or two notes, without a paragraph between them would become one.
    Look(SPACER, size=4, after=2),
)

CHARACTERS = {
    DATUM: f'<w:shd w:val="clear" w:color="auto" w:fill="{LEAF_SOFT}"/>',
    GAP: (
        f'<w:b/><w:color w:val="{AMBER}"/>'
        f'<w:bdr w:val="dashSmallGap" w:sz="6" w:space="0" w:color="{AMBER}"/>'
    ),
    NOTICE_MARK: f'<w:b/><w:color w:val="{AMBER}"/>',
    HASH: f'<w:rFonts w:ascii="{MONO}" w:hAnsi="{MONO}" w:cs="{MONO}"/><w:sz w:val="12"/><w:szCs w:val="12"/>',
}

_TABLE = (
    "<w:tblPr {}><w:tblBorders>"
    f'<w:top w:val="single" w:sz="6" w:space="0" w:color="{INK_2}"/>'
    f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
    f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
    "</w:tblBorders></w:tblPr>"
)


def language_tag(document: Document) -> str:
    """The language with its country as word processors name it, such as es-CO."""
    return (document.locale or document.language).replace("_", "-")


def dress(word: Word, language: str) -> None:
    """Give the Word document its language, its one font and every style that the body asks for."""
    _set_defaults(word, language)
    _drop_other_tables(word)
    for look in PARAGRAPHS:
        _set_paragraph(word, look)
    for name, properties in CHARACTERS.items():
        style = word.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.quick_style = True
        style.element.append(_element("rPr", properties))
    table = word.styles.add_style(TABLE, WD_STYLE_TYPE.TABLE)
    table.base_style = word.styles["Normal Table"]
    table.element.append(parse_xml(_TABLE.format(nsdecls("w"))))


def _set_defaults(word: Word, language: str) -> None:
    styles = word.styles.element
    # The fonts of a theme would win over the one named here.
    for fonts in list(styles.iter(qn("w:rFonts"))):
        fonts.getparent().remove(fonts)
    (properties,) = styles.xpath("w:docDefaults/w:rPrDefault/w:rPr")
    names = " ".join(f'w:{script}="{SERIF}"' for script in ("ascii", "eastAsia", "hAnsi", "cs"))
    properties.insert(0, parse_xml(f"<w:rFonts {nsdecls('w')} {names}/>"))
    (spoken,) = properties.xpath("w:lang")
    for attribute in ("w:val", "w:eastAsia"):
        spoken.set(qn(attribute), language)
    theme = _element("themeFontLang", "")
    theme.set(qn("w:val"), language)
    word.settings.element.append(theme)


def _drop_other_tables(word: Word) -> None:
    """The template brings a hundred styles of tables, nine tenths of the file."""
    for style in list(word.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in KEPT_TABLES:
            style.delete()


def _set_paragraph(word: Word, look: Look) -> None:
    if look.name not in word.styles:
        word.styles.add_style(look.name, WD_STYLE_TYPE.PARAGRAPH).quick_style = True
    style = word.styles[look.name]
    if look.base:
        style.base_style = word.styles[look.base]
    list_id = style.element.xpath("string(w:pPr/w:numPr/w:numId/@w:val)")
    _replace(style.element, "pPr", _paragraph_properties(look, list_id))
    _replace(style.element, "rPr", _run_properties(look))
    # Word keeps a second style beside a heading's, for a part of a line.
    if f"{look.name} Char" in word.styles:
        _replace(word.styles[f"{look.name} Char"].element, "rPr", _run_properties(look))


def _paragraph_properties(look: Look, list_id: str) -> str:
    """In the order that the schema asks for; `list_id` is the template's list that the style continues, or empty."""
    keep = "<w:keepNext/><w:keepLines/>" if look.keep_with_next else ""
    bullets = f'<w:numPr><w:numId w:val="{list_id}"/></w:numPr>' if list_id else ""
    spacing = f'<w:spacing w:before="{look.before * 20:.0f}" w:after="{look.after * 20:.0f}"/>'
    outline = "" if look.outline is None else f'<w:outlineLvl w:val="{look.outline}"/>'
    return keep + bullets + look.ground + spacing + outline


def _run_properties(look: Look) -> str:
    bold = "<w:b/><w:bCs/>" if look.bold else ""
    colour = f'<w:color w:val="{look.colour}"/>' if look.colour else ""
    half_points = f"{(look.size or 0) * 2:.0f}"
    size = f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>' if look.size else ""
    return bold + colour + size


def _replace(style: BaseOxmlElement, tag: str, properties: str) -> None:
    for old in style.findall(qn(f"w:{tag}")):
        style.remove(old)
    style.append(_element(tag, properties))


def _element(tag: str, content: str) -> BaseOxmlElement:
    return parse_xml(f"<w:{tag} {nsdecls('w')}>{content}</w:{tag}>")
