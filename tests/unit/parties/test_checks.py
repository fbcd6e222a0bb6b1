"""What can be checked of tax numbers and telephones without asking anybody."""

from __future__ import annotations

import pytest

from broker.catalogue import countries
from broker.errors import RuleBroken
from broker.parties.models import COUNTRIES
from broker.parties.phones import to_e164, to_read
from broker.parties.tax_ids import check_tax_id


@pytest.mark.parametrize(
    ("tax_id", "country"),
    [
        # Published numbers of a bank, an oil company and a financial house.
        ("890903938-8", "CO"),
        ("899.999.068-1", "CO"),
        ("860034313-7", "CO"),
        ("08011990123456", "HN"),
        ("0801-1990-123456", "HN"),
        ("1234567-8", "GT"),
        ("155123456-2-2021 DV 12", "PA"),
    ],
)
def test_sound_tax_numbers_pass(tax_id: str, country: str) -> None:
    check_tax_id(tax_id, country)


@pytest.mark.parametrize(
    ("tax_id", "country", "code"),
    [
        ("890903938-7", "CO", "tax_id_nit"),
        ("890903983-8", "CO", "tax_id_nit"),
        ("890903938", "CO", "tax_id_nit"),
        ("0801199012345", "HN", "tax_id_rtn"),
        ("12", "GT", "tax_id_format"),
        ("1234567<8", "BO", "tax_id_format"),
    ],
)
def test_unsound_tax_numbers_are_refused(tax_id: str, country: str, code: str) -> None:
    with pytest.raises(RuleBroken, match=code) as caught:
        check_tax_id(tax_id, country)
    assert caught.value.field == "tax_id"


@pytest.mark.parametrize(
    ("text", "country", "kept"),
    [
        ("300 123 4567", "CO", "+573001234567"),
        ("(606) 872-0000", "CO", "+576068720000"),
        ("+504 2234-5678", "CO", "+50422345678"),
        ("71234567", "BO", "+59171234567"),
    ],
)
def test_telephones_are_kept_in_one_form(text: str, country: str, kept: str) -> None:
    assert to_e164(text, country) == kept


@pytest.mark.parametrize("text", ["12", "call me", "+999 123 456 789", ""])
def test_what_is_no_telephone_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken, match="phone_format"):
        to_e164(text, "CO")


def test_a_telephone_is_read_in_groups() -> None:
    assert to_read("+573001234567") == "+57 300 1234567"
    assert to_read("not a number") == "not a number"


def test_parties_and_catalogue_know_the_same_countries() -> None:
    assert {country.code for country in countries.all()} == set(COUNTRIES)
