"""Code blocks with three quiet marks: keywords, comments, strings."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# token types by their names: `Keyword.Namespace` is a keyword
CLASSES = (("Comment", "c"), ("Keyword", "k"), ("Operator.Word", "k"), ("Literal.String", "s"))
# longer blocks are shown plain: lexing would be slower than all the rest of the note
LONGEST = 20_000


def highlight(code: str, language: str) -> str:
    """The code as HTML for the inside of `<pre><code>`."""
    code = code.rstrip("\n")
    if not language or len(code) > LONGEST:
        return escape(code, quote=False)
    lexer = lexer_for(language)
    if lexer is None:
        return escape(code, quote=False)
    parts: list[str] = []
    for kind, text in lexer.get_tokens(code):
        css = css_class(kind)
        safe = escape(text, quote=False)
        parts.append(f'<span class="{css}">{safe}</span>' if css and text.strip() else safe)
    return "".join(parts)


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
