"""Characters that the fonts of a document lack: archival PDF refuses them, and a name may hold any."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Literal

import typst

MISSING = "\ufffd"
_PROBE = b'#set document(title: "x")\n#set text(font: "Libertinus Serif", lang: "es")\n#sys.inputs.text'


def displayable(text: str, standards: list[Literal["a-2a", "ua-1"]]) -> str:
    """The text with each character that cannot be set as U+FFFD, and without signs that nobody sees."""
    refused = {character for character in set(text) if not _can_be_set(character, *standards)}
    hidden = {character for character in refused if unicodedata.category(character) == "Cf"}
    return text.translate({ord(c): "" if c in hidden else MISSING for c in refused})


@lru_cache(maxsize=4096)
def _can_be_set(character: str, *standards: Literal["a-2a", "ua-1"]) -> bool:
    # The letters of the trade's languages are in every text font; nothing is tried for them.
    if " " <= character <= "~" or "\u00a1" <= character <= "\u017f":
        return True
    try:
        typst.compile(
            _PROBE,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"text": f"a{character}"},
            pdf_standards=[*standards],
        )
    except typst.TypstError:
        return False
    return True
