"""The set of tests/fixtures/own_words as notes: what each of them says, and where the copied sentence stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from notebook_kb.learning.overlap import Excerpt, compare
from notebook_kb.parsing.prose import own_prose, text_prose
from notebook_kb.parsing.tree import parse_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notebook_kb.model.evidence import Overlap

FOLDER = Path(__file__).resolve().parent.parent / "fixtures" / "own_words"
SENTENCE = re.compile(r"(?<=[.。])\s*(?=\S)")
LONG = 10
PASTED, EDITED = 22, 21


@dataclass(frozen=True)
class Case:
    """A text of the learner and the source that it is compared with; `line` is that of the copied sentence (0: none)."""

    kind: str
    text: str
    source: str
    line: int = 0
    copied: str = ""

    def overlap(self) -> Overlap:
        """What comparing them shows."""
        document, _ = parse_document(self.text, 1)
        own = own_prose(document.blocks, self.text.split("\n"))
        return compare(own, [Excerpt("sources/s.txt", text_prose(self.source))])


def sentences(text: str) -> list[str]:
    return [s.strip() for s in SENTENCE.split(text.strip()) if s.strip()]


def with_sentence(honest: str, sentence: str, at: int) -> tuple[str, int]:
    """(a note of one sentence a line with `sentence` put in, its line)."""
    lines = sentences(honest)
    at %= len(lines) + 1
    lines.insert(at, sentence)
    return "\n".join(lines), at + 1


def read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return data


def mixed(cases: list[dict[str, str]], key: str, count: int, kind: str) -> Iterator[Case]:
    """Honest notes, each with one long sentence of `key`."""
    found = [
        (case, sentence)
        for case in cases
        for sentence in sentences(case[key])
        if len(sentence.split()) >= LONG
    ]
    for number, (case, sentence) in enumerate(found[:count]):
        text, line = with_sentence(case["honest"], sentence, number)
        yield Case(kind, text, case["source"], line, sentence)


def english() -> list[Case]:
    """The set of the sizes that the rule was measured on."""
    data = read("passages.yml")
    cases = data["cases"]
    sources = {c["concept"]: c["source"] for c in cases}
    found = [Case("honest note", c["honest"], c["source"]) for c in cases]
    found += [Case("short definition", c["own"], c["source"]) for c in data["short"]]
    found += [Case("strong paraphrase", c["own"], sources[c["concept"]]) for c in data["paraphrase"]]
    found += [Case("edited copy", c["edited"], c["source"], 1) for c in cases]
    found += mixed(cases, "source", PASTED, "honest + one pasted sentence")
    found += mixed(cases, "edited", EDITED, "honest + one edited sentence")
    found += [
        Case("one-sentence definitions", one, other)
        for same in data["definitions"].values()
        for one in same
        for other in same
        if one is not other
    ]
    return found


def others() -> list[Case]:
    """German, and a script without blanks."""
    found = []
    for language, cases in read("other_languages.yml").items():
        for case in cases:
            found.append(Case(f"{language}: honest", case["honest"], case["source"]))
            lines = sentences(case["copied"])
            own = next(n for n, s in enumerate(lines) if s in case["source"])
            found.append(Case(f"{language}: pasted", "\n".join(lines), case["source"], own + 1, lines[own]))
    return found
