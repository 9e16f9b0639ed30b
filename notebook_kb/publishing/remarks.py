"""What a person is told along the way, in the words of any language: English on a terminal, the notebook's on a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import UsageError
from notebook_kb.languages import language_pack

if TYPE_CHECKING:
    from notebook_kb.languages import LanguagePack


@dataclass(frozen=True, slots=True)
class Remark:
    """A word of the language packs with its values; `str()` is its English. `place` is `path:line`, '' for none."""

    word: str
    values: tuple[tuple[str, object], ...] = ()
    place: str = ""

    def said(self, pack: LanguagePack) -> str:
        """It in a language."""
        words = pack.word(self.word, **dict(self.values))
        return f"{self.place}: {words}" if self.place else words

    def __str__(self) -> str:
        return self.said(language_pack("en"))


def remark(word: str, place: str = "", **values: object) -> Remark:
    """`remark("warn_no_alt", name="01.png")`."""
    return Remark(word, tuple(values.items()), place)


class RemarkError(UsageError):
    """Wrong use that is also told on a page."""

    def __init__(self, problem: Remark, hint: str) -> None:
        super().__init__(str(problem), hint)
        self.remark = problem
