"""Code from scratch: every way around the work is found at its line, and honest NumPy is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from notebook_kb.model.code import CodePart
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.running.honesty import read_code

if TYPE_CHECKING:
    from notebook_kb.model.roadmap import Exercise
    from notebook_kb.running.honesty import Honesty

NP = "import numpy as np\n"
CHECK = "import numpy as np\nA = np.arange(9.0).reshape(3, 3)\nassert {f}(A) == np.linalg.matrix_rank(A)\n"


def exercise(concept: str) -> Exercise:
    """The built-in roadmap's exercise for a concept."""
    found = built_in_roadmap("math-for-ml", "en").exercise_of(concept)
    assert found
    return found


def read(concept: str, code: str, check: str) -> Honesty:
    """What is read in a code block on line 10 and a check block on line 40."""
    parts = (CodePart(code, line=10), CodePart(check, check=True, line=40))
    return read_code(parts, exercise(concept))


# name → (code, the line of the code that is named, 0: of the check)
CHEATS: dict[str, tuple[str, int]] = {
    # those of the reference
    "called outright": (NP + "def rank(A):\n    return np.linalg.matrix_rank(A)\n", 3),
    "from-import alias": ("from numpy import linalg as L\ndef rank(A):\n    return L.matrix_rank(A)\n", 1),
    "import alias": ("import numpy.linalg as la\ndef rank(A):\n    return la.matrix_rank(A)\n", 1),
    "__import__": ("def rank(A):\n    return __import__('numpy.linalg').linalg.matrix_rank(A)\n", 2),
    "eval": (NP + "def rank(A):\n    return eval('np.lin' + 'alg.matrix_rank(A)')\n", 3),
    "exec": (NP + "exec('from numpy.linalg import matrix_rank as rank')\n", 2),
    "getattr": (NP + "def rank(A):\n    return getattr(np, 'lin' + 'alg').matrix_rank(A)\n", 3),
    "another library": ("import scipy.linalg\ndef rank(A):\n    return scipy.linalg.interpolative(A)\n", 1),
    # and more
    "one function imported": ("from numpy.linalg import matrix_rank as rank\n", 1),
    "the namespace as a dict": (NP + "def rank(A):\n    return np.__dict__['linalg'].matrix_rank(A)\n", 3),
    "vars": (NP + "def rank(A):\n    return vars(np)['linalg'].matrix_rank(A)\n", 3),
    "globals": (NP + "def rank(A):\n    return globals()['np'].linalg.matrix_rank(A)\n", 3),
    "importlib": ("import importlib\nL = importlib.import_module('numpy.linalg')\nrank = L.matrix_rank\n", 1),
    "sys.modules": (
        "import sys\nimport numpy\ndef rank(A):\n    return sys.modules['numpy.linalg'].matrix_rank(A)\n",
        1,
    ),
    "another program": ("import subprocess\ndef rank(A):\n    return subprocess.run(['octave'])\n", 1),
    "through a harmless module": (
        "import dataclasses\nL = dataclasses.sys.modules['numpy.linalg']\nrank = L.matrix_rank\n",
        2,
    ),
    "imported from a harmless module": ("from dataclasses import sys\nrank = sys.modules['x']\n", 1),
    "star import": ("from numpy import *\ndef rank(A):\n    return linalg.matrix_rank(A)\n", 1),
    "renamed numpy": (NP + "m = np\nq = m\ndef rank(A):\n    return q.linalg.matrix_rank(A)\n", 5),
    "walrus": (NP + "def rank(A):\n    return (L := np.linalg).matrix_rank(A)\n", 3),
    "default argument": (NP + "def rank(A, f=np.linalg.matrix_rank):\n    return f(A)\n", 2),
    "numpy handed on": (NP + "def rank(A, m=(np,)):\n    return m[0].linalg.matrix_rank(A)\n", 2),
    "pattern matching": (
        NP
        + "def rank(A):\n    match np:\n        case object(linalg=L):\n            return L.matrix_rank(A)\n",
        4,
    ),
    "the inside of numpy": (NP + "def rank(A):\n    return np._core.umath.rank(A)\n", 3),
    "frames": (
        "def rank(A):\n    try:\n        1 / 0\n    except ZeroDivisionError as e:\n        return e.__traceback__.tb_frame.f_back.f_globals['np']\n",
        5,
    ),
    "type hints": (
        "import typing\ndef f(x: 'np.lin'): ...\nL = typing.get_type_hints(f)\ndef rank(A):\n    return L['x'](A)\n",
        3,
    ),
    "built-ins": ("def rank(A):\n    return __builtins__['__import__']('numpy')\n", 2),
    "subclasses": ("def rank(A):\n    return ().__class__.__base__.__subclasses__()\n", 2),
    "yes to every comparison": (
        "class Yes:\n    def __eq__(self, other):\n        return True\ndef rank(A):\n    return Yes()\n",
        2,
    ),
    "answers for numpy": (
        "class Any:\n    def __array_ufunc__(self, *a, **k):\n        return 1\ndef rank(A):\n    return Any()\n",
        2,
    ),
    "one answer": ("def rank(A):\n    return 2\n", 1),
    "known answers": ("def rank(A):\n    table = {(0, 1): 2, (1, 1): 1}\n    return table[A.shape]\n", 1),
    "known questions": (
        "def rank(A):\n    if A.tolist() == [[1, 2], [2, 4]]:\n        return 1\n    return 2\n",
        1,
    ),
    "least squares by polyfit": (NP + "def rank(A):\n    return np.polyfit(A[0], A[1], 1)\n", 3),
    "a matrix that inverts itself": (NP + "def rank(A):\n    return (np.matrix(A).I * A).trace()\n", 3),
    "a shim for numpy's function": (
        NP + "np.linalg.matrix_rank = lambda A: 3\ndef rank(A):\n    return A.sum() * 0 + 3\n",
        2,
    ),
    "numpy's judge replaced": (NP + "np.allclose = lambda *a: True\ndef rank(A):\n    return A.sum()\n", 2),
    "an object with numpy's attribute": (
        NP + "class Box: pass\nb = Box()\nb = np\ndef rank(A):\n    return b.linalg.matrix_rank(A)\n",
        6,
    ),
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_shortcut_is_found_at_its_line(name: str) -> None:
    """Red when a way to the reference's own function is open, or is named at another line than where it stands."""
    code, line = CHEATS[name]
    found = read("rank", code, CHECK.format(f="rank")).shortcuts
    assert line + 9 in {p.place.line for p in found}, found


# concept, code, line: what the exercise itself forbids besides linalg
FORBIDDEN_HERE = {
    "the @ of matmul": ("matrix-operations", NP + "def matmul(A, B):\n    return A @ B\n", 3),
    "@= of matmul": (
        "matrix-operations",
        "def matmul(A, B):\n    A = A.copy()\n    A @= B\n    return A\n",
        3,
    ),
    "the dot method": ("dot-product", "def dot(a, b):\n    return a.dot(b)\n", 2),
    "ndarray.dot": ("dot-product", NP + "def dot(a, b):\n    return np.ndarray.dot(a, b)\n", 3),
    "dot by correlation": ("dot-product", NP + "def dot(a, b):\n    return np.correlate(a, b)[0]\n", 3),
    "math.sumprod": ("dot-product", "import math\ndef dot(a, b):\n    return math.sumprod(a, b)\n", 3),
    "einsum by another name": (
        "matrix-operations",
        "from numpy import einsum as e\ndef matmul(A, B):\n    return e('ij,jk', A, B)\n",
        1,
    ),
    "tensordot": ("matrix-operations", NP + "def matmul(A, B):\n    return np.tensordot(A, B, 1)\n", 3),
    "the var method": ("variance", "def variance(x):\n    return x.var()\n", 2),
    "std squared": ("variance", NP + "def variance(x):\n    return np.std(x) ** 2\n", 3),
    "variance by cov": ("variance", NP + "def variance(x):\n    return np.cov(x)\n", 3),
    "corrcoef": (
        "covariance",
        NP + "def covariance(x, y):\n    return np.corrcoef(x, y)[0, 1] * np.std(x) * np.std(y)\n",
        3,
    ),
    "polynomial fit": (
        "gradient-descent",
        "from numpy.polynomial import Polynomial\ndef descend(x, y):\n    return Polynomial.fit(x, y, 1)\n",
        1,
    ),
    "inverse where svd is allowed": ("svd", NP + "def low_rank(A):\n    return np.linalg.inv(A)\n", 3),
}


@pytest.mark.parametrize("name", FORBIDDEN_HERE)
def test_an_exercise_forbids_what_comes_to_the_same(name: str) -> None:
    """Red when a name of the forbid list, or another one for the same thing, passes."""
    concept, code, line = FORBIDDEN_HERE[name]
    function = code.split("def ")[1].split("(")[0]
    found = read(concept, code, f"assert {function}(1, 2) == 2\n").shortcuts
    assert [p.place.line for p in found][:1] == [line + 9], found


# checks that bend what they test: (code, check, line in the check)
BENT = {
    "defines the function": ("def rank(A):\n    return A.sum()\n", "def rank(A):\n    return 3\nassert rank(1) == 3\n", 1),
    "imports it": ("def rank(A):\n    return A.sum()\n", "from numpy.linalg import matrix_rank as rank\nassert rank(1) == 3\n", 1),
    "assigns it": (NP + "def rank(A):\n    return A.sum()\n", "rank = np.linalg.matrix_rank\nassert rank(1) == 3\n", 1),
    "hands the reference in": ("def rank(A, f):\n    return f(A)\n", "import numpy as np\nassert rank(1, np.linalg.matrix_rank) == 3\n", 2),
    "hands it in by lambda": ("def rank(A, f):\n    return f(A)\n", "import numpy as np\nassert rank(1, lambda A: np.linalg.matrix_rank(A)) == 3\n", 2),
    "sets an attribute of it": ("def rank(A):\n    return rank.f(A)\n", "import numpy as np\nrank.f = np.linalg.matrix_rank\nassert rank(1) == 3\n", 2),
    "changes numpy": ("def rank(A):\n    return A.sum()\n", "import numpy as np\nnp.linalg.matrix_rank = rank\nassert rank(1) == np.linalg.matrix_rank(1)\n", 2),
    "mocks": ("def rank(A):\n    return A.sum()\n", "from unittest import mock\nassert rank(1) == 3\n", 1),
    "replaces AssertionError": ("def rank(A):\n    return A.sum()\n", "class AssertionError(Warning): pass\nassert rank(1) == 3\n", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", BENT)
def test_a_check_may_not_bend_what_it_tests(name: str) -> None:
    """Red when a check can make any code look right."""
    code, check, line = BENT[name]
    found = read("rank", code, check).shortcuts
    assert line + 39 in {p.place.line for p in found}, found


def test_code_that_borrows_from_the_check_is_found() -> None:
    """Red when the check's own imports reach the function under test unseen."""
    found = read("rank", "def rank(A):\n    return solver(A)\n", "import numpy as np\nsolver = np.linalg.matrix_rank\nassert rank(1) == 3\n")  # fmt: skip
    assert [(p.place.line, p.what) for p in found.shortcuts] == [(11, "check")]


EMPTY_ASSERTS = {
    "assert True": "true whatever",
    "assert rank": "it calls nothing",
    "assert callable(rank)": "`callable(…)`",
    "assert A is not None": "it calls nothing",
    "assert rank(A) is not None": "whether there is a result",
    "assert rank(A) == rank(A)": "with itself",
    "r = rank(A)\nassert r == r": "with itself",
    "r = rank(A)\nassert rank(A) == r": "with itself",
    "assert (rank(A) == 3, 'wrong')": "always true",
    "assert rank(A) == 3 or True": "`or True`",
    "assert [rank(A) == 3]": "true whatever",
    "assert [rank(a) == 3 for a in A]": "`all(…)`",
    "assert lambda: rank(A) == 3": "true whatever",
    "assert f'{rank(A)}'": "true whatever",
    "assert str(rank(A))": "`str(…)`",
    "try:\n    assert rank(A) == 3\nexcept AssertionError:\n    pass": "caught",
    "try:\n    assert rank(A) == 3\nexcept:\n    pass": "caught",
    "from contextlib import suppress\nwith suppress(AssertionError):\n    assert rank(A) == 3": "may catch",
    "rank(A)\nassert A.shape == (3, 3)": "",
    "assert np.allclose(rank(A), rank(A))": "with itself",
    "r = rank(A)\nassert np.isclose(r, r)": "with itself",
    "r = rank(A)\nnp.testing.assert_array_equal(r, r)": "with itself",
    "assert np.linalg.matrix_rank(A) == 3": "it calls nothing",
}


@pytest.mark.parametrize("check", EMPTY_ASSERTS)
def test_an_assert_that_cannot_fail_proves_nothing(check: str) -> None:
    """Red when an assert counts as a proof although no wrong code could make it fail."""
    read_ = read("rank", "def rank(A):\n    return A.sum()\n", NP + f"A = np.eye(3)\n{check}\n")
    expected = EMPTY_ASSERTS[check]
    if expected:
        assert not read_.asserts
        assert any(expected in p.message for p in read_.weak), read_.weak


PROVING = [
    "assert rank(A) == np.linalg.matrix_rank(A)",
    "r = rank(A)\nassert r == 3, 'three'",
    "for k in range(3):\n    assert rank(A[:k]) == k",
    "assert all(rank(A[:k]) == k for k in range(3))",
    "def same(A):\n    return rank(A) == np.linalg.matrix_rank(A)\nassert same(A)",
    "found = []\nfor k in range(3):\n    found.append(rank(A[:k]))\nassert found == [0, 1, 2]",
    "np.testing.assert_allclose(rank(A), 3)",
    "with np.errstate(all='ignore'):\n    assert rank(A) == 3",
    "try:\n    assert rank(A) == 3\nfinally:\n    A = None",
    "a, b = rank(A), 3\nassert abs(a - b) < 1e-9 and a > 0",
    "assert np.allclose(rank(A), rank(A.T))",
    "assert not rank(A) == 4",
]


@pytest.mark.parametrize("check", PROVING)
def test_an_assert_that_can_fail_is_a_proof(check: str) -> None:
    """Red when an ordinary way to write a check counts for nothing."""
    code = NP + "def rank(A):\n    return int((np.abs(A).sum(axis=1) > 0).sum())\n"
    read_ = read("rank", code, f"A = np.eye(3)\n{check}\n")
    assert read_.asserts, read_.weak
    assert not read_.shortcuts


LEVELS = (200, 600, 1500, 5000)


@pytest.mark.parametrize("levels", LEVELS)
@pytest.mark.parametrize(
    "deep", ["y = {}1", "y = x{}", "def g(x):\n    if x: return 0\n{}"], ids=["sum", "attributes", "elif"]
)
def test_no_depth_of_code_stops_a_check(deep: str, levels: int) -> None:
    """Red when a long sum ends `kb check` with a traceback, or counts as proved because it could not be read."""
    filling = {"y = {}1": "1+", "y = x{}": ".a"}.get(deep, "    elif x == 1: return 1\n") * levels
    found = read("rank", "def f(x):\n    return x + 0\nx = 1\n" + deep.format(filling), "assert f(1) == f(1)")
    assert not found.asserts
    assert not found.readable or found.weak


def test_a_long_sum_does_not_hide_a_proof() -> None:
    """It is read like any other code."""
    found = read("rank", "def f(x):\n    return x\ny = " + "1+" * 600 + "1", "assert f(2) == 2")
    assert found.readable
    assert found.asserts


def test_warnings_about_the_code_of_notes_are_not_those_of_kb(recwarn: pytest.WarningsRecorder) -> None:
    """`"\\m"` in a label: newer Pythons warn at every reading, without the note's name."""
    read("rank", 'label = "\\mu \\d"\n', "assert label")
    assert not recwarn.list
