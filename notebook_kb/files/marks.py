"""Signs of the private-use area that the program puts into texts while it works on them.

U+E0C1 stands for a comment, U+E0C2 for a piece of our own HTML, U+E0C4 for a bar in a cell, U+E0C5 for a heading, U+E0C8
for a formula in a feed. No text of people may hold one, however it is written: it would be taken for ours.
"""

from __future__ import annotations

import re

RESERVED = re.compile("[\ue0c1-\ue0c8]")
# the same as HTML may spell them
SPELT = re.compile(
    r"&#(?:[xX]0*[eE]0[cC][1-8](?![0-9a-fA-F])|0*(?:5753[7-9]|5754[0-4])(?![0-9]));?", re.ASCII
)


def without_marks(text: str) -> str:
    """Text without these signs."""
    return text if text.isascii() else RESERVED.sub("", text)


def without_spelt_marks(html: str) -> str:
    """HTML in which none of these signs is spelt as a number; the pieces around one do not become another."""
    return SPELT.sub("\ufffd", html) if "&#" in html else html
