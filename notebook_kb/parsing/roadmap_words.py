"""The words of a built-in roadmap in another language. What refers to what stays as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.model.roadmap import Roadmap


def in_other_words(roadmap: Roadmap, text: str) -> Roadmap:
    """The roadmap with the titles, questions and reasons of `text`, our own YAML: see `math-for-ml.de.yml`.

    Former titles and aliases stay good as other names. What has no words there keeps its own.
    """
    words: Mapping[str, Any] = yaml.safe_load(text)
    concepts = {}
    for concept in roadmap.concepts.values():
        own = words["concepts"].get(concept.id, {})
        title = own.get("title", concept.title)
        names = dict.fromkeys((*own.get("aliases", ()), *concept.aliases, concept.title))
        aliases = tuple(n for n in names if n.casefold() != title.casefold())
        concepts[concept.id] = replace(concept, title=title, aliases=aliases, why=own.get("why", concept.why))
    return replace(
        roadmap,
        title=words["title"],
        angles={k: replace(a, **words["angles"].get(k, {})) for k, a in roadmap.angles.items()},
        areas=tuple(replace(a, **words["areas"].get(a.id, {})) for a in roadmap.areas),
        concepts=concepts,
        problems=tuple(replace(p, title=words["problems"].get(p.id, p.title)) for p in roadmap.problems),
        starters=tuple(replace(s, **words["starters"].get(s.id, {})) for s in roadmap.starters),
    )
