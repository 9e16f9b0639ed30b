"""What `kb init` writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.scaffolding.edits import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.languages import LanguagePack

BLANKS = re.compile(r"[\s_-]+")
VOWEL = re.compile(r"[aeiouy]|[^a-z]", re.IGNORECASE)
LONGEST_ABBREVIATION = 4
NOTE_ENDINGS = ("*.md", "*.markdown")
KB_IGNORED = "cache/\nkits/\nbackup/\njournal.jsonl\nlock\ntrusted\n"
# Each computer has a log of its own; should two ever write one, git keeps the lines of both.
KB_ATTRIBUTES = "reviews/*.jsonl merge=union\n"


@dataclass(frozen=True, slots=True)
class NewNotebook:
    """The files of a new notebook by path, and whether an existing folder of notes is taken as it is."""

    files: dict[str, str]
    in_place: bool


def new_notebook(folder: Path, pack: LanguagePack, roadmap: str, title: str = "") -> NewNotebook:
    """The files for `folder`. A folder that holds notes already gets settings and `.kb/`, and nothing else."""
    in_place = holds_notes(folder)
    name = title or title_from(folder.name) or "My notebook"
    settings = [f"title: {yaml_text(name)}"]
    if in_place:
        settings.append("notes: .")
    if pack.code != "en":
        settings.append(f"language: {pack.code}")
    if roadmap:
        settings.append(f"roadmap: {yaml_text(roadmap)}")
    files = {"notebook.yml": "\n".join(settings) + "\n", ".kb/.gitignore": KB_IGNORED}
    files[".kb/.gitattributes"] = KB_ATTRIBUTES
    if not in_place:
        files["notes/why.md"] = why_note(pack)
    return NewNotebook(files, in_place)


def title_from(name: str) -> str:
    """`ml-notes` → `ML notes`: short words without a vowel are abbreviations."""
    words = [w if VOWEL.search(w) or len(w) > LONGEST_ABBREVIATION else w.upper() for w in BLANKS.split(name)]
    text = " ".join(words).strip()
    return text[:1].upper() + text[1:]


def why_note(pack: LanguagePack) -> str:
    """The motivation: private, one line of it greets."""
    question, _, rest = pack.prompts["why_md"].partition("?")
    return f"# {question}?\n\n<!-- {rest.strip()} -->\n\n"


def holds_notes(folder: Path) -> bool:
    """Whether a folder is a vault or holds Markdown already."""
    if not folder.is_dir():
        return False
    if (folder / ".obsidian").is_dir():
        return True
    skipped = {"README.md", "LICENSE.md", "CHANGELOG.md"}
    for pattern in NOTE_ENDINGS:
        for path in folder.rglob(pattern):
            inside = path.relative_to(folder)
            if path.name not in skipped and not any(
                p.startswith(".") or p == "node_modules" for p in inside.parts
            ):
                return True
    return False
