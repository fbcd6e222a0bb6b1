"""Tax numbers: what can be checked without asking an authority."""

from __future__ import annotations

import re

from broker.errors import RuleBroken

# Weights of the Colombian check digit, from the last digit of the number leftwards (DIAN, modulus 11).
_NIT_WEIGHTS = (3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71)
_NIT = re.compile(r"(\d{6,15})-(\d)")
_RTN = re.compile(r"\d{14}")
_ANY = re.compile(r"[0-9A-Z][0-9A-Z.\-/ ]{2,29}", re.IGNORECASE)


def check_tax_id(tax_id: str, country: str) -> None:
    """Raises RuleBroken('tax_id_nit' | 'tax_id_rtn' | 'tax_id_format').

    Colombia: digits, a dash and the modulus 11 digit. Honduras: 14 digits. Elsewhere only the signs count.
    """
    plain = tax_id.replace(".", "").replace(" ", "")
    if country == "CO":
        found = _NIT.fullmatch(plain)
        if found is None or nit_digit(found[1]) != int(found[2]):
            raise RuleBroken("tax_id_nit", field="tax_id")
    elif country == "HN":
        if not _RTN.fullmatch(plain.replace("-", "")):
            raise RuleBroken("tax_id_rtn", field="tax_id")
    elif not _ANY.fullmatch(tax_id):
        raise RuleBroken("tax_id_format", field="tax_id")


def nit_digit(number: str) -> int:
    """The check digit of a Colombian NIT."""
    rest = (
        sum(int(digit) * weight for digit, weight in zip(reversed(number), _NIT_WEIGHTS, strict=False)) % 11
    )
    return rest if rest < 2 else 11 - rest
