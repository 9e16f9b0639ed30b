"""Setting runs of text, code and formulas into lines of a given width. Kerning is not counted, so each word has a place."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

from notebook_kb.rendering.images.faces import clusters, missing_glyphs, pieces, settable, widths
from notebook_kb.rendering.images.formula import EDGE, INK, draw_formula
from notebook_kb.rendering.images.result import CannotDraw, UndrawableError, no_glyphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notebook_kb.rendering.images.faces import Face
    from notebook_kb.rendering.images.formula import FormulaDrawer, SetFormula

CODE_SIZE = 0.88  # code in a line of serif: its letters are larger than those of the serif
ASCENT, DESCENT = 0.92, 0.28
BLANKS = re.compile(r"[ \t\n\r\f\v]+")
# a line may end after these within a word: addresses, file names, a/b
AFTER = re.compile(r"(?<=[/\\_=&?.,;:|+–—-])(?=[^\s/\\_=&?.,;:|+–—-]{2})")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line: `text` in a style (regular, italic, bold, code), or the formula `mathml`, which then is all.

    `colour` is that of the text; '' is the colour of what is around.
    """

    text: str = ""
    style: str = "regular"
    mathml: str = ""
    colour: str = ""


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Atom:
    """What stands in a line without a break: text in one font, or a formula (drawn at `zoom`)."""

    width: float
    ascent: float
    descent: float
    text: str = ""
    face: Face | None = None
    size: float = 0.0
    style: str = ""
    colour: str = ""
    formula: SetFormula | None = None
    zoom: float = 1.0

    def svg(self, x: float, baseline: float) -> str:
        """The atom at its place."""
        if self.formula is not None:
            inside = EDGE * self.zoom
            return self.formula.at(
                round(x - inside, 2), round(baseline - self.ascent - inside, 2), zoom=self.zoom
            )
        assert self.face is not None
        fill = f' fill="{self.colour}"' if self.colour else ""
        return (
            f'<text x="{x:.2f}" y="{baseline:.2f}" {self.face.attributes} font-size="{self.size:g}"{fill}>'
            f"{escape(self.text)}</text>"
        )


@dataclass(frozen=True, slots=True)
class Word:
    """Atoms between two blanks; `blank` is the width of the blank before it."""

    atoms: tuple[Atom, ...]
    blank: float = 0.0

    @property
    def width(self) -> float:
        """What it takes, without the blank."""
        return sum(a.width for a in self.atoms)


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was set: the atoms with their distance from its beginning."""

    atoms: tuple[tuple[float, Atom], ...]
    width: float
    ascent: float
    descent: float

    @property
    def height(self) -> float:
        """From its top to the top of the next."""
        return self.ascent + self.descent

    @property
    def text(self) -> str:
        """What it says, words parted by blanks; formulas are left out."""
        out, end = "", 0.0
        for x, atom in self.atoms:
            out += " " * (x > end + 0.01) + atom.text
            end = x + atom.width
        return out.strip()

    def svg(self, x: float, top: float) -> str:
        """The line with its upper left corner at (x, top)."""
        return "".join(atom.svg(x + dx, top + self.ascent) for dx, atom in self.atoms)


@dataclass(frozen=True, slots=True)
class SetText:
    """Lines one below the other."""

    lines: tuple[Line, ...]

    @property
    def width(self) -> float:
        """The width of the longest line."""
        return max((line.width for line in self.lines), default=0.0)

    @property
    def height(self) -> float:
        """The height of all."""
        return sum(line.height for line in self.lines)

    def svg(self, x: float, top: float, width: float = 0.0, align: str = "left") -> str:
        """The lines from (x, top) down, within `width` aligned left, right or center."""
        out = []
        for line in self.lines:
            room = max(width - line.width, 0.0)
            shift = {"right": room, "center": room / 2}.get(align, 0.0)
            out.append(line.svg(x + shift, top))
            top += line.height
        return "".join(out)


class Remembered:
    """A drawer of formulas that remembers what it drew: the same are set again where another size is tried."""

    def __init__(self, draw: FormulaDrawer) -> None:
        self.draw = draw
        self.known: dict[tuple[str, float, str], SetFormula | CannotDraw] = {}

    def __call__(self, mathml: str, size: float, colour: str = INK) -> SetFormula | CannotDraw:
        """The formula as the drawer gave it the first time."""
        key = (mathml, size, colour)
        if key not in self.known:
            self.known[key] = self.draw(mathml, size, colour)
        return self.known[key]


@dataclass(frozen=True, slots=True)
class Setter:
    """Sets runs in one size; `leading` is the height of a line of text in sizes of its letters."""

    size: float
    leading: float = 1.4
    draw: FormulaDrawer = draw_formula
    colour: str = INK

    def words(self, runs: Sequence[Run]) -> list[Word]:
        """The runs parted at blanks. Raises UndrawableError for what cannot be set."""
        out: list[Word] = []
        atoms: list[Atom] = []
        blank = 0.0
        for run in runs:
            if run.mathml:
                atoms.append(self._formula(run))
                continue
            for part in re.split(f"({BLANKS.pattern})", plain_run(run.text)):
                if not BLANKS.fullmatch(part):
                    atoms += self._text(part, run)
                    continue
                if atoms:
                    out.append(Word(tuple(atoms), blank))
                    atoms = []
                blank = self._blank(run)
        return [*out, Word(tuple(atoms), blank)] if atoms else out

    def lines(self, runs: Sequence[Run], width: float) -> SetText:
        """The runs in lines of at most `width`: broken at blanks, and in a word only where it alone is too wide."""
        return self.set_words(self.words(runs), width)

    def set_words(self, words: Sequence[Word], width: float) -> SetText:
        """Words in lines."""
        lines: list[Line] = []
        row: list[tuple[float, Atom]] = []
        x = 0.0
        for word in words:
            for number, part in enumerate(parted(word, width)):
                start = x + part.blank if row else 0.0
                if row and (number or start + part.width > width):
                    lines.append(self._line(row))
                    row, start = [], 0.0
                for atom in part.atoms:
                    row.append((start, atom))
                    start += atom.width
                x = start
        if row:
            lines.append(self._line(row))
        return SetText(tuple(lines))

    def natural(self, runs: Sequence[Run]) -> tuple[float, float]:
        """(the width of the widest word, that of all in one line)."""
        words = self.words(runs)
        whole = sum(w.width + (w.blank if n else 0.0) for n, w in enumerate(words))
        return max((w.width for w in words), default=0.0), whole

    def _line(self, row: list[tuple[float, Atom]]) -> Line:
        """A line is as high as its text wants, and higher where a formula is."""
        extra = self.size * (self.leading - ASCENT - DESCENT) / 2
        ascent = max(self.size * ASCENT + extra, *(a.ascent + extra for _, a in row))
        descent = max(self.size * DESCENT + extra, *(a.descent + extra for _, a in row))
        last, atom = row[-1]
        return Line(tuple(row), last + atom.width, ascent, descent)

    def _blank(self, run: Run) -> float:
        return widths(run.style)[" "] * self._size(run) / 1000

    def _size(self, run: Run) -> float:
        return self.size * (CODE_SIZE if run.style.startswith("code") else 1)

    def _text(self, text: str, run: Run) -> Iterator[Atom]:
        """A word's text, an atom for each font that it needs."""
        missing = missing_glyphs(text, run.style)
        if missing:
            raise no_glyphs(missing)
        size = self._size(run)
        for face, part in pieces(text, run.style):
            yield text_atom(part, face, size, run.style, run.colour)

    def _formula(self, run: Run) -> Atom:
        drawn = self.draw(run.mathml, self.size * 1.04, run.colour or self.colour)
        if isinstance(drawn, CannotDraw):
            raise UndrawableError(f"a formula in it cannot be drawn: {drawn.reason}", drawn.characters)
        return formula_atom(drawn, 1.0)


def text_atom(text: str, face: Face, size: float, style: str, colour: str) -> Atom:
    """A piece of text in one font."""
    table = widths(style)
    width = sum(table[c] for c in text) * size / 1000
    return Atom(width, size * ASCENT, size * DESCENT, text, face, size, style, colour)


def formula_atom(formula: SetFormula, zoom: float) -> Atom:
    """A formula on the baseline, without the edge around it."""
    ascent = (formula.height - formula.depth - EDGE) * zoom
    descent = (formula.depth - EDGE) * zoom
    return Atom((formula.width - 2 * EDGE) * zoom, ascent, descent, formula=formula, zoom=zoom)


def plain_run(text: str) -> str:
    """The text with composed letters and without signs that have no shape; blanks at its ends stay."""
    return settable(BLANKS.sub(" ", text))


def parted(word: Word, width: float) -> Iterator[Word]:
    """A word as it is, or in parts that fit where it alone is wider than a line; a formula is made smaller then."""
    if word.width <= width:
        yield word
        return
    row: list[Atom] = []
    blank, used = word.blank, 0.0
    for atom in word.atoms:
        for part in _parts(atom, width):
            if row and used + part.width > width:
                yield Word(tuple(row), blank)
                row, blank, used = [], 0.0, 0.0
            if row and row[-1].face is part.face and part.face and row[-1].colour == part.colour:
                row[-1] = replace(row[-1], text=row[-1].text + part.text, width=row[-1].width + part.width)
            else:
                row.append(part)
            used += part.width
    if row:
        yield Word(tuple(row), blank)


def _parts(atom: Atom, width: float) -> Iterator[Atom]:
    """An atom in pieces none of which is wider than a line: at signs after which a line may end, else anywhere."""
    if atom.width <= width:
        yield atom
        return
    if atom.formula is not None:
        yield formula_atom(atom.formula, width / atom.width)
        return
    assert atom.face is not None
    for text in AFTER.split(atom.text):
        part = text_atom(text, atom.face, atom.size, atom.style, atom.colour)
        if part.width <= width:
            yield part
            continue
        for cluster in clusters(text):
            yield text_atom(cluster, atom.face, atom.size, atom.style, atom.colour)
