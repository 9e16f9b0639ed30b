"""Users' raw HTML, made safe. Our own formulas and checkboxes are put in afterwards."""

from __future__ import annotations

import re

import nh3

from notebook_kb.files.marks import without_spelt_marks

MARK = "\ue0c2"
MARKED = re.compile(MARK + r"([0-9]{1,6})" + MARK)
SLOT_TAGS = {"kb-a", "kb-img", "kb-embed", "kb-also", "kb-code"}
OUR_TAGS = """a abbr aside b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption
figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary
sup table tbody td tfoot th thead tr u ul var wbr"""
TAGS = SLOT_TAGS | set(OUR_TAGS.split())
ATTRIBUTES: dict[str, set[str]] = {
    "*": {"class", "id", "title", "lang", "dir", "role", "aria-label", "tabindex", "data-s"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    "details": {"open"},
    "col": {"span"},
    "kb-a": {"n"},
    "kb-img": {"n"},
    "kb-embed": {"n"},
    "kb-also": {"n"},
    "kb-code": {"n"},
}
TAG = re.compile(r"""<(/?)([a-z][a-z0-9-]*)(?:"[^"]*"|[^">])*>""")
VOID = frozenset(["br", "col", "hr", "img", "wbr"])
SCHEMES = {"http", "https", "mailto"}


class Trusted:
    """Holds pieces of our own HTML while the text around them is sanitised."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def keep(self, html: str) -> str:
        """A mark that stands for `html`."""
        self.pieces.append(html)
        return f"{MARK}{len(self.pieces) - 1}{MARK}"

    def restore(self, html: str) -> str:
        """The HTML with every mark replaced."""

        def piece(match: re.Match[str]) -> str:
            # raw HTML may hold a forged mark
            number = int(match[1])
            return self.pieces[number] if number < len(self.pieces) else ""

        return MARKED.sub(piece, html)


def tag_depth(html: str) -> int:
    """How many tags are open at the end of sanitised HTML."""
    depth = 0
    for match in TAG.finditer(html):
        if match[2] not in VOID:
            depth += -1 if match[1] else 1
    return depth


def sanitise(html: str) -> str:
    """Balanced, harmless HTML: no scripts, handlers, styles, forms, frames, odd schemes or forged marks."""
    return nh3.clean(
        without_spelt_marks(html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener",
        strip_comments=True,
    )
