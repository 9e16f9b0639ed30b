"""One table for each target: what it does with each construct of an article.

The facts behind the tables, with their sources, are in `contracts.yml`; what depends on one of them is read from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notebook_kb.publishing.contracts import editor, flag
from notebook_kb.publishing.payload import Form, TargetName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.publishing.contracts import Editor


class Construct(StrEnum):
    """What an article is made of, as far as targets differ on it."""

    HEADING_LINK = "heading_link"
    INLINE_FORMULA = "inline_formula"
    DISPLAY_FORMULA = "display_formula"
    TABLE = "table"
    NARROW_TABLE = "narrow_table"  # of two columns
    CODE = "code"
    INLINE_CODE = "inline_code"
    OUTSIDE_PICTURE = "outside_picture"
    FOOTNOTE = "footnote"
    CALLOUT = "callout"
    STRIKE = "strike"
    HIGHLIGHT = "highlight"
    CANONICAL = "canonical"


class Treatment(StrEnum):
    """What becomes of a construct."""

    KEEP = "keep"
    TEXT = "text"
    PICTURE = "picture"
    LIST = "list"
    QUOTE = "quote"
    BOLD = "bold"
    LINK = "link"
    NOTES = "notes"  # a list at the end
    LAST_LINE = "last_line"
    FIELD = "field"  # a field of the form or of the request
    LIQUID = "liquid"  # dev.to's katex tags


class Shipping(StrEnum):
    """How a picture travels with the text."""

    MARKED = "marked"  # a line that says which file belongs here
    DATA = "data"  # inside the address
    FILE = "file"  # a file beside the text
    ADDRESS = "address"  # on the own site


@dataclass(frozen=True, slots=True)
class Adapter:
    """The rules of one target and form.

    `headings` gives for source levels 2 to 6 the level there, 0 for a bold paragraph. `version` is raised when the same
    article comes out different: then what is out there is old without a change of the author's. The last fields are
    those of `contracts.Editor`.
    """

    target: TargetName
    form: Form
    version: int
    rules: Mapping[Construct, Treatment]
    headings: tuple[int, int, int, int, int]
    list_depth: int
    shipping: Shipping
    plain_letters: bool = False
    markdown: bool = False
    align: str = ""
    pre_mode: str = ""
    pre_mode_plain: str = ""
    fills_empty_lines: bool = False
    title_in_body: bool = False

    def level(self, level: int) -> int:
        """The level of a heading of the source's `level`, 0 where it is a bold paragraph."""
        return self.headings[min(max(level, 2), 6) - 2]


_C, _T = Construct, Treatment
_MEDIUM, _LINKEDIN = editor("medium"), editor("linkedin")


def _either(kept: bool, instead: Treatment) -> Treatment:
    """KEEP where a service keeps it, else what stands in its place."""
    return _T.KEEP if kept else instead


_SAME = (2, 3, 4, 5, 6)


def _for_editor(target: TargetName, rules: Editor, shipping: Shipping, **more: bool) -> Adapter:
    """The table of a target whose editor is pasted into: what the editor does not keep goes in another form."""
    kept_code = "pre" in rules.keeps and rules.pre_line_ends_kept
    levels = [int(name[1]) for name in rules.heading_elements][:2]
    first, second = (*levels, 0, 0)[:2]
    return Adapter(
        target,
        Form.ARTICLE,
        version=1,
        rules={
            _C.HEADING_LINK: _either(rules.links_in_headings, _T.TEXT),
            _C.INLINE_FORMULA: _T.TEXT,
            _C.DISPLAY_FORMULA: _T.PICTURE,
            _C.TABLE: _either(rules.table, _T.PICTURE),
            _C.NARROW_TABLE: _either(rules.table, _T.LIST),
            _C.CODE: _either(kept_code, _T.PICTURE),
            _C.INLINE_CODE: _either(rules.code_inline, _T.TEXT),
            _C.OUTSIDE_PICTURE: _T.LINK,
            _C.FOOTNOTE: _T.NOTES,
            _C.CALLOUT: _T.QUOTE if "blockquote" in rules.keeps else _T.BOLD,
            _C.STRIKE: _either("s" in rules.keeps, _T.TEXT),
            _C.HIGHLIGHT: _T.BOLD,
            _C.CANONICAL: _T.LAST_LINE,
        },
        headings=(first, second, 0, 0, 0),
        list_depth=rules.list_depth,
        shipping=shipping,
        align=rules.text_align,
        pre_mode=rules.pre_mode,
        pre_mode_plain=rules.pre_mode_plain,
        fills_empty_lines=rules.pre_split_at_empty_lines,
        title_in_body=rules.title_in_body,
        **more,
    )


# a line that says which file belongs where: sources differ on whether Medium fetches pictures of a pasted text
MEDIUM = _for_editor(TargetName.MEDIUM, _MEDIUM, Shipping.MARKED)
LINKEDIN_ARTICLE = _for_editor(TargetName.LINKEDIN, _LINKEDIN, Shipping.DATA, plain_letters=True)

DEVTO = Adapter(
    TargetName.DEVTO,
    Form.ARTICLE,
    version=1,
    rules={
        **dict.fromkeys(Construct, _T.KEEP),
        _C.INLINE_FORMULA: _T.LIQUID,
        _C.DISPLAY_FORMULA: _T.LIQUID,
        _C.FOOTNOTE: _either(flag("devto.footnotes"), _T.NOTES),
        _C.CALLOUT: _T.QUOTE,
        _C.HIGHLIGHT: _T.BOLD,
        _C.CANONICAL: _T.FIELD,
    },
    headings=_SAME,
    list_depth=6,
    shipping=Shipping.ADDRESS,
    markdown=True,
)

FOLDER = Adapter(
    TargetName.FOLDER,
    Form.ARTICLE,
    version=1,
    rules={
        **dict.fromkeys(Construct, _T.KEEP),
        _C.INLINE_FORMULA: _T.TEXT,
        _C.DISPLAY_FORMULA: _T.PICTURE,
        _C.FOOTNOTE: _T.NOTES,
        _C.CALLOUT: _T.QUOTE,
        _C.HIGHLIGHT: _T.BOLD,
        _C.CANONICAL: _T.LAST_LINE,
    },
    headings=_SAME,
    list_depth=6,
    shipping=Shipping.FILE,
)

ADAPTERS = {(a.target, a.form): a for a in (MEDIUM, LINKEDIN_ARTICLE, DEVTO, FOLDER)}
