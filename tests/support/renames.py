"""Random notebooks in memory, random renames, and what must hold afterwards, told by other means than the renaming's own.

A link is compared by what `Note.references` says of it and where the resolver of a freshly read notebook leads it; bytes
outside links are compared as text, links blanked out by a few plain patterns.
"""

from __future__ import annotations

import contextlib
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from notebook_kb.errors import UsageError
from notebook_kb.languages import language_pack
from notebook_kb.model.edit import FileMove, apply_edits
from notebook_kb.notebook.anchors import heading_anchor
from notebook_kb.notebook.load import built_in_roadmap
from notebook_kb.notebook.notebook import Notebook
from notebook_kb.notebook.rename import rename_files
from notebook_kb.notebook.rename_words import rename_heading, rename_title
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.sections import section_names
from notebook_kb.settings import Settings
from notebook_kb.website.addresses import note_url
from tests.support.canaries import write_files

if TYPE_CHECKING:
    from notebook_kb.model.note import Note, Reference
    from notebook_kb.notebook.rename import Renaming

STEMS = [
    "rank", "svd", "Alpha", "beta", "my note", "Über uns", "a-b", "A b", "v1.2", "Bayes' rule", "x (1)", "50% more",
    "long name of a note", "index", "café", "λ calculus", "2026-01-02-day", "determinant", "100%25", "a & b", "sum_i",
]  # fmt: skip
FOLDERS = ["", "", "", "lin", "lin", "calc/deep", "Été", "a b"]
WORDS = [
    "Plane",
    "Sum of all",
    "In my words",
    "Example",
    "Deep",
    "A | B",
    "C# and D",
    "λ is 50%",
    "Rank",
    "Beta",
]
HIDDEN = re.compile(
    r"!?\[\[[^\]\n]*\]\]|\]\((?:<[^>\n]*>|(?:[^()\s]|\([^()\s]*\))*)|(?<=\]: )\S.*|(?:src|href)=\"[^\"]*\""
    r"|^(?:image|met_in): .*",
    re.MULTILINE,
)
PACK = language_pack("en")
ROADMAP = built_in_roadmap("math-for-ml", "en")
NAMES = section_names(PACK, {}, (), {a.id: a.title for a in ROADMAP.angles.values()})


def read(texts: dict[str, str], files: tuple[str, ...]) -> Notebook:
    """The notebook of texts."""
    notes = {p: parse_note(t.removeprefix("\ufeff"), p, "", NAMES).note for p, t in sorted(texts.items())}
    return Notebook(
        Path("/nowhere"), Settings(), PACK, ROADMAP, NAMES, "2026-11-22", notes, tuple(sorted(files))
    )


@dataclass
class Made:
    """A random notebook."""

    seed: int
    texts: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)  # noqa: S311 - tests want the same again
        r = self.random
        stems = [s + r.choice(["", "", "", " 2", "-x"]) for s in r.choices(STEMS, k=r.randint(4, 9))]
        paths = {"/".join(p for p in ("notes", r.choice(FOLDERS), f"{s}.md") if p) for s in stems}
        self.paths = sorted({p.casefold(): p for p in paths}.values())
        pictures = {
            f"notes/{r.choice(['', 'img/', 'lin/'])}{n}"
            for n in r.choices(["p.png", "a b.png", "ü.svg"], k=3)
        }
        self.files = tuple(sorted(pictures))
        self.heads: dict[str, tuple[str, list[str]]] = {}
        self.titles = {p: r.choice([stem(p).title(), *STEMS, *WORDS]) for p in self.paths}
        self.headings = {p: r.sample(WORDS, k=r.randint(1, 3)) for p in self.paths}
        for path in self.paths:
            self.texts[path] = self.note(path)

    # one note

    def note(self, path: str) -> str:
        r = self.random
        lines = self.head(path)
        if r.random() < 0.6:
            lines += [f"# {self.titles[path]}", ""]
        for heading in self.headings[path]:
            lines += [f"{r.choice(['##', '###'])} {heading}", ""]
            for _ in range(r.randint(1, 3)):
                lines += [*self.block(path), ""]
        text = "\n".join(lines) + r.choice(["", "\n"])
        if r.random() < 0.2:
            text = text.replace("\n", "\r\n")
        return "\ufeff" + text if r.random() < 0.15 else text

    def head(self, path: str) -> list[str]:
        r = self.random
        if r.random() < 0.4:
            return []
        keys = []
        if r.random() < 0.6:
            keys.append("publish: true")
        if r.random() < 0.3:
            keys.append(f'title: "{self.titles[path]}"')
        alias = r.choice(["other", "b c", *STEMS[:6]])
        keys += r.choice(
            [[], [], [f"aliases: [{alias}]"], ["aliases:", f"  - {alias}", "  - '/old/x/'"], [f"aliases: {alias}"],
             ["aliases:"], ["aliases: []  # none"], [f"aliases: {alias}, two"], [f"alias: {alias}"], ["aliases:", f"- {alias}  # c"]]
        )  # fmt: skip
        if r.random() < 0.3:
            keys.append(f'met_in: "[[{self.name()}]]"')
        if r.random() < 0.2 and self.files:
            keys.append(f"image: {r.choice(self.files).removeprefix('notes/')}")
        if r.random() < 0.2:
            keys.append('custom: [DECOY, "x: y"]  # DECOY')
        r.shuffle(keys) if not any(k.startswith((" ", "-")) for k in keys) else None
        return ["---", *keys, "---"] if keys else []

    def block(self, path: str) -> list[str]:
        r = self.random
        link = self.link
        match r.randrange(13):
            case 0:
                return [f"Some {link(path)} and *{link(path)}* end {link(path)}."]
            case 1:
                return [f"- item {link(path)}", f"  - {link(path)} deeper", f"- [ ] {link(path)}"]
            case 2:
                return ["| a | b |", "|---|---|", f"| {link(path, cell=True)} | {link(path, cell=True)} x |"]
            case 3:
                return [f"> [!note] T {link(path)}", f"> body {link(path)}", ">", f"> - {link(path)}"]
            case 4:
                return [f"Q: What of {link(path)}?", f"A: This {link(path)}"]
            case 5:
                return [f"text[^1] {link(path)}", "", f"[^1]: foot {link(path)}"]
            case 6:
                name = self.name()
                return [
                    f"`[[{name}]]` DECOY $[[{name}]]$",
                    "",
                    "```",
                    f"[[{name}]] [x]({quote(name)}.md) DECOY",
                    "```",
                ]
            case 7:
                return [f"%% [[{self.name()}]] %% after {link(path)} <!-- [[{self.name()}]] -->"]
            case 8:
                return [
                    f"see [words][ref{path.count('/')}] ok",
                    "",
                    f"[ref{path.count('/')}]: {self.address(path)}",
                ]
            case 9:
                return [f"{link(path)} %%c%% {link(path)} %%d %% {link(path)} 𝐀𝔼 {link(path)}"]
            case 10:
                return [f'<img src="{self.picture(path)}"> in {link(path)}']
            case 11:
                return [f"inline^[a foot {link(path)}] {link(path)}"]
            case _:
                return [f"C: a =={link(path)}== gap"]

    # links

    def some(self) -> str:
        return self.random.choice(self.paths)

    def name(self) -> str:
        """Words that may mean a note."""
        r = self.random
        path = self.some()
        inside = path.removeprefix("notes/").removesuffix(".md")
        return escape(
            r.choice(
                [stem(path)] * 5
                + [
                    stem(path).upper(),
                    f"{stem(path)}.md",
                    inside,
                    inside,
                    "nowhere",
                    self.titles[path],
                    "other",
                ]
            )
        )

    def heading(self, path: str) -> str:
        r = self.random
        if r.random() < 0.7:
            return ""
        words = r.choice(self.headings[path])
        return "#" + r.choice(
            [re.sub(r"[|#\[\]]", " ", words), re.sub(r"[^\w]+", "-", words.lower()).strip("-")]
        )

    def address(self, path: str) -> str:
        """A path to a note as an address."""
        r = self.random
        other = self.some()
        there = r.choice(
            [
                relative(path, other),
                relative(path, other),
                other.rpartition("/")[2],
                other.removeprefix("notes/"),
            ]
        )
        there = r.choice(["", "", "./"]) + there if not there.startswith("..") else there
        safe = "/.-_" + r.choice(["", "ÜüéÉλ", "'()"])
        heading = quote(self.heading(other), safe="#-")
        if r.random() < 0.25 and "%" not in there:
            return f"<{there}{heading}>"
        return quote(there, safe=safe) + heading

    def picture(self, path: str) -> str:
        file = self.random.choice(self.files)
        return quote(
            self.random.choice([relative(path, file), file.rpartition("/")[2], file.removeprefix("notes/")])
        )

    def link(self, path: str, *, cell: bool = False) -> str:
        r = self.random
        bar = "\\|" if cell else "|"
        other = self.some()
        match r.randrange(12):
            case 0 | 1 | 2:
                return f"[[{self.name()}]]"
            case 3:
                return f"[[{escape(stem(other))}{self.heading(other)}]]"
            case 4:
                return f"[[ {self.name()} {bar} a label ]]"
            case 5:
                return f"![[{escape(stem(other))}{self.heading(other)}]]"
            case 6 | 7:
                return f"[la*be*l]({self.address(path)})"
            case 8:
                return f"![alt]({self.picture(path)})"
            case 9:
                return f"![[{self.random.choice(self.files).rpartition('/')[2]}{bar}300]]"
            case 10:
                return f'[![in]({self.picture(path)})]({self.address(path)} "title")'
            case _:
                return f'<a href="{self.address(path).strip("<>")}">x</a> [[#{self.headings[path][0].replace("|", " ").replace("#", " ")}]]'

    # renames

    def rename(self, notebook: Notebook) -> Renaming:
        """A random renaming. Raises `UsageError` where it is refused."""
        r = self.random
        texts = self.texts.__getitem__
        path = self.some()
        match r.randrange(8):
            case 0:
                return rename_heading(
                    notebook,
                    path,
                    escape(r.choice(self.headings[path]).replace("#", " ").replace("|", " ")),
                    r.choice([*WORDS, "New words", "`code` and *x*"]),
                    texts,
                )
            case 1:
                return rename_title(notebook, path, r.choice(["A new title", *STEMS, *WORDS]), texts)
            case 2:
                file = r.choice(self.files)
                new = f"notes/{r.choice(['', 'img/', 'new pics/'])}{r.choice(['q.png', 'p.png', 'ä ö.png'])}"
                return rename_files(notebook, [FileMove(file, new)], texts, address_of=note_url)
            case 3:
                folder = r.choice(
                    [p.rpartition("/")[0] for p in self.paths if p.count("/") > 1] or ["notes/none"]
                )
                new = f"notes/{r.choice(['moved', 'calc', 'x y/z'])}"
                known = [*self.paths, *self.files]
                moves = [
                    FileMove(p, new + p.removeprefix(folder)) for p in known if p.startswith(f"{folder}/")
                ]
                return rename_files(notebook, moves, texts, address_of=note_url)
            case _:
                folder = r.choice([path.rpartition("/")[0]] * 3 + [f"notes/{f}".rstrip("/") for f in FOLDERS])
                name = r.choice(["fresh", "Fresh name", *STEMS, *self.titles.values(), stem(path).title()])
                name = re.sub(r'[#|:?*<>"\[\]^]', "", name).strip()
                return rename_files(
                    notebook, [FileMove(path, f"{folder}/{name}.md")], texts, address_of=note_url
                )


def stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def escape(name: str) -> str:
    """A name as it stands in double brackets."""
    return re.sub(r"%(?=[0-9A-Fa-f]{2})", "%25", name)


def relative(path: str, other: str) -> str:
    from os.path import relpath

    return relpath(other, path.rpartition("/")[0])


def check(seed: int) -> str:
    """Make a notebook, rename something in it, and say what became of it: 'renamed' or 'refused'.

    Raises AssertionError where something else than the links changed, or a link leads elsewhere.
    """
    made = Made(seed)
    before = read(made.texts, made.files)
    why = ""
    try:
        done = made.rename(before)
    except UsageError as error:
        why = error.message
    if why:
        assert "nothing was renamed" not in why, (seed, why)
        return "refused"
    moves = {m.old: m.new for m in done.moves}
    edits = {f.path: f.edits for f in done.edits}
    texts = {moves.get(p, p): apply_edits(t, edits.get(p, ())) for p, t in made.texts.items()}
    after = read(texts, tuple(moves.get(f, f) for f in made.files))
    for path, note in before.notes.items():
        now = after.notes[moves.get(path, path)]
        same_links(seed, before, after, note, now, moves)
        same_words(seed, made.texts[path], texts[now.path], renamed_lines(done, path), moved=path in moves)
    return "renamed"


def check_command(seed: int, folder: Path) -> str:
    """The same with files on the disk and `kb rename OLD NEW`, for a note that gets another path."""
    from click.testing import CliRunner

    from notebook_kb.cli.main import main
    from notebook_kb.workspace.workspace import Workspace

    made = Made(seed)
    before = read(made.texts, made.files)
    write_files(folder, {"notebook.yml": b"title: t\n", **{f: f.encode() for f in made.files}})
    write_files(folder, {p: t.encode() for p, t in made.texts.items()})
    old = made.some()
    new = re.sub(r'[#|:?*<>"\[\]^]', "", made.random.choice(["fresh", "a b/New name", *STEMS])).strip()
    with contextlib.chdir(folder):
        done = CliRunner().invoke(main, ["rename", old, new])
    if done.exception is not None:
        assert isinstance(done.exception, UsageError), (seed, done.exception)
        assert "nothing was renamed" not in done.exception.message, (seed, done.exception.message)
        return "refused"
    after = Workspace(folder).load().notebook
    gone = [p for p in before.notes if p not in after.notes]
    fresh = [p for p in after.notes if p not in before.notes]
    assert gone == [old], (seed, gone)
    moves = dict(zip(gone, fresh, strict=True))
    for path, note in before.notes.items():
        now = after.notes[moves.get(path, path)]
        same_links(seed, before, after, note, now, moves)
        text = (folder / now.path).read_bytes().decode()
        same_words(seed, made.texts[path], text, 0, moved=path in moves)
    return "renamed"


def renamed_lines(done: Renaming, path: str) -> int:
    """How many lines of a note may differ besides its links: a heading or title that was renamed."""
    return 0 if done.moves else 2


def same_links(
    seed: int, before: Notebook, after: Notebook, old: Note, new: Note, moves: dict[str, str]
) -> None:
    """Each reference leads where it led."""
    assert len(old.references) == len(new.references), (seed, old.path)
    for was, now in zip(old.references, new.references, strict=True):
        assert was.kind == now.kind
        note, file, heading = ends(before, old, was)
        if not note and not file:
            continue
        expected = (moves.get(note, note), moves.get(file, file), heading)
        if was.heading and heading < 0:  # to a heading that is not there: it may come to be
            assert ends(after, new, now)[:2] == expected[:2], (seed, old.path, was, now)
            continue
        assert ends(after, new, now) == expected, (seed, old.path, was, now, ends(after, new, now), expected)


def ends(notebook: Notebook, note: Note, reference: Reference) -> tuple[str, str, int]:
    """(note, file, number of the heading) that a reference leads to; -1 for no heading."""
    if "://" in reference.target:
        return "", "", -1
    found = notebook.resolver.resolve(reference.target, note.path)
    other = notebook.notes.get(found.note)
    if other is None or not reference.heading:
        return found.note, found.file, -1
    anchor = heading_anchor(other, reference.heading, private=True)
    index = next((n for n, h in enumerate(other.outline) if h.anchor == anchor), -1)
    return found.note, found.file, index


def same_words(seed: int, old: str, new: str, allowed: int, *, moved: bool) -> None:
    """Outside links at most one alias, the concept of a note that moved, and the renamed words differ."""
    assert old.startswith("\ufeff") == new.startswith("\ufeff")
    assert [x for x in old.splitlines() if "DECOY" in x] == [x for x in new.splitlines() if "DECOY" in x], (
        seed
    )
    was, now = (HIDDEN.sub("@", t.removeprefix("\ufeff")).splitlines(keepends=True) for t in (old, new))
    added = [x for x in now if x.startswith("concept: ")]
    now = [x for x in now if x not in added]
    was_rest, now_rest = list(was), list(now)
    for line in was:
        if line in now_rest:
            now_rest.remove(line)
            was_rest.remove(line)
    if added and now_rest and not old.removeprefix("\ufeff").startswith("---"):
        now_rest = [x for x in now_rest if x.strip() != "---"]
    if moved:
        assert len(now_rest) <= (3 if not old.removeprefix("\ufeff").startswith("---") else 1), (
            seed,
            now_rest,
        )
        assert all("alias" in x or x.strip() == "---" or re.match(r"\s*- /", x) for x in now_rest), (
            seed,
            now_rest,
        )
    else:
        assert len(now_rest) <= allowed, (seed, was_rest, now_rest)
