"""A large notebook as a learner's may become: concepts, readings, posts with links, formulas, symbols, code and cards. The
same number gives the same bytes.
"""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

VOCABULARY = 4000
SYLLABLES = ["".join(p) for p in itertools.product("bdfgklmnprst", "aeiou", ["", "n", "r", "s", "l"])]
CONCEPTS = (
    "vectors",
    "span",
    "basis",
    "rank",
    "determinant",
    "svd",
    "gradient",
    "chain-rule",
    "bayes",
    "entropy",
)
PNG = b"\x89PNG\r\n\x1a\n"
FORMULA = "$$\n\\sigma = \\mu x_i + \\eta \\operatorname{{rank}}(A)\n$$\n\n- $\\sigma$: the {}\n- $\\mu$: the {}\n- $\\eta$: the {}"
CODE = "```python\nimport numpy as np\n\nA = np.eye({})\nprint(A @ A)\n```"


class BigNotebook:
    """Makes notes of about 4 kB, each linked with some others."""

    def __init__(self, notes: int, seed: int = 5) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - the same again
        self.words = [
            "".join(self.chance.choices(SYLLABLES, k=self.chance.randint(1, 4))) for _ in range(VOCABULARY)
        ]
        self.weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
        self.names = [f"{' '.join(self.some(2))} {number}" for number in range(notes)]

    def some(self, count: int) -> list[str]:
        """Words, frequent and rare ones as in a language."""
        return self.chance.choices(self.words, cum_weights=self.weights, k=count)

    def sentence(self, links: int = 0) -> str:
        """A sentence of fourteen words, with links."""
        words = [*self.some(14), *(f"[[{self.chance.choice(self.names)}]]" for _ in range(links))]
        return " ".join(words).capitalize() + "."

    def paragraph(self, links: int = 0) -> str:
        """Six sentences; the links stand in the first one."""
        return " ".join([self.sentence(links), *(self.sentence() for _ in range(5))])

    def note(self, number: int) -> str:
        """The text of a note."""
        chance = self.chance
        head = [
            f"date: 2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
            f"tags: [{self.some(1)[0]}, learning]",
        ]
        head += ["publish: true"] if chance.random() < 0.5 else []
        head += [f"concept: {CONCEPTS[number // 100 % len(CONCEPTS)]}"] if number % 100 == 0 else []
        parts = ["---", *head, "---", "", f"# {self.names[number].capitalize()}", self.paragraph(3)]
        for angle in ("Visual — 3b1b-ela (ch. 7)", "Simple", "Formal — mml-book"):
            parts += [f"## {angle}", self.paragraph(2), self.paragraph()]
        parts += ["## Symbol by symbol", FORMULA.format(*self.some(3)), "Read aloud: sigma is all of it."]
        parts += ["## From scratch", CODE.format(number % 9 + 1), "![a picture](pic.png)"]
        parts += [
            "## Cards",
            f"Q: {self.sentence()}\nA: {self.sentence()} ^k-{number:06x}",
            "## In my words",
            self.paragraph(),
        ]
        return "\n\n".join(parts).replace("---\n\n", "---\n", 1).replace("\n\n---", "\n---", 1) + "\n"

    def write(self, root: Path) -> None:
        """Settings, notes in folders of a hundred, a picture."""
        (root / "notes").mkdir(parents=True)
        (root / "notebook.yml").write_text("title: Large\ntimezone: UTC\n", encoding="utf-8")
        (root / "notes" / "pic.png").write_bytes(PNG)
        for number, name in enumerate(self.names):
            path = root / "notes" / f"f{number // 100}" / f"{name}.md"
            path.parent.mkdir(exist_ok=True)
            path.write_text(self.note(number), encoding="utf-8")
