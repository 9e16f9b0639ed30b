"""Code blocks with three quiet marks: keywords, comments, strings."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from notebook_kb.model import document as d
from notebook_kb.parsing.code_parts import is_check
from notebook_kb.parsing.shapes import PLUGIN_LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pygments.lexer import Lexer

    from notebook_kb.languages import LanguagePack

    Slot = Callable[[str, Sequence[d.CodeBlock]], str]

# token types by their names: `Keyword.Namespace` is a keyword
CLASSES = (("Comment", "c"), ("Keyword", "k"), ("Operator.Word", "k"), ("Literal.String", "s"))
# longer blocks are shown plain: lexing would be slower than all the rest of the note
LONGEST = 20_000


def highlight(code: str, language: str) -> str:
    """The code as HTML for the inside of `<pre><code>`."""
    parts: list[str] = []
    for css, text in marked(code.rstrip("\n"), language):
        safe = escape(text, quote=False)
        parts.append(f'<span class="{css}">{safe}</span>' if css and text.strip() else safe)
    return "".join(parts)


def marked(code: str, language: str) -> list[tuple[str, str]]:
    """(mark, text) of the code in order, '' for what has none; together the texts are the code, letter by letter."""
    lexer = lexer_for(language) if language and len(code) <= LONGEST else None
    if lexer is None:
        return [("", code)]
    # some lexers, such as that of terminal sessions, drop a last line that has no end
    tokens = [(css_class(kind), text) for kind, text in lexer.get_tokens(code + "\n")]
    if "".join(text for _, text in tokens) != code + "\n":
        return [("", code)]
    while tokens and not tokens[-1][1]:
        tokens.pop()
    css, text = tokens.pop()
    return [*tokens, (css, text.removesuffix("\n"))]


@cache
def lexer_for(language: str) -> Lexer | None:
    """The lexer of a language; None when it is unknown."""
    # loaded with the first code block: most commands parse no note anew
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415
    from pygments.util import ClassNotFound  # noqa: PLC0415

    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


@cache
def css_class(kind: Any) -> str:
    """The mark of a token type, '' for most."""
    name = ".".join(kind) + "."
    return next((css for parent, css in CLASSES if name.startswith(parent + ".")), "")


def no_slot(kind: str, blocks: Sequence[d.CodeBlock]) -> str:  # noqa: ARG001 - what `Slot` wants
    """Where no results are shown."""
    return ""


def code_figure(blocks: tuple[d.Block, ...], pack: LanguagePack, slot: Slot = no_slot) -> tuple[str, int]:
    """(a code block with the check blocks that follow it, how many those are). `slot` gives the place that waits for how the
    blocks went (`state`), or for what they printed and drew (`output`).
    """
    first = blocks[0]
    if not isinstance(first, d.CodeBlock):
        return "", 0
    if is_check(first):
        inside = slot("state", [first]) + check_html(first, pack, slot)
        return f'<figure class="code">{inside}</figure>\n', 0
    checks: list[d.CodeBlock] = []
    for block in blocks[1:]:
        if not (isinstance(block, d.CodeBlock) and is_check(block)):
            break
        checks.append(block)
    inside = label_html(first, pack) + slot("state", [first, *checks]) + pre_html(first, pack)
    inside += slot("output", [first]) + "".join(check_html(c, pack, slot) for c in checks)
    return f'<figure class="code">{inside}</figure>\n', len(checks)


def label_html(block: d.CodeBlock, pack: LanguagePack) -> str:
    """What stands above the code of which another program would make something."""
    if block.language not in PLUGIN_LANGUAGES:
        return ""
    words = pack.word("shown_as_written", language=block.language)
    return f'<figcaption class="label">{escape(words)}</figcaption>\n'


def pre_html(block: d.CodeBlock, pack: LanguagePack) -> str:
    """The code itself."""
    label = escape(block.language or pack.word("code"))
    return (
        f'<pre tabindex="0" role="group" aria-label="{label}"><code>'
        f"{highlight(block.code, block.language)}</code></pre>\n"
    )


def check_html(block: d.CodeBlock, pack: LanguagePack, slot: Slot) -> str:
    """A check, folded."""
    word = escape(pack.word("the_check"))
    inside = pre_html(block, pack)
    return f'<details class="check"><summary>{word}</summary>\n{inside}</details>\n{slot("output", [block])}'
