"""Pictures of what other sites do not show: tables, code, formulas, drawings, and the fonts that they are set in."""

from __future__ import annotations

import hashlib
import io
import os
import re
import subprocess
import sys
import time
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml.etree import fromstring
from PIL import Image

from notebook_kb.parsing.tex import TexConverter
from notebook_kb.rendering.images.code import ROOM as CODE_ROOM
from notebook_kb.rendering.images.code import code_png, code_svg
from notebook_kb.rendering.images.faces import CHAINS, face_widths, missing_glyphs, pieces, settable
from notebook_kb.rendering.images.formula import SetFormula, draw_formula, formula_picture
from notebook_kb.rendering.images.png import FILES, FONTS, svg_to_png
from notebook_kb.rendering.images.raster import note_picture
from notebook_kb.rendering.images.result import CannotDraw, Drawn, UndrawableError
from notebook_kb.rendering.images.runs import Run, Setter
from notebook_kb.rendering.images.table import TablePicture, table_png, table_svg
from notebook_kb.rendering.images.worker import FormulaWorker

CONVERTER = TexConverter({})
WHITE = (255, 255, 255)
CODE = """import numpy as np

# ∇L(θ) → 0: θ ∈ ℝⁿ, ‖θ‖₂ ≤ 1
class Adam:
\tdef __init__(self, params: list[np.ndarray], lr: float = 1e-3, betas: tuple[float, float] = (0.9, 0.999)) -> None:
        raise ValueError("a string that is far too long for the width of one line of this picture, and then some")
"""


def mathml(tex: str, *, display: bool = True) -> str:
    return CONVERTER.convert(tex, display=display).mathml


def cell(text: str, style: str = "regular") -> tuple[Run, ...]:
    return (Run(text, style),)


def table(rows: list[list[str]], *, align: tuple[str, ...] = ()) -> TablePicture:
    head, *rest = (tuple(cell(c) for c in row) for row in rows)
    return TablePicture(head, tuple(rest), align)


def drawn(result: Drawn | CannotDraw) -> Drawn:
    assert isinstance(result, Drawn), result
    return result


def opened(result: Drawn | CannotDraw) -> Image.Image:
    picture = drawn(result)
    image = Image.open(io.BytesIO(picture.data)).convert("RGBA")
    assert image.size == (picture.width, picture.height)
    assert image.getchannel("A").getextrema() == (255, 255), "it is not opaque"
    return image.convert("RGB")


def edge_is(image: Image.Image, colour: tuple[int, int, int], width: int = 30) -> bool:
    """Whether nothing stands in the outermost pixels."""
    w, h = image.size
    sides = ((0, 0, w, width), (0, h - width, w, h), (0, 0, width, h), (w - width, 0, w, h))
    return all(
        image.crop(box).getcolors() == [((box[2] - box[0]) * (box[3] - box[1]), colour)] for box in sides
    )


def texts(svg: str) -> list[str]:
    return ["".join(map(str, t.itertext())) for t in fromstring(svg.encode()).iter("{*}text")]


# fonts


def test_the_widths_are_those_of_the_fonts_that_are_shipped() -> None:
    """A font cut anew without its widths would let text run over the edge."""
    from fontTools.ttLib import TTFont

    for file in FILES:
        font = TTFont(FONTS / file)
        table = face_widths(file.removeprefix("card-").rpartition(".")[0])
        unit, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
        assert {c: -(-metrics[g][0] * 1000 // unit) for c, g in font.getBestCmap().items()} == {
            ord(c): w for c, w in table.items()
        }


def test_what_notes_on_learning_machines_use_can_be_set() -> None:
    """Greek, operators, arrows, raised and lowered letters, ticks: in text, italics, headings and code."""
    text = "ℝⁿ ∈ ∀∃ ∇∂ ∑∏∫ ≤≥≠≈ →⇒↦⟶ ⟨x⟩ ⌊y⌋ 𝔼 αβγ Σ Ω ϵ xᵀ yᵢ zₙ ✓✗ ★ − × · … „“ é ł ß č я ½ ⊙⊗ ∥ ∎ □"
    assert {style: missing_glyphs(text, style) for style in CHAINS} == dict.fromkeys(CHAINS, "")
    assert not missing_glyphs("│┌─┐ █▁▂ ↪ ∅", "code")


@pytest.mark.parametrize("character", ["🙂", "漢", "א", "\U000e0041"])
def test_a_character_that_no_font_has_is_named_and_never_a_box(character: str) -> None:
    """Tables, code, formulas and drawings: each says which character it is."""
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g><text>a<tspan>{character}</tspan></text></g></svg>'
    results = [
        table_png(table([["a"], [f"b {character}"]])),
        code_png(f"x = 1  # {character}", "python"),
        formula_picture(f"<math><mtext>{character}</mtext></math>"),
        table_png(TablePicture((), (((Run(mathml=f"<math><mtext>{character}</mtext></math>"),),),))),
        note_picture(svg.encode()),
    ]
    for result in results:
        assert isinstance(result, CannotDraw)
        assert result.characters == character
        assert f"U+{ord(character):04X}" in result.reason


def test_what_a_title_or_a_comment_of_a_drawing_says_needs_no_glyph() -> None:
    """Only what is drawn counts."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>🙂</title><text>a<title>🙂</title></text></svg>'
    assert isinstance(note_picture(svg.encode()), Drawn)


def test_ticks_in_colour_become_plain_ones() -> None:
    """✅ and ❌ in a table are too common to refuse it, and mean the same in ink."""
    assert texts(table_svg(table([["a"], ["✅"], ["❌"]])))[1:] == ["✔", "✘"]


def test_an_accent_stays_with_its_letter() -> None:
    """A letter in one font with its accent from another would stand apart from it."""
    assert not missing_glyphs("ȳ ẋ ẍ ﬁ x\u0304 v\u20d7 θ\u0302")
    assert [t for _, t in pieces("x\u0302y", "regular")] == ["x\u0302y"]
    assert missing_glyphs("█\u20d7") == "\u20d7"


@example(text="ﬁ\u0332\u0302", style="bold")
@given(
    text=st.text(st.sampled_from("aZθΣ∈ℝ✗█漢🙂 \u0302\u20d7\u0338\u0332ȳﬁ−"), max_size=8),
    style=st.sampled_from(sorted(CHAINS)),
)
def test_what_is_not_missing_has_a_glyph_in_the_font_that_it_is_set_in(text: str, style: str) -> None:
    """No box can come out: each character is in the very font of its piece."""
    text = settable(text)
    set_in = [c in face_widths(face.name) for face, part in pieces(text, style) for c in part]
    assert all(set_in) == (not missing_glyphs(text, style))


# runs


def test_a_line_is_never_wider_than_its_room() -> None:
    """Words, parts of words, code, and formulas too wide for the line."""
    runs = (
        Run("A sentence with "),
        Run("italics,", "italic"),
        Run(" a_very_long_identifier_that_no_line_can_hold_because_it_is_long ", "code"),
        Run(mathml=mathml("a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p", display=False)),
        Run(" and Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", "bold"),
    )
    for width in (120, 200, 333):
        text = Setter(20).lines(runs, width)
        assert text.width <= width + 0.01
        assert "".join("".join(line.text.split()) for line in text.lines) == "".join(
            "".join(r.text.split()) for r in runs
        )


def test_punctuation_after_a_formula_stays_with_it() -> None:
    """A line never begins with the comma that follows a formula."""
    runs = (Run("word "), Run(mathml=mathml("x+y", display=False)), Run(", then more"))
    for width in range(90, 200, 7):
        firsts = [line.atoms[0][1] for line in Setter(20).lines(runs, width).lines]
        assert all(a.formula is not None or not a.text.startswith(",") for a in firsts)


def test_a_formula_in_a_line_stands_on_its_baseline() -> None:
    """An x drawn as a formula has its foot where the text has it; a fraction reaches below."""
    x, fraction = (draw_formula(mathml(t, display=False), 40) for t in ("x", r"\frac{a}{b}"))
    assert isinstance(x, SetFormula)
    assert isinstance(fraction, SetFormula)
    assert x.depth < 4
    assert fraction.depth > 14
    image = Image.open(
        io.BytesIO(
            svg_to_png(
                '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100" fill="#fff"/>'
                + Setter(40).lines((Run("I"), Run(mathml=mathml("x", display=False))), 200).svg(10, 10)
                + "</svg>"
            )
        )
    ).convert("L")
    # the lowest ink of the letter and that of the formula
    columns = [
        image.crop((a, 0, b, 100)).point(lambda v: 255 * (v < 128)).getbbox() for a, b in ((8, 24), (28, 60))
    ]
    assert columns[0] is not None
    assert columns[1] is not None
    assert abs(columns[0][3] - columns[1][3]) <= 2


# tables


def test_a_table_is_whole_within_its_canvas() -> None:
    """1400 px wide, all cells there, nothing at the edge."""
    rows = [["Name", "What it does, in one sentence", "Example"]] + [
        [
            f"row {n}",
            "How many directions are left when a matrix has acted on all of space",
            f"np.linalg.rank{n}(A)",
        ]
        for n in range(5)
    ]
    image = opened(table_png(table(rows, align=("left", "left", "right"))))
    assert image.width == 1400
    assert edge_is(image, WHITE)
    words = " ".join(texts(table_svg(table(rows))))
    assert [w for row in rows for c in row for w in c.split() if w not in words] == []


def test_a_wide_table_wraps_before_its_letters_get_too_small() -> None:
    """Sentences are wrapped in letters of at least 17 px; many columns are shown smaller, and always whole."""
    sentence = "a sentence of a good many words that takes some room"
    wraps = table_svg(table([["one", "two", "three"], [sentence] * 3]))
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', wraps))) >= 17
    many = table([[f"col{n}" for n in range(14)], [f"{n}.125" for n in range(14)]])
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', table_svg(many)))) < 17
    assert opened(table_png(many)).width == 1400
    huge = table([["Eigenschaftswort"] * 30, ["Donaudampfschifffahrt"] * 30])
    assert edge_is(opened(table_png(huge)), WHITE)
    assert "".join(texts(table_svg(huge))).count("Donaudampfsch") == 30


def test_columns_are_aligned_as_the_table_says() -> None:
    """Figures aligned right end at one place."""
    svg = table_svg(table([["n", "value"], ["1", "1"], ["2", "1000"]], align=("left", "right")))
    places = {t: float(x) for x, t in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', svg)}
    assert places["value"] < places["1"]
    assert places["1000"] < places["1"]
    left = re.findall(r'<text x="([\d.]+)"[^>]*>(?:n|2)</text>', svg)
    assert len(set(left)) == 1


@pytest.mark.parametrize(
    "strange",
    [
        TablePicture((), ()),
        TablePicture((), ((),)),
        TablePicture(((),), (((), ()),)),
        TablePicture((cell("a"),), ((), (cell("b"), cell("c"), cell("d")))),
        TablePicture((cell("\u200b"),), ((cell(" "),),)),
        TablePicture((cell("a"),), (((Run(mathml="<math><mi>x"),),),)),
    ],
)
def test_no_table_raises(strange: TablePicture) -> None:
    """Empty, ragged or with a formula that is none: a picture or a reason."""
    assert isinstance(table_png(strange), (Drawn, CannotDraw))


# code


def test_every_character_of_code_is_in_its_picture_once() -> None:
    """Nothing is cut: the lines put together again are the code, and only the mark is added."""
    said = "".join("".join(texts(code_svg(CODE, "python"))).replace("↪", "").split())
    assert said == "".join(CODE.split())


def test_long_lines_are_wrapped_with_a_mark_and_stay_in() -> None:
    """A row ends before the edge, and its rest follows behind a mark, at 17 px and not less."""
    svg = code_svg(CODE + "x" * 200, "python")
    assert texts(svg).count("↪") >= 4
    assert '<g font-size="17"' in svg
    ends = [
        float(x) + len(unescape(t)) * 17 * 0.6
        for x, t in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', svg)
        if t != "↪"
    ]
    assert max(ends) <= CODE_ROOM + 26 + 0.1
    assert edge_is(opened(code_png(CODE, "python")), (0xFA, 0xF8, 0xF3))


def test_short_code_is_set_larger_and_tabs_are_four_blanks() -> None:
    """A phone shows pictures at less than half their size."""
    svg = code_svg("if x:\n\tpass", "python")
    assert '<g font-size="20"' in svg
    at = {t: float(x) for x, t in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', svg)}
    assert at["pass"] - at["if"] == pytest.approx(4 * 20 * 0.6)


def test_code_is_marked_as_on_the_site() -> None:
    """Keywords bold, comments in italics, strings in their colour; in an unknown language nothing."""
    svg = code_svg('def f():\n    return "s"  # why', "python")
    assert re.search(r'font-weight="600"[^>]*>def<', svg)
    assert re.search(r'font-style="italic"[^>]*># why<', svg)
    assert re.search(r'fill="#7a5200"[^>]*>"s"<|fill="#7a5200"[^>]*>&quot;s&quot;<', svg)
    assert 'font-weight="600"' not in code_svg("def f(): pass", "no such language")


def test_code_that_no_picture_can_hold_is_refused() -> None:
    """A thousand lines are told, not shown as a thread."""
    result = code_png("x\n" * 1000)
    assert isinstance(result, CannotDraw)
    assert "1000 lines" in result.reason


def test_signs_that_the_mono_font_lacks_stay_in_their_columns() -> None:
    """What follows a wide sign stands where it would after a letter."""
    with_sign, without = (
        {t: x for x, t in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]*)</text>', code_svg(f"a{sign}b"))}
        for sign in ("⟹", " c ".strip())
    )
    assert float(with_sign["b"]) == pytest.approx(26 + 2 * 20 * 0.6)
    assert "acb" in without


# formulas


def test_a_formula_for_a_column_is_always_as_wide_and_never_clipped() -> None:
    """1400 px on white, with a margin, in letters that a phone shows; one that is too wide is made smaller."""
    short = opened(formula_picture(mathml("x")))
    long = opened(formula_picture(mathml("+".join(f"a_{{{n}}}x^{n}" for n in range(22)))))
    for image in (short, long):
        assert image.width == 1400
        assert edge_is(image, WHITE, 40)
    assert isinstance(formula_picture(mathml("+".join(["x"] * 190))), CannotDraw)


def glyphs(tex: str) -> dict[str, list[float]]:
    """The places from the left of each glyph that a formula uses."""
    result = draw_formula(mathml(tex), 20)
    assert isinstance(result, SetFormula)
    places: dict[str, list[float]] = {}
    for use in fromstring(result.svg).iter("{*}use"):
        (name,) = (str(v) for k, v in use.items() if str(k).endswith("href"))
        places.setdefault(name, []).append(float(use.get("x", "nan")))
    return places


def test_equations_are_aligned_and_bars_of_a_matrix_are_there() -> None:
    """Our converter says it in styles, of which ziamath knows nothing."""
    twice = [p for p in glyphs(r"\begin{aligned}a+b+c&=d\\&=e\end{aligned}").values() if len(p) == 2]
    assert any(a == b for a, b in twice)
    plain, barred = (glyphs(rf"\begin{{array}}{{{c}}}1&2\\3&4\end{{array}}") for c in ("cc", "c|c"))
    (bar,) = (barred[name] for name in set(barred) - set(plain))
    assert len(bar) == 2
    assert bar[0] == bar[1]


def test_the_worker_sets_formulas_as_this_process_does() -> None:
    """The same values, whoever draws; and so does a faulty one."""
    with FormulaWorker() as worker:
        for tex in ("x", r"\frac{a}{b}", r"\begin{pmatrix}1&2\\3&4\end{pmatrix}", r"\text{漢}"):
            for size in (20, 32.5):
                assert worker(mathml(tex), size, "#000000") == draw_formula(mathml(tex), size, "#000000")
        assert worker("<math><mi>x", 20) == draw_formula("<math><mi>x", 20)
        assert formula_picture(mathml("x^2"), worker) == formula_picture(mathml("x^2"))


def test_a_formula_that_takes_too_long_is_ended_and_the_next_one_drawn() -> None:
    """ziamath doubles its time with each row within a row: such a formula must not hold up the kit."""
    nested = "x"
    for _ in range(10):
        nested = rf"\left({nested}+1\right)"
    with FormulaWorker(limit=3) as worker:
        assert isinstance(worker(mathml("x"), 20), SetFormula)
        first = worker.process
        start = time.monotonic()
        slow = worker(mathml(nested), 20)
        assert time.monotonic() - start < 20
        assert isinstance(slow, CannotDraw)
        assert "3 seconds" in slow.reason
        assert first is not None
        assert first.poll() is not None, "it still runs"
        assert worker(mathml("y"), 20) == draw_formula(mathml("y"), 20)
        last = worker.process
    assert last is not None
    assert last.poll() is not None


def test_a_worker_that_dies_is_started_anew() -> None:
    """Out of memory, or ended by the system: one formula is lost at most."""
    with FormulaWorker() as worker:
        assert isinstance(worker(mathml("x"), 20), SetFormula)
        assert worker.process is not None
        worker.process.kill()
        worker.process.wait()
        assert isinstance(worker(mathml("x"), 20), SetFormula)


def test_the_worker_takes_no_module_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A notebook may hold a file json.py, which must not be run."""
    (tmp_path / "json.py").write_text("import sys; sys.exit(3)")
    monkeypatch.chdir(tmp_path)
    with FormulaWorker() as worker:
        assert isinstance(worker(mathml("x"), 20), SetFormula)


# pictures of notes


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">{}</svg>'


def test_a_drawing_is_shown_by_day_on_white() -> None:
    """Rules for a dark scheme do not count, those for a light one do, variables are put in."""
    style = (
        "<style>:root{--c:#0000ff}.a{fill:#ff0000}.b{fill:var(--c)}.d{fill:var(--none, #00ff00)}"
        "@media (prefers-color-scheme: dark){:root{--c:#fff}.a{fill:#fff}.z{fill:#fff}}"
        "@media (prefers-color-scheme: light){.c{fill:#ff00ff}}</style>"
    )
    boxes = "".join(f'<rect class="{c}" x="{20 * n}" width="10" height="10"/>' for n, c in enumerate("abcdz"))
    image = opened(note_picture(SVG.format(style + boxes).encode()))
    assert image.size == (1400, 700)
    seen = [image.getpixel((n * 280 + 60, 60)) for n in range(5)]
    assert seen == [(255, 0, 0), (0, 0, 255), (255, 0, 255), (0, 255, 0), (0, 0, 0)]
    assert image.getpixel((1390, 690)) == WHITE


def test_text_in_a_drawing_is_set_in_our_fonts_whatever_it_asks_for() -> None:
    """A font that is not there leaves no gap: the text is drawn."""
    for family in ("Helvetica Neue", "sans-serif", "monospace", "Comic Sans MS, cursive"):
        svg = SVG.format(f'<text y="30" font-family="{family}">ℝ ✗ a</text>')
        assert opened(note_picture(svg.encode())).convert("L").point(lambda v: 255 * (v < 60)).getbbox()


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        ("<foreignObject><p>words</p></foreignObject>", "HTML"),
        ('<image href="photo.png"/>', "another file"),
        ('<image xlink:href="file:///etc/hostname"/>', "another file"),
        ('<use href="other.svg#x"/>', "another file"),
        ("<g>" * 3000 + "</g>" * 3000, "nested"),
    ],
)
def test_a_drawing_that_would_come_out_otherwise_is_refused(inside: str, words: str) -> None:
    """What resvg would leave out silently is said."""
    result = note_picture(SVG.format(inside).encode())
    assert isinstance(result, CannotDraw)
    assert words in result.reason


def made(kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGBA", (64, 40), (200, 30, 30, 0))
    image.paste((200, 30, 30, 255), (0, 0, 32, 40))
    (image.convert("RGB") if kind == "JPEG" else image).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "media"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif")]
)
def test_pictures_that_every_site_takes_stay_as_they_are(kind: str, media: str) -> None:
    """Byte for byte, with their size."""
    data = made(kind)
    assert note_picture(data) == Drawn(data, media, 64, 40)


def test_a_progressive_jpeg_has_its_size_too() -> None:
    """Its frame begins with another marker."""
    assert drawn(note_picture(made("JPEG", progressive=True, comment=b"x" * 300))).width == 64


@pytest.mark.parametrize(
    ("kind", "options"),
    [("WEBP", {"lossless": True}), ("WEBP", {}), ("WEBP", {"lossless": True, "exact": True}), ("AVIF", {})],
)
def test_webp_and_avif_become_png_on_white(kind: str, options: dict[str, object]) -> None:
    """The picture is there, and what was clear is white."""
    image = opened(note_picture(made(kind, **options)))
    assert image.size == (64, 40)
    red, clear = image.getpixel((10, 20)), image.getpixel((55, 20))
    assert isinstance(red, tuple)
    assert isinstance(clear, tuple)
    assert all(abs(a - b) < 12 for a, b in zip(red, (200, 30, 30), strict=True))
    assert min(clear) > 240


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "PNG", "JPEG", "GIF"])
def test_a_damaged_picture_never_raises(kind: str) -> None:
    """At each length: a result or a reason."""
    data = made(kind)
    for end in range(0, len(data), max(1, len(data) // 40)):
        assert isinstance(note_picture(data[:end]), (Drawn, CannotDraw))


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"hello", b"\xff\xfe<", b"<svg", b"<!DOCTYPE html><p>"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    """A reason, no picture."""
    assert isinstance(note_picture(data), CannotDraw)


# bytes


SAME = """
import hashlib, sys
from tests.unit.test_pictures import *
from notebook_kb.rendering.images.page import IdeaPage, draw_pages
from notebook_kb.rendering.images.pdf import pdf_of_pages
state = hashlib.sha256()
for result in (
    table_png(table([["a", "b ∈ ℝ"], ["c ✗", "d"]])),
    code_png(CODE, "python"),
    formula_picture(mathml("x^2")),
    note_picture(SVG.format('<text y="20">a</text>').encode()),
    note_picture(made("AVIF")),
):
    state.update(drawn(result).data)
state.update(pdf_of_pages(draw_pages([IdeaPage("T", (cell("x"),))]), "T"))
print(state.hexdigest())
"""


def test_two_processes_make_the_same_bytes() -> None:
    """No clock, no order of a set, nothing of the process is in a picture."""
    root = Path(__file__).resolve().parents[2]
    said = [
        subprocess.run(
            [sys.executable, "-c", SAME],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root), "TZ": zone},
        ).stdout
        for seed, zone in (("0", "UTC"), ("4711", "Asia/Tokyo"))
    ]
    assert said[0] == said[1]
    assert len(said[0].strip()) == len(hashlib.sha256().hexdigest())


def test_what_cannot_be_drawn_says_so_in_one_value() -> None:
    """`UndrawableError` stays inside: what it carries comes out."""
    with pytest.raises(UndrawableError) as caught:
        table_svg(table([["🙂"]]))
    assert table_png(table([["🙂"]])) == caught.value.result
