"""Every error of the trade has a sentence, and every sentence gets the parameters it speaks of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.support.tree import below, name_of

PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Calls whose first argument is the code of an error, by the name that is called.
ERRORS = ("RuleBroken", "NotFound", "NotAllowed", "Conflict")
FAULTS = {"add": 0, "require": 1}
# Where a code comes from elsewhere: file -> why every code that may stand there is found in another place.
PASSED_ON = {"broker/errors.py": "the collection of faults raises what its callers name"}


@dataclass(frozen=True)
class Raised:
    """One place that raises an error. `params` is None where they are handed through as a mapping."""

    place: str
    code: str
    params: frozenset[str] | None


def _texts() -> dict[str, str]:
    from web.error_texts import ERRORS as sentences

    return {code: str(sentence._args[0]) for code, sentence in sentences.items()}


@dataclass(frozen=True)
class Call:
    """A call that raises or notes an error, and the values that names have in its file."""

    place: str
    node: ast.Call
    code: ast.expr
    values: dict[str, list[ast.expr]]

    @property
    def codes(self) -> list[str]:
        return _literals(self.code, self.values)

    @property
    def repeats(self) -> bool:
        """Whether it repeats a caught error: its code, and all its parameters."""
        if not (isinstance(self.code, ast.Attribute) and self.code.attr == "code"):
            return False
        caught = ast.unparse(self.code.value)
        return any(k.arg is None and ast.unparse(k.value) == f"{caught}.params" for k in self.node.keywords)


def _literals(node: ast.expr, values: dict[str, list[ast.expr]]) -> list[str]:
    """The texts an expression may be: a literal, one or another, or what a name is given in the file."""
    if isinstance(node, ast.IfExp):
        return _literals(node.body, values) + _literals(node.orelse, values)
    if isinstance(node, ast.Name):
        return [text for value in values.get(node.id, []) for text in _literals(value, {})]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _code_argument(call: ast.Call) -> ast.expr | None:
    """What stands as the code in a call that raises or notes an error; None for any other call."""
    if isinstance(call.func, ast.Name) and call.func.id in ERRORS:
        return call.args[0] if call.args else None
    if isinstance(call.func, ast.Attribute) and _is_about_faults(call.func.value):
        position = FAULTS.get(call.func.attr, len(call.args))
        return call.args[position] if len(call.args) > position else None
    return None


def _is_about_faults(owner: ast.expr) -> bool:
    """Whether it is a collection of faults, by its name: `faults`, `self.faults`, `reader.faults`."""
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name == "faults" or name.endswith("_faults")


def _calls() -> Iterator[Call]:
    for path in below("broker", "web"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        values: dict[str, list[ast.expr]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                values.setdefault(node.targets[0].id, []).append(node.value)
        for node in ast.walk(tree):
            code = _code_argument(node) if isinstance(node, ast.Call) else None
            if isinstance(node, ast.Call) and code is not None:
                yield Call(f"{name_of(path)}:{node.lineno}", node, code, values)


def _raised() -> list[Raised]:
    found = []
    for call in _calls():
        named = {keyword.arg for keyword in call.node.keywords}
        params = None if None in named else frozenset(name for name in named if name and name != "field")
        found += [Raised(call.place, text, params) for text in call.codes]
    return found


@pytest.fixture(scope="module")
def raised() -> list[Raised]:
    return _raised()


def test_the_scan_finds_errors(raised: list[Raised]) -> None:
    assert len({one.code for one in raised}) > 50


def test_every_code_can_be_read_from_the_code() -> None:
    assert not _hidden(set(PASSED_ON)), "write the code as a literal, or repeat a caught fault whole"


def test_every_exception_to_the_rule_still_stands() -> None:
    assert set(PASSED_ON) == {place.split(":")[0] for place in _hidden(set())}


def test_every_error_has_a_sentence(raised: list[Raised]) -> None:
    texts = _texts()
    missing = [f"{one.place}: {one.code}" for one in raised if one.code not in texts]
    assert not missing, "write a sentence in web/error_texts.py"


def test_every_sentence_gets_its_parameters(raised: list[Raised]) -> None:
    texts = _texts()
    lacking = [
        f"{one.place}: {one.code} lacks {sorted(wanted - one.params)}"
        for one in raised
        if one.params is not None
        and (wanted := set(PLACEHOLDER.findall(texts.get(one.code, "")))) - one.params
    ]
    assert not lacking, "a sentence would break while it is shown"


def test_no_sentence_holds_a_stray_percent_sign() -> None:
    stray = [code for code, text in _texts().items() if "%" in PLACEHOLDER.sub("", text).replace("%%", "")]
    assert not stray, "write a percent sign twice: the sentences are filled in with %"


def test_no_sentence_is_left_over(raised: list[Raised]) -> None:
    used = {one.code for one in raised}
    assert sorted(set(_texts()) - used) == [], "nothing raises these; take their sentences out"


def _hidden(excused: set[str]) -> list[str]:
    return [
        call.place
        for call in _calls()
        if not call.codes and not call.repeats and call.place.split(":")[0] not in excused
    ]
