"""The files of a notebook that the preview shows, and whether they are as they were when they were read."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from notebook_kb.notebook.walk import FILE, NOTE, read_as, walk
from notebook_kb.publishing.ledger import FOLDER
from notebook_kb.settings import SETTINGS_NAME
from notebook_kb.workspace.own_words import SOURCES, TEXTS, Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.settings import Settings

    Signature = tuple[int, int, int]

NOTHING: tuple[int, int, int] = (0, -1, 0)
# what editors put beside a file while they save it
PASSING = (".swp", ".swx", ".swo", ".tmp", ".bak", ".orig", "~")


class Kind(StrEnum):
    """What a change of a file means."""

    NOTE = "note"
    FILE = "file"
    THEME = "theme"
    SETTINGS = "settings"
    LEDGER = "ledger"
    RESULT = "result"
    SOURCE = "source"
    NONE = ""


KINDS = {NOTE: Kind.NOTE, FILE: Kind.FILE, "": Kind.NONE}


def signature(path: Path) -> Signature:
    """Time, size and number of a file; a missing one has a signature too."""
    try:
        facts = path.stat()
    except OSError:
        return NOTHING
    return facts.st_mtime_ns, facts.st_size, facts.st_ino


class Tree:
    """Which files matter, and the last known signature of each."""

    def __init__(self, root: Path, settings: Settings) -> None:
        self.root = root
        self.settings = settings
        self.known: dict[str, Signature] = {}
        self.base = f"{settings.notes_folder}/".lstrip("/")
        self.theme = f"{settings.theme.strip('/')}/"
        self.roadmap = settings.roadmap if settings.roadmap.endswith((".yml", ".yaml")) else "roadmap.yml"
        self.ledger = f"{settings.state.strip('/')}/{FOLDER}/"
        self.results = f"{settings.state.strip('/')}/results/"
        self.sources = f"{SOURCES}/"
        self.never = tuple(f"{f.strip('/')}/" for f in (settings.output, settings.state, SOURCES) if f)

    def kind(self, path: str) -> Kind:
        """What a path relative to the notebook is."""
        if path in {SETTINGS_NAME, self.roadmap}:
            return Kind.SETTINGS
        name = PurePosixPath(path).name.casefold()
        if name.endswith(PASSING) or name.startswith((".", "#")):
            return Kind.NONE
        if path.startswith(self.theme):
            return Kind.THEME
        if path.startswith(self.ledger):
            return Kind.LEDGER if name.endswith(".yml") else Kind.NONE
        if path.startswith(self.results):
            return Kind.RESULT if name.endswith(".json") else Kind.NONE
        if path.startswith(self.sources):
            return Kind.SOURCE if name.endswith(TEXTS) else Kind.NONE
        return KINDS[read_as(path, self.settings)]

    def skips(self, folder: str) -> bool:
        """Whether nothing in this folder matters."""
        inside = f"{folder}/"
        if inside == self.ledger or inside.startswith((self.results, self.sources)):
            return False
        if inside.startswith(self.theme) or self.theme.startswith(inside) or folder == ".":
            return False
        hidden = any(part.startswith(".") for part in PurePosixPath(folder).parts)
        near = inside.startswith(self.base) or self.base.startswith(inside)
        return hidden or inside.startswith(self.never) or not near

    def changed(self, path: str) -> bool:
        """Whether a file is not as it was when last asked; remembers how it is now."""
        now = signature(self.root / path)
        before = self.known.get(path, NOTHING)
        self.note(path, now)
        return now != before

    def note(self, path: str, how: Signature) -> None:
        """Remember how a file is."""
        if how == NOTHING:
            self.known.pop(path, None)
        else:
            self.known[path] = how

    def whole(self, path: str) -> bool:
        """False while a file that was there is missing or empty: somebody may be in the middle of a save."""
        return signature(self.root / path)[1] > 0 or path not in self.known

    def look(self) -> set[str]:
        """The files that are not as they were."""
        first = not self.known
        walked = walk(self.root, self.settings)
        paths = {
            *walked.notes,
            *walked.files,
            SETTINGS_NAME,
            self.roadmap,
            *self.theme_files(),
            *self.ledger_files(),
            *self.result_files(),
            *self.source_files(),
        }
        now = {p: how for p in paths if (how := signature(self.root / p)) != NOTHING}
        if first:
            self.known = now
            return set()
        return {p for p in {*now, *self.known} if now.get(p) != self.known.get(p)}

    def ledger_files(self) -> list[str]:
        """What is known of the copies elsewhere."""
        return [p.relative_to(self.root).as_posix() for p in (self.root / self.ledger).glob("*.yml")]

    def result_files(self) -> list[str]:
        """What is kept of runs of code."""
        return [p.relative_to(self.root).as_posix() for p in (self.root / self.results).rglob("*.json")]

    def source_files(self) -> list[str]:
        """The texts that own words are compared with."""
        return [path.relative_to(self.root).as_posix() for path, *_ in Shelf(self.root).look()]

    def theme_files(self) -> list[str]:
        """The files of the notebook's own theme."""
        folder = self.root / self.theme
        found = folder.rglob("*") if folder.is_dir() else ()
        names = (p.relative_to(self.root).as_posix() for p in found if p.is_file())
        return [n for n in names if self.kind(n) is Kind.THEME]
