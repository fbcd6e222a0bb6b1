"""Reading the catalogue's own data files; a fault in a file stops the program at once and names the place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol, TypeVar

from broker.yaml_text import read_yaml

DATA = Path(__file__).with_name("data")
LANGUAGES = ("es", "en", "pt", "fr")


class HasCode(Protocol):
    @property
    def code(self) -> str: ...


Coded = TypeVar("Coded", bound=HasCode)


class DataFault(Exception):
    """A data file of the catalogue is wrong; only a developer can mend it."""


@dataclass(frozen=True)
class Row:
    """One mapping of a data file, read field by field with its place at hand."""

    place: str
    fields: Mapping[str, Any]

    def fault(self, message: str) -> DataFault:
        return DataFault(f"{self.place}: {message}")

    def only(self, *known: str) -> None:
        """Refuse fields that nobody reads, so that a misspelt one cannot hide."""
        unknown = sorted(set(self.fields) - set(known))
        if unknown:
            raise self.fault(f"unknown fields {', '.join(unknown)}")

    def text(self, name: str) -> str:
        value = self.fields.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.fault(f"{name} must be a text, got {value!r}")
        return value

    def text_or_none(self, name: str) -> str | None:
        return None if self.fields.get(name) is None else self.text(name)

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise self.fault(f"{name} must be one of {allowed}, got {value!r}")
        return value

    def flag(self, name: str, default: bool | None = None) -> bool:
        value = self.fields.get(name, default)
        if not isinstance(value, bool):
            raise self.fault(f"{name} must be true or false, got {value!r}")
        return value

    def whole_or_none(self, name: str) -> int | None:
        value = self.fields.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.fault(f"{name} must be a whole number, got {value!r}")
        return value

    def decimal_or_none(self, name: str) -> Decimal | None:
        """Factors and limits are written as quoted texts: YAML would read them as binary floats."""
        value = self.fields.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise self.fault(f"{name} must be a quoted number, got {value!r}")
        return Decimal(value)

    def decimal(self, name: str) -> Decimal:
        value = self.decimal_or_none(name)
        if value is None:
            raise self.fault(f"{name} is missing")
        return value

    def date_or_none(self, name: str) -> date | None:
        value = self.fields.get(name)
        if value is not None and not isinstance(value, date):
            raise self.fault(f"{name} must be a date, got {value!r}")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when the field is absent."""
        value = self.fields.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.fault(f"{name} must be a list of texts, got {value!r}")
        return tuple(value)

    def words(self, name: str) -> tuple[str, ...]:
        """A comma-separated text as a tuple; empty when the field is absent."""
        value = self.text_or_none(name)
        return tuple(word.strip() for word in value.split(",") if word.strip()) if value else ()

    def names(self, name: str, *required: str) -> Mapping[str, str]:
        """Language -> text, with at least the `required` languages."""
        value = self.fields.get(name) or {}
        if not isinstance(value, dict) or not set(required) <= set(value) <= set(LANGUAGES):
            raise self.fault(f"{name} must have the languages {required}, got {value!r}")
        return MappingProxyType({str(language): str(text) for language, text in value.items()})

    def row(self, name: str) -> Row:
        value = self.fields.get(name) or {}
        if not isinstance(value, dict):
            raise self.fault(f"{name} must be a mapping, got {value!r}")
        return Row(f"{self.place} {name}", value)

    def rows(self, name: str) -> tuple[Row, ...]:
        value = self.fields.get(name) or []
        if not isinstance(value, list):
            raise self.fault(f"{name} must be a list, got {value!r}")
        return tuple(Row(f"{self.place} {name}[{index}]", item) for index, item in enumerate(value))


def read_row(path: Path) -> Row:
    """The file as one mapping."""
    content = _read(path)
    if not isinstance(content, dict):
        raise DataFault(f"{path.name}: must be a mapping")
    return Row(path.name, content)


def read_rows(path: Path) -> tuple[Row, ...]:
    """The file as a list of mappings."""
    content = _read(path)
    if not isinstance(content, list):
        raise DataFault(f"{path.name}: must be a list")
    return tuple(Row(f"{path.name}[{index}]", item) for index, item in enumerate(content))


def read_folder(name: str) -> Iterator[Row]:
    """Every *.yml of a folder under data, in the order of the file names."""
    for path in sorted((DATA / name).glob("*.yml")):
        yield read_row(path)


def by_code(items: Iterable[Coded]) -> Mapping[str, Coded]:
    """Code -> item in the given order; a code used twice is a fault."""
    found: dict[str, Coded] = {}
    for item in items:
        if item.code in found:
            raise DataFault(f"code {item.code} is used twice")
        found[item.code] = item
    return MappingProxyType(found)


def _read(path: Path) -> object:
    return read_yaml(path.read_text(encoding="utf-8"))
