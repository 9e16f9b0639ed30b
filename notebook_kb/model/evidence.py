"""What is known of a notebook's notes besides their text: overlap with excerpts, results of code. Coverage and findings are
functions of a snapshot and this.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.model.inlines import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.model.inlines import Place


class Verdict(StrEnum):
    """How near a section's words are to an excerpt of its source. Never more than this is said."""

    NOT_CHECKED = "not checked"  # no excerpt is stored
    NO_OVERLAP = "no overlap found"
    CLOSE = "close"
    COPIED = "copied"


@dataclass(frozen=True, slots=True)
class SharedRun:
    """Words that stand in a section and in an excerpt: `words` as the learner typed them, `length` how many are shared,
    `place` in the note; the excerpt is at `source_line` of the file `source`. `in_a_row`: one after the other; else it is a
    sentence most of whose words are shared. `copied`: not only close.
    """

    words: str
    length: int
    place: Place
    source: str
    source_line: int
    in_a_row: bool = True
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """What comparing one section with the excerpts of its concept showed.

    `share` is that of the section's words inside shared 3-grams (0–1), `runs` what to show, worst first,
    `copied_words` the words (as coverage counts them) of sentences that are copied, which coverage takes off.
    """

    verdict: Verdict = Verdict.NOT_CHECKED
    share: float = 0.0
    runs: tuple[SharedRun, ...] = ()
    copied_words: int = 0


class CodeState(StrEnum):
    """What is known of a note's code."""

    NONE = "none"  # the note has no code that is run
    NOT_RUN = "not run"
    CHANGED = "changed since"
    FAILED = "failed"
    NO_PROOF = "no check"  # it ran, but no `python check` block proves it
    FORBIDDEN = "not from scratch"  # it imports or calls what the exercise forbids
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """One thing wrong with a note's code; `what` is a short name such as `import`, `forbidden`, `assert`, `error`."""

    what: str
    message: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class CodeEvidence:
    """What is known of one note's code: `versions` of what it ran with (`python`, `numpy`), `problems` in reading order."""

    state: CodeState = CodeState.NONE
    problems: tuple[CodeProblem, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)


NO_CODE = CodeEvidence()
NOT_COMPARED = Overlap()


@dataclass(frozen=True, slots=True)
class Evidence:
    """By note path: `overlaps` of its sections (by their number in `Note.sections`), and its `code`."""

    overlaps: Mapping[str, Mapping[int, Overlap]] = field(default_factory=dict)
    code: Mapping[str, CodeEvidence] = field(default_factory=dict)

    def overlap(self, path: str, section: int) -> Overlap:
        """What is known of one section."""
        return self.overlaps.get(path, {}).get(section, NOT_COMPARED)

    def code_of(self, path: str) -> CodeEvidence:
        """What is known of a note's code."""
        return self.code.get(path, NO_CODE)


NO_EVIDENCE = Evidence()
