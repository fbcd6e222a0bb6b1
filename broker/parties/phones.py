"""Telephone numbers, kept in the international form E.164."""

from __future__ import annotations

import phonenumbers

from broker.errors import RuleBroken


def to_e164(text: str, country: str) -> str:
    """A telephone number, read as in `country` unless it begins with +. Raises RuleBroken('phone_format')."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        raise RuleBroken("phone_format", field="phone") from None
    if not phonenumbers.is_possible_number(number):
        raise RuleBroken("phone_format", field="phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def to_read(e164: str) -> str:
    """The number with its groups, as a person reads it: +57 606 8720000."""
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
