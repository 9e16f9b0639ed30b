"""A page's HTML as feeds carry it: balanced, with absolute addresses, and readable where no style sheet comes along."""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from notebook_kb.website.addresses import relative_url

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
VOID = frozenset({"area", "br", "col", "hr", "img", "input", "wbr"})
ADDRESSES = frozenset({"href", "src", "data", "poster"})
# what means nothing without our style sheet, or would stand twice in a feed of several pages
DROPPED = frozenset({"class", "id", "tabindex", "role", "loading", "style", "decoding"})
# drawn signs: the word beside them says the same
SKIPPED = frozenset({"svg", "script", "style", "template"})
CHECKBOX = {True: "\u2611 ", False: "\u2610 "}


class FeedHtml(HTMLParser):
    """Writes our HTML again; `address` makes an address absolute."""

    def __init__(self, address: Callable[[str], str]) -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.out: list[str] = []
        self.open: list[str] = []
        self.skipping = 0
        self.spans: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SKIPPED:
            self.skipping += 1
        elif self.skipping:
            return
        elif tag == "span":
            # its words are a label; other spans are for our style sheet alone
            self.spans.append("label" in (dict(attrs).get("class") or ""))
            self.out.append("<b>" if self.spans[-1] else "")
        elif tag == "input":
            self.out.append(CHECKBOX["checked" in dict(attrs)])
        else:
            self.out.append(f"<{tag}{self.attributes(attrs)}>")
            if tag not in VOID:
                self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SKIPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in SKIPPED:
            self.skipping = max(self.skipping - 1, 0)
        elif tag == "span" and self.spans and not self.skipping:
            self.out.append(":</b>" if self.spans.pop() else "")
        elif not self.skipping and tag in self.open:
            # what was left open inside is closed with it
            while self.open:
                inner = self.open.pop()
                self.out.append(f"</{inner}>")
                if inner == tag:
                    break

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.out.append(xml_text(data, quote=False))

    def attributes(self, attrs: list[tuple[str, str | None]]) -> str:
        """The attributes that mean something in a feed reader."""
        kept = []
        for name, value in dict(attrs).items():
            if name in DROPPED or name.startswith(("aria-", "data-", "on")) or not name.isidentifier():
                continue
            shown = self.address(value or "") if name in ADDRESSES else (value if value is not None else name)
            kept.append(f' {name}="{xml_text(shown)}"')
        return "".join(kept)

    def result(self) -> str:
        """What was written, every element closed."""
        self.close()
        while self.open:
            self.out.append(f"</{self.open.pop()}>")
        return "".join(self.out)


def feed_html(html: str, base: str, url: str, formula: Callable[[str], str] = str) -> str:
    """Our HTML for a feed.

    `base` is the site's address ('' where it has none yet: then addresses are relative to the feed), `url` the page's
    path, `formula` gives what stands for a `<math>` element: itself, if nothing else is wanted.
    """

    def absolute(target: str) -> str:
        return urljoin(base + url, target) if base else relative_url(urljoin(url, target), "/feed.xml")

    parts: list[str] = []

    def keep(match: re.Match[str]) -> str:
        parts.append(formula(match[0]))
        return f"\ue0c8{len(parts) - 1}\ue0c8"

    writer = FeedHtml(absolute)
    writer.feed(FORMULA.sub(keep, html.replace("\ue0c8", "")))
    written = re.sub(
        "\ue0c8([0-9]{1,6})\ue0c8",
        lambda m: parts[int(m[1])] if int(m[1]) < len(parts) else "",
        writer.result(),
    )
    return NOT_XML.sub("", written)


def xml_text(value: str, *, quote: bool = True) -> str:
    """Text for XML: escaped, without the signs that XML refuses."""
    return escape(NOT_XML.sub("", value), quote=quote)
