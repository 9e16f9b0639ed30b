"""From a folder to a snapshot. What was derived from an unchanged note is not derived again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from importlib.resources import files as package_files
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from notebook_kb import settings as settings_module
from notebook_kb.errors import EnvironmentFailedError, SettingsError
from notebook_kb.files.own_cache import claim_cache
from notebook_kb.files.read import decode, digest_of, read_file
from notebook_kb.findings import finding
from notebook_kb.languages import language_pack
from notebook_kb.model.codec import decode as from_data
from notebook_kb.model.codec import encode as to_data
from notebook_kb.model.note import Note
from notebook_kb.notebook.cache import NoteCache
from notebook_kb.notebook.notebook import Notebook
from notebook_kb.notebook.walk import walk
from notebook_kb.parsing.note import parse_note
from notebook_kb.parsing.roadmap import RoadmapReader, nearest
from notebook_kb.parsing.roadmap_check import roadmap_findings
from notebook_kb.parsing.roadmap_words import in_other_words
from notebook_kb.parsing.sections import section_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.roadmap import Roadmap
    from notebook_kb.parsing.note import ParsedNote
    from notebook_kb.parsing.sections import SectionNames
    from notebook_kb.settings import Settings

    Derive = Callable[[ParsedNote], dict[str, Any]]
    MakeDerive = Callable[[Settings, LanguagePack, SectionNames], Derive]

# raise when what is derived from a note changes
FORMAT = "31"
BUILT_IN = ("math-for-ml",)


@dataclass(frozen=True)
class Loaded:
    """A snapshot with what rendering derived from each note, and how many notes had to be parsed."""

    notebook: Notebook
    derived: Mapping[str, Mapping[str, Any]]
    parsed: int


class Loader:
    """Loads one notebook again and again.

    `make_derive` gives the function that makes what is to be remembered with each note.
    """

    def __init__(self, root: Path, make_derive: MakeDerive, *, use_cache: bool = True) -> None:
        self.root = root
        self.settings = settings_module.load_settings_file(root)
        folder = root / self.settings.state / "cache"
        # before anybody reads anything in it
        self.cache = NoteCache(folder / "notes.sqlite" if use_cache and claim_cache(folder) else None)
        self.pack = language_pack(self.settings.language)
        self.roadmap = load_roadmap(root, self.settings, self.pack)
        settings_module.check_areas(self.settings, [area.id for area in self.roadmap.areas])
        angles = {a.id: a.title for a in self.roadmap.angles.values()}
        self.names = section_names(self.pack, self.settings.sections, self.settings.private_sections, angles)
        self.derive: Derive = make_derive(self.settings, self.pack, self.names)
        self.key = derivation_key(self.settings, self.names)

    @property
    def in_place(self) -> bool:
        """Whether the notebook's own folder holds the notes: `notes: .`."""
        return not self.settings.notes_folder

    def walked_paths(self) -> tuple[str, ...]:
        """Every note and attachment, without reading them."""
        walked = walk(self.root, self.settings)
        return (*walked.notes, *walked.files)

    def load(self, today: str) -> Loaded:
        """Read all notes. SettingsError when there is no notes folder: an empty notebook would empty the site."""
        if not (self.root / self.settings.notes).is_dir():
            raise SettingsError(
                f"notebook.yml: there is no folder `{self.settings.notes}` for the notes",
                "make it, or correct `notes:` in notebook.yml",
            )
        walked = walk(self.root, self.settings)
        notes: dict[str, Note] = {}
        derived: dict[str, Mapping[str, Any]] = {}
        found: list[Finding] = [*walked.findings, *roadmap_findings(self.roadmap)]
        unreadable: list[str] = []
        parsed = 0
        for path in walked.notes:
            entry = self.read_note(path)
            if isinstance(entry, str):
                unreadable.append(path)
                found.append(unreadable_finding(path, entry))
                continue
            notes[path], derived[path], fresh = entry
            parsed += fresh
        self.cache.save(set(walked.notes))
        notebook = Notebook(
            self.root,
            self.settings,
            self.pack,
            self.roadmap,
            self.names,
            today,
            notes,
            walked.files,
            tuple(found),
            tuple(unreadable),
        )
        return Loaded(notebook, derived, parsed)

    def read_note(self, path: str) -> tuple[Note, Mapping[str, Any], bool] | str:
        """(note, derived, was parsed), or why the file is no note."""
        try:
            snapshot = read_file(self.root / path)
        except EnvironmentFailedError as error:
            return error.message
        text, problem = decode(snapshot.data)
        if problem:
            return WHY_UNREADABLE.get(problem, problem)
        return self.note_from(path, text, snapshot.digest)

    def refresh(self, loaded: Loaded, path: str) -> Loaded:
        """The snapshot with the note at `path` as it stands on disk now: new, changed, unreadable or gone."""
        if not (self.root / path).is_file():
            derived = {p: made for p, made in loaded.derived.items() if p != path}
            return Loaded(loaded.notebook.without_note(path), derived, 0)
        entry = self.read_note(path)
        if isinstance(entry, str):
            derived = {p: made for p, made in loaded.derived.items() if p != path}
            return Loaded(loaded.notebook.with_unreadable(path, unreadable_finding(path, entry)), derived, 0)
        note, made, fresh = entry
        return Loaded(loaded.notebook.with_note(note), {**loaded.derived, path: made}, int(fresh))

    def with_files(self, loaded: Loaded) -> Loaded:
        """The snapshot with the attachments that stand on disk now; `loaded` itself where they are the same."""
        files = walk(self.root, self.settings).files
        if files == loaded.notebook.files:
            return loaded
        return replace(loaded, notebook=loaded.notebook.with_files(files))

    def overlay(self, loaded: Loaded, path: str, text: str) -> Loaded:
        """The snapshot where the note at `path` has the text of an editor's unsaved buffer; it need not exist on disk."""
        data = text.encode("utf-8", "replace")
        sound = data.decode("utf-8").removeprefix("\ufeff")
        note, made, fresh = self.note_from(path, sound, digest_of(data), remember=False)
        return Loaded(loaded.notebook.with_note(note, sound), {**loaded.derived, path: made}, int(fresh))

    def note_from(
        self, path: str, text: str, digest: str, *, remember: bool = True
    ) -> tuple[Note, Mapping[str, Any], bool]:
        """The note of a text, from memory where it is the same."""
        key = f"{self.key}:{digest}"
        known = self.cache.get(path, key)
        if isinstance(known, list):
            try:
                return from_data(Note, known[0]), known[1], False
            except (TypeError, ValueError, IndexError):
                pass  # written by another version: derive it again
        parsed = parse_note(text, path, digest, self.names)
        derived = self.derive(parsed)
        findings = (*parsed.note.findings, *derived.pop("findings", ()))
        note = replace(parsed.note, findings=findings, listed=derived.pop("listed", ()))
        if remember:
            self.cache.put(path, key, [to_data(note), derived])
        return note, derived, True


WHY_UNREADABLE = {
    "binary": "this is no text, so it was left alone",
    "not-utf-8": "this is not UTF-8, so it was left alone",
    "too-large": "this is too large for a note, so it was left alone",
}


def unreadable_finding(path: str, why: str) -> Finding:
    """The finding for a file that is no note."""
    return finding("KB109", why, "save it as UTF-8 text, or move it away", path=path)


def derivation_key(settings: Settings, names: SectionNames) -> str:
    """What, besides its bytes, decides what is derived from a note."""
    parts = [
        FORMAT,
        *(version(p) for p in ("markdown-it-py", "mdit-py-plugins", "math-core", "nh3", "pygments")),
        json.dumps([settings.macros, settings.line_breaks, settings.language], default=dict, sort_keys=True),
        repr(sorted(names.parts.items())),
        repr(sorted(names.angles.items())),
        repr(
            (
                names.source_labels,
                sorted(names.me),
                sorted(names.private_words),
                sorted(names.private_phrases),
                sorted(names.card_marks.items()),
            )
        ),
    ]
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=12).hexdigest()


def today_in(settings: Settings, given: str = "", epoch: str = "") -> str:
    """Today as YYYY-MM-DD: `--today`, else SOURCE_DATE_EPOCH, else the date in the notebook's time zone."""
    if given:
        try:
            return date.fromisoformat(given).isoformat()
        except ValueError as error:
            raise SettingsError(f"`--today {given}` is no date", "write it as 2026-11-20") from error
    if epoch.isdigit():
        return datetime.fromtimestamp(int(epoch), UTC).date().isoformat()
    return datetime.now(ZoneInfo(settings.timezone)).date().isoformat()


def load_roadmap(root: Path, settings: Settings, pack: LanguagePack) -> Roadmap:
    """The notebook's roadmap: the file or built-in that the settings name, else roadmap.yml, else the built-in one."""
    name = settings.roadmap
    if not name:
        name = "roadmap.yml" if (root / "roadmap.yml").is_file() else BUILT_IN[0]
    if name in BUILT_IN:
        return built_in_roadmap(name, settings.language)
    path = root / name
    if not path.is_file():
        hint = nearest(name, BUILT_IN) or f"built-in roadmaps: {', '.join(BUILT_IN)}"
        raise SettingsError(f"notebook.yml: there is no roadmap `{name}`", hint)
    text, problem = decode(read_file(path).data)
    if problem:
        raise SettingsError(f"{name}: {WHY_UNREADABLE.get(problem, problem)}", "save it as UTF-8 text")
    return RoadmapReader(name, pack, lambda base: built_in_roadmap(base, settings.language)).read(text)


@cache
def built_in_roadmap(name: str, language: str) -> Roadmap:
    """A roadmap that ships with the program."""
    if name not in BUILT_IN:
        raise SettingsError(f"there is no built-in roadmap `{name}`", f"built in: {', '.join(BUILT_IN)}")
    text = package_files("notebook_kb.roadmaps").joinpath(f"{name}.yml").read_text(encoding="utf-8")

    def no_base(other: str) -> Roadmap:
        raise SettingsError(f"a built-in roadmap extends `{other}`")

    roadmap = RoadmapReader("", language_pack(language), no_base).read(text)
    words = package_files("notebook_kb.roadmaps").joinpath(f"{name}.{language_pack(language).code}.yml")
    return in_other_words(roadmap, words.read_text(encoding="utf-8")) if words.is_file() else roadmap
