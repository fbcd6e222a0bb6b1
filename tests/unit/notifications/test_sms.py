"""Text messages: the GSM alphabet, the length, and what is never cut."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.notifications import texts
from broker.notifications.sms import BASIC, EXTENSION, MOST, compose, plain, septets, shortened
from tests.support import payloads

LINK = "https://alianza.example.org/deliveries/statements/123456789"
LONGEST = (
    "Asociación Campesina de Productores y Productoras Agropecuarios de la Ñ y el Güejar, Vereda San José 45, S.A.S.",
    "W" * 200,
    "[{~}]€|^\\" * 25,
    "Cooperativa 2000",
    "2" * 200,
    *(text[:200] for text in payloads.LETTERS),
)
NUMBER = re.compile(r"\d+")


def test_the_alphabet_holds_what_spanish_needs_but_four_letters() -> None:
    assert set("éñüÑÜÉ¿¡") <= BASIC
    assert not set("áíóúÁÍÓÚ") & BASIC
    assert len(BASIC) == 127 and len(EXTENSION) == 9


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("¿Dónde está la Unión? ¡Aquí, señor Ibáñez!", "¿Donde esta la Union? ¡Aqui, señor Ibañez!"),
        ("Café Güejar: el «mejor» – 5 × 20 kg", 'Café Güejar: el "mejor" - 5 x 20 kg'),
        ("1.500\u00a0kg\u202fde maíz…", "1.500 kg de maiz..."),
        ("n\u0303 e\u0301 a\u0301", "ñ é a"),
        ("ação João", "acao Joao"),
        ("日本 🌱", "?? ?"),
        ("zq\u200b7\x07", "zq7"),
    ],
)
def test_accents_go_where_the_alphabet_has_none(text: str, written: str) -> None:
    assert plain(text) == written


def test_signs_of_the_extension_count_as_two() -> None:
    assert septets("20 €") == 5
    assert septets("[a]") == 5
    with pytest.raises(ValueError, match="á"):
        septets("allá")


@given(st.text(max_size=400))
def test_whatever_is_typed_can_be_sent(text: str) -> None:
    assert set(plain(text)) <= BASIC | EXTENSION
    assert plain(plain(text)) == plain(text)


@given(st.text(max_size=250), st.integers(0, MOST))
def test_a_shortened_name_fits_and_cuts_no_number(text: str, room: int) -> None:
    name = plain(text)
    short = shortened(name, room)
    assert septets(short) <= room or not short
    assert set(NUMBER.findall(short)) <= set(NUMBER.findall(name))


@given(st.text(max_size=250), st.text(max_size=250), st.integers(1, 10**12))
def test_every_letter_fits_with_any_names(buyer: str, organization: str, number: int) -> None:
    values = {"buyer": buyer, "organization": organization, "broker": buyer, "number": str(number)}
    typed = {found for value in values.values() for found in NUMBER.findall(plain(value))}
    for letter, language in product(("delivery_graded", "offer_made", "mandate_proposed"), ("es", "en")):
        template = texts.short(letter, language)
        made = compose(template, values, LINK)
        assert made.length == septets(made.text) <= MOST
        assert LINK in made.text
        own = set(NUMBER.findall(template))
        assert set(NUMBER.findall(made.text.replace(LINK, ""))) <= typed | own


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("letter", texts.letters())
def test_each_letter_fits_with_the_longest_names(letter: str, language: str) -> None:
    for buyer, organization in zip(LONGEST, (*LONGEST[3:], *LONGEST[:3]), strict=True):
        values = {
            "buyer": buyer, "organization": organization, "broker": organization, "number": "123456789012",
        }  # fmt: skip
        made = compose(texts.short(letter, language), values, LINK)
        assert made.length == septets(made.text) <= MOST, made.text
        assert made.text.endswith(LINK)
        assert ("{" not in made.text) or "{" in buyer + organization


@pytest.mark.parametrize("letter", texts.letters())
def test_with_ordinary_names_nothing_goes(letter: str) -> None:
    values = {"buyer": "Frutas SA", "organization": "Asopla", "broker": "Corredores SAS", "number": "12"}
    short_link = "https://alianza.co/x/12"
    for language in ("es", "en"):
        template = texts.short(letter, language)
        whole = plain(re.sub(r"\[\d ([^\]]*)\]", r"\1", template).replace("{link}", "").format(**values))
        made = compose(template, values, short_link)
        assert made.text == f"{whole} {short_link}"


def test_what_may_go_goes_before_a_name_is_ruined() -> None:
    template = "Alianza: {buyer} y {organization}. [2 Dicho dos ahora.] [1 Dicho uno.] {link}"
    names = {"buyer": "Frutas y Verduras del Quindío", "organization": "Asociación de Plataneros de Quimbaya"}
    made = compose(template, names, LINK)
    assert "Dicho dos ahora." in made.text and "Dicho uno." not in made.text
    assert "Frutas y Verduras del Quindio y Asociacion de Plataneros de" in made.text


def test_what_speaks_of_a_name_goes_when_nothing_of_it_is_left() -> None:
    names = {"buyer": "9" * 200, "organization": "Asopla"}
    made = compose("Alianza: hay una queja [9 entre {buyer} y {organization}]. {link}", names, LINK)
    assert made.text == f"Alianza: hay una queja. {LINK}"


def test_an_address_longer_than_a_message_is_left_out_whole() -> None:
    made = compose(
        "Alianza: {buyer} dice que pagó. {link}", {"buyer": "Frutas"}, "https://x.example/" + "a" * 200
    )
    assert made.text.startswith("Alianza:") and "https" not in made.text


def test_the_link_is_never_rewritten() -> None:
    link = "https://x.example/~a_b?c=á"
    made = compose("Vea {link}", {}, "https://x.example/~a_b")
    assert made.text == "Vea https://x.example/~a_b" and link not in made.text
