"""Tricks with which a check says yes to anything: it bends what it tests, or what it compares with."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from notebook_kb.running.names import Function, bindings, chain, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.evidence import CodeProblem
    from notebook_kb.running.cheats import Parsed
    from notebook_kb.running.forbidden import Rules
    from notebook_kb.running.proof import ProofReader

# what an assert leans on: given a new meaning it proves nothing
JUDGES = frozenset(
    {"AssertionError", "all", "any", "bool", "allclose", "isclose", "array_equal", "array_equiv"}
)
PATCHERS = frozenset({"mock", "unittest.mock", "unittest"})
ALLOWED_AS_ARGUMENT = frozenset({"numpy.linalg.norm"})


class TrickReader:
    """Reads all blocks of one note."""

    def __init__(self, proof: ProofReader, rules: Rules) -> None:
        self.own = proof.own
        self.tested = proof.tested
        self.checks = proof.checks
        self.code = proof.code
        self.inlined = proof.inlined
        self.rules = rules
        self.aliases = {**proof.own.aliases, **proof.check_names.aliases}

    def tricks(self) -> Iterator[CodeProblem]:
        """What in the blocks bends the check, in reading order."""
        for block in (*self.code, *self.checks):
            yield from self.patched(block)
        for block in self.checks:
            yield from self.redefined(block)
            yield from self.handed_in(block)
        yield from self.lent()
        yield from self.known_answers()

    def redefined(self, block: Parsed) -> Iterator[CodeProblem]:
        """The check defines what it should test, or what it judges by."""
        local = inside_functions(block.tree)
        for name, _, node in bindings(block.nodes):
            if isinstance(node, ast.arg) or id(node) in local:
                continue
            if name in self.tested:
                yield block.problem(
                    "check", f"the check gives `{name}` another meaning, so it does not test the note's", node
                )
            elif name in JUDGES and not isinstance(node, ast.ImportFrom):
                yield block.problem("check", f"the check gives `{name}` another meaning", node)

    def patched(self, block: Parsed) -> Iterator[CodeProblem]:
        """Functions of a module, or attributes of the tested functions, that are given another value."""
        for node in block.nodes:
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
                base = chain(node.value)[:1]
                if resolve(node.value, self.aliases):
                    yield block.problem("check", f"it changes `{'.'.join(chain(node))}` of a module", node)
                elif block.part.check and base and base[0] in self.tested:
                    yield block.problem(
                        "check", f"the check changes `{base[0]}`, so it does not test the note's", node
                    )
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"setattr", "delattr"}
            ):
                yield block.problem(
                    "check", f"`{node.func.id}` changes what is tested, or what it is compared with", node
                )
            elif isinstance(node, ast.Import | ast.ImportFrom):
                module = getattr(node, "module", None) or node.names[0].name
                if module in PATCHERS:
                    yield block.problem(
                        "check", f"`{module}` changes what is tested, or what it is compared with", node
                    )

    def handed_in(self, block: Parsed) -> Iterator[CodeProblem]:
        """A forbidden function that the check hands to the code under test."""
        for node in block.nodes:
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.tested
            ):
                continue
            for given in (*node.args, *(k.value for k in node.keywords)):
                name = self.reference_in(self.inlined(given))
                if name:
                    yield block.problem("check", f"the check hands `{name}` to the code", given)

    def reference_in(self, node: ast.expr) -> str:
        """The forbidden function, or the module, that an argument is, or that its lambda calls; its results are none."""
        looked = (
            [n for n in ast.walk(node) if isinstance(n, ast.expr)] if isinstance(node, ast.Lambda) else [node]
        )
        for inner in looked:
            name = resolve(inner, self.aliases)
            if name == "numpy" and inner is node:
                return name
            if name and name not in ALLOWED_AS_ARGUMENT and self.rules.forbids(name) and "." in name:
                if not self.rules.leads_to_allowed(name) and name != "numpy.linalg":
                    return name
                if inner is node:
                    return name
        return ""

    def lent(self) -> Iterator[CodeProblem]:
        """Names that the code uses and only the check defines."""
        given = {name for b in self.checks for name, _, _ in bindings(b.nodes)} - self.own.defined
        for block in self.code:
            for node in block.nodes:
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in given:
                    yield block.problem("check", f"`{node.id}` comes from the check", node)

    def known_answers(self) -> Iterator[CodeProblem]:
        """Tested functions that compute nothing: they know the answers to what the check asks."""
        for block in self.code:
            for node in block.tree.body:
                if isinstance(node, ast.FunctionDef) and knows_answers(node):
                    yield block.problem(
                        "check", f"`{node.name}` computes nothing: its answers are written down", node
                    )


def inside_functions(tree: ast.AST) -> set[int]:
    """The nodes inside functions, whose names are their own."""
    return {
        id(n)
        for f in ast.walk(tree)
        if isinstance(f, Function | ast.Lambda)
        for n in ast.walk(f)
        if n is not f
    }


def knows_answers(function: ast.FunctionDef) -> bool:
    """Whether a function only looks answers up: every result is a constant or an entry of a table of constants, and what
    it asks is whether a parameter equals a constant.
    """
    nodes = [n for n in ast.walk(function) if n is not function]
    returned = [n.value for n in nodes if isinstance(n, ast.Return) and n.value is not None]
    if not returned or not (function.args.args or function.args.posonlyargs or function.args.vararg):
        return False
    tables = {
        name
        for name, value, _ in bindings(nodes)
        if isinstance(value, ast.Dict) and all(written_down(v) for v in value.values)
    }
    if not all(written_down(v) or looked_up(v, tables) for v in returned):
        return False
    tests = [n.test for n in nodes if isinstance(n, ast.If | ast.IfExp | ast.While)]
    return all(asks_for_equal(t) for t in tests)


def written_down(node: ast.expr) -> bool:
    """Whether an expression is made of constants alone; `np.array([1, 2])` too, and a choice between such."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp():
            return written_down(node.operand)
        case ast.List() | ast.Tuple():
            return all(written_down(e) for e in node.elts)
        case ast.IfExp():
            return written_down(node.body) and written_down(node.orelse)
        case ast.Call(func=ast.Attribute(attr="array" | "float64" | "asarray")):
            return bool(node.args) and all(written_down(a) for a in node.args)
    return False


def looked_up(node: ast.expr, tables: set[str]) -> bool:
    """`{…}[key]`, `table[key]` or `table.get(key)`."""
    base: ast.expr | None = None
    if isinstance(node, ast.Subscript):
        base = node.value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        base = node.func.value
    if isinstance(base, ast.Dict):
        return all(written_down(v) for v in base.values)
    return isinstance(base, ast.Name) and base.id in tables


def asks_for_equal(test: ast.expr) -> bool:
    """Whether a test asks only whether something equals what is written down."""
    match test:
        case ast.BoolOp():
            return all(asks_for_equal(v) for v in test.values)
        case ast.Compare():
            sides = [test.left, *test.comparators]
            equal = all(isinstance(o, ast.Eq | ast.Is | ast.In) for o in test.ops)
            return equal and any(written_down(s) for s in sides)
        case ast.Call():
            return any(written_down(a) for a in test.args) or (
                isinstance(test.func, ast.Attribute) and asks_for_equal(test.func.value)
            )
    return False
