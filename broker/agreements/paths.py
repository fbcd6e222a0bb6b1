"""Reading facts by path, and the conditions of the clauses. Nothing is evaluated as code.

A path is fields joined by dots; a number picks from a tuple ("contributions.0.value") and "derived.x" calls
the rule of that name in derived.py. A condition is one of
    known: path             unknown: path            empty: path            is_true: path
    equals: [path, value]   above: [path, number]    has: [path, value]
    all: [conditions]       any: [conditions]        not: condition
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Hashable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from broker.agreements.derived import DERIVED
from broker.agreements.facts import DraftFacts

Condition = Mapping[str, Any]

OPERATORS = ("known", "unknown", "empty", "is_true", "equals", "above", "has", "all", "any", "not")


def resolve(facts: DraftFacts, path: str) -> Any:
    """The value at `path`, None when it or a parent of it is unknown. Raises KeyError for no such path."""
    head, _, rest = path.partition(".")
    if head == "derived":
        return DERIVED[rest](facts)
    value: Any = facts
    for name in path.split("."):
        if value is None:
            return None
        value = _step(value, name, path)
    return value


def exists(path: str) -> bool:
    """Whether facts can have something at `path`; an asterisk stands for any index."""
    head, _, rest = path.partition(".")
    if head == "derived":
        return rest in DERIVED
    return kind_at(path) is not None


def kind_at(path: str) -> Any:
    """The annotated type of what stands at `path`, without None; None when there is no such path."""
    kind: Any = DraftFacts
    for name in path.split("."):
        kind = _kind_below(kind, name)
        if kind is None:
            return None
    options = [option for option in get_args(kind) if option is not type(None)]
    return options[0] if get_origin(kind) in (Union, types.UnionType) else kind


def holds(facts: DraftFacts, condition: Condition) -> bool:
    """Whether the condition is true of the facts. Raises ValueError for a malformed one."""
    operator, operand = operation(condition)
    if operator == "all":
        return all(holds(facts, part) for part in operand)
    if operator == "any":
        return any(holds(facts, part) for part in operand)
    if operator == "not":
        return not holds(facts, operand)
    if operator in ("known", "unknown", "empty", "is_true"):
        return _state(operator, resolve(facts, operand))
    path, expected = operand
    return _compare(operator, resolve(facts, path), expected)


def operation(condition: Condition) -> tuple[str, Any]:
    """The one operator of a condition and its operand. Raises ValueError."""
    if len(condition) != 1:
        raise ValueError(f"a condition has exactly one operator: {condition!r}")
    operator, operand = next(iter(condition.items()))
    if operator not in OPERATORS:
        raise ValueError(f"unknown operator {operator!r} in a condition")
    return operator, operand


def paths_of(condition: Condition) -> list[str]:
    """Every path a condition reads, for checking a clause when it is loaded."""
    operator, operand = operation(condition)
    if operator in ("all", "any"):
        return [path for part in operand for path in paths_of(part)]
    if operator == "not":
        return paths_of(operand)
    return [operand if isinstance(operand, str) else operand[0]]


def _state(operator: str, value: Any) -> bool:
    if operator == "is_true":
        return value is True
    if operator == "empty":
        return bool(value == ())
    return (value is None) == (operator == "unknown")


def _compare(operator: str, value: Any, expected: Any) -> bool:
    if value is None:
        return False
    if operator == "equals":
        return bool(value == expected)
    if operator == "has":
        return expected in value
    try:
        return Decimal(str(value)) > Decimal(str(expected))
    except InvalidOperation:
        return False


def _kind_below(kind: Any, name: str) -> Any:
    """The annotated type of `name` inside `kind`, without None; None when there is no such thing."""
    options = [option for option in get_args(kind) if option is not type(None)]
    if get_origin(kind) in (Union, types.UnionType):
        return _kind_below(options[0], name)
    if get_origin(kind) is tuple:
        return options[0] if name == "*" or name.isdigit() else None
    if get_origin(kind) is not None:
        return options[1]
    if not dataclasses.is_dataclass(kind) or name.startswith("_"):
        return None
    found = getattr(kind, name, None)
    if isinstance(found, property):
        return _hints(found.fget)["return"]
    return _hints(cast(Hashable, kind)).get(name)


@cache
def _hints(annotated: Any) -> dict[str, Any]:
    return get_type_hints(annotated)


def _step(value: Any, name: str, path: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, tuple) and name.isdigit():
        return value[int(name)]
    if dataclasses.is_dataclass(value) and not name.startswith("_") and hasattr(value, name):
        return getattr(value, name)
    raise KeyError(f"no fact at {path}")
