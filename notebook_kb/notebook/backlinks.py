"""Who links to a note, and who would if it had another name."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from notebook_kb.notebook.links import clean_target, fold_part, last_part
from notebook_kb.notebook.names import SEPARATORS
from notebook_kb.notebook.tables import gathered, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.links import Keys, Resolver

NOTE_ENDINGS = (".md", ".markdown")
FEW = 8
Referrers = dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Backlink:
    """A link to a note: where it stands."""

    note: Note
    reference: Reference


Backlinks = dict[str, list[Backlink]]


# names that are referred to


def name_key(name: str) -> str:
    """What is the same in a target's last part and in the name of every note that it can mean: coarser than `fold`."""
    text = fold_part(name).replace("’", "'")
    ending = next((e for e in NOTE_ENDINGS if text.endswith(e)), "")
    return SEPARATORS.sub(" ", text.removesuffix(ending)).strip()


def keys_of_target(resolver: Resolver, target: str, from_path: str) -> frozenset[str]:
    """The keys of a target: of its last part, and where it climbs (`..`), of what it comes to."""
    keys, climbs = _keys_and_climbs(target)
    if not climbs:
        return keys
    places = resolver.places(clean_target(target), from_path)
    return keys | {name_key(place.rsplit("/", 1)[-1]) for place in places}


@lru_cache(maxsize=1 << 16)
def _keys_and_climbs(target: str) -> tuple[frozenset[str], bool]:
    """(the key of a target's last part, none for an address or nothing; whether more depends on where it stands)."""
    target = clean_target(target)
    if not target or "://" in target:
        return frozenset(), False
    return frozenset({name_key(last_part(target))}), not {".", ".."}.isdisjoint(target.split("/"))


def targets_of(note: Note) -> Iterator[str]:
    """Every name that a note refers to: in links, embeds and pictures, as its `image:`, in `met_in:` and `needs:`."""
    for reference in note.references:
        yield reference.target
    yield note.image
    yield from (name.strip("[]") for name in note.needs)
    for met in note.met_in:
        name = met.strip("[]").split("|")[0]
        yield name
        yield name.partition("#")[0]


def referred(resolver: Resolver, note: Note | None) -> set[str]:
    """The keys of all names that a note refers to."""
    if note is None:
        return set()
    return {k for t in set(targets_of(note)) if t for k in keys_of_target(resolver, t, note.path)}


def referrers(resolver: Resolver, notes: Iterable[Note]) -> Referrers:
    """Key of a name → the notes that refer to it."""
    return gathered((note.path, referred(resolver, note)) for note in notes)


def changed_referrers(
    table: Referrers, resolver: Resolver, path: str, old: Note | None, new: Note | None
) -> Referrers:
    """The table where `new` is in the place of `old`."""
    return moved(table, referred(resolver, old), referred(resolver, new), path)


def keys_that_changed(before: Keys, after: Keys) -> set[str]:
    """The keys of names that came, went, or mean the note in another way than before."""
    keys = {name_key(path.rsplit("/", 1)[-1]) for path in before.paths ^ after.paths}
    for name in (before.names ^ after.names) | (before.titles ^ after.titles):
        keys |= {name, name_key(name)}
    return keys


# links to notes


def backlinks(resolver: Resolver, notes: Iterable[Note]) -> Backlinks:
    """Note path → links to it from other notes, by path and place."""
    table: Backlinks = {}
    for note in notes:
        for target, reference in links_of(resolver, note):
            table.setdefault(target, []).append(Backlink(note, reference))
    return table


def links_of(resolver: Resolver, note: Note, keys: set[str] | None = None) -> Iterator[tuple[str, Reference]]:
    """(the note that it leads to, the link) for each link of a note to another note; with `keys` only of those links
    that refer to one of these names.
    """
    for reference in note.references:
        if reference.kind == "image" or "://" in reference.target or not reference.target:
            continue
        if keys is not None and keys.isdisjoint(keys_of_target(resolver, reference.target, note.path)):
            continue
        target = resolver.resolve(reference.target, note.path).note
        if target and target != note.path:
            yield target, reference


@dataclass(frozen=True)
class Side:
    """The notes before or after a change, and what resolves their links."""

    resolver: Resolver
    notes: Mapping[str, Note]

    def by_target(self, path: str, keys: set[str] | None = None) -> Backlinks:
        """The links of the note at `path` by what they lead to; with `keys` only those that refer to such a name."""
        note = self.notes.get(path)
        table: Backlinks = {}
        for target, reference in links_of(self.resolver, note, keys) if note else ():
            table.setdefault(target, []).append(Backlink(self.notes[path], reference))
        return table


def changed_backlinks(
    table: Backlinks, before: Side, after: Side, path: str, others: Iterable[str], keys: set[str]
) -> Backlinks:
    """The table after the note at `path` came, went or changed; `others` are the notes that refer to names that came,
    went or lead elsewhere, whose `keys` these are.
    """
    now = after.by_target(path)
    moving = {target: {path: now.get(target, [])} for target in {*before.by_target(path), *now}}
    for other in others:
        then, now = before.by_target(other, keys), after.by_target(other, keys)
        for target in {*then, *now}:
            links = now.get(target, [])
            gone = [b.reference for b in then.get(target, ())]
            if gone != [b.reference for b in links]:
                kept = [b for b in _from(table, target, other) if b.reference not in gone]
                if kept and links:
                    # in the order of the note
                    links = after.by_target(other)[target]
                moving.setdefault(target, {})[other] = links or kept
    changed = dict(table)
    for target, movers in moving.items():
        links = _with_links(table.get(target, []), movers)
        if links:
            changed[target] = links
        else:
            changed.pop(target, None)
    return changed


def _from(table: Backlinks, target: str, path: str) -> list[Backlink]:
    """The links to a target that stand in the note at `path`."""
    links = table.get(target, [])
    first = bisect_left(links, path, key=_path_of)
    return links[first : bisect_right(links, path, lo=first, key=_path_of)]


def _with_links(links: list[Backlink], movers: Mapping[str, list[Backlink]]) -> list[Backlink]:
    """Links by path, where those of each mover are in place of the ones it had."""
    if len(movers) > FEW:
        kept = [link for link in links if link.note.path not in movers]
        return sorted([*kept, *(new for of in movers.values() for new in of)], key=_path_of)
    for mover, new in movers.items():
        first = bisect_left(links, mover, key=_path_of)
        last = bisect_right(links, mover, lo=first, key=_path_of)
        links = [*links[:first], *new, *links[last:]]
    return links


def _path_of(link: Backlink) -> str:
    return link.note.path
