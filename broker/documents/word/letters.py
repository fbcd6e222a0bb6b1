"""Text as XML can hold it."""

from __future__ import annotations

import re

MISSING = "\ufffd"
_ILLEGAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_ENDS = re.compile("\r\n?")


def clean(text: str) -> str:
    """The text with U+FFFD for each character that XML forbids, and with plain line feeds."""
    return _ILLEGAL.sub(MISSING, _LINE_ENDS.sub("\n", text))
