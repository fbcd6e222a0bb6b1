"""Attributes of products: one file each drives form, validation, filter, import column and matching input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal, cast

from broker.catalogue import products
from broker.catalogue.loading import Row, by_code, read_folder
from broker.catalogue.wording import key
from broker.errors import NotFound, RuleBroken
from broker.numerals import Separator, parse_decimal

AttributeType = Literal["number", "choice", "bool", "text"]
Operator = Literal["min", "max", "range", "one_of", "bool", "text"]
PriceEffect = Literal["none", "downgrade", "schedule", "premium"]
Value = Decimal | bool | str

OPERATORS: dict[AttributeType, tuple[Operator, ...]] = {
    "number": ("min", "max", "range"),
    "choice": ("one_of",),
    "bool": ("bool",),
    "text": ("text",),
}
"""What a need may ask of an attribute of each type; an attribute names its usual one."""

_TYPES = ("number", "choice", "bool", "text")
_EFFECTS = ("none", "downgrade", "schedule", "premium")
_YES = {"1", "si", "yes", "true", "verdadero", "sim", "oui", "x"}
_NO = {"0", "no", "false", "falso", "nao", "non"}


@dataclass(frozen=True, eq=False)
class Choice:
    code: str
    labels: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Attribute:
    """A measurable side of a product.

    low, high: the plausible limits of a number in `unit`, both included; operator: the usual way a need
    asks for it; critical: a failure rejects the lot instead of downgrading it; price_effect: what a
    deviation does to the price; since, until: first and last day on which it is offered.
    """

    code: str
    labels: Mapping[str, str]
    type: AttributeType
    unit: str | None
    low: Decimal | None
    high: Decimal | None
    decimals: int
    operator: Operator
    applies_to: tuple[str, ...]
    choices: tuple[Choice, ...]
    choices_from_grades: bool
    critical: bool
    price_effect: PriceEffect
    method: str | None
    since: date | None
    until: date | None
    source: str

    @property
    def operators(self) -> tuple[Operator, ...]:
        return OPERATORS[self.type]

    def label(self, language: str) -> str:
        return self.labels.get(language, self.labels["es"])

    def offered_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def choices_for(self, product_code: str) -> tuple[Choice, ...]:
        """The choices, which for the grade are the grades of the product."""
        if not self.choices_from_grades:
            return self.choices
        return tuple(Choice(grade.code, grade.names) for grade in products.get(product_code).grades)

    def parse(self, text: str, decimal_separator: Separator = ".", product_code: str | None = None) -> Value:
        """Read and validate what a person typed: a number, yes or no, a choice by code or label, a text.

        Raises RuleBroken with `attribute`: attribute_missing, attribute_not_yes_no, attribute_choice,
        those of `validate`, and the number_* codes of broker.numerals.
        """
        if not text.strip():
            raise RuleBroken("attribute_missing", field=self.code, attribute=self.code)
        value = self._read(text.strip(), decimal_separator, product_code)
        self.validate(value, product_code)
        return value

    def validate(self, value: Value, product_code: str | None = None) -> None:
        """Raises RuleBroken: attribute_type, attribute_below, attribute_above, attribute_choice."""
        kinds: dict[AttributeType, type] = {"number": Decimal, "bool": bool, "choice": str, "text": str}
        if not isinstance(value, kinds[self.type]):
            raise RuleBroken("attribute_type", field=self.code, attribute=self.code, expected=self.type)
        if isinstance(value, Decimal):
            self._check_limits(value)
        elif self.type == "choice" and value not in self._codes(product_code):
            raise self._unknown_choice(str(value))

    def _read(self, text: str, separator: Separator, product_code: str | None) -> Value:
        if self.type == "number":
            negative = self.low is not None and self.low < 0
            return parse_decimal(text.removesuffix("%"), separator, allow_negative=negative, field=self.code)
        if self.type == "bool":
            return self._yes_no(text)
        return self._choice(text, product_code) if self.type == "choice" else text

    def _yes_no(self, text: str) -> bool:
        word = key(text)
        if word not in _YES | _NO:
            raise RuleBroken("attribute_not_yes_no", field=self.code, attribute=self.code, text=text)
        return word in _YES

    def _choice(self, text: str, product_code: str | None) -> str:
        wanted = key(text)
        for choice in self._all_choices(product_code):
            if wanted in (key(choice.code), *(key(label) for label in choice.labels.values())):
                return choice.code
        raise self._unknown_choice(text)

    def _check_limits(self, value: Decimal) -> None:
        if self.low is not None and value < self.low:
            raise RuleBroken(
                "attribute_below", field=self.code, attribute=self.code, value=value, limit=self.low
            )
        if self.high is not None and value > self.high:
            raise RuleBroken(
                "attribute_above", field=self.code, attribute=self.code, value=value, limit=self.high
            )

    def _all_choices(self, product_code: str | None) -> tuple[Choice, ...]:
        if self.choices_from_grades and product_code is None:
            raise RuleBroken("attribute_needs_product", field=self.code, attribute=self.code)
        return self.choices_for(product_code) if product_code is not None else self.choices

    def _codes(self, product_code: str | None) -> tuple[str, ...]:
        return tuple(choice.code for choice in self._all_choices(product_code))

    def _unknown_choice(self, text: str) -> RuleBroken:
        return RuleBroken("attribute_choice", field=self.code, attribute=self.code, text=text)


def get(code: str) -> Attribute:
    """Raises NotFound("attribute_unknown")."""
    try:
        return _attributes()[code]
    except KeyError:
        raise NotFound("attribute_unknown", attribute=code) from None


def all() -> tuple[Attribute, ...]:
    """Every attribute, ordered by code."""
    return tuple(_attributes().values())


def for_product(product_code: str, on: date | None = None) -> tuple[Attribute, ...]:
    """Attributes of a product, its grade first; with `on` only those offered on that day."""
    product = products.get(product_code)
    fitting = [
        attribute
        for attribute in all()
        if any(product.is_of(scope) for scope in attribute.applies_to)
        and (on is None or attribute.offered_on(on))
    ]
    return tuple(sorted(fitting, key=lambda attribute: not attribute.choices_from_grades))


@cache
def _attributes() -> Mapping[str, Attribute]:
    return by_code(_attribute(row) for row in read_folder("attributes"))


def _attribute(row: Row) -> Attribute:
    row.only(
        "code", "labels", "type", "unit", "limits", "decimals", "operator", "applies_to", "choices",
        "choices_from_grades", "critical", "price_effect", "method", "since", "until", "source",
    )  # fmt: skip
    kind = cast(AttributeType, row.one_of("type", _TYPES))
    limits = row.row("limits")
    limits.only("min", "max")
    from_grades = row.flag("choices_from_grades", False)
    choices = tuple(
        Choice(item.text("code"), item.names("labels", "es", "en")) for item in row.rows("choices")
    )
    if (kind == "choice") != bool(choices or from_grades):
        raise row.fault("choices are wanted exactly for the type choice")
    return Attribute(
        code=row.text("code"),
        labels=row.names("labels", "es", "en"),
        type=kind,
        unit=row.text_or_none("unit"),
        low=limits.decimal_or_none("min"),
        high=limits.decimal_or_none("max"),
        decimals=row.whole_or_none("decimals") or 0,
        operator=cast(Operator, row.one_of("operator", OPERATORS[kind])),
        applies_to=row.texts("applies_to"),
        choices=choices,
        choices_from_grades=from_grades,
        critical=row.flag("critical"),
        price_effect=cast(PriceEffect, row.one_of("price_effect", _EFFECTS)),
        method=row.text_or_none("method"),
        since=row.date_or_none("since"),
        until=row.date_or_none("until"),
        source=row.text("source"),
    )
