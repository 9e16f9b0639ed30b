"""Frozen dataclasses to plain JSON data and back: caches are data, never pickle."""

from __future__ import annotations

import dataclasses
import sys
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from notebook_kb.findings import Finding
from notebook_kb.model.code import CodePart
from notebook_kb.model.document import Place
from notebook_kb.model.symbols import ListedFormula

if TYPE_CHECKING:
    from collections.abc import Callable


def encode(value: Any) -> Any:
    """A value of the model as lists, maps, numbers and text. A dataclass becomes the list of its fields."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [encode(getattr(value, f.name)) for f in dataclasses.fields(value)]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [encode(v) for v in value]
    if isinstance(value, dict):
        return {k: encode(v) for k, v in value.items()}
    return value


def decode(cls: type[Any], data: Any) -> Any:
    """The value of class `cls` from what `encode` gave; ValueError or TypeError when it does not fit."""
    return _decoder(cls)(data)  # type: ignore[arg-type]


@cache
def _decoder(kind: Any) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _dataclass_decoder(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin is tuple:
        inner = _decoder(args[0])
        return lambda data: tuple(inner(v) for v in data)
    if isinstance(kind, type) and issubclass(kind, tuple):
        return lambda data: kind(*data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if origin in {Union, types.UnionType}:
        some = next(a for a in args if a is not type(None))
        inner = _decoder(some)
        return lambda data: None if data is None else inner(data)
    return lambda data: data


def _dataclass_decoder(kind: type[Any]) -> Callable[[Any], Any]:
    decoders: list[Callable[[Any], Any]] = []

    def build(data: Any) -> Any:
        if not decoders:
            hints = get_type_hints(kind, _namespace(kind))
            decoders.extend(_decoder(hints[f.name]) for f in dataclasses.fields(kind))
        return kind(*(d(v) for d, v in zip(decoders, data, strict=True)))

    return build


def _namespace(kind: type[Any]) -> dict[str, Any]:
    """Names that a module imports for type checking only, so that its annotations can be read."""
    return {
        **vars(sys.modules[kind.__module__]),
        "Mapping": Mapping,
        "Finding": Finding,
        "Place": Place,
        "ListedFormula": ListedFormula,
        "CodePart": CodePart,
    }
