"""Which names an exercise forbids, and by which other names the same can be had."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notebook_kb.model.roadmap import Exercise

# what computes nothing of the mathematics; plotting is no shortcut either
HARMLESS = frozenset(
    {
        "__future__",
        "abc",
        "bisect",
        "cmath",
        "collections",
        "copy",
        "dataclasses",
        "decimal",
        "enum",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "matplotlib",
        "numbers",
        "random",
        "re",
        "string",
        "time",
        "typing",
        "warnings",
    }
)
PRODUCTS = frozenset(
    {
        "numpy.dot",
        "numpy.vdot",
        "numpy.inner",
        "numpy.matmul",
        "numpy.einsum",
        "numpy.einsum_path",
        "numpy.tensordot",
        "numpy.vecdot",
        "numpy.matvec",
        "numpy.vecmat",
        "numpy.linalg.multi_dot",
        "numpy.linalg.matmul",
        "numpy.linalg.vecdot",
        "numpy.linalg.tensordot",
        "numpy.correlate",
        "numpy.convolve",
        "numpy.matrix",
        "numpy.asmatrix",
        "numpy.mat",
        "numpy.bmat",
        "math.sumprod",
    }
)
SPREADS = frozenset({"numpy.var", "numpy.std", "numpy.nanvar", "numpy.nanstd", "numpy.cov", "numpy.corrcoef"})
FITS = frozenset({"numpy.polyfit", "numpy.polynomial"})
# each gives by another road what it stands for
SAME: dict[str, frozenset[str]] = {
    **dict.fromkeys(sorted(PRODUCTS), PRODUCTS),
    **dict.fromkeys(("numpy.var", "numpy.std"), SPREADS),
    **dict.fromkeys(("numpy.cov", "numpy.corrcoef"), frozenset({"numpy.cov", "numpy.corrcoef"})),
    "numpy.polyfit": FITS,
    # matrices invert themselves with `.I`; fits, roots and characteristic polynomials are made with linalg
    "numpy.linalg": FITS
    | {"numpy.matrix", "numpy.asmatrix", "numpy.mat", "numpy.bmat", "numpy.roots", "numpy.poly"},
}
OPERATOR_AT = frozenset({"numpy.matmul", "numpy.dot"})


@dataclass(frozen=True)
class Rules:
    """What an exercise lets code use: dotted names. Of two that fit a name, the longer counts; `imports` are top-level
    modules, and where there are none any may be imported.
    """

    forbidden: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    imports: frozenset[str] = frozenset()

    @property
    def tails(self) -> frozenset[str]:
        """The last parts of forbidden names: suspicious behind whatever dot they stand."""
        return frozenset(name.rpartition(".")[2] for name in self.forbidden)

    @property
    def forbids_at(self) -> bool:
        """Whether `a @ b` is a shortcut."""
        return bool(OPERATOR_AT & self.forbidden)

    def forbids(self, name: str) -> str:
        """The forbidden name that a dotted name is or lies in; '' where it may be used."""
        best, verdict = -1, ""
        for table, hit in ((self.forbidden, True), (self.allowed, False)):
            for known in table:
                if (name == known or name.startswith(known + ".")) and len(known) > best:
                    best, verdict = len(known), known if hit else ""
        return verdict

    def leads_to_allowed(self, name: str) -> bool:
        """Whether something inside a forbidden module may be used."""
        return any(a.startswith(name + ".") for a in self.allowed)

    def may_import(self, module: str) -> bool:
        """Whether a module may be imported at all."""
        top = module.partition(".")[0]
        return not self.imports or top in self.imports or top in HARMLESS


@lru_cache(maxsize=64)
def rules_of(exercise: Exercise) -> Rules:
    """The rules of an exercise, with all that comes to the same as what it names."""
    allowed = frozenset(exercise.allow)
    forbidden = {n for name in exercise.forbid if name not in allowed for n in {name, *SAME.get(name, ())}}
    return Rules(frozenset(forbidden - allowed), allowed, frozenset(exercise.allow_imports))
