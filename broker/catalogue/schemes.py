"""Certificate schemes and the rule on who may hold the certificate (domain.md 2.8)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from broker.catalogue.loading import DATA, LANGUAGES, Row, by_code, read_rows
from broker.catalogue.products import ANY
from broker.catalogue.wording import key
from broker.errors import NotFound, RuleBroken

HolderRule = Literal["farmers_own_entity", "any_in_chain", "site"]
SchemeKind = Literal["organic", "social", "sustainability", "good_practice", "food_safety"]

_HOLDERS = ("farmers_own_entity", "any_in_chain", "site")
_KINDS = ("organic", "social", "sustainability", "good_practice", "food_safety")


@dataclass(frozen=True, eq=False)
class GroupLimits:
    """Limits of a group of operators: members, and per member area (ha) or turnover (EUR a year)."""

    members_max: int
    member_max_ha: Decimal
    member_max_turnover_eur: Decimal


@dataclass(frozen=True, eq=False)
class Scheme:
    """A certificate a buyer may ask for; `id_label`, `id_pattern` describe the number printed on it."""

    code: str
    names: Mapping[str, str]
    words: tuple[str, ...]
    kind: SchemeKind
    holder: HolderRule
    group: GroupLimits | None
    id_label: str | None
    id_pattern: str | None
    countries: tuple[str, ...]
    source: str

    def name(self, language: str) -> str:
        return self.names.get(language, self.names["es"])

    def check_number(self, number: str) -> None:
        """Raises RuleBroken("certificate_number_format") when the scheme fixes a form and this is not it."""
        if self.id_pattern and not re.fullmatch(self.id_pattern, number):
            raise RuleBroken(
                "certificate_number_format", scheme=self.code, label=self.id_label, number=number
            )


def get(code: str) -> Scheme:
    """Raises NotFound("scheme_unknown")."""
    try:
        return _schemes()[code]
    except KeyError:
        raise NotFound("scheme_unknown", scheme=code) from None


def all() -> tuple[Scheme, ...]:
    return tuple(_schemes().values())


def for_country(country: str) -> tuple[Scheme, ...]:
    return tuple(scheme for scheme in all() if ANY in scheme.countries or country in scheme.countries)


def find(text: str) -> Scheme:
    """The scheme of a code, a name or another spelling of it. Raises NotFound("scheme_unknown")."""
    code = _spellings().get(key(text))
    if code is None:
        raise NotFound("scheme_unknown", scheme=text)
    return get(code)


@cache
def _spellings() -> Mapping[str, str]:
    return {
        key(word): scheme.code
        for scheme in all()
        for word in (scheme.code, *scheme.names.values(), *scheme.words)
    }


@cache
def _schemes() -> Mapping[str, Scheme]:
    return by_code(_scheme(row) for row in read_rows(DATA / "certificate_schemes.yml"))


def _scheme(row: Row) -> Scheme:
    row.only(
        "code", "names", "words", "kind", "holder", "group", "id_label", "id_pattern", "countries", "source"
    )  # fmt: skip
    return Scheme(
        code=row.text("code"),
        names=row.names("names", *LANGUAGES),
        words=row.words("words"),
        kind=cast(SchemeKind, row.one_of("kind", _KINDS)),
        holder=cast(HolderRule, row.one_of("holder", _HOLDERS)),
        group=_group(row.row("group")),
        id_label=row.text_or_none("id_label"),
        id_pattern=row.text_or_none("id_pattern"),
        countries=row.texts("countries"),
        source=row.text("source"),
    )


def _group(row: Row) -> GroupLimits | None:
    if not row.fields:
        return None
    row.only("members_max", "member_max_ha", "member_max_turnover_eur")
    members = row.whole_or_none("members_max")
    if members is None:
        raise row.fault("members_max is missing")
    return GroupLimits(members, row.decimal("member_max_ha"), row.decimal("member_max_turnover_eur"))
