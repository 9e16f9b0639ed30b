"""What the names of a note's code stand for: modules by other names, and what the learner defined."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
FIRST_PARAMETERS = frozenset({"self", "cls"})
ROUNDS = 4


def chain(node: ast.expr) -> list[str]:
    """['np', 'linalg', 'inv'] for `np.linalg.inv`; [] where it does not begin with a name."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def resolve(node: ast.expr, aliases: dict[str, str]) -> str:
    """The dotted name that an expression means, '' where that is not known."""
    names: list[str] = []
    while isinstance(node, ast.NamedExpr | ast.Attribute):
        if isinstance(node, ast.Attribute):
            names.append(node.attr)
        node = node.value
    base = aliases.get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join([base, *reversed(names)]) if base else ""


def bindings(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.expr | None, ast.AST]]:
    """(name, the value where it is one expression, the node) for all of the nodes that give a name a value."""
    for node in nodes:
        match node:
            case ast.Assign():
                for target in node.targets:
                    yield from pairs(target, node.value, node)
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr():
                yield from pairs(node.target, node.value, node)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                yield from pairs(node.target, None, node)
            case ast.withitem():
                if node.optional_vars:
                    yield from pairs(node.optional_vars, None, node)
            case ast.Import() | ast.ImportFrom():
                yield from ((n.asname or n.name.partition(".")[0], None, node) for n in node.names)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name, None, node
            case ast.arguments():
                yield from parameters(node)
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                if node.name:
                    yield node.name, None, node


def pairs(
    target: ast.expr, value: ast.expr | None, node: ast.AST
) -> Iterator[tuple[str, ast.expr | None, ast.AST]]:
    """The names in a target, each with its own value where both are written side by side."""
    if isinstance(target, ast.Name):
        yield target.id, value, node
    elif isinstance(target, ast.Starred):
        yield from pairs(target.value, None, node)
    elif isinstance(target, ast.Tuple | ast.List):
        several = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        matched = len(several) == len(target.elts)
        for number, inner in enumerate(target.elts):
            yield from pairs(inner, several[number] if matched else None, node)


def parameters(node: ast.arguments) -> Iterator[tuple[str, ast.expr | None, ast.AST]]:
    """The parameters of a function with their defaults."""
    places = [*node.posonlyargs, *node.args]
    defaults: list[ast.expr | None] = [None] * (len(places) - len(node.defaults))
    for arg, default in zip(places, [*defaults, *node.defaults], strict=True):
        yield arg.arg, default, arg
    for arg, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        yield arg.arg, default, arg
    for rest in (node.vararg, node.kwarg):
        if rest:
            yield rest.arg, None, rest


class OwnNames:
    """What code defines: functions, classes and their instances, and other names of modules.

    Where a name is given its value does not matter: a shortcut is one wherever it stands.
    """

    def __init__(self, nodes: list[ast.AST]) -> None:
        self.functions = {n.name for n in nodes if isinstance(n, Function)}
        self.classes = {n.name for n in nodes if isinstance(n, ast.ClassDef)}
        self.bound = list(bindings(nodes))
        self.defined = {name for name, _, _ in self.bound}
        self.attributes = own_attributes(nodes)
        self.aliases = self._aliases(nodes)
        self.instances = self._instances(nodes)

    def _aliases(self, nodes: list[ast.AST]) -> dict[str, str]:
        """Name → the module or the function of a module that it stands for."""
        found: dict[str, str] = {}
        for node in nodes:
            if isinstance(node, ast.Import):
                for one in node.names:
                    top = one.name.partition(".")[0]
                    found[one.asname or top] = one.name if one.asname else top
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found |= {n.asname or n.name: f"{node.module}.{n.name}" for n in node.names}
        for _ in range(ROUNDS):
            for name, value, _node in self.bound:
                if value is not None and name not in found and (known := resolve(value, found)):
                    found[name] = known
        return found

    def _instances(self, nodes: list[ast.AST]) -> set[str]:
        """Names of objects of the learner's own classes: made by them, or said to be by an annotation."""
        made: dict[str, bool] = {}
        for name, value, _node in self.bound:
            own = (
                isinstance(value, ast.Call)
                and isinstance(value.func, ast.Name)
                and value.func.id in self.classes
            )
            made[name] = own and made.get(name, True)
        found = {name for name, own in made.items() if own} | (
            set(FIRST_PARAMETERS) if self.classes else set()
        )
        for node in nodes:
            if isinstance(node, ast.arg) and isinstance(node.annotation, ast.Name | ast.Constant):
                said = node.annotation.id if isinstance(node.annotation, ast.Name) else node.annotation.value
                found |= {node.arg} if said in self.classes else set()
        return found - set(self.aliases)

    def is_own(self, node: ast.expr) -> bool:
        """Whether an expression is an object of one of the learner's own classes, or the class."""
        if isinstance(node, ast.Call):
            return isinstance(node.func, ast.Name) and node.func.id in self.classes
        return isinstance(node, ast.Name) and node.id in self.instances | self.classes


def own_attributes(nodes: list[ast.AST]) -> set[str]:
    """The attributes that the learner's classes have: methods, and what is set on an object."""
    found = {n.attr for n in nodes if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            found |= {inner.name for inner in node.body if isinstance(inner, Function)}
            found |= {name for inner in node.body for name, _, _ in bindings(ast.walk(inner))}
    return found
