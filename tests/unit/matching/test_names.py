"""Free-text names: rates on lists the table was not made from, and the rules one by one."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest

from broker.catalogue import aliases as catalogue_aliases
from matching.names import Alias, NameTable, Qualifiers, Resolver

# Names from wholesale bulletins of Colombia (DANE SIPSA) and Guatemala (MAGA), from shop and warehouse lists
# of Colombia, Peru and Brazil, and typed with mistakes; an empty concept: no concept of the table is meant.
UNSEEN = Path(__file__).with_name("names_unseen.csv")

TABLE = NameTable(
    aliases=(
        Alias("plátano", "es", "plantain"),
        Alias("plátano verde", "es", "plantain"),
        Alias("papa", "es", "potato"),
        Alias("papa criolla", "es", "criolla_potato"),
        Alias("batata", "es", "sweet_potato"),
        Alias("batata", "pt", "potato"),
        Alias("limón", "es", "lime"),
        Alias("limón", "es", "lemon"),
        Alias("aceite de palma", "es", "palm_oil"),
        Alias("palma de aceite", "es", "oil_palm"),
        Alias("aceite de palta", "es", "avocado_oil"),
        Alias("granadilla", "es", "granadilla"),
        Alias("banano", "es", "banana"),
        Alias("ananás", "es", "pineapple"),
        Alias("limões", "pt", "lime"),
        Alias("tomatoes", "en", "tomato"),
        Alias("mil", "fr", "millet"),
        Alias("miel", "es", "honey"),
        Alias("maíz blanco", "es", "maize_white"),
        Alias("maíz", "es", "maize"),
        Alias("maïs", "fr", "maize"),
    ),
    qualifiers=Qualifiers(
        plain=frozenset({"orgánico", "fresca", "kg", "primera", "caja"}),
        variety=frozenset({"verde", "criollo", "grande", "blanco"}),
        state=frozenset({"seco", "congelada"}),
        joining=frozenset({"de", "la"}),
    ),
)


@pytest.fixture(scope="module")
def small() -> Resolver:
    return Resolver(TABLE)


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return catalogue_aliases.resolver()


@pytest.fixture(scope="module")
def unseen() -> list[dict[str, str]]:
    with UNSEEN.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("PLÁTANOS", "plantain"),
        ("  platano   orgánico, de primera x 20 kg ", "plantain"),
        ("Papa criolla fresca", "criolla_potato"),
        ("papas, criollas", "criolla_potato"),
        ("papa grande", "potato"),
        ("aceite de palma", "palm_oil"),
        ("palma de aceite", "oil_palm"),
        ("limão", "lime"),
        ("tomato", "tomato"),
    ],
)
def test_exact_names_are_accepted(small: Resolver, text: str, concept: str) -> None:
    found = small.resolve(text)
    assert (found.concept, found.method) == (concept, "exact")
    assert found.accepted


def test_a_word_with_two_meanings_in_one_language_is_asked(small: Resolver) -> None:
    found = small.resolve("limón", "es")
    assert found.method == "suggested"
    assert {candidate.concept for candidate in found.candidates} == {"lime", "lemon"}


def test_the_language_decides_between_false_friends(small: Resolver) -> None:
    assert small.resolve("batata", "es").concept == "sweet_potato"
    assert small.resolve("batata", "pt").concept == "potato"
    assert not small.resolve("batata").accepted


def test_a_processed_state_is_asked(small: Resolver) -> None:
    found = small.resolve("papa congelada", "es")
    assert (found.concept, found.method) == ("potato", "suggested")


def test_a_slip_is_accepted_and_a_rival_or_another_word_is_not(small: Resolver) -> None:
    assert small.resolve("granadila", "es").method == "fuzzy"
    assert not small.resolve("aceite de palxa", "es").accepted
    assert not small.resolve("vananas", "es").accepted
    assert not small.resolve("mile", "es").accepted


def test_a_near_rival_keeps_a_telling_word_from_being_dropped(small: Resolver) -> None:
    found = small.resolve("mais blanco", "es")
    assert not found.accepted
    assert "maize_white" in {candidate.concept for candidate in found.candidates}


def test_nothing_is_found_in_nothing(small: Resolver) -> None:
    for text in ("", "  ", "¡!", "ŋŋŋŋ"):
        assert small.resolve(text).method == "none"
        assert small.resolve(text).concept is None


def test_a_plain_mapping_is_a_table() -> None:
    assert Resolver({"papa": "potato"}).resolve("Papas").concept == "potato"


def test_at_most_five_candidates_best_first(resolver: Resolver) -> None:
    found = resolver.resolve("papa de la vereda", "es")
    confidences = [candidate.confidence for candidate in found.candidates]
    assert 1 <= len(confidences) <= 5
    assert confidences == sorted(confidences, reverse=True)
    assert found.concept == "potato"


@pytest.mark.parametrize("with_language", [True, False])
def test_rates_on_the_unseen_list(
    resolver: Resolver, unseen: list[dict[str, str]], with_language: bool
) -> None:
    top1: dict[str, list[bool]] = {"catalogue": [], "typo": [], "other": []}
    top5: dict[str, list[bool]] = {"catalogue": [], "typo": [], "other": []}
    accepted: list[bool] = []
    for row in unseen:
        expected = set(row["concept"].split("|")) - {""}
        found = resolver.resolve(row["text"], row["lang"] if with_language else None)
        if found.accepted:
            accepted.append(found.concept in expected)
        if expected:
            top1[row["kind"]].append(found.concept in expected)
            top5[row["kind"]].append(any(item.concept in expected for item in found.candidates))
    assert min(len(hits) for hits in top1.values()) >= 45
    assert _share(top1["catalogue"]) >= 0.95
    assert _share(top5["catalogue"]) >= 0.99
    assert _share(top1["typo"]) >= 0.93
    assert _share(top1["other"]) >= 0.95
    assert len(accepted) >= 150
    assert _share(accepted) >= 0.99


def test_random_slips_in_catalogue_names(resolver: Resolver) -> None:
    """One random slip in every alias of every catalogue concept, half of them with a qualifier beside it."""
    rng = random.Random(20261123)
    top1: list[bool] = []
    top5: list[bool] = []
    accepted: list[bool] = []
    for concept in catalogue_aliases.concepts().values():
        if not concept.products:
            continue
        for language, words in concept.words.items():
            for word in words:
                known = resolver.resolve(word, language)
                if len(word) < 5 or known.concept != concept.code or not known.accepted:
                    continue
                text = _slip(word, rng) + rng.choice(["", "", " 20 kg", " premium"])
                found = resolver.resolve(text, language)
                top1.append(found.concept == concept.code)
                top5.append(any(item.concept == concept.code for item in found.candidates))
                if found.accepted:
                    accepted.append(found.concept == concept.code)
    assert len(top1) > 400
    assert _share(top1) >= 0.93
    assert _share(top5) >= 0.98
    assert len(accepted) > 250
    assert _share(accepted) >= 0.99


def _slip(text: str, rng: random.Random) -> str:
    """One letter of the longest word dropped, doubled, swapped with the next or replaced."""
    words = text.split()
    place = max(range(len(words)), key=lambda index: len(words[index]))
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    words[place] = rng.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + rng.choice("abcdefghilmnoprstu") + word[at + 1 :],
        ]
    )
    return " ".join(words)


def _share(hits: list[bool]) -> float:
    return sum(hits) / len(hits)
