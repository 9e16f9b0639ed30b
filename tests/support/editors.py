"""Editors that do to a paste what the dated table says of Medium's and LinkedIn's, and what of an article arrived there.

The comparison walks the article's blocks and the editor's elements by itself: it shares nothing with the kit's own check.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import lxml.html

from notebook_kb.model import document as d
from notebook_kb.publishing.contracts import editor
from notebook_kb.publishing.shaped import Shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from notebook_kb.publishing.prepare import Prepared

PAGE = Path(__file__).with_name("editor.html")
TEX = re.compile(r"\$[^$\n]+\$|\\[A-Za-z]+")


def editor_page(service: Literal["medium", "linkedin"]) -> str:
    """The page of a fake editor, its rules taken from the table."""
    rules = {k: sorted(v) if isinstance(v, frozenset) else v for k, v in asdict(editor(service)).items()}
    return PAGE.read_text(encoding="utf-8").replace("RULES", json.dumps(rules))


def paste(page: Page, url: str) -> str:
    """Press Control+V in the editor at `url`, and its HTML after that."""
    page.goto(url)
    page.locator("#editor").focus()
    page.keyboard.press("ControlOrMeta+v")
    page.wait_for_selector("#editor[data-pasted]")
    return page.locator("#editor").inner_html()


@dataclass
class Arrival:
    """What of an article arrived: how many elements there were, and a line for each that is missing or wrong."""

    elements: int = 0
    code: int = 0
    pictures: int = 0
    lost: list[str] = field(default_factory=list)

    def expect(self, found: object, what: str) -> None:
        self.elements += 1
        if not found:
            self.lost.append(what)


def plain(text: str) -> str:
    """A line without what editors change of their own accord."""
    for curled, straight in (("“", '"'), ("”", '"'), ("‘", "'"), ("’", "'"), ("\u00a0", " ")):
        text = text.replace(curled, straight)
    return " ".join(text.split())


def arrival(prepared: Prepared, html: str) -> Arrival:
    """How an article stands in an editor, element for element."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    result = Arrival()
    check_texts(prepared, root, result)
    check_links(prepared, root, result)
    check_code(prepared, root, result)
    check_pictures(prepared, root, result)
    text = " ".join(e.text_content() for e in root if e.tag != "pre")
    source = " ".join(words for _, words in wanted_texts(prepared.shaped.blocks))
    result.lost += [f"raw TeX: {m}" for m in TEX.findall(text) if m not in source]
    return result


def wanted_texts(blocks: tuple[d.Block, ...], kind: str = "p") -> Iterator[tuple[str, str]]:
    """(kind of element, words) of everything that is text."""
    for block in blocks:
        match block:
            case d.Heading():
                yield "heading", plain(d.plain_text(block.inlines))
            case d.Paragraph():
                yield kind, plain(d.plain_text(block.inlines))
            case d.List():
                for item in block.items:
                    yield from wanted_texts(item.children, "li")
            case d.Quote():
                yield from wanted_texts(block.children, "blockquote")
            case Shown():
                yield from [("p", plain(block.caption))] if block.caption else []
            case d.Rule():
                yield "hr", ""
            case d.CodeBlock():
                pass
            case _:
                raise AssertionError(f"{type(block).__name__} is nothing that an editor takes")


def check_texts(prepared: Prepared, root: lxml.html.HtmlElement, result: Arrival) -> None:
    """Each paragraph, heading, item and quote once, in an element of its kind, in order."""
    kinds = {"h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading"}
    found = []
    for element in root.iter("h1", "h2", "h3", "h4", "p", "li", "blockquote", "hr"):
        inner = element.getparent()
        kind = "blockquote" if inner is not None and inner.tag == "blockquote" else str(element.tag)
        found.append((kinds.get(kind, kind), plain(spaced(element))))
    places: list[int] = []
    for kind, words in wanted_texts(prepared.shaped.blocks):
        fitting = [i for i, f in enumerate(found) if fits(f, kind, words)]
        free = [i for i in fitting if i not in places] or fitting  # an item of two paragraphs is one element
        result.expect(free, f"{kind}: {words[:60]}")
        places += free[:1]
    if not result.lost and places != sorted(places):
        result.lost.append("the order of the text")


def fits(found: tuple[str, str], kind: str, words: str) -> bool:
    """Whether an element holds a text; an item's paragraphs are lines of one element."""
    return found[0] == kind and (found[1] == words or (kind == "li" and words in found[1]))


def spaced(element: lxml.html.HtmlElement) -> str:
    """The words of an element, line ends as blanks."""
    parts = [element.text or ""]
    for child in element:
        parts += [" " if child.tag == "br" else spaced(child), child.tail or ""]
    return "".join(parts)


def check_links(prepared: Prepared, root: lxml.html.HtmlElement, result: Arrival) -> None:
    """Each link with its words."""
    found = [(str(a.get("href")).rstrip("/"), plain(a.text_content())) for a in root.iter("a")]
    for address, words in wanted_links(prepared.shaped.blocks):
        link = address.rstrip("/"), words
        result.expect(link in found, f"link: {link}")
        if link in found:
            found.remove(link)


def wanted_links(node: object) -> Iterator[tuple[str, str]]:
    """(address, words) of all links below a node."""
    if isinstance(node, d.Link):
        yield node.href, plain(d.plain_text(node.children))
    elif isinstance(node, tuple):
        for part in node:
            yield from wanted_links(part)
    elif isinstance(node, d.Node):
        for name in node.__dataclass_fields__:
            yield from wanted_links(getattr(node, name))


def code_hash(code: str) -> str:
    """The hash of a listing; a blank on an empty line and curled signs are no difference."""
    lines = [line.rstrip() for line in code.expandtabs(4).strip("\n").split("\n")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check_code(prepared: Prepared, root: lxml.html.HtmlElement, result: Arrival) -> None:
    """Each listing whole in one box, with its language."""
    boxes = [(code_hash(p.text_content()), p.get("data-code-block-lang") or "") for p in root.iter("pre")]
    blocks = [b for b in prepared.shaped.blocks if isinstance(b, d.CodeBlock)]
    result.code = len(blocks)
    for number, block in enumerate(blocks):
        wanted = code_hash(block.code)
        good = number < len(boxes) and boxes[number][0] == wanted
        result.expect(good, f"code {number + 1} of {len(blocks)} ({len(boxes)} boxes)")
        if good and block.language in {"python", "py"}:
            result.expect(boxes[number][1] == "python", f"language of code {number + 1}")


def check_pictures(prepared: Prepared, root: lxml.html.HtmlElement, result: Arrival) -> None:
    """Each picture in its order: its bytes with its alt text, or the line that names its file."""
    shown = [b for b in prepared.shaped.blocks if isinstance(b, Shown) and b.picture is not None]
    result.pictures = len(shown)
    found: list[tuple[str, str]] = []
    for element in root.iter("img", "p"):
        if element.tag == "img":
            data = base64.b64decode(cast("str", element.get("src")).partition(",")[2])
            found.append((hashlib.sha256(data).hexdigest(), element.get("alt") or ""))
        elif mark := re.fullmatch(r"\[picture \d+: (\S+)\]", plain(element.text_content())):
            found.append((mark[1], "mark"))
    for number, block in enumerate(shown):
        assert block.picture is not None
        wanted = {(block.picture.digest, block.alt), (block.picture.name, "mark")}
        result.expect(number < len(found) and found[number] in wanted, f"picture {number + 1}")
