"""The text of new notes, and where a new section goes in an old one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.model.edit import line_end
from notebook_kb.model.note import Part
from notebook_kb.scaffolding.edits import insert_before, lines_of, replace_line, yaml_text

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack
    from notebook_kb.model.note import Note, Section
    from notebook_kb.model.roadmap import Concept, Roadmap

LOWER_PARTS = ("own", "symbols", "example", "code", "why", "cards")


@dataclass(frozen=True, slots=True)
class SourceChoice:
    """A source for a section: how it is written in the heading, at which angle, and the place in it."""

    name: str
    angle: str
    place: str = ""
    url: str = ""

    @property
    def heading_suffix(self) -> str:
        """What follows the angle's name in the heading; an address goes on a line of its own."""
        if self.url and self.name == self.url:
            return ""
        return f" — {self.name}" + (f" ({self.place})" if self.place else "")

    @property
    def source_line(self) -> str:
        """`Source: …` for an address."""
        return f"Source: {self.url}" if self.url and self.name == self.url else ""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """A note's text and the line at which to begin."""

    text: str
    line: int


def concept_note(
    concept: Concept, roadmap: Roadmap, pack: LanguagePack, source: SourceChoice | None = None
) -> Scaffold:
    """A new note of a concept: headings and prompts, all of it empty."""
    lines = [
        "---",
        f"concept: {concept.id}",
        f"title: {yaml_text(concept.title)}",
        "---",
        f"# {concept.title}",
        "",
    ]
    start = 0
    for angle in roadmap.angles.values():
        chosen = source if source and source.angle == angle.id else None
        block = angle_section(angle.title, angle_prompt(concept, roadmap, pack, angle.id), chosen)
        if (source is None and not start) or chosen:
            start = len(lines) + max(len(block), 2)
        lines += [*block, ""]
    for part in LOWER_PARTS:
        if part == "code" and not concept.code:
            continue
        lines += [f"## {pack.parts[part][0]}", f"<!-- {pack.prompts[part]} -->", ""]
    return Scaffold("\n".join(lines), start or 7)


def angle_prompt(concept: Concept, roadmap: Roadmap, pack: LanguagePack, angle: str) -> str:
    """What to write at an angle, and where the roadmap would look."""
    kind = roadmap.angles[angle]
    prompt = kind.ask or pack.prompts.get(angle, "")
    places = [
        f"{source} ({place})" if place else source
        for source, place in concept.read.items()
        if source in roadmap.resources and roadmap.resources[source].angle == angle
    ]
    return f"{prompt} {pack.word('a_place_to_look')}: {', '.join(places)}.".strip() if places else prompt


def angle_section(title: str, prompt: str, source: SourceChoice | None) -> list[str]:
    """The lines of a section: heading, source line, prompt."""
    lines = [f"## {title}{source.heading_suffix if source else ''}"]
    if source and source.source_line:
        lines.append(source.source_line)
    return [*lines, f"<!-- {comment_text(prompt)} -->"] if prompt else lines


def comment_text(prompt: str) -> str:
    """Words that do not end the comment they stand in."""
    return prompt.replace("--", "–")


def add_source(
    text: str, note: Note, concept: Concept, roadmap: Roadmap, pack: LanguagePack, source: SourceChoice
) -> Scaffold:
    """The note's text with a section for the source: an empty section of its angle takes it, else a new one is added
    behind the last of that angle. A section that names the source already is only pointed at.
    """
    sections = [s for s in note.sections if s.part is Part.ANGLE and s.angle == source.angle]
    for section in sections:
        same = source.name in {section.citation.name, section.citation.url}
        if same:
            return Scaffold(text, section.place.line + 1)
    title = roadmap.angles[source.angle].title
    for section in sections:
        if not section.words and not section.citation.name:
            marks = "#" * section.level
            edited = replace_line(text, section.place.line, f"{marks} {title}{source.heading_suffix}")
            if source.source_line:
                edited = insert_line(edited, section.place.line + 1, source.source_line)
            return Scaffold(edited, section.place.line + 1 + bool(source.source_line))
    line = line_after(note, roadmap, source.angle, text)
    block = angle_section(title, angle_prompt(concept, roadmap, pack, source.angle), source)
    edited = insert_before(text, line, block)
    at = next(i for i, x in enumerate(lines_of(edited), start=1) if i >= line and x.rstrip() == block[0])
    return Scaffold(edited, at + max(len(block), 2) - 1)


def insert_line(text: str, number: int, line: str) -> str:
    """One line put in before the line `number`, without blank lines around it."""
    lines = lines_of(text)
    lines.insert(number - 1, line + line_end(text))
    return "".join(lines)


def line_after(note: Note, roadmap: Roadmap, angle: str, text: str) -> int:
    """The line before which a new section of `angle` goes: behind the last section of this or a lower angle, else
    before the first part that comes below the ladder, else at the end.
    """
    order = list(roadmap.angles)
    wanted = order.index(angle)
    behind = [
        i
        for i, s in enumerate(note.sections)
        if s.part is Part.ANGLE and s.angle in order and order.index(s.angle) <= wanted
    ]
    following = (
        note.sections[behind[-1] + 1 :] if behind else [s for s in note.sections if s.part is not Part.OTHER]
    )
    level = note.sections[behind[-1]].level if behind else 2
    for section in following:
        if section.heading and section.level <= level:
            return section.place.line
    return len(lines_of(text)) + 1


def first_empty(note: Note, text: str) -> int:
    """The line of the first part without words, else of the end."""
    for section in note.sections:
        if is_open(section):
            return section.place.line + 1
    return max(len(lines_of(text)), 1)


def is_open(section: Section) -> bool:
    """A known part with nothing written."""
    return (
        section.part not in {Part.OTHER, Part.EXCERPT, Part.PRIVATE}
        and not section.words
        and not section.substance
    )


def plain_note(kind: str, title: str, day: str, source: str = "", series: str = "") -> Scaffold:
    """A new post, page or reading."""
    head = ["---", f"title: {yaml_text(title)}"]
    if kind == "post":
        head.append(f"date: {day}")
    if kind == "reading":
        head.append(f"source: {yaml_text(source)}")
    if kind == "page":
        head.append("type: page")
    if series:
        head.append(f"series: {yaml_text(series)}")
    lines = [*head, "---", "", ""]
    return Scaffold("\n".join(lines), len(lines))
