"""One JSON text per value: frozen dataclasses to canonical JSON and back, without floats.

Keys sorted, no spaces, UTF-8 as is, decimals as plain strings without trailing zeros, dates as ISO 8601.
Equal values give equal text, so a SHA-256 over the text names the value.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
import types
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache, partial
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any, str], Any]
"""Gives the value that JSON data describes; the text names the place in messages."""


class NotCanonical(ValueError):
    """A value that has no canonical form, or a JSON text that does not fit the type it should fill."""


def dumps(value: Any) -> str:
    """Canonical JSON of a dataclass, mapping, tuple or scalar. Raises NotCanonical, for a float too."""
    return json.dumps(encode(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def loads(kind: type[T], text: str | bytes) -> T:
    """The value of type `kind` that `text` describes. Raises NotCanonical when it does not fit."""
    try:
        raw = json.loads(text)
    except ValueError as fault:
        raise NotCanonical(f"not JSON: {fault}") from None
    value: T = decode(kind, raw, "$")
    return value


def sha256(value: Any) -> str:
    """Hexadecimal SHA-256 of the canonical JSON of `value`."""
    return hashlib.sha256(dumps(value).encode()).hexdigest()


def encode(value: Any) -> Any:
    """Plain JSON data: dicts, lists, strings, integers, booleans and None."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    # What was stored is plain already, and there is much of it.
    if type(value) is dict:
        return {_key(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode(item) for item in value]
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): encode(item) for key, item in value.items()}
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def decimal_text(value: Decimal) -> str:
    """Digits without exponent or trailing zeros: 2150.00 and 2.15E+3 are both '2150'."""
    if not value.is_finite():
        raise NotCanonical(f"{value} is not a number")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def decode(kind: Any, raw: Any, where: str) -> Any:
    """`raw` JSON data as a value of the annotated type `kind`; `where` names the place in messages."""
    return _reader(kind)(raw, where)


@cache
def _reader(kind: Any) -> Reader:
    """What reads values of a type. Made once: an agreement has thousands of values of a few dozen types."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _union_reader(get_args(kind))
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping_reader(_reader(get_args(kind)[1]))
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    return partial(_decode_scalar, kind)


def _list_reader(item: Reader) -> Reader:
    def read(raw: Any, where: str) -> Any:
        _require(isinstance(raw, list), where, "a list", raw)
        return tuple([item(each, f"{where}[{index}]") for index, each in enumerate(raw)])

    return read


def _mapping_reader(item: Reader) -> Reader:
    def read(raw: Any, where: str) -> Any:
        _require(isinstance(raw, dict), where, "an object", raw)
        return {key: item(each, f"{where}.{key}") for key, each in raw.items()}

    return read


def _union_reader(options: tuple[Any, ...]) -> Reader:
    optional = type(None) in options
    options = tuple(option for option in options if option is not type(None))
    only = _reader(options[0]) if len(options) == 1 else None
    classes = [cast(Any, option) for option in options if dataclasses.is_dataclass(option)]
    kinds = [(_kind_of(option), _reader(option)) for option in classes]

    def read(raw: Any, where: str) -> Any:
        if raw is None:
            _require(optional, where, "a value", raw)
            return None
        if only is not None:
            return only(raw, where)
        if type(raw) in options:
            return raw
        _require(isinstance(raw, dict) and "kind" in raw, where, "an object with a kind", raw)
        for name, option in kinds:
            if name == raw["kind"]:
                return option(raw, where)
        raise NotCanonical(f"{where}: unknown kind {raw['kind']!r}")

    return read


def _dataclass_reader(kind: Any) -> Reader:
    fields = {field.name: field for field in dataclasses.fields(kind)}
    readers: dict[str, Reader] | None = None

    def read(raw: Any, where: str) -> Any:
        nonlocal readers
        if readers is None:
            # Not before the first value: a section holds sections.
            hints = get_type_hints(kind)
            readers = {name: _reader(hints[name]) for name, field in fields.items() if field.init}
        _require(isinstance(raw, dict), where, "an object", raw)
        if not raw.keys() <= fields.keys():
            raise NotCanonical(f"{where}: unknown {sorted(raw.keys() - fields.keys())}")
        values = {
            name: readers[name](each, f"{where}.{name}") for name, each in raw.items() if name in readers
        }
        try:
            return kind(**values)
        except (TypeError, ValueError) as fault:
            raise NotCanonical(f"{where}: {fault}") from None

    return read


def _decode_scalar(kind: Any, raw: Any, where: str) -> Any:
    if kind is Decimal:
        _require(isinstance(raw, str), where, "a decimal as text", raw)
        try:
            value = Decimal(raw)
        except InvalidOperation:
            raise NotCanonical(f"{where}: {raw!r} is not a decimal") from None
        _require(value.is_finite(), where, "a finite decimal", raw)
        return value
    if kind is dt.date:
        _require(isinstance(raw, str), where, "a date as text", raw)
        try:
            return dt.date.fromisoformat(raw)
        except ValueError:
            raise NotCanonical(f"{where}: {raw!r} is not a date") from None
    if kind is int:
        _require(isinstance(raw, int) and not isinstance(raw, bool), where, "a whole number", raw)
        return raw
    if kind in (str, bool):
        _require(isinstance(raw, kind), where, kind.__name__, raw)
        return raw
    raise NotCanonical(f"{where}: no way to read {kind!r}")


def _kind_of(option: Any) -> str | None:
    for field in dataclasses.fields(option):
        if field.name == "kind":
            return None if field.default is dataclasses.MISSING else str(field.default)
    return None


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise NotCanonical(f"{key!r} cannot be a key")
    return key


def _require(condition: bool, where: str, expected: str, raw: Any) -> None:
    if not condition:
        raise NotCanonical(f"{where}: expected {expected}, got {raw!r}")
