"""Tables of a snapshot's indexes: key → what is found under it, sorted. One that is made from another shares all that
did not change.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


def gathered(pairs: Iterable[tuple[str, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """The table of (value, its keys): key → its values, sorted, each once."""
    lists: dict[str, list[str]] = {}
    for value, keys in pairs:
        for key in keys:
            lists.setdefault(key, []).append(value)
    return {
        key: tuple(sorted(set(values))) if len(values) > 1 else (values[0],) for key, values in lists.items()
    }


def moved(
    table: dict[str, tuple[str, ...]], old: Collection[str], new: Collection[str], value: str
) -> dict[str, tuple[str, ...]]:
    """The table where `value` stands under the keys `new` instead of `old`; the same one where these are equal."""
    gone, come = set(old) - set(new), set(new) - set(old)
    if not gone and not come:
        return table
    changed = dict(table)
    for key in gone:
        rest = tuple(v for v in changed.get(key, ()) if v != value)
        if rest:
            changed[key] = rest
        else:
            changed.pop(key, None)
    for key in come:
        known = changed.get(key, ())
        at = bisect_left(known, value)
        if known[at : at + 1] != (value,):
            changed[key] = (*known[:at], value, *known[at:])
    return changed


def found_under(table: Mapping[str, tuple[str, ...]], keys: Iterable[str]) -> set[str]:
    """All values under any of the keys."""
    return {value for key in keys for value in table.get(key, ())}
