r"""What is mended in the MathML that math-core writes, before anything else sees it: all of it here.

Entities become characters, styles go where HTML checkers take them, `\label` leaves no id (a formula may stand twice
on a page), rows have a number only by `\tag`, as in Obsidian, and colours can be made readable by the style sheet.
"""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]*;)")
_XML_ENTITIES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_VARIATION = re.compile("[\ufe00\ufe01]")
_TAG = re.compile(r'<(/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(/?)>')
_STYLE = re.compile(r'\s+(?:displaystyle|scriptlevel)="[^"]*"')
_LEVEL = re.compile(r'\s+scriptlevel="[^"]*"')
_STYLED = frozenset({"math", "mstyle"})  # these may say displaystyle and scriptlevel themselves

_WIDE = ' style="width: 100%"'  # the table of an environment with numbers
_SPACER = '<mtd style="width: 50%"></mtd>'
_NUMBER = re.compile(
    r'(<mtd style="width: 50%;text-align: right;justify-items: end;")(?: id="[^"]*")?>(?:<mtext>(.*?)</mtext>)?</mtd>',
    re.DOTALL,
)
_AUTOMATIC = re.compile(r"\((\d+)\)")
_TAGGED = re.compile(r"\\tag\s*\*?\s*\{([^{}]*)\}")
_REFERENCE = re.compile(r'<a href="#([^"]*)">(.*?)</a>', re.DOTALL)
_PIXELS = re.compile(r'<mspace width="(-?[\d.]+)rem"[^>]*/>')
_COLOUR = re.compile(r'style="color:(#[0-9A-Fa-f]{6});"')


def finished(mathml: str, tex: str) -> str:
    """The mended element, annotated with the author's TeX and not with the rewritten one."""
    tree = mathml.rpartition("<annotation ")[0]
    if "&" in tree:
        tree = _ENTITY.sub(_numeric, tree)
    tree = _VARIATION.sub("", tree)
    tree = _numbered_by_tag(tree, tex)
    tree = _PIXELS.sub(r'<mspace width="\1em"/>', tree)  # MathML knows no rem
    tree = _COLOUR.sub(r'style="color:\1;--tex:\1"', tree)
    if _STYLE.search(tree):
        tree = _with_mstyle(tree)
    note = escape(tex, quote=False)
    return f'{tree}<annotation encoding="application/x-tex">{note}</annotation></semantics></math>'


def _numeric(match: re.Match[str]) -> str:
    """A named entity as its character: XML knows five names only."""
    return match[0] if match[1] in _XML_ENTITIES else html5.get(match[1], "")


def _numbered_by_tag(tree: str, tex: str) -> str:
    """Numbers that nobody wrote go: each formula would begin at (1) again."""
    tags = {tag.strip() for tag in _TAGGED.findall(tex)}

    def number(match: re.Match[str]) -> str:
        said = match[2] or ""
        automatic = _AUTOMATIC.fullmatch(said)
        kept = said and not (automatic and automatic[1] not in tags)
        return f"{match[1]}>" + (f"<mtext>{said}</mtext>" if kept else "") + "</mtd>"

    if _WIDE in tree:
        tree = _NUMBER.sub(number, tree)
        if not any(cell[2] for cell in _NUMBER.finditer(tree)):
            tree = _NUMBER.sub("", tree).replace(_SPACER, "").replace(_WIDE, "")
    # a label gives no place to jump to; what has no number is named by its label
    return _REFERENCE.sub(lambda m: m[2].replace("??", m[1]), tree)


def _with_mstyle(tree: str) -> str:
    """Move `displaystyle` and `scriptlevel` to an `mstyle` around: HTML checkers take them nowhere else."""
    out: list[str] = []
    ends: list[str] = []
    position = 0
    for match in _TAG.finditer(tree):
        out.append(tree[position : match.start()])
        position = match.end()
        closing, name, attributes, empty = match.groups()
        if closing:
            out.append(ends.pop())
            continue
        start, end = match[0], f"</{name}>"
        if name not in _STYLED and _STYLE.search(attributes):
            style = "".join(_STYLE.findall(attributes))
            # a table begins in text style whatever stands around it, and may say itself that it does not
            rest = (_LEVEL if name == "mtable" else _STYLE).sub("", attributes)
            bare = name == "mrow" and not rest  # an mstyle is a row itself
            start = f"<mstyle{style}>" + ("" if bare else f"<{name}{rest}{empty}>")
            end = "</mstyle>" if bare else f"</{name}></mstyle>"
            if empty:
                start += "</mstyle>"
        out.append(start)
        if not empty:
            ends.append(end)
    out.append(tree[position:])
    return "".join(out)
