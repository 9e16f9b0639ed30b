"""How code went, and what it printed and drew, on the pages."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notebook_kb.model.code import ShownBlock, ShownCode

# of a figure's blocks the worst is said
WORST = ("failed", "changed", "unrun", "passed", "ran")
CSS = {"failed": "state failed", "passed": "state"}
LONG = 12
# what prints no sign: HTML has no place for most of it
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")


def state_html(code: ShownCode | None, numbers: Sequence[int], word: Callable[..., str]) -> str:
    """How the blocks of one figure went, as its caption; '' where nothing is said."""
    blocks = [b for b in blocks_of(code, numbers) if b.kind]
    if code is None or not blocks:
        return ""
    worst = min(blocks, key=lambda b: WORST.index(b.kind))
    said = word(f"code_{worst.kind}", versions=code.versions, message=worst.message)
    css = CSS.get(worst.kind, "state unrun")
    return f'<figcaption><span class="{css}">{escape(clean(said), quote=False)}</span></figcaption>\n'


def output_html(code: ShownCode | None, numbers: Sequence[int], page: str, word: Callable[..., str]) -> str:
    """What blocks printed, folded where it is long, and drew."""
    parts = []
    for block in blocks_of(code, numbers):
        printed = clean(block.stdout).rstrip("\n")
        if printed:
            parts.append(printed_html(printed, word, cut=block.cut))
        for number, (name, _) in enumerate(block.figures, start=1):
            alt = escape(word("code_figure", number=number))
            source = escape(relative_url(figure_address(name), page))
            parts.append(f'<img class="drawn" src="{source}" alt="{alt}" loading="lazy">\n')
    return "".join(parts)


def printed_html(printed: str, word: Callable[..., str], *, cut: bool) -> str:
    """Printed lines."""
    label = escape(word("code_output"))
    more = f"\n{word('code_cut')}" if cut else ""
    text = escape(printed + more, quote=False)
    html = f'<pre class="out" tabindex="0" role="group" aria-label="{label}"><samp>{text}</samp></pre>\n'
    lines = printed.count("\n") + 1
    if lines <= LONG:
        return html
    summary = escape(word("code_output_lines", count=lines))
    return f'<details class="check"><summary>{summary}</summary>\n{html}</details>\n'


def blocks_of(code: ShownCode | None, numbers: Sequence[int]) -> list[ShownBlock]:
    """The blocks with these numbers."""
    return [code.blocks[n] for n in numbers if n < len(code.blocks)] if code else []


def clean(text: str) -> str:
    """Text without what prints no sign."""
    return CONTROL.sub("\ufffd", text)


def figure_address(name: str) -> str:
    """The address of a figure that code drew."""
    return f"/files/code-{name}.png"
