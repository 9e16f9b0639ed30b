"""Code blocks with three quiet marks: keywords, comments, strings."""

from __future__ import annotations

from html import escape
from typing import Any

from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Operator, String
from pygments.util import ClassNotFound

CLASSES: tuple[tuple[Any, str], ...] = ((Comment, "c"), (Keyword, "k"), (Operator.Word, "k"), (String, "s"))
# longer blocks are shown plain: lexing would be slower than all the rest of the note
LONGEST = 20_000


def highlight(code: str, language: str) -> str:
    """The code as HTML for the inside of `<pre><code>`."""
    code = code.rstrip("\n")
    if not language or len(code) > LONGEST:
        return escape(code, quote=False)
    try:
        lexer = get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code, quote=False)
    parts: list[str] = []
    for kind, text in lexer.get_tokens(code):
        css = next((name for parent, name in CLASSES if kind in parent), "")
        safe = escape(text, quote=False)
        parts.append(f'<span class="{css}">{safe}</span>' if css and text.strip() else safe)
    return "".join(parts)
