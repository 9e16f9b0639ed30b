"""Whether the check blocks of a note prove its code: an `assert` that depends on it, can fail, and was reached."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from notebook_kb.running.names import Function, OwnNames, chain, pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.evidence import CodeProblem
    from notebook_kb.running.cheats import Parsed

# calls whose result is true of nearly everything
ALWAYS_TRUE = frozenset(
    {
        "str",
        "repr",
        "print",
        "list",
        "tuple",
        "dict",
        "set",
        "id",
        "type",
        "callable",
        "hasattr",
        "isinstance",
        "format",
    }
)
# NumPy's and math's functions that compare their first two arguments
COMPARING_CALLS = frozenset(
    {
        "allclose",
        "array_equal",
        "array_equiv",
        "equal",
        "isclose",
        "assert_allclose",
        "assert_almost_equal",
        "assert_array_almost_equal",
        "assert_array_equal",
        "assert_equal",
    }
)
QUIET_CONTEXTS = frozenset({"errstate", "printoptions", "catch_warnings", "localcontext"})
CATCHING = frozenset({"AssertionError", "Exception", "BaseException"})
INLINE_ROUNDS = 3
# statements that may give a name a value from the code under test
GIVING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.For, ast.comprehension, ast.Expr)


def checking_statements(nodes: list[ast.AST]) -> Iterator[ast.Assert | ast.Expr]:
    """The asserts of a block, and NumPy's `np.testing.assert_…` calls."""
    for node in nodes:
        if isinstance(node, ast.Assert) or (isinstance(node, ast.Expr) and testing_call(node)):
            yield node


def testing_call(node: ast.Expr) -> bool:
    """`np.testing.assert_allclose(…)`."""
    called = node.value.func if isinstance(node.value, ast.Call) else None
    return isinstance(called, ast.Attribute) and called.attr.startswith("assert_")


class ProofReader:
    """Reads the check blocks of one note."""

    def __init__(self, blocks: list[Parsed]) -> None:
        self.blocks = blocks
        self.code = [b for b in blocks if not b.part.check]
        self.checks = [b for b in blocks if b.part.check]
        self.own = own = OwnNames([n for b in self.code for n in b.nodes])
        self.tested = {*own.functions, *own.classes, *made_functions(own)}
        self.check_names = OwnNames([n for b in self.checks for n in b.nodes])
        self.values = single_values(self.check_names)
        self.results = self._results()

    def read(self) -> tuple[frozenset[tuple[int, int, int]], list[CodeProblem]]:
        """(the asserts that prove something: block, line in it, column from 0; what is wrong with the others)."""
        asserts: set[tuple[int, int, int]] = set()
        problems: list[CodeProblem] = []
        for number, block in enumerate(self.blocks):
            for node in checking_statements(block.nodes) if block.part.check else ():
                why = self.why_not(node, block)
                if why:
                    problems.append(block.problem("assert", why, node))
                else:
                    asserts.add((number, node.lineno, node.col_offset))
        return frozenset(asserts), problems

    def _results(self) -> set[str]:
        """Names whose values come from the code under test, also through functions that the check defines."""
        found: set[str] = set()
        statements = [n for b in (*self.code, *self.checks) for n in b.nodes if isinstance(n, GIVING)]
        size = -1
        while size != len(found):
            size = len(found)
            for node in statements:
                found.update(self._touched(node, found))
            found |= {
                n.name
                for b in self.checks
                for n in b.nodes
                if isinstance(n, Function) and any(self.depends(inner, found) for inner in n.body)
            }
        return found - self.tested

    def _touched(self, node: ast.AST, known: set[str]) -> Iterator[str]:
        """The names that a statement gives a value from the code under test."""
        match node:
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                if node.value is not None and self.depends(node.value, known):
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    yield from (n for t in targets for n in stored(t))
            case ast.For() | ast.comprehension():
                if self.depends(node.iter, known):
                    yield from stored(node.target)
            case ast.Expr(value=ast.Call() as call):  # `found.append(f(x))`, `sort_in_place(v)`
                if self.depends(call, known):
                    at = [call.func.value] if isinstance(call.func, ast.Attribute) else []
                    yield from (n.id for n in (*at, *call.args) if isinstance(n, ast.Name))

    def depends(self, node: ast.AST, results: set[str] | None = None) -> bool:
        """Whether something calls the code under test, or holds a result of it; what a lambda would do is not done."""
        known = self.results if results is None else results
        return any(self.is_tested(inner, known) for inner in done_in(node))

    def is_tested(self, node: ast.AST, known: set[str]) -> bool:
        """Whether this very node is a call of the code under test, an attribute of its class, or a result's name."""
        match node:
            case ast.Call(func=ast.Name(id=name)):
                return name in self.tested
            case ast.Attribute(value=ast.Name(id=name)):
                return name in self.own.classes
            case ast.Name(id=name):
                return name in known
        return False

    # an assert

    def why_not(self, node: ast.Assert | ast.Expr, block: Parsed) -> str:
        """Why an assert proves nothing, '' where it proves something."""
        outside = self.caught(node, block)
        if outside:
            return outside
        if isinstance(node, ast.Expr):
            if self.compares_with_itself(node.value):
                return "it compares a result with itself"
            return "" if self.depends(node) else "this check calls nothing of the code"
        return self.why_true(node.test)

    def why_true(self, test: ast.expr) -> str:
        """Why a test is true whatever the code does, '' where it can fail."""
        match test:
            case ast.Tuple():
                return (
                    "a tuple in brackets is always true; write the message behind a comma, without brackets"
                )
            case ast.Constant() | ast.List() | ast.Dict() | ast.Set() | ast.Lambda() | ast.JoinedStr():
                return "this is true whatever the code does"
            case ast.GeneratorExp() | ast.ListComp() | ast.SetComp() | ast.DictComp():
                return "a list that is not empty is always true; write `all(…)` around it"
            case ast.BoolOp(op=ast.Or()) if any(is_true(v) for v in test.values):
                return "`or True` makes it true whatever the code does"
            case ast.BoolOp():
                return next(
                    (why for v in test.values if (why := self.why_true(v)) == ""),
                    self.why_true(test.values[0]),
                )
            case ast.BinOp(op=ast.BitOr()) if is_true(test.left) or is_true(test.right):
                return "`| True` makes it true whatever the code does"
            case ast.IfExp():
                return self.why_true(test.body) or self.why_true(test.orelse)
            case ast.UnaryOp(op=ast.Not()):
                return (
                    self.why_true(test.operand)
                    if not isinstance(test.operand, ast.Constant)
                    else "it is always true"
                )
            case ast.NamedExpr():
                return self.why_true(test.value)
            case ast.Compare():
                return self.why_compared(test)
            case ast.Call(func=ast.Name(id=name)) if name in ALWAYS_TRUE:
                return f"`{name}(…)` says nothing of the result"
            case ast.Call() if self.compares_with_itself(test):
                return "it compares a result with itself"
        return "" if self.depends(test) else "it calls nothing of the code"

    def why_compared(self, test: ast.Compare) -> str:
        """Why a comparison cannot fail."""
        if not self.depends(test):
            return "it calls nothing of the code"
        sides = [test.left, *test.comparators]
        written = [shape_of(self.inlined(s)) for s in sides]
        if len(set(written)) == 1:
            return "it compares a result with itself"
        only = test.ops[0] if len(test.ops) == 1 else None
        right = test.comparators[0]
        if (
            isinstance(only, ast.IsNot | ast.NotEq)
            and isinstance(right, ast.Constant)
            and right.value is None
        ):
            return "it only asks whether there is a result"
        return ""

    def compares_with_itself(self, node: ast.expr) -> bool:
        """`np.allclose(g, g)`, `np.testing.assert_array_equal(f(A), f(A))`."""
        if not isinstance(node, ast.Call) or len(node.args) < len(("one", "other")):
            return False
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        one, other = (shape_of(self.inlined(a)) for a in node.args[:2])
        return name in COMPARING_CALLS and one == other

    def inlined(self, node: ast.expr) -> ast.expr:
        """An expression with the names that have one value each written out."""
        for _ in range(INLINE_ROUNDS):
            if isinstance(node, ast.Name) and node.id in self.values:
                node = self.values[node.id]
        return node

    def caught(self, node: ast.AST, block: Parsed) -> str:
        """Why a failure of an assert would not be seen."""
        inner: ast.AST = node
        while (outer := block.parents.get(id(inner))) is not None:
            if isinstance(outer, ast.Try) and any(inner is b for b in outer.body) and catches(outer):
                return "its failure is caught by the `try` around it"
            if isinstance(outer, ast.With) and not all(is_quiet(i.context_expr) for i in outer.items):
                return "it stands in a `with` that may catch its failure"
            inner = outer
        return ""


def done_in(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes of a tree but those in lambdas; no depth of it exhausts Python's stack."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if not isinstance(inner, ast.Lambda):
            yield inner
            waiting += ast.iter_child_nodes(inner)


def shape_of(node: ast.AST) -> tuple[object, ...]:
    """What a tree says, without its places: equal for equal trees. As `ast.dump`, which a deep tree breaks."""
    found: list[object] = []
    for inner in ast.walk(node):
        fields = [(name, value) for name, value in ast.iter_fields(inner) if name != "ctx"]
        found.append((type(inner), *((name, plain(value)) for name, value in fields)))
    return tuple(found)


def plain(value: object) -> object:
    """A field of a node: how many nodes it holds, else what it is."""
    if isinstance(value, ast.AST):
        return 1
    if isinstance(value, list):
        return tuple(plain(one) for one in value)
    return type(value), value


def stored(target: ast.expr) -> Iterator[str]:
    """The names in a target; of `a[0]` and `a.b` it is a."""
    if isinstance(target, ast.Subscript | ast.Attribute):
        yield from chain(target.value)[:1]
        return
    yield from (name for name, _, _ in pairs(target, None, target))


def made_functions(own: OwnNames) -> Iterator[str]:
    """Names of the code that hold a function: a lambda, or what a call makes of one or of a function of the note."""
    for name, value, _ in own.bound:
        inside = list(ast.walk(value)) if isinstance(value, ast.Call | ast.Lambda) else []
        handed = {id(a) for n in inside if isinstance(n, ast.Call) for a in n.args}
        if any(isinstance(n, ast.Lambda) for n in inside) or any(
            isinstance(n, ast.Name) and id(n) in handed and n.id in own.functions for n in inside
        ):
            yield name


def single_values(names: OwnNames) -> dict[str, ast.expr]:
    """Name → its expression, of names that are given a value once."""
    count: dict[str, int] = {}
    for name, _, _ in names.bound:
        count[name] = count.get(name, 0) + 1
    return {name: value for name, value, _ in names.bound if value is not None and count[name] == 1}


def is_true(node: ast.expr) -> bool:
    """Whether an expression is a true constant."""
    return isinstance(node, ast.Constant) and bool(node.value)


def catches(node: ast.Try) -> bool:
    """Whether a `try` catches a failing assert and lets the block go on."""
    for handler in node.handlers:
        if any(isinstance(n, ast.Raise) for n in ast.walk(handler)):
            continue
        named = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(n is None or (isinstance(n, ast.Name) and n.id in CATCHING) for n in named):
            return True
    return any(
        isinstance(n, ast.Return | ast.Break | ast.Continue) for b in node.finalbody for n in ast.walk(b)
    )


def is_quiet(context: ast.expr) -> bool:
    """Whether a `with` is known to let failures through."""
    called = context.func if isinstance(context, ast.Call) else context
    names = chain(called)
    return bool(names) and names[-1] in QUIET_CONTEXTS
