"""Renaming a concept of one's own roadmap: its id there and wherever it is named."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.files.yaml_places import YamlProblem, read_yaml
from notebook_kb.languages import slugify
from notebook_kb.model.edit import FileEdits, apply_edits
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.notebook.names import fold
from notebook_kb.notebook.relink import Relinker
from notebook_kb.notebook.rename import finished
from notebook_kb.notebook.retarget import NewWords
from notebook_kb.parsing.head import quote
from notebook_kb.parsing.roadmap import RoadmapReader
from notebook_kb.parsing.targets import NoteText

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.files.yaml_places import Node
    from notebook_kb.model.edit import Edit
    from notebook_kb.model.note import Note
    from notebook_kb.model.roadmap import Roadmap
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.notebook.rename import ReadText, Renaming

# one entry of a list on a line of a head, or its only value; put in what it must be
ENTRY = r"""(?:^\s*-?|[:\[,])[\s"'\[]*({})(?=[\s"'\]]*(?:[,\]|#]|$))"""


def rename_concept(notebook: Notebook, old: str, new: str, read_text: ReadText) -> Renaming:
    """Give the concept `old` of the notebook's own roadmap the id `new`; `renamed_from:` keeps what is named by the old one
    attached.

    Changes the roadmap, `concept:` and `needs:` of notes, and links by the id. Raises `UsageError` for a concept that the
    roadmap's file does not define, an id that is taken or is none.
    """
    path = notebook.roadmap.path
    refuse(notebook, old, new)
    text = NoteText(read_text(path))
    edits = tuple(sorted(roadmap_edits(notebook, text, old, new)))
    roadmap = read_roadmap(notebook, apply_edits(text.file_text, edits))
    if old in roadmap.concepts:
        raise UsageError(
            f"`{old}` is also an id of the roadmap that {path} extends: renamed, both concepts would be there",
            f"write `{old}` into `drop:` of {path} and the new id by hand, or keep the id",
        )
    note = notebook.concept_note(old)
    concept = notebook.roadmap.concepts[old]
    words = {fold(n) for n in (concept.title, *concept.aliases)}
    names = {fold(old): NewWords(note.path if note else "", new, old if fold(old) in words else "")}
    relinker = Relinker(notebook, {}, read_text, titles=names, roadmap=roadmap)
    for name, one in notebook.notes.items():
        values = (one.concept, *one.needs)
        if any(fold(v) == fold(old) for v in values):
            relinker.add(name, tuple(head_edits(relinker.text(name), old, new)))
    relinker.run()
    for name, one in notebook.notes.items():
        if relinker.after.notes[name] is not one:
            refuse_other_words(one, relinker.after.notes[name], old, new)
    done = finished(notebook, relinker)
    return replace(done, edits=(FileEdits(path, edits), *done.edits))


def refuse(notebook: Notebook, old: str, new: str) -> None:
    """Raise `UsageError` where the id cannot be changed, or not to this."""
    path = notebook.roadmap.path
    if not path:
        raise UsageError(
            f"`{old}` is an id of the built-in roadmap `{notebook.roadmap.id}`, which stays as it is",
            "`kb roadmap init` makes a roadmap of your own",
        )
    slug = slugify(new, notebook.pack)
    if slug != new:
        raise UsageError(f"`{new}` can be no id", f"write it as `{slug}`")
    other = notebook.concept_names.get(fold(new), "")
    if other and other != old:
        raise UsageError(f"`{new}` is a name of the concept `{other}` already", "choose another id")


def read_roadmap(notebook: Notebook, text: str) -> Roadmap:
    """The roadmap of a text. Raises `SettingsError`."""
    language = notebook.settings.language
    reader = RoadmapReader(
        notebook.roadmap.path, notebook.pack, lambda base: built_in_roadmap(base, language)
    )
    return reader.read(text.removeprefix("\ufeff"))


def roadmap_edits(notebook: Notebook, text: NoteText, old: str, new: str) -> Iterator[Edit]:
    """The edits of the roadmap's file."""
    try:
        root = read_yaml(text.text)
    except YamlProblem as problem:
        raise UsageError(f"{notebook.roadmap.path}:{problem.line}: {problem.message}") from problem
    top = values(root) if root else {}
    found = False
    for node in concept_nodes(top):
        inner = values(node)
        name = inner.get("id") or inner.get("title")
        concept = (
            slugify(node.text.strip() if node.kind == "scalar" else "", notebook.pack)
            if name is None
            else (name.text if "id" in inner else slugify(name.text, notebook.pack))
        )
        if concept == old:
            found = True
            yield from defining_edits(text, node, inner, old, new)
        yield from listed(text, inner.get("needs"), old, new)
    for key, field in (("problems", "concepts"), ("starter_cards", "concept")):
        for item in top[key].items if key in top else ():
            yield from listed(text, values(item).get(field), old, new)
    if not found:
        base = top["extends"].text if "extends" in top else notebook.roadmap.id
        raise UsageError(
            f"`{old}` is an id of `{base}`, which stays as it is",
            f"only ids of {notebook.roadmap.path} can change",
        )


def values(node: Node) -> dict[str, Node]:
    """The keys of a mapping; none of anything else."""
    return {key.text: value for key, value in node.pairs}


def concept_nodes(top: dict[str, Node]) -> Iterator[Node]:
    """Every concept that the file defines."""
    areas = top["areas"].items if "areas" in top else []
    for holder in (top, *(values(a) for a in areas)):
        if "concepts" in holder:
            listed_here = holder["concepts"]
            yield from listed_here.items if listed_here.kind == "list" else [listed_here]


def defining_edits(text: NoteText, node: Node, inner: dict[str, Node], old: str, new: str) -> Iterator[Edit]:
    """The new id where the concept is defined, and `renamed_from`."""
    if node.kind == "scalar":
        words = f"{{id: {new}, title: {quote(node.text.strip())}, renamed_from: {old}}}"
        yield replaced(text, node, words)
        return
    former = inner.get("renamed_from")
    if former is not None and former.kind == "list" and former.items:
        last = former.items[-1]
        flow = text.text.startswith("[", text.offset(former.line, former.column))
        more = f", {old}" if flow else f"\n{' ' * (former.column - 1)}- {old}"
        yield inserted(text, last, more)
    elif former is not None:
        yield replaced(text, former, f"[{former.text}, {old}]" if former.text else f"[{old}]")
    flow = text.text.startswith("{", text.offset(node.line, node.column))
    lines = [f"id: {new}"] if "id" not in inner else []
    lines += [f"renamed_from: {old}"] if former is None else []
    anchor = inner.get("id") or inner["title"]
    if "id" in inner:
        yield replaced(text, anchor, new)
    if lines and flow:
        yield inserted(text, anchor, "".join(f", {one}" for one in lines))
    elif lines:
        end = text.offset(anchor.end_line, len(text.lines[anchor.end_line - 1]) + 1)
        yield text.edit(end, end, "".join(f"\n{' ' * (node.column - 1)}{one}" for one in lines))


def listed(text: NoteText, node: Node | None, old: str, new: str) -> Iterator[Edit]:
    """The edits of a list of ids, or of one id."""
    for item in node.items if node and node.kind == "list" else [node] if node else []:
        if item.text == old:
            yield replaced(text, item, new)


def span(text: NoteText, node: Node) -> tuple[int, int]:
    """Where a node stands."""
    return text.offset(node.line, node.column), text.offset(node.end_line, node.end_column)


def replaced(text: NoteText, node: Node, words: str) -> Edit:
    """The edit that puts words in a node's place."""
    return text.edit(*span(text, node), words)


def inserted(text: NoteText, node: Node, words: str) -> Edit:
    """The edit that puts words behind a node."""
    end = span(text, node)[1]
    return text.edit(end, end, words)


def head_edits(text: NoteText, old: str, new: str) -> Iterator[Edit]:
    """The edits of `concept:` and `needs:` in a note's head."""
    taken: set[int] = set()
    for key in ("concept", "needs"):
        for value, node in text.head.placed_texts(key):
            name = value.strip("[] ").partition("|")[0].strip()
            if fold(name) != fold(old) or node.line != node.end_line:
                continue
            # by the line: a value that was read as meant has another column
            for match in re.finditer(ENTRY.format(re.escape(name)), text.lines[node.line - 1]):
                start = text.offset(node.line, match.start(1) + 1)
                if start not in taken:
                    taken.add(start)
                    yield text.edit(start, start + len(name), new)
                    break


def refuse_other_words(before: Note, after: Note, old: str, new: str) -> None:
    """Raise `UsageError` where a note's head would name other concepts than before, the renamed one excepted."""
    for was, now in (((before.concept,), (after.concept,)), (before.needs, after.needs)):
        wanted = [fold(new) if fold(v) == fold(old) else fold(v) for v in was]
        if wanted != [fold(v) for v in now]:
            raise UsageError(
                f"{before.path}: its head would name other concepts, so nothing was renamed",
                f"write `{new}` for `{old}` in `concept:` and `needs:` there, then try again",
            )
