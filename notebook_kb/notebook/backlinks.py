"""Who links to a note, and who would if it had another name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.notebook.links import clean_target, fold_part
from notebook_kb.notebook.names import SEPARATORS
from notebook_kb.notebook.tables import gathered, moved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.links import Keys, Resolver

NOTE_ENDINGS = (".md", ".markdown")
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


def keys_of_target(resolver: Resolver, target: str, from_path: str) -> set[str]:
    """The keys of a target: of its last part, and where it climbs (`..`), of what it comes to."""
    target = clean_target(target)
    if not target or "://" in target:
        return set()
    parts = [p for p in target.split("/") if p]
    ends = [parts[-1] if parts else ""]
    if not {".", ".."}.isdisjoint(parts):
        ends += [place.rsplit("/", 1)[-1] for place in resolver.places(target, from_path)]
    return {name_key(end) for end in ends}


def targets_of(note: Note) -> Iterator[str]:
    """Every name that a note refers to: in links, embeds and pictures, as its `image:`, in `met_in:`."""
    for reference in note.references:
        yield reference.target
    yield note.image
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


def links_of(resolver: Resolver, note: Note) -> Iterator[tuple[str, Reference]]:
    """(the note that it leads to, the link) for each link of a note to another note."""
    for reference in note.references:
        if reference.kind == "image" or "://" in reference.target or not reference.target:
            continue
        target = resolver.resolve(reference.target, note.path).note
        if target and target != note.path:
            yield target, reference


def changed_backlinks(
    table: Backlinks,
    resolvers: tuple[Resolver, Resolver],
    notes: tuple[Mapping[str, Note], Mapping[str, Note]],
    path: str,
    others: Iterable[str],
) -> Backlinks:
    """The table after the note at `path` came, went or changed. `resolvers` and `notes` are those before and after;
    `others` are notes that refer to names that came or went.
    """
    moving: dict[str, dict[str, list[Backlink]]] = {}
    for mover in {path, *others}:
        then = _by_target(resolvers[0], notes[0].get(mover))
        now = _by_target(resolvers[1], notes[1].get(mover))
        for target in {*then, *now}:
            links = now.get(target, [])
            if mover == path or [b.reference for b in then.get(target, ())] != [b.reference for b in links]:
                moving.setdefault(target, {})[mover] = links
    changed = dict(table)
    for target, movers in moving.items():
        kept = [link for link in table.get(target, ()) if link.note.path not in movers]
        links = sorted([*kept, *(new for of in movers.values() for new in of)], key=lambda b: b.note.path)
        if links:
            changed[target] = links
        else:
            changed.pop(target, None)
    return changed


def _by_target(resolver: Resolver, note: Note | None) -> Backlinks:
    """A note's links by what they lead to."""
    return {} if note is None else backlinks(resolver, [note])
