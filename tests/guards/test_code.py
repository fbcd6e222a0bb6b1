"""Habits of the code that a reader could overlook and a machine does not."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support.tree import ROOT, below, name_of

COMMITTER = ROOT / "broker" / "transaction.py"
MONEY = ("broker/money.py", "broker/prices", "broker/agreements", "broker/deliveries", "broker/finance")
# Where amounts are reckoned to the cent, not even a literal may be one.
EXACT = ("broker/money.py", "broker/prices", "broker/deliveries", "broker/finance")
LOADED_LATE = ("ortools", "highspy", "sklearn", "scipy", "pandas", "docx", "lxml")
AUDIT_CHANGE = re.compile(
    r"\b(update|delete)\(\s*AuditEntry\b|\b(update|delete\s+from)\s+audit_entries\b", re.I
)
# File -> why its HTML needs no escaping. An entry must say where every value in it comes from.
TRUSTED_MARKUP: dict[str, str] = {}


def test_only_the_transaction_commits() -> None:
    code = [path for path in below("broker", "web") if path != COMMITTER]
    assert not _found(code, _is_commit), "commit through broker/transaction.py"


def test_nothing_changes_rows_of_the_audit() -> None:
    # The entities refuse it themselves; a statement would pass them by.
    code = {name_of(path): path.read_text(encoding="utf-8") for path in below("broker", "web")}
    assert not [name for name, text in code.items() if AUDIT_CHANGE.search(text)], "record what corrects it"


def test_money_is_never_a_float() -> None:
    assert not _found(below(*MONEY), _is_float), "use Decimal or integer minor units"
    assert not _found(below(*EXACT), _is_binary), "use Decimal or integer minor units"


@pytest.mark.parametrize(
    "line",
    ["rate = 0.04", "x = -1e-3", "x = float(1)", "def f(x: float) -> None: ...", "x = list(map(float, y))"],
)
def test_a_planted_float_is_seen(line: str) -> None:
    assert any(_is_binary(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize("line", ["rate = Decimal('0.04')", "x = 1", "text = '0.04'", "floating = 1"])
def test_exact_figures_are_no_floats(line: str) -> None:
    assert not any(_is_binary(node) for node in ast.walk(ast.parse(line)))


def test_python_marks_no_text_as_safe() -> None:
    code = [path for path in below("web") if name_of(path) not in TRUSTED_MARKUP]
    assert not _found(code, _is_markup), "let Jinja escape it, or build it in a template"


def test_every_trusted_file_still_exists() -> None:
    assert not [name for name in TRUSTED_MARKUP if not (ROOT / name).exists()]


def test_the_web_starts_without_loading_solvers_and_word_processors() -> None:
    code = "import sys, web.app; print(*(set(sys.argv[1:]) & set(sys.modules)))"
    loaded = subprocess.run(
        [sys.executable, "-c", code, *LOADED_LATE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert loaded.returncode == 0, loaded.stderr
    assert loaded.stdout.split() == [], "import it where it is used: it costs time at start-up"


def _found(code: Iterable[Path], is_wrong: Callable[[ast.AST], bool]) -> list[str]:
    return [
        f"{name_of(path)}:{node.lineno}"  # type: ignore[attr-defined]  # every node asked for has a line
        for path in code
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_wrong(node)
    ]


def _is_commit(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"


def _is_float(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "float"


def _is_binary(node: ast.AST) -> bool:
    # Decimal refuses to be multiplied by 1.5, but a literal may meet an int, or become Decimal(1.1).
    return _is_float(node) or (isinstance(node, ast.Constant) and isinstance(node.value, float))


def _is_markup(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "Markup"
    return isinstance(node, ast.Name) and node.id == "Markup"
