"""Tokens: values that do not show themselves, and the words of a service without them."""

from __future__ import annotations

import base64
import json
import weakref
from typing import NoReturn
from urllib.parse import quote, quote_plus

_KNOWN: weakref.WeakSet[Secret] = weakref.WeakSet()
_HIDDEN = "[hidden]"
_SHOWN = 4
_SAMPLE, _STEP = 10, 5
_LEAST = 6  # shorter words would be hidden in the midst of others


class Secret:
    """A token. Only `reveal` gives it; printing, formatting and logging do not, pickling and copying are refused."""

    __slots__ = ("__weakref__", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        _KNOWN.add(self)

    def reveal(self) -> str:
        """The token itself: for the header of a request and for its own store, nothing else."""
        return self._value

    @property
    def tail(self) -> str:
        """Its last four characters, so that a person knows which it is; nothing of a short one."""
        return f"…{self._value[-_SHOWN:]}" if len(self._value) >= 4 * _SHOWN else "…"

    def __repr__(self) -> str:
        return f"Secret({_HIDDEN})"

    def __str__(self) -> str:
        return _HIDDEN

    def __format__(self, spec: str) -> str:
        return _HIDDEN

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a token is not pickled or copied")


def redact(text: str) -> str:
    """`text` without any token that this process knows, or a longer part of one, also as it stands in URLs or base64."""
    found = {form for secret in list(_KNOWN) for form in _forms(secret.reveal())}
    forms = sorted(found, key=len, reverse=True)
    for form in forms:
        text = text.replace(form, _HIDDEN)
    for form in forms:
        text = _without_parts(text, form)
    return text


def _without_parts(text: str, form: str) -> str:
    """`text` without parts of `form`: of any that is longer than both figures together one of these samples is found."""
    for start in range(0, len(form) - _SAMPLE + 1, _STEP):
        sample = form[start : start + _SAMPLE]
        while (place := text.find(sample)) >= 0:
            first, last, end = place, place + _SAMPLE, start + _SAMPLE
            begin = start
            while first and begin and text[first - 1] == form[begin - 1]:
                first, begin = first - 1, begin - 1
            while last < len(text) and end < len(form) and text[last] == form[end]:
                last, end = last + 1, end + 1
            text = f"{text[:first]}{_HIDDEN}{text[last:]}"
    return text


def _forms(value: str) -> set[str]:
    """How a token may be written."""
    if len(value) < _LEAST:
        return set()
    plain = value.encode()
    return {
        value,
        quote(value, safe=""),
        quote_plus(value),
        json.dumps(value)[1:-1],
        base64.b64encode(plain).decode().rstrip("="),
        base64.urlsafe_b64encode(plain).decode().rstrip("="),
    }
