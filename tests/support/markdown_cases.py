"""The cases of `fixtures/markdown/cases.txt`: a title, what is written, what is shown."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.support.html_compare import rendered

FILE = Path(__file__).resolve().parents[1] / "fixtures" / "markdown" / "cases.txt"
TITLE, ARROW = "=== ", "--->"
MATH = re.compile(
    r'<math( display="block")?>.*?<annotation encoding="application/x-tex">(.*?)</annotation>.*?</math>',
    re.DOTALL,
)
# what every box that scrolls and every link to another site carries
ALWAYS = re.compile(r' (?:tabindex="0"|role="\w+"|aria-label="[^"]*"|scope="col"|rel="noopener"|disabled)')


class Case(NamedTuple):
    """One case."""

    title: str
    text: str
    html: str


def cases() -> list[Case]:
    """All cases of the file; the lines before the first title are for people."""
    found = []
    for part in FILE.read_text("utf-8").split("\n" + TITLE)[1:]:
        title, _, rest = part.partition("\n")
        text, _, html = rest.partition(f"\n{ARROW}\n")
        found.append(Case(title, text, html.strip()))
    return found


def shown(text: str) -> str:
    """The HTML of a text in the short form of the file."""
    html = ALWAYS.sub("", rendered(text))
    html = MATH.sub(lambda m: f"<math-block>{m[2]}</math-block>" if m[1] else f"<math>{m[2]}</math>", html)
    return "\n".join(line.rstrip() for line in html.split("\n") if line.strip())
