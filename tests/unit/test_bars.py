"""The bars that keep the code readable: length of modules and functions, docstrings, help of commands."""

from __future__ import annotations

import ast
from pathlib import Path

import notebook_kb

PACKAGE = Path(notebook_kb.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_BODY = 60
P90_BODY = 20
BROAD = {"Exception", "BaseException"}


def functions() -> list[tuple[str, int, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """(name, lines of the body without the docstring, node) of every function."""
    found = []
    for path in MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
                found.append((f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", lines, node))
    return found


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    """A module that grows past the bar is to be cut where its parts join."""
    long = {
        str(p.relative_to(PACKAGE)): n
        for p in MODULES
        if (n := len(p.read_text().splitlines())) > LONGEST_MODULE
    }
    assert not long


def test_functions_stay_short() -> None:
    """Nine of ten functions fit on half a screen, and none is longer than sixty lines."""
    lengths = sorted(lines for _, lines, _ in functions())
    assert not [(name, lines) for name, lines, _ in functions() if lines > LONGEST_BODY]
    assert lengths[int(len(lengths) * 0.9)] <= P90_BODY


# the outermost edge: a page that fails is shown as failed and the server lives on; a panic of the formula library is
# no Exception, and is raised again when it is anything else; whatever a note's own code raises is its result
EDGE = ("preview/", "parsing/tex.py", "running/driver.py")


def test_nothing_is_caught_broadly() -> None:
    """No `except Exception` or bare `except` but at the outermost edge: it would hide what should be seen."""
    broad = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in BROAD))
        and not path.relative_to(PACKAGE).as_posix().startswith(EDGE)
    ]
    assert not broad


def test_public_functions_have_docstrings() -> None:
    """Every function outside a class says what it gives."""
    missing = [
        f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert not missing
