"""The clauses of a broker house: written, replaced, retired, and what a draft of the house says then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from broker.agreements import freezing, house_clauses
from broker.agreements.house_clauses import Written, write
from broker.documents.content import plain_text
from broker.documents.docx import render_docx
from broker.documents.pdf import render_pdf
from broker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories.agreements import Deal
from tests.integration.conftest import Stage

ICE = Written(
    stem="",
    part=3,
    title_es="Hielo",
    title_en="Ice",
    text_es="El comprador lleva hielo y paga a los {{ payment.days }}.\n\n- Una caja por bulto",
    text_en="The buyer brings ice and pays within {{ payment.days }}.\n\n- One box for each crate",
)


@pytest.fixture
def deal(at_stage: Stage) -> Deal:
    return at_stage("drafted", Deal)


def _text(deal: Deal, language: str = "es") -> str:
    return plain_text(freezing.draft_of(deal.version(), language).document).replace("\xa0", " ")


def test_a_house_adds_a_clause_and_the_next_version_has_it(deal: Deal) -> None:
    assert "Hielo" not in _text(deal)
    with deal.act("broker") as tx:
        made = write(tx, ICE)
        assert (made.stem, made.version) == ("own_1", 1)
    deal.offer("broker", {"payment.days": 9})
    assert "El comprador lleva hielo y paga a los 9 días." in _text(deal)
    assert "The buyer brings ice and pays within 9 days." in _text(deal, "en")
    with deal.act("broker") as tx:
        house_clauses.retire(tx, "own_1")
        with pytest.raises(Conflict, match="clause_retired"):
            house_clauses.retire(tx, "own_1")
    assert "hielo" in _text(deal)
    deal.offer("broker", {"payment.days": 8})
    assert "hielo" not in _text(deal)


def test_a_house_says_a_clause_of_the_library_in_its_own_words_where_it_applies(deal: Deal) -> None:
    words = house_clauses.texts()["disputes"]
    own = Written(
        "disputes", 0, "Desacuerdos", "Disputes", "Lo hablamos.", "We talk.", products=("avocado_hass",)
    )
    code = freezing.facts_of(deal.version()).product.code
    with deal.act("broker") as tx:
        first = write(tx, own)
        assert (first.version, first.part) == (1, int(words["part"]))
        with pytest.raises(Conflict, match="version_moved_on"):
            write(tx, own)
    deal.offer("broker", {"payment.days": 10})
    assert "Lo hablamos" not in _text(deal)
    with deal.act("broker") as tx:
        changed = Written(**{**vars(own), "products": (code,), "text_es": "Lo hablamos ya."})
        assert write(tx, changed, 1).version == 2
    deal.offer("broker", {"payment.days": 9})
    assert "Lo hablamos ya." in _text(deal)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Paga {{ algo.raro }}.", "clause_mark_unknown"),
        ("Paga {{ payment.days.", "clause_mark_open"),
        ("[if nunca] Paga.", "clause_condition_unknown"),
        ("|---|\n\n[table nunca]", "clause_table_unknown"),
        ("Paga a los {{ payment.days }}.", "clause_languages_differ"),
        ("", "required"),
        ("x" * 6001, "too_long"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused(deal: Deal, text: str, code: str) -> None:
    typed = Written(**{**vars(ICE), "text_es": text, "text_en": "They talk."})
    with pytest.raises(Invalid) as fault, deal.act("broker") as tx:
        write(tx, typed)
    assert code in [one.code for one in fault.value.faults]


def test_data_that_may_be_missing_stand_where_the_library_has_them(deal: Deal) -> None:
    words = house_clauses.texts()["site"]
    for text in ("Se visita {{ site }}.", "{{ site }}"):
        with pytest.raises(Invalid, match="clause_mark_conditional"), deal.act("broker") as tx:
            write(tx, Written("site", 0, "Lugar", "Site", text, text))
    with deal.act("broker") as tx:
        # A table of the library's is no word of a sentence.
        with pytest.raises(Invalid, match="clause_mark_unknown"):
            write(tx, Written("inputs", 0, "Insumos", "Inputs", "{{ value }}", "{{ value }}"))
        write(tx, Written("site", 0, "Lugar", "Site", words["text_es"], words["text_en"]))
        write(tx, replace(ICE, text_es="|---|\n| a | b |\n| c |", text_en="| a |\n|---|\n| b | c |"))
    deal.offer("broker", {"payment.days": 9})
    for language in ("es", "en"):
        document = freezing.draft_of(deal.version(), language).document
        assert render_pdf(document) and render_docx(document)


def test_a_summary_says_what_the_text_leaves_out(deal: Deal) -> None:
    with deal.act("broker") as tx:
        write(tx, Written("disputes", 0, "Desacuerdos", "Disputes", "Lo hablamos.", "We talk."))
    deal.offer("broker", {"payment.days": 10})
    told = plain_text(freezing.summary_of(deal.version(), "en"))
    assert "(this text does not say) mediates" in told


def test_only_managers_of_a_house_write_and_only_what_there_is(deal: Deal) -> None:
    with pytest.raises(NotAllowed), deal.act("buyer") as tx:
        write(tx, ICE)
    with pytest.raises(NotFound), deal.act("broker") as tx:
        write(tx, Written(**{**vars(ICE), "stem": "own_9"}))
    with pytest.raises(NotFound), deal.act("broker") as tx:
        house_clauses.retire(tx, "own_9")
