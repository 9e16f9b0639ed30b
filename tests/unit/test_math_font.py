"""The math font as it is shipped: its slices, and the rules that tell browsers when to load them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from fontTools.ttLib import TTFont

from notebook_kb.parsing.tex import TexConverter

if TYPE_CHECKING:
    from pathlib import Path

FACE = re.compile(r"@font-face\{[^}]*url\(fonts/([\w-]+)\.woff2\)[^}]*unicode-range:([^}]*)\}")
CORE_LIMIT = 50_000


@pytest.fixture(scope="module")
def static(repository: Path) -> Path:
    return repository / "templates/static"


@pytest.fixture(scope="module")
def declared(static: Path) -> dict[str, set[int]]:
    faces: dict[str, set[int]] = {}
    for name, text in FACE.findall((static / "style.css").read_text(encoding="utf-8")):
        codes: set[int] = set()
        for part in text.split(","):
            first, _, last = part.removeprefix("U+").partition("-")
            codes.update(range(int(first, 16), int(last or first, 16) + 1))
        faces[name] = codes
    return faces


@pytest.fixture(scope="module")
def fonts(static: Path) -> dict[str, TTFont]:
    return {path.stem: TTFont(path) for path in sorted((static / "fonts").glob("*.woff2"))}


def test_a_slice_holds_what_its_rule_says_and_nothing_else(
    declared: dict[str, set[int]], fonts: dict[str, TTFont]
) -> None:
    assert {name: set(font.getBestCmap()) for name, font in fonts.items()} == declared


def test_no_character_is_in_two_slices(declared: dict[str, set[int]]) -> None:
    assert len(set().union(*declared.values())) == sum(len(codes) for codes in declared.values())


def test_each_slice_has_the_math_table_and_our_name(fonts: dict[str, TTFont]) -> None:
    for font in fonts.values():
        assert "MATH" in font
        assert font["name"].getDebugName(1) == "Notebook Math"


def test_the_core_stays_small(static: Path) -> None:
    assert (static / "fonts/math.woff2").stat().st_size <= CORE_LIMIT


def test_the_core_has_what_browsers_take_from_the_first_face_only(fonts: dict[str, TTFont]) -> None:
    """A space makes it the first face; sums, fences, roots and braces have their larger sizes in it."""
    core = fonts["math"]
    known = core.getBestCmap()
    assert 0x20 in known
    variants = core["MATH"].table.MathVariants
    assert {known[ord(c)] for c in "∑∏∫()[]{}|‖⌊⌋⌈⌉⟨⟩√"} <= set(variants.VertGlyphCoverage.glyphs)
    assert {known[ord(c)] for c in "⏞⏟→←"} <= set(variants.HorizGlyphCoverage.glyphs)


def test_the_core_has_every_italic_twin(fonts: dict[str, TTFont]) -> None:
    """A browser draws `<mi>x</mi>` as U+1D465; without the twins every variable is in another font."""
    known = fonts["math"].getBestCmap()
    letters = set(range(0x1D434, 0x1D468)) - {0x1D455} | {0x210E} | set(range(0x1D6FC, 0x1D71C))
    assert not {f"U+{c:X}" for c in letters if c not in known}


def test_the_arrow_of_vec_lies_inside_its_advance(fonts: dict[str, TTFont]) -> None:
    font = fonts["math"]
    name = font.getBestCmap()[0x20D7]
    glyph = font["glyf"][name]
    assert glyph.xMin >= 0
    assert font["hmtx"][name][0] >= glyph.xMax
    assert font["GDEF"].table.GlyphClassDef.classDefs[name] == 1  # a mark's advance would be taken away


def test_the_notes_of_this_repository_need_the_core_only(
    repository: Path, declared: dict[str, set[int]]
) -> None:
    converter = TexConverter()
    needed: set[str] = set()
    for path in (repository / "notes").rglob("*.md"):
        for block, inline in re.findall(
            r"\$\$(.+?)\$\$|\$([^$\n]+)\$", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            tree = converter.convert(block or inline, display=bool(block)).mathml.rpartition("<annotation")[0]
            needed |= set(unescape(re.sub(r"<[^>]*>", "", tree)))
    assert len(needed) > 50
    assert not {c for c in needed if ord(c) not in declared["math"] and not c.isspace()}
