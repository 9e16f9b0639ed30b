"""Cards that nobody wrote: made of what a note holds. Say the formula, draw it or define it, name the symbol, sketch the code.

Only written parts make cards, never prompts or stubs; private parts never. An id follows from the note's key and from
what is asked (`rank/say/4f1c2a90`), so two machines make the same cards.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from notebook_kb.learning.coverage import PartState, part_state
from notebook_kb.model import document as d
from notebook_kb.model.card import GENERATED, CardKind, StudyCard
from notebook_kb.model.note import NoteType, Part
from notebook_kb.notebook.keys import key_of
from notebook_kb.parsing.code_parts import is_check
from notebook_kb.parsing.symbol_lists import list_words, listed_blocks, spoken, symbol_rows
from notebook_kb.parsing.symbols import signs, symbol_key
from notebook_kb.parsing.tex import TexConverter
from notebook_kb.study.note_text import (
    code_markdown,
    display_markdown,
    escaped,
    inline_markdown,
    one_line,
    read_note_text,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from xml.etree import ElementTree as ET

    from notebook_kb.model.note import Note, Section
    from notebook_kb.notebook.notebook import Explanation, Notebook
    from notebook_kb.study.note_text import NoteText

    Row = tuple[tuple[d.Inline, ...], tuple[d.Inline, ...]]

DIGEST = 4  # bytes: eight hex digits


def generated_cards(notebook: Notebook, note: Note, kinds: Collection[CardKind]) -> Iterator[StudyCard]:
    """The cards of `kinds` that the note allows, in its order. The file is read again: a snapshot keeps no text.

    A note that has no such part is not read; one that has gone gives none.
    """
    wanted = GENERATED & frozenset(kinds)
    if not any(makes_cards(notebook, note, s, wanted) for s in note.sections):
        return
    text = read_note_text(notebook, note)
    if text is None:
        return
    maker = CardMaker(notebook, note, text)
    for number, section in enumerate(text.note.sections):
        for card in maker.cards(number, section):
            if card.kind in wanted:
                yield card


def makes_cards(notebook: Notebook, note: Note, section: Section, kinds: frozenset[CardKind]) -> bool:
    """Whether a section can hold anything to ask for, by what the snapshot says."""
    if section.private or notebook.kind_of(note) is NoteType.PAGE:
        return False
    match section.part:
        case Part.SYMBOLS:
            return bool(kinds & {CardKind.SAY, CardKind.SYMBOL}) and section.display_formulas > 0
        case Part.CODE:
            return CardKind.CODE in kinds and section.substance
        case Part.ANGLE | Part.OWN | Part.OTHER:
            return CardKind.ANGLE in kinds and part_state(section.words) is PartState.WRITTEN
        case _:
            return False


class CardMaker:
    """Makes one note's cards. A symbol is asked once for each note, by the first row that describes it."""

    def __init__(self, notebook: Notebook, note: Note, text: NoteText) -> None:
        self.notebook = notebook
        self.note = note
        self.text = text
        self.pack = notebook.pack
        self.key = key_of(notebook, note)
        self.concept = notebook.concept_of(note)
        known = notebook.roadmap.concepts.get(self.concept)
        self.title = known.title if known else note.title
        self.words = list_words(notebook.pack)
        self.tex = TexConverter({**notebook.settings.macros, **note.macros})
        self.given: set[str] = set()

    def cards(self, number: int, section: Section) -> Iterator[StudyCard]:
        """The cards of one section."""
        if section.private:
            return
        match section.part:
            case Part.SYMBOLS:
                yield from self.formula_cards(section)
            case Part.CODE:
                yield from self.code_cards(section)
            case Part.ANGLE | Part.OTHER:
                yield from self.angle_cards(number, section)
            case Part.OWN:
                question = self.pack.word("ask_own", title=escaped(self.title))
                yield from self.text_card(section, question, "own", self.concept)

    def card(
        self, kind: CardKind, detail: str, front: str, back: str, section: Section, line: int = 0
    ) -> Iterator[StudyCard]:
        """The card, unless one with its id was made already or a side of it is empty."""
        name = f"{self.key}/{kind}/{detail}"
        if not front.strip() or not back.strip() or name in self.given:
            return
        self.given.add(name)
        concept = self.notebook.roadmap.concepts.get(self.concept)
        yield StudyCard(
            id=name,
            kind=kind,
            front=front,
            back=back,
            path=self.note.path,
            line=line or section.place.line,
            heading=section.heading,
            title=self.note.title,
            concept=self.concept,
            area=concept.area if concept else "",
            fingerprint=short_digest(front),
        )

    # say the formula, name the symbol

    def formula_cards(self, section: Section) -> Iterator[StudyCard]:
        """For each display formula: say it, then each of its symbols."""
        for formula, _, own in listed_blocks(self.text.blocks(section), self.words):
            if not isinstance(formula, d.MathBlock):
                continue
            for block in own:
                words = spoken(block, self.words.aloud)
                if words:
                    yield from self.say_card(section, formula, words)
                for row in symbol_rows(block, self.words.means):
                    yield from self.symbol_card(section, formula, row, block)

    def say_card(
        self, section: Section, formula: d.MathBlock, words: tuple[d.Inline, ...]
    ) -> Iterator[StudyCard]:
        front = f"{self.pack.word('ask_say')}\n\n{display_markdown(formula.tex)}"
        detail = short_digest(one_line(formula.tex))
        yield from self.card(CardKind.SAY, detail, front, inline_markdown(words), section, formula.place.line)

    def symbol_card(
        self, section: Section, formula: d.MathBlock, row: Row, block: d.Block
    ) -> Iterator[StudyCard]:
        sign = inline_markdown(row[0])
        question = self.pack.word("ask_symbol", sign=sign)
        front = f"{question}\n\n{display_markdown(formula.tex)}"
        line = next((i.place.line for i in row[0] if i.place.line), block.place.line)
        yield from self.card(
            CardKind.SYMBOL, self.sign_key(row[0]), front, inline_markdown(row[1]), section, line
        )

    def sign_key(self, sign: tuple[d.Inline, ...]) -> str:
        """The letter as it is drawn where the sign is one letter, else a digest of how it was typed."""
        formulas = [i for i in sign if isinstance(i, d.Math)]
        if len(formulas) == 1:
            parts = signs(self.tex.convert(formulas[0].tex, display=False).mathml)
            if len(parts) == 1 and len(parts[0]) == 1 and is_letter(parts[0][0]):
                return symbol_key(parts[0][0])
        return short_digest("".join(inline_markdown(sign).split()))

    # draw it, say it simply, define it

    def angle_cards(self, number: int, section: Section) -> Iterator[StudyCard]:
        """The card of an explanation: of the note's concept, or in a reading of the concept that its heading names."""
        for concept, explanation in self.explained(number):
            known = self.notebook.roadmap.concepts[concept]
            of_note = concept == self.concept and section.part is Part.ANGLE
            detail = explanation.angle if of_note else f"{explanation.angle}-{concept}"
            question = self.angle_question(explanation.angle, known.title)
            yield from self.text_card(section, question, detail, concept)
            return
        if section.part is Part.ANGLE and not self.concept:
            yield from self.text_card(
                section, self.angle_question(section.angle, self.title), section.angle, ""
            )

    def explained(self, number: int) -> Iterator[tuple[str, Explanation]]:
        """(concept, explanation) of the section with this number."""
        names = {self.concept, self.notebook.heading_concept(self.text.note.sections[number])}
        names.add(self.notebook.concept_names.get(self.note.concept, ""))
        for concept in sorted(names - {""}):
            for explanation in self.notebook.explanations.get(concept, ()):
                if explanation.note.path == self.note.path and explanation.index == number:
                    yield concept, explanation

    def angle_question(self, angle: str, title: str) -> str:
        kind = self.notebook.roadmap.angles[angle]
        ask = kind.ask or self.pack.word("ask_explain")
        return self.pack.word("ask_angle", title=escaped(title), angle=escaped(kind.title), ask=ask)

    def text_card(self, section: Section, question: str, detail: str, concept: str) -> Iterator[StudyCard]:
        """A question that the section's text answers; a second section at the same angle gets a number."""
        if part_state(section.words) is not PartState.WRITTEN:
            return
        back = self.text.markdown(section, self.text.blocks(section))
        taken = sum(
            self.was_given(CardKind.ANGLE, detail, n) for n in range(1, len(self.text.note.sections) + 1)
        )
        name = f"{detail}-{taken + 1}" if taken else detail
        known = self.notebook.roadmap.concepts.get(concept)
        for card in self.card(CardKind.ANGLE, name, question, back, section):
            yield replace(card, concept=concept, area=known.area if known else "")

    def was_given(self, kind: CardKind, detail: str, number: int) -> bool:
        name = f"{detail}-{number}" if number > 1 else detail
        return f"{self.key}/{kind}/{name}" in self.given

    # sketch the code

    def code_cards(self, section: Section) -> Iterator[StudyCard]:
        """The code of the section without its checks: one card for each note."""
        blocks = [b for b in d.walk_blocks(self.text.blocks(section)) if isinstance(b, d.CodeBlock)]
        code = [b for b in blocks if not is_check(b) and says_something(b)]
        question = self.pack.word("ask_code", title=escaped(self.title))
        back = "\n\n".join(code_markdown(b) for b in code)
        yield from self.card(CardKind.CODE, "sketch", question, back, section)


def is_letter(element: ET.Element) -> bool:
    """Whether a sign is one letter, perhaps with an accent: no index, no bracket."""
    return element.tag in {"mi", "mover", "munder"} and bool(symbol_key(element))


def says_something(block: d.CodeBlock) -> bool:
    """Whether a code block holds more than blanks and comments."""
    return any(row.strip() and not row.lstrip().startswith("#") for row in block.code.split("\n"))


def short_digest(text: str) -> str:
    """Eight hex digits that tell texts apart."""
    return blake2b(" ".join(text.split()).encode(), digest_size=DIGEST).hexdigest()
