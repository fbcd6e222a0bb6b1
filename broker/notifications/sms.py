"""A letter as a text message: at most 160 characters of the GSM alphabet, so that it is one message on every phone.

Alianza sends none; a person copies it or opens it on a phone. Sources: 3GPP TS 23.038, the default alphabet and its
extension table, whose characters count as two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

MOST = 160
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("^{}\\[~]|€")
# Signs of print that the alphabet writes otherwise; for letters their accent is taken off.
WRITTEN = {
    "“": '"', "”": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "−": "-", "…": "...",
    "·": "-", "•": "-", "×": "x", "\t": " ", "\r": " ", "\n": " ", "ç": "c",
}  # fmt: skip
# How long each name may be, from the first try to the last, in characters of the alphabet.
NAME_LENGTHS = (MOST, 40, 30, 24, 18, 12, 6, 0)
LAST = "9"
_MAY_GO = re.compile(r"\[(\d) ([^\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")
_LOST_BLANK = re.compile(r" +([.,;:])")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Text:
    """A text message and how many of the 160 characters it takes."""

    text: str
    length: int


def compose(template: str, values: Mapping[str, str], link: str) -> Text:
    """The message of a template such as "Alianza: {buyer} paga. [1 Vea su cuenta.] {link}".

    What stands in brackets may go, the lowest number first, while names lose their last words; [9 goes last], or when
    a name in it has come to nothing. A word with a digit, and the link, stay whole or go whole.
    """
    written = {name: plain(value) for name, value in values.items()}
    orders = sorted({found for found, _ in _MAY_GO.findall(template)} - {LAST})
    said = ""
    for step, room in enumerate(NAME_LENGTHS):
        names = {name: shortened(value, room) for name, value in written.items()}
        gone = {*orders[:step], *([] if room else [LAST])}
        said = _without(template, gone, names)
        text = _filled(said, names, link)
        if septets(text) <= MOST:
            return Text(text, septets(text))
    # An address too long for any message: the words without it.
    text = _filled(said, {}, "")
    return Text(text, septets(text))


def plain(text: str) -> str:
    """The text in the GSM alphabet on one line: á í ó ú lose their accent, é ñ ü ¿ ¡ are in it; what cannot be written
    becomes a question mark."""
    written = "".join(_written(sign) for sign in unicodedata.normalize("NFC", text))
    return _BLANKS.sub(" ", written).strip()


def septets(text: str) -> int:
    """How many of the 160 characters the text takes. Raises ValueError for one outside the alphabet."""
    foreign = set(text) - BASIC - EXTENSION
    if foreign:
        raise ValueError(f"not in the GSM alphabet: {sorted(foreign)}")
    return len(text) + sum(sign in EXTENSION for sign in text)


def shortened(name: str, room: int) -> str:
    """The first words of a name that fit; a first word that does not is cut, but never one with a digit in it."""
    kept = ""
    for word in name.split():
        longer = f"{kept} {word}".strip()
        if septets(longer) > room:
            break
        kept = longer
    first = name.partition(" ")[0]
    if kept or any(sign.isdigit() for sign in first):
        return kept
    while septets(first) > max(room - 1, 0):
        first = first[:-1]
    return f"{first}." if first else ""


def _without(template: str, gone: Collection[str], names: Mapping[str, str]) -> str:
    def kept(part: re.Match[str]) -> str:
        empty = any(not names.get(name, "") for name in _SLOT.findall(part[2]))
        return "" if part[1] in gone or empty else part[2]

    return _MAY_GO.sub(kept, template)


def _filled(template: str, names: Mapping[str, str], link: str) -> str:
    """Filled in; the link is not rewritten, since every sign of it matters."""
    before, slot, after = template.partition("{link}")
    parts = [_words(before, names), link if slot else "", _words(after, names)]
    return " ".join(part for part in parts if part)


def _words(template: str, names: Mapping[str, str]) -> str:
    return plain(_LOST_BLANK.sub(r"\1", _SLOT.sub(lambda slot: names.get(slot[1], ""), template)))


def _written(sign: str) -> str:
    if sign in WRITTEN:
        return WRITTEN[sign]
    if sign in BASIC or sign in EXTENSION:
        return sign
    if sign.isspace():
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", sign) if not unicodedata.combining(part))
    if bare and all(part in BASIC or part in EXTENSION for part in bare):
        return bare
    return "" if unicodedata.category(sign) in ("Cf", "Cc", "Mn", "Me") else "?"
