"""How words of the catalogue are compared: without accents, case, dots or doubled spaces."""

from __future__ import annotations

import re
import unicodedata


def key(text: str) -> str:
    """Comparison form of a name: "GlobalG.A.P. Opción 2" -> "globalgap opcion 2"."""
    flat = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(char for char in flat if not unicodedata.combining(char))
    return " ".join(re.sub(r"[^\w%]+", " ", bare.replace(".", "").replace("'", "")).replace("_", " ").split())
