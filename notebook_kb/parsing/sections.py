"""Which heading is which part of a note: forgiving of case, number, emoji, dash and colon."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from notebook_kb.model import document as d
from notebook_kb.model.note import PRIVATE_PARTS, Citation, Part, Section
from notebook_kb.parsing.cards import card_levels, card_marks
from notebook_kb.parsing.shapes import CALLOUTS
from notebook_kb.parsing.words import counted_words, has_substance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.languages import LanguagePack

DASH = re.compile(r"\s+(?:[—–-]|--)\s+|:\s+|\s*—\s*")
LAST_PARENTHESIS = re.compile(r"^(.*?)\s*\(([^()]*)\)\s*$", re.DOTALL)
NOT_LETTERS = re.compile(r"[\W\d_]+")
DETAILS = re.compile(r"</?details\b", re.IGNORECASE)
RESEMBLES = 0.82


def normal(text: str) -> str:
    """A heading's letters only, for comparing: `1. In my words:` → `in my words`."""
    return NOT_LETTERS.sub(" ", text.casefold()).strip()


@dataclass(frozen=True, slots=True)
class SectionNames:
    """The names of parts and angles, normalised, and the labels of special lines: `card_marks` to Q, A or C,
    `card_levels` to easy, medium or hard. `no_link_words` and `no_picture_words` say nothing of what they stand for.
    """

    parts: Mapping[str, Part]
    angles: Mapping[str, str]
    source_labels: tuple[str, ...]
    me: frozenset[str]
    private_words: frozenset[str]
    private_phrases: frozenset[str]
    card_marks: Mapping[str, str]
    card_levels: Mapping[str, str]
    no_link_words: frozenset[str] = frozenset()
    no_picture_words: frozenset[str] = frozenset()


def section_names(
    pack: LanguagePack,
    own: Mapping[str, tuple[str, ...]],
    private: tuple[str, ...],
    angles: Mapping[str, str],
) -> SectionNames:
    """Names from the language pack, the settings' `sections:` and `private_sections:`, and the roadmap's angles
    (id → title).
    """
    parts: dict[str, Part] = {}
    for name, aliases in pack.parts.items():
        if name in Part._value2member_map_:
            parts |= {normal(a): Part(name) for a in aliases}
    angle_names = {normal(title): angle for angle, title in angles.items()}
    angle_names |= {normal(angle): angle for angle in angles}
    for angle, aliases in pack.angles.items():
        if angle in angles:
            angle_names |= {normal(a): angle for a in aliases if normal(a) not in angle_names}
    for name, aliases in own.items():
        if name in angles:
            angle_names |= {normal(a): name for a in aliases}
        elif name in Part._value2member_map_:
            parts |= {normal(a): Part(name) for a in aliases}
    parts |= {normal(name): Part.PRIVATE for name in private}
    phrases = {n for n, part in parts.items() if part in {Part.EXCERPT, Part.PRIVATE}}
    return SectionNames(
        parts,
        angle_names,
        tuple(label.casefold() for label in pack.labels["source"]),
        frozenset(w.casefold() for w in pack.labels["me"]),
        frozenset({"excerpt", "private", *(p for p in phrases if " " not in p)} - {"quotes", "quote"}),
        frozenset(phrases),
        card_marks(pack),
        card_levels(pack),
        frozenset(w.casefold() for w in pack.labels["no_link_words"]),
        frozenset(w.casefold() for w in pack.labels["no_picture_words"]),
    )


def read_heading(text: str, names: SectionNames) -> tuple[Part, str, str]:
    """(part, angle, the words behind the dash) of a heading's text."""
    whole = normal(text)
    if whole in names.angles:
        return Part.ANGLE, names.angles[whole], ""
    if whole in names.parts:
        return names.parts[whole], "", ""
    for match in DASH.finditer(text):
        left = normal(text[: match.start()])
        if left in names.angles:
            return Part.ANGLE, names.angles[left], text[match.end() :].strip()
        if left in names.parts:
            return names.parts[left], "", text[match.end() :].strip()
    left = normal(re.sub(r"\s*\([^()]*\)\s*$", "", text))
    if left in names.angles:
        return Part.ANGLE, names.angles[left], text[text.rfind("(") :]
    return names.parts.get(left, Part.OTHER), "", ""


def read_citation(text: str, url: str = "", place: d.Place = d.NOWHERE) -> Citation:
    """`3b1b-ela (ch. 7)` → source and place; the last parenthesis is the place."""
    match = LAST_PARENTHESIS.match(text.strip())
    name, where = (match[1].strip(), match[2].strip()) if match else (text.strip(), "")
    if not url and re.match(r"https?://\S+$", name):
        url = name
    return Citation(name, where, url, place)


def is_private_heading(heading: d.Heading) -> bool:
    """Whether a heading carries `#private` or `%%private%%`."""
    for inline in d.walk_inlines(heading.inlines):
        if isinstance(inline, d.Tag) and inline.name.casefold() == "private":
            return True
        if isinstance(inline, d.Comment) and inline.text.strip().casefold() == "private":
            return True
    return False


def private_callout(callout: d.Callout, names: SectionNames) -> tuple[bool, bool]:
    """(is private, only resembles a private one). It fails closed: what resembles is private."""
    bare, _, theme = callout.kind.partition("|")  # `[!note|private]`: what is for a theme may say it too
    kind, title = normal(bare), normal(callout.title_text)
    if kind in names.private_words or title in names.private_phrases or normal(theme) in names.private_words:
        return True, False
    words = set(title.split()) | set(normal(theme).split())
    words |= set(kind.split()) if bare.strip() not in CALLOUTS else set()
    if words & names.private_words:
        return True, title not in names.private_phrases and kind not in names.private_words
    if any(resembles(w, p) for w in words for p in names.private_words):
        return True, True
    return (
        (True, True)
        if any(resembles(title, p) for p in names.private_phrases - {"quotes"})
        else (False, False)
    )


def is_excerpt(callout: d.Callout, names: SectionNames) -> bool:
    """Whether a private callout holds a source's words: `[!excerpt]`, or one whose title says so."""
    if not private_callout(callout, names)[0]:
        return False
    kind = normal(callout.kind.partition("|")[0])
    said = [names.parts[w] for w in (kind, normal(callout.title_text)) if w in names.parts]
    return Part.EXCERPT in said or (
        Part.PRIVATE not in said and kind != "private" and "private" not in callout.kind
    )


def resembles(word: str, known: str) -> bool:
    """Whether a word is a slip of a known one."""
    if abs(len(word) - len(known)) > 2 or len(word) < 5:
        return False
    return SequenceMatcher(None, word, known).ratio() >= RESEMBLES


class SectionReader:
    """Cuts a document's top-level blocks into sections."""

    def __init__(self, blocks: tuple[d.Block, ...], names: SectionNames) -> None:
        self.blocks = list(blocks)
        self.names = names
        self.sections: list[Section] = []

    def read(self) -> tuple[tuple[Section, ...], tuple[d.Block, ...]]:
        """(sections, blocks without the lines that name sources)."""
        current = Section("", 0, "", Part.OTHER, d.Place(1, 1))
        parents: list[Section] = []
        folded = inside_details(self.blocks)
        for i, block in enumerate(self.blocks):
            if not isinstance(block, d.Heading):
                continue
            if (
                i in folded
                and read_heading(block.text, self.names)[0] is Part.OTHER
                and not hides(block, self.names)
            ):
                continue  # a section would cut the <details> in two
            started = self.start(block, i)
            parents = [p for p in parents if p.level < block.level]
            private = any(p.private for p in parents)
            if started.part is Part.OTHER and not started.private:
                if parents:
                    around = parents[-1]
                    if around is current or current in parents:
                        continue
                    started = replace(started, part=around.part, angle=around.angle, citation=around.citation)
            else:
                parents.append(replace(started, private=started.private or private))
            self.close(current, i)
            current = parents[-1] if parents and parents[-1].first == i else started
            current = replace(current, private=current.private or private)
        self.close(current, len(self.blocks))
        return tuple(self.sections), tuple(self.blocks)

    def start(self, heading: d.Heading, index: int) -> Section:
        """The section that a heading opens."""
        part, angle, rest = read_heading(heading.text, self.names)
        citation = Citation()
        if part is Part.ANGLE:
            citation = self.source_line(index + 1) or (
                read_citation(rest, heading_url(heading), heading.place) if rest else Citation()
            )
        hidden = hides(heading, self.names)
        return Section(
            heading.text,
            heading.level,
            heading.anchor,
            part,
            heading.place,
            angle,
            "",
            citation,
            first=index,
            private=hidden,
        )

    def source_line(self, index: int) -> Citation | None:
        """The citation of a `Source: …` line right under a heading; the line is taken out of the text."""
        found = take_source_line(self.blocks[index], self.names) if index < len(self.blocks) else None
        if not found:
            return None
        citation, rest = found
        self.blocks[index] = rest
        return citation

    def close(self, section: Section, end: int) -> None:
        """Count and keep a section that ends before block `end`."""
        if end == section.first and not section.heading:
            return
        inside = visible(tuple(self.blocks[section.first : end]), self.names)
        displays = sum(isinstance(b, d.MathBlock) for b in d.walk_blocks(inside))
        self.sections.append(
            replace(
                section,
                last=end,
                words=counted_words(inside),
                substance=has_substance(inside[1:] if section.heading else inside),
                display_formulas=displays,
            )
        )


def inside_details(blocks: list[d.Block]) -> set[int]:
    """The indexes of the blocks between a `<details>` and the `</details>` that closes it."""
    found: set[int] = set()
    opened: list[int] = []
    for i, block in enumerate(blocks):
        if not isinstance(block, d.HtmlBlock):
            continue
        for tag in DETAILS.findall(block.html):
            if not tag.startswith("</"):
                opened.append(i)
            elif opened:
                found.update(range(opened.pop(), i))
    return found


def visible(blocks: tuple[d.Block, ...], names: SectionNames, *, nested: bool = False) -> tuple[d.Block, ...]:
    """Blocks without private callouts at any depth, and (`nested`: the blocks stand in a quote or a list) without what
    follows a private heading. The same tuple where nothing is private.
    """
    kept: list[d.Block] = []
    level = 0
    for block in blocks:
        if nested and isinstance(block, d.Heading):
            level = 0 if block.level <= level else level
            level = level or (block.level if hides(block, names) else 0)
        if not level and not (isinstance(block, d.Callout) and private_callout(block, names)[0]):
            kept.append(visible_inside(block, names))
    return blocks if all_same(kept, blocks) else tuple(kept)


def visible_inside(block: d.Block, names: SectionNames) -> d.Block:
    """A block without what is private in the blocks that it holds."""
    match block:
        case d.BlockParent():
            children = visible(block.children, names, nested=True)
            return block if children is block.children else replace(block, children=children)
        case d.List():
            items = tuple(replace(i, children=visible(i.children, names, nested=True)) for i in block.items)
            same = all(new.children is old.children for new, old in zip(items, block.items, strict=True))
            return block if same else replace(block, items=items)
        case _:
            return block


def all_same(some: list[d.Block], others: tuple[d.Block, ...]) -> bool:
    """Whether both hold the very same blocks."""
    return len(some) == len(others) and all(a is b for a, b in zip(some, others, strict=True))


def hides(heading: d.Heading, names: SectionNames) -> bool:
    """Whether what stands under a heading is private."""
    private = read_heading(heading.text, names)[0] in PRIVATE_PARTS or is_private_heading(heading)
    return private or looks_private(heading, names)


def looks_private(heading: d.Heading, names: SectionNames) -> bool:
    """Whether a heading only begins like a private one (`Private thoughts`). It fails closed: such a section is hidden."""
    if read_heading(heading.text, names)[0] is not Part.OTHER or is_private_heading(heading):
        return False
    text = normal(heading.text)
    return any(text.startswith(f"{phrase} ") for phrase in names.private_words)


def heading_url(heading: d.Heading) -> str:
    """The address of a link in a heading."""
    return next((i.href for i in d.walk_inlines(heading.inlines) if isinstance(i, d.Link)), "")


def take_source_line(block: d.Block, names: SectionNames) -> tuple[Citation, d.Block] | None:
    """(citation, the rest of the block) when a paragraph's first line names a source."""
    if not isinstance(block, d.Paragraph) or not block.inlines or not isinstance(block.inlines[0], d.Text):
        return None
    label, colon, _ = block.inlines[0].text.partition(":")
    if not colon or label.strip().casefold() not in names.source_labels:
        return None
    cut = next(
        (n for n, i in enumerate(block.inlines) if isinstance(i, (d.SoftBreak, d.HardBreak))),
        len(block.inlines),
    )
    line = block.inlines[:cut]
    text = d.plain_text(line).partition(":")[2]
    url = next((i.href for i in d.walk_inlines(line) if isinstance(i, d.Link)), "")
    citation = read_citation(text, url, block.inlines[0].place)
    return citation, replace(block, inlines=block.inlines[cut + 1 :])
