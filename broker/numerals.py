"""Numbers as people type them, read strictly: the decimal separator is chosen, never guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from broker.errors import RuleBroken

Separator = Literal[",", "."]
MAX_DIGITS = 18
_SPACES = "\u0020\u00a0\u2009\u202f"
_MINUS = "-\u2212"


def parse_decimal(
    text: str, decimal_separator: Separator, *, allow_negative: bool = False, field: str | None = None
) -> Decimal:
    """Read `text` with the given decimal separator; the other sign, or a space, may group threes.

    Raises RuleBroken with `text` and `expected`:
    number_missing, number_format, number_wrong_separator, number_negative, number_too_long.
    """
    body = text.strip().strip(_SPACES)
    if not body:
        raise RuleBroken("number_missing", field=field)
    negative = body[0] in _MINUS
    if negative:
        body = body[1:]
    grouping = "." if decimal_separator == "," else ","
    if not _is_number(body, decimal_separator, grouping):
        code = "number_wrong_separator" if _is_number(body, grouping, decimal_separator) else "number_format"
        raise RuleBroken(code, field=field, text=text, expected=decimal_separator)
    if negative and not allow_negative:
        raise RuleBroken("number_negative", field=field, text=text)
    plain = re.sub(f"[{re.escape(grouping)}{_SPACES}]", "", body).replace(decimal_separator, ".")
    if len(plain.replace(".", "")) > MAX_DIGITS:
        raise RuleBroken("number_too_long", field=field, text=text, limit=MAX_DIGITS)
    value = Decimal(plain)
    return -value if negative and value else value


def parse_integer(
    text: str, decimal_separator: Separator, *, allow_negative: bool = False, field: str | None = None
) -> int:
    """A whole number; raises RuleBroken("number_not_whole") when a fraction remains."""
    value = parse_decimal(text, decimal_separator, allow_negative=allow_negative, field=field)
    if value != value.to_integral_value():
        raise RuleBroken("number_not_whole", field=field, text=text)
    return int(value)


def format_decimal(value: Decimal, decimal_separator: Separator) -> str:
    """The plain digits of `value` without grouping, readable again by `parse_decimal`."""
    return f"{value:f}".replace(".", decimal_separator)


def _is_number(body: str, decimal: str, grouping: str) -> bool:
    """Digits, grouped in threes by one and the same sign or not at all, then at most one fraction."""
    fraction = rf"(?:{re.escape(decimal)}[0-9]+)?"
    sign = f"[{re.escape(grouping)}{_SPACES}]"
    grouped = rf"[1-9][0-9]{{0,2}}(?P<sign>{sign})[0-9]{{3}}(?:(?P=sign)[0-9]{{3}})*"
    return re.fullmatch(rf"(?:[0-9]+|{grouped}){fraction}", body) is not None
