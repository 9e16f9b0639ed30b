"""Sources and concepts that notes name: slips, unknown concepts, two notes for one concept."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from notebook_kb.checking.places import head_place
from notebook_kb.findings import finding
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.names import did_you_mean, fold
from notebook_kb.parsing.sections import DASH, normal, read_heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.checking.places import Span
    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.model.note import Citation, Note
    from notebook_kb.notebook.notebook import Notebook

# any words may name a source, so only what is nearly a known one is taken for a slip
NEAR = 0.82
SHORTEST = 4
SHORTEST_PART = 5


def of_note(notebook: Notebook, note: Note, evidence: Evidence) -> Iterator[Finding]:  # noqa: ARG001
    """Sources that look like slips, a concept or an angle off the roadmap, a second note for one concept."""
    yield from citation_findings(notebook, note)
    yield from concept_findings(notebook, note)
    yield from angle_findings(notebook, note)
    yield from double_findings(notebook, note)
    yield from heading_findings(notebook, note)


def citation_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB301: a source that is nearly a known one."""
    near = near_source(notebook, note.source)
    if near:
        place = head_place(notebook, note.path, "source")
        yield slip(note.source.name, near, place).at(note.path)
    for section in note.sections:
        near = near_source(notebook, section.citation)
        if near and section.citation is not note.source:
            p = section.citation.place if section.citation.place.line else section.place
            span = (p.line, p.column, p.end_line, p.end_column)
            yield slip(section.citation.name, near, span).at(note.path)


def slip(name: str, near: str, place: Span) -> Finding:
    """The finding for a source that is nearly `near`."""
    return finding(
        "KB301",
        f"the source `{name}` is not on the roadmap; did you mean `{near}`?",
        f"write `{near}`, or other words for a source of your own",
        place=place,
    )


def near_source(notebook: Notebook, citation: Citation) -> str:
    """The id of the resource that a citation nearly names; '' where it names one, is me, or is a source of its own."""
    name = fold(citation.name)
    if len(name) < SHORTEST or citation.url or name in notebook.names.me or notebook.resource(citation):
        return ""
    close = get_close_matches(name, list(notebook.resource_names), n=1, cutoff=NEAR)
    digits = [c for c in name if c.isdigit()]
    if not close or [c for c in close[0] if c.isdigit()] != digits:
        return ""  # another number is another book
    return notebook.resource_names[close[0]]


def concept_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB302: `concept:` names nothing of the roadmap."""
    if not note.concept or notebook.concept_of(note):
        return
    near = did_you_mean(note.concept, notebook.concept_names)
    hint = (
        f"did you mean `{notebook.concept_names[near]}`?"
        if near
        else "add it to roadmap.yml, or leave `concept:` out"
    )
    yield finding(
        "KB302",
        f"the roadmap has no concept `{note.concept}`",
        hint,
        path=note.path,
        place=head_place(notebook, note.path, "concept"),
    )


def heading_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB306: a heading of a concept's note that is nearly the name of an angle or a part."""
    if notebook.kind_of(note) is not NoteType.CONCEPT:
        return
    known = {**notebook.names.angles, **notebook.names.parts}
    for section in note.sections:
        if section.part is not Part.OTHER or section.angle:
            continue
        said = DASH.split(section.heading, maxsplit=1)[0].strip()
        near = next((n for n in known if is_slip(normal(said), n)), "")
        if near:
            yield finding(
                "KB306",
                f"the heading `{said}` is no part that kb knows; did you mean `{near.capitalize()}`?",
                "write it so, and the text below counts as that part",
                path=note.path,
                place=section.place,
            )


def is_slip(typed: str, meant: str) -> bool:
    """Whether two letters changed places, or one is missing or too many. Another letter makes another word."""
    if min(len(typed), len(meant)) < SHORTEST_PART or typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    short, long = sorted((typed, meant), key=len)
    at = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    return short[at : at + 2] == long[at : at + 2][::-1] and short[at + 2 :] == long[at + 2 :]


def double_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB303: a second note for one concept, at the note that does not count."""
    concept = notebook.roadmap_names.counts_for(note)
    first = notebook.concept_note(concept) if concept else None
    if first is not None and first.path != note.path:
        yield finding(
            "KB303",
            f"`{first.path}` is the note that counts for `{concept}`; this one counts for nothing",
            "put both together, or make this one a reading with `source:`",
            path=note.path,
            place=head_place(notebook, note.path, "concept"),
        )


def angle_findings(notebook: Notebook, note: Note) -> Iterator[Finding]:
    """KB305: `angle:` names none of the roadmap's angles."""
    if not note.angle or read_heading(note.angle, notebook.names)[0] is Part.ANGLE:
        return
    near = did_you_mean(note.angle, notebook.names.angles)
    known = ", ".join(notebook.roadmap.angles)
    hint = f"did you mean `{notebook.names.angles[near]}`?" if near else f"the angles are {known}"
    yield finding(
        "KB305",
        f"`{note.angle}` is no angle of the roadmap, so this explains at none",
        hint,
        path=note.path,
        place=head_place(notebook, note.path, "angle"),
    )
