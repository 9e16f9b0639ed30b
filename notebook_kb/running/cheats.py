"""Whether a note's code is from scratch: what it imports and calls, by whatever name. Help to be honest with oneself, no
security: it reads the code, it does not run it.
"""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notebook_kb.model.evidence import CodeProblem
from notebook_kb.model.inlines import Place
from notebook_kb.running.names import OwnNames, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.code import CodePart
    from notebook_kb.running.forbidden import Rules

# built-ins by which code reaches what it does not name
REFLECTION = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "__import__",
        "getattr",
        "setattr",
        "delattr",
        "vars",
        "globals",
        "locals",
        "__builtins__",
        "__loader__",
        "__spec__",
    ]
)
# attributes that lead to frames, modules and namespaces
REACHING = frozenset(
    [
        "sys",
        "os",
        "builtins",
        "importlib",
        "inspect",
        "operator",
        "np",
        "numpy",
        "modules",
        "f_back",
        "f_globals",
        "f_locals",
        "f_builtins",
        "tb_frame",
        "gi_frame",
        "cr_frame",
        "ag_frame",
        "get_type_hints",
        "ForwardRef",
        "runstring",
        "rundocs",
    ]
)
HARMLESS_DUNDERS = frozenset(
    ["__init__", "__post_init__", "__name__", "__doc__", "__version__", "__len__", "__all__"]
)
# of numpy: what holds the same functions again, or runs code
NUMPY_INSIDES = frozenset(["core", "_core", "ctypeslib", "f2py", "distutils", "compat"])
LIB_PARTS = frozenset(["numpy.lib.stride_tricks", "numpy.lib.scimath"])
# methods by which an object answers for NumPy, or for the comparison
ANSWERING = frozenset(["__array_ufunc__", "__array_function__", "__array_priority__"])
COMPARING = frozenset(["__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__bool__"])
NORM = "numpy.linalg.norm"


@dataclass
class Parsed:
    """A block with its tree, all `nodes` of it, and for each the one that holds it (`parents`, by id)."""

    part: CodePart
    tree: ast.Module
    nodes: list[ast.AST] = field(default_factory=list)
    parents: dict[int, ast.AST] = field(default_factory=dict)

    def place(self, node: ast.AST) -> Place:
        """Where a node stands in the note."""
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0)
        text = self.part.code.split("\n")[line - 1].encode()
        end_line = getattr(node, "end_lineno", None) or line
        end_text = self.part.code.split("\n")[end_line - 1].encode()
        end_column = getattr(node, "end_col_offset", None) or column
        first = self.part.line - 1
        return Place(
            first + line,
            self.part.column + len(text[:column].decode(errors="replace")),
            first + end_line,
            self.part.column + len(end_text[:end_column].decode(errors="replace")),
        )

    def problem(self, what: str, message: str, node: ast.AST) -> CodeProblem:
        """A problem at a node."""
        return CodeProblem(what, message, self.place(node))


def parse_parts(parts: tuple[CodePart, ...]) -> list[Parsed] | None:
    """The trees of the blocks; None where one is no Python: running it says so."""
    found = []
    for part in parts:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of `"\m"` in a label: the note's, told when it is run
                tree = ast.parse(part.code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        nodes: list[ast.AST] = [tree]
        parents: dict[int, ast.AST] = {}
        for node in nodes:  # grows while it is read
            for child in ast.iter_child_nodes(node):
                parents[id(child)] = node
                nodes.append(child)
        found.append(Parsed(part, tree, nodes, parents))
    return found


def cheats(blocks: list[Parsed], rules: Rules) -> list[CodeProblem]:
    """What in the code is not from scratch, in reading order. In check blocks references may be called."""
    own = OwnNames([n for b in blocks if not b.part.check for n in b.nodes])
    found: list[CodeProblem] = []
    for block in blocks:
        if not block.part.check:
            found += Reader(block, rules, own).problems()
    return found


class Reader:
    """Reads one code block."""

    def __init__(self, block: Parsed, rules: Rules, own: OwnNames) -> None:
        self.block = block
        self.rules = rules
        self.own = own

    def problems(self) -> list[CodeProblem]:
        """Everything that is not from scratch in it."""
        found = [p for node in self.block.nodes for p in self.of(node)]
        found.sort(key=lambda p: (p.place.line, p.place.column))
        return found

    def of(self, node: ast.AST) -> Iterator[CodeProblem]:
        """The problems of one node."""
        match node:
            case ast.Import():
                for name in node.names:
                    yield from self.imported(name.name, node)
            case ast.ImportFrom():
                yield from self.imported_from(node)
            case ast.Name():
                yield from self.named(node)
            case ast.Attribute():
                yield from self.attribute(node)
            case ast.BinOp(op=ast.MatMult()):
                yield from self.at_sign(node, node.left, node.right)
            case ast.AugAssign(op=ast.MatMult()):
                yield from self.at_sign(node, node.target, node.value)
            case ast.MatchClass():
                for taken in node.kwd_attrs:
                    if taken in self.rules.tails | REACHING or is_dunder(taken):
                        yield self.problem("forbidden", f"a pattern takes `{taken}` out of an object", node)
            case ast.ClassDef():
                yield from self.own_class(node)

    def problem(self, what: str, message: str, node: ast.AST) -> CodeProblem:
        return self.block.problem(what, message, node)

    def imported(self, module: str, node: ast.AST) -> Iterator[CodeProblem]:
        if not self.rules.may_import(module):
            allowed = ", ".join(sorted(self.rules.imports))
            yield self.problem("import", f"it imports `{module}`; from scratch here means {allowed}", node)
            return
        yield from self.uses(module, node)

    def imported_from(self, node: ast.ImportFrom) -> Iterator[CodeProblem]:
        module = "." * node.level + (node.module or "")
        if node.level or not self.rules.may_import(module):
            yield from self.imported(module, node)
            return
        for name in node.names:
            if name.name == "*":
                yield self.problem(
                    "import",
                    f"`from {module} import *` hides what is used; write `import {module}` or its names",
                    node,
                )
            elif name.name in REACHING or name.name.startswith("_"):
                if module != "__future__":
                    yield self.problem("import", f"`{name.name}` of {module} leads to other modules", node)
            else:
                yield from self.uses(f"{module}.{name.name}", node)

    def uses(self, name: str, node: ast.AST) -> Iterator[CodeProblem]:
        """A dotted name that is imported or written."""
        forbidden = self.rules.forbids(name)
        if forbidden and not self.rules.leads_to_allowed(name):
            yield self.problem("forbidden", f"it uses `{name}`{instead(name)}", node)
        elif name.startswith("numpy.") and is_inside(name):
            yield self.problem(
                "reflection", f"`{name}` is the inside of NumPy, which holds every function again", node
            )

    # names and attributes

    def named(self, node: ast.Name) -> Iterator[CodeProblem]:
        if node.id in REFLECTION and node.id not in self.own.defined:
            yield self.problem("reflection", f"`{node.id}` reaches what the code does not name", node)
            return
        name = self.own.aliases.get(node.id, "")
        if not name or not isinstance(node.ctx, ast.Load):
            return
        parent = self.block.parents.get(id(node))
        if isinstance(parent, ast.Attribute) or gives_name(parent, node):
            return
        if self.rules.forbids(name) and self.rules.leads_to_allowed(name):
            yield self.problem("forbidden", f"`{node.id}` hands all of `{name}` on", node)
        elif name == "numpy":
            yield self.problem(
                "forbidden", f"`{node.id}` hands all of numpy on; name the function that is meant", node
            )

    def attribute(self, node: ast.Attribute) -> Iterator[CodeProblem]:
        attr = node.attr
        if is_dunder(attr):
            if attr not in HARMLESS_DUNDERS:
                yield self.problem("reflection", f"`.{attr}` reaches what the code does not name", node)
            return
        if self.own.is_own(node.value) or (attr in self.own.attributes and attr.startswith("_")):
            return
        name = resolve(node, self.own.aliases)
        if attr in REACHING or (attr.startswith("_") and not name.startswith("self.")):
            yield self.problem("reflection", f"`.{attr}` leads to other modules", node)
            return
        if attr not in self.rules.tails:
            if name:
                yield from self.uses(name, node)
            return
        yield from self.tail(node, name)

    def tail(self, node: ast.Attribute, name: str) -> Iterator[CodeProblem]:
        """An attribute with a forbidden last name, whatever it is an attribute of."""
        whole, outer = self.whole(node)
        if name and not name.startswith("numpy.") and not self.rules.forbids(name):
            return  # known to be another thing
        if not self.rules.forbids(name):  # an object's method, or that of a class of NumPy
            name = next(f for f in sorted(self.rules.forbidden) if f.rpartition(".")[2] == node.attr)
        longer = name + whole.removeprefix(node.attr)
        if not self.rules.forbids(longer):
            return
        if self.rules.leads_to_allowed(longer) and gives_name(self.block.parents.get(id(outer)), outer):
            return
        yield self.problem("forbidden", f"it uses `{longer}`{instead(longer)}", outer)

    def whole(self, node: ast.Attribute) -> tuple[str, ast.Attribute]:
        """(`linalg.svd` for the node `linalg` in `np.linalg.svd`, the outermost node)."""
        names, outer = [node.attr], node
        while isinstance(parent := self.block.parents.get(id(outer)), ast.Attribute):
            outer = parent
            names.append(parent.attr)
        return ".".join(names), outer

    def at_sign(self, node: ast.AST, *sides: ast.expr) -> Iterator[CodeProblem]:
        if self.rules.forbids_at and not any(self.own.is_own(side) for side in sides):
            yield self.problem("forbidden", "it uses `@`, which is numpy.matmul", node)

    def own_class(self, node: ast.ClassDef) -> Iterator[CodeProblem]:
        """A class that answers comparisons whatever is asked."""
        for inner in node.body:
            if not isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if inner.name in ANSWERING:
                yield self.problem("answers", f"`{inner.name}` answers in the place of NumPy", inner)
            elif inner.name in COMPARING and returns_constants(inner):
                yield self.problem(
                    "answers", f"`{inner.name}` gives the same answer to every comparison", inner
                )


def is_dunder(name: str) -> bool:
    """`__dict__` and the like."""
    return name.startswith("__") and name.endswith("__") and len(name) > len("____")


def is_inside(name: str) -> bool:
    """Whether a dotted name leads to what is inside NumPy."""
    second = name.split(".")[1]
    if second == "lib":
        return not any(name == p or name.startswith(p + ".") or p.startswith(name + ".") for p in LIB_PARTS)
    return second in NUMPY_INSIDES or second.startswith("_")


def gives_name(parent: ast.AST | None, node: ast.AST) -> bool:
    """`la = np.linalg`: a plain new name, which is followed."""
    if isinstance(parent, ast.Assign):
        return parent.value is node and all(isinstance(t, ast.Name) for t in parent.targets)
    return isinstance(parent, ast.NamedExpr) and parent.value is node


def returns_constants(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function returns constants alone."""
    returned = [n.value for n in ast.walk(function) if isinstance(n, ast.Return)]
    return bool(returned) and all(v is None or isinstance(v, ast.Constant) for v in returned)


def instead(name: str) -> str:
    """What to write in the place of a name, where that is short."""
    return "; np.sqrt(np.sum(v * v)) is the length of v" if name == NORM else ""
