"""Every letter has a kind, words in both languages, a place to open, and a text message."""

from __future__ import annotations

import pytest

from broker.notifications import texts

VALUES = {
    "buyer": "B", "organization": "O", "broker": "K", "number": "7", "reason": "R", "path": "/somewhere/1",
}  # fmt: skip


@pytest.mark.parametrize("letter", texts.letters())
@pytest.mark.parametrize("language", ["es", "en"])
def test_a_letter_is_whole(letter: str, language: str) -> None:
    assert texts.kind_of(letter).names[language]
    assert "{" not in texts.subject(letter, language)
    assert "/somewhere/1" in texts.body(letter, language, VALUES)
    said = texts.inbox_body(letter, language, VALUES)
    assert "/somewhere" not in said and said.endswith(".") and ".." not in said and ":\n\n" not in said
    assert texts.path_of(letter, VALUES).startswith("/somewhere/1")
    assert texts.short(letter, language).endswith("{link}")


def test_each_letter_is_of_one_kind_and_no_kind_names_another() -> None:
    named = [letter for kind in texts.kinds().values() for letter in kind.letters]
    assert sorted(named) == sorted(texts.letters())
    assert all(set(kind.urgent) <= set(kind.letters) for kind in texts.kinds().values())


def test_only_a_rejection_a_dispute_and_a_breach_are_urgent() -> None:
    urgent = {letter for letter in texts.letters() if texts.is_urgent(letter)}
    assert urgent == {"delivery_graded", "delivery_dispute", "breach_notified"}


def test_only_the_account_cannot_be_turned_off() -> None:
    assert [code for code, kind in texts.kinds().items() if kind.fixed] == ["account"]


def test_the_summary_is_what_a_negotiated_agreement_leads_to() -> None:
    assert texts.path_of("agreement_negotiated", {"path": "/agreements/3"}) == "/agreements/3/summary"
