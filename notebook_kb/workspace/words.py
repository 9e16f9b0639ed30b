"""Coverage and suggestions in words, the same in terminal and preview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.model.note import Part
from notebook_kb.website.plan import SHOWN_PART_TITLES

if TYPE_CHECKING:
    from notebook_kb.learning.coverage import ConceptCoverage, Missing
    from notebook_kb.learning.suggest import Suggestion
    from notebook_kb.notebook.notebook import Notebook


def part_title(notebook: Notebook, name: str) -> str:
    """A part's or angle's name as people read it."""
    if name in notebook.roadmap.angles:
        return notebook.roadmap.angles[name].title
    if name == "own":
        return notebook.pack.word("in_my_words")
    if name in Part._value2member_map_ and Part(name) in SHOWN_PART_TITLES:
        return notebook.pack.word(SHOWN_PART_TITLES[Part(name)])
    return "another explanation" if name in {"", "angle"} else name


def missing_words(notebook: Notebook, missing: Missing) -> str:
    """`Formal (1 of 2 explanations that count)`."""
    named = missing.angle or ("" if missing.part == "angle" else missing.part)
    return f"{part_title(notebook, named)} ({missing.why})"


def sources_words(item: ConceptCoverage) -> str:
    """`2 sources`."""
    count = len(item.sources)
    return f"{count} source{'' if count == 1 else 's'}"


def suggestion_place(notebook: Notebook, suggestion: Suggestion) -> str:
    """Where to look for what is missing, or that nothing is listed."""
    if suggestion.source:
        title = notebook.roadmap.resources[suggestion.source].title
        return (
            f"{suggestion.source} ({suggestion.place}): {title}"
            if suggestion.place
            else f"{suggestion.source}: {title}"
        )
    if suggestion.what in notebook.roadmap.angles or suggestion.what == "angle":
        nth = "second source" if suggestion.concept.read else "source"
        return f"the roadmap lists no {nth}: find one, or use your own example"
    return ""


def suggestion_command(suggestion: Suggestion) -> str:
    """The command that begins it."""
    source = f" --from {suggestion.source}" if suggestion.source else ""
    return f"kb write {suggestion.concept.id}{source}"
