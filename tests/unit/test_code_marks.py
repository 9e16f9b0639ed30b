"""Code blocks on pages: marks are added, no letter is lost."""

from __future__ import annotations

import re
from html import unescape

import pytest

from notebook_kb.rendering.code import highlight

SAMPLES = [
    "$ kb check",
    "$ a\n$ b\nout",
    "x = 1  # c",
    "def f(:\n\x0c",
    "echo 'a",
    ">>> 1\n1",
    "a: b",
    "",
    "<b>&amp;",
]


@pytest.mark.parametrize("language", ["console", "python", "bash", "pycon", "yaml", "html", "text", "tex"])
@pytest.mark.parametrize("code", SAMPLES)
def test_no_letter_of_a_block_is_lost(code: str, language: str) -> None:
    """The lexer of terminal sessions drops a last line that has no end."""
    assert unescape(re.sub(r"<[^>]*>", "", highlight(code, language))) == code
