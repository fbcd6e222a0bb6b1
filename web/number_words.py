"""Whole numbers in words, so that a clerk hears what she typed: 14.620 is catorce mil seiscientos veinte."""

from __future__ import annotations

from decimal import Decimal

MOST = 10**9

_ES_UNITS, _ES_TENS, _ES_HUNDREDS, _EN_UNITS, _EN_TENS = (
    words.split()
    for words in (
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis"
        " diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco"
        " veintiséis veintisiete veintiocho veintinueve",
        "treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
        " novecientos",
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
        " sixteen seventeen eighteen nineteen",
        "twenty thirty forty fifty sixty seventy eighty ninety",
    )
)


def in_words(value: int, language: str) -> str:
    """`value` from 0 to below 10^9 in Spanish or English. Raises ValueError outside."""
    if not 0 <= value < MOST:
        raise ValueError(f"{value} has no words here")
    return _english(value) if language == "en" else _spanish(value)


def counted(value: Decimal, language: str, *, feminine: bool = False) -> str:
    """`value` as it stands before what it counts: veintiún (kilos), veintiuna (hectáreas), dos millones de (kilos).

    Digits behind the point are said too: ciento treinta coma cinco. Raises ValueError as `in_words`.
    """
    whole = int(value)
    said = in_words(whole, language)
    digits = f"{value:f}".partition(".")[2]
    if language == "en":
        named = " ".join(_EN_UNITS[int(digit)] for digit in digits)
        return f"{said} point {named}" if digits else said
    if feminine:
        said = said.replace("cientos", "cientas").replace("quinientos", "quinientas")
        said = said.replace("veintiún mil", "veintiuna mil").replace(" un mil", " una mil")
        said = f"{said[:-1]}a" if said.endswith("uno") else said
    if digits:
        zeros = len(digits) - len(digits.lstrip("0"))
        rest = [_spanish(int(digits[zeros:]))] if digits[zeros:] else []
        return " ".join([said, "coma", *["cero"] * zeros, *rest])
    if whole and whole % 10**6 == 0:
        return f"{said} de"
    return said if feminine else _before_noun(said)


def _spanish(value: int) -> str:
    millions, rest = divmod(value, 10**6)
    thousands, units = divmod(rest, 1000)
    parts = []
    if millions:
        parts.append("un millón" if millions == 1 else f"{_before_noun(_spanish(millions))} millones")
    if thousands:
        parts.append("mil" if thousands == 1 else f"{_before_noun(_spanish_hundreds(thousands))} mil")
    if units or not parts:
        parts.append(_spanish_hundreds(units))
    return " ".join(parts)


def _spanish_hundreds(value: int) -> str:
    if value == 100:
        return "cien"
    hundreds, rest = divmod(value, 100)
    parts = [_ES_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest or not hundreds:
        parts.append(_spanish_tens(rest))
    return " ".join(parts)


def _spanish_tens(value: int) -> str:
    if value < 30:
        return _ES_UNITS[value]
    tens, units = divmod(value, 10)
    return f"{_ES_TENS[tens - 3]} y {_ES_UNITS[units]}" if units else _ES_TENS[tens - 3]


def _before_noun(words: str) -> str:
    """Veintiún mil, treinta y un millones."""
    if words.endswith("veintiuno"):
        return words.removesuffix("veintiuno") + "veintiún"
    return words[:-1] if words.endswith("uno") else words


def _english(value: int) -> str:
    parts = []
    for size, name in ((10**6, "million"), (1000, "thousand")):
        count, value = divmod(value, size)
        if count:
            parts.append(f"{_english_hundreds(count)} {name}")
    if value or not parts:
        parts.append(_english_hundreds(value))
    return " ".join(parts)


def _english_hundreds(value: int) -> str:
    hundreds, rest = divmod(value, 100)
    parts = [f"{_EN_UNITS[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        parts.append(_EN_UNITS[rest] if rest < 20 else "-".join(_tens_units(rest)))
    return " and ".join(parts)


def _tens_units(value: int) -> list[str]:
    tens, units = divmod(value, 10)
    return [_EN_TENS[tens - 2], *([_EN_UNITS[units]] if units else [])]
