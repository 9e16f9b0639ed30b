"""`kb cheatsheet`: the sheet as one HTML file with everything in it, and printed as a PDF."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from notebook_kb.errors import UsageError
from notebook_kb.files.write import replace_output
from notebook_kb.study.cheatsheet import make_sheet, sheet_notes
from notebook_kb.workspace.areas import area_id
from notebook_kb.workspace.authoring import find_note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from notebook_kb.model.note import Note
    from notebook_kb.study.cheatsheet import SheetArea
    from notebook_kb.workspace.workspace import Workspace

OURS = b'<meta name="generator" content="notebook_kb cheatsheet">'
PDF = b"%PDF-"
PAPERS = ("a4", "letter")
FACE = re.compile(r"@font-face\{[^}]*?url\((fonts/[\w-]+\.woff2)\)[^}]*?unicode-range:([^;}]+)[^}]*\}")
MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
TAGS = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetView:
    """What the template sees as `page`."""

    title: str
    areas: tuple[SheetArea, ...]
    font_css: Markup
    paper: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its HTML, and how many concepts are on it."""

    html: str
    concepts: int


def cheat_sheet(
    workspace: Workspace, names: tuple[str, ...] = (), area: str = "", paper: str = "a4"
) -> Sheet:
    """The sheet of the concepts or notes that are named, else of an area, else of everything.

    Raises UsageError for an unknown name or area, and where there is nothing to put on it.
    """
    loaded = workspace.load()
    notebook = loaded.notebook
    area = area_id(notebook, area)
    notes: list[Note] = sheet_notes(notebook, area) if not names else []
    for name in names:
        note = find_note(notebook, name)
        if note not in notes:
            notes.append(note)
    areas = make_sheet(notebook, notes)
    concepts = sum(len(a.entries) for a in areas)
    if not concepts:
        raise UsageError(
            "there is nothing to put on the sheet yet",
            "it is made of `## In my words`, formulas under `## Symbol by symbol`, and `## Pitfalls`",
        )
    site = workspace.site_view(workspace.private_site(loaded))
    shown = areas[0].title if len(areas) == 1 and areas[0].title else ""
    title = workspace.pack.word("cheat_sheet") + (
        f": {shown or workspace.settings.title}" if shown or workspace.settings.title else ""
    )
    fonts = Markup(font_css(workspace.theme.static, "".join(formulas_in(areas))))  # noqa: S704 - our own files
    html = workspace.theme.render("cheatsheet.html", site, SheetView(title, areas, fonts, paper), "/")
    return Sheet(html.rstrip() + "\n", concepts)


def formulas_in(areas: Iterable[SheetArea]) -> Iterator[str]:
    """The signs of every formula on the sheet."""
    for area in areas:
        for entry in area.entries:
            texts = [entry.own, entry.pitfall, *(t for f in entry.formulas for t in (f.math, f.aloud))]
            for text in texts:
                yield from (TAGS.sub("", found) for found in MATH.findall(text))


def font_css(static: dict[str, bytes], signs: str) -> str:
    """The theme's math fonts as data, those that the signs need."""
    css = static.get("static/style.css", b"").decode()
    used = {ord(c) for c in signs}
    rules = []
    for rule in FACE.finditer(css):
        data = static.get(f"static/{rule[1]}")
        if data and used & set(points(rule[2])):
            rules.append(
                rule[0].replace(rule[1], f"data:font/woff2;base64,{base64.b64encode(data).decode()}")
            )
    return "\n".join(rules)


def points(ranges: str) -> Iterator[int]:
    """The code points of a `unicode-range`."""
    for part in ranges.split(","):
        first, _, last = part.strip().upper().removeprefix("U+").partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def write_sheet(path: Path, data: bytes) -> None:
    """Write the sheet; UsageError where the file there is no sheet of ours."""
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder", "name a file: `--output sheet.html`")
    if path.is_file() and not is_ours(path, data):
        raise UsageError(
            f"{path}: a file that is no cheat sheet stands there, so it is left alone",
            "name another file, or move it away",
        )
    replace_output(path, data)


def is_ours(path: Path, data: bytes) -> bool:
    """Whether the file at `path` may be replaced by `data`: a sheet by a sheet, a PDF by a PDF."""
    with path.open("rb") as file:
        begin = file.read(4096)
    return begin.startswith(PDF) if data.startswith(PDF) else OURS in begin
