"""One written form for a name's words, whatever accents, case, plural and punctuation they come with."""

from __future__ import annotations

import re
import unicodedata


def stems(text: str) -> list[str]:
    """Words of a name without accents, case, punctuation, plural and weak endings; digits apart."""
    lower = unicodedata.normalize("NFC", text).casefold().replace("œ", "oe").replace("æ", "ae")
    # Portuguese plurals must go while the tilde still tells "limões" from "tomatoes".
    flat = unicodedata.normalize("NFKD", lower.replace("ões", "ão").replace("ães", "ão"))
    bare = "".join(char for char in flat if not unicodedata.combining(char))
    return [_stem(word) for word in re.findall(r"[0-9]+|[^\W\d_]+", bare)]


def _stem(word: str) -> str:
    """One form for singular and plural in Spanish, Portuguese, French and English; never shown to anyone."""
    if len(word) <= 3:
        return word
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    word = word.removesuffix("s")
    if word.endswith(("aux", "eux", "oux")):
        word = word[:-1]
    if len(word) > 3:
        word = word.removesuffix("e")
    return word[:-1] + "c" if word.endswith("z") else word
