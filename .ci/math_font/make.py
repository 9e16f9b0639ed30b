"""Make the site's math font from Latin Modern Math: `python .ci/math_font/make.py [latinmodern-math.otf]`.

Patched (U+20D7 inside its advance, primes at the height of TeX), renamed, outlines made quadratic (woff2 packs those
better), cut into slices that browsers load when a page needs them. Same input, same bytes.
"""

from __future__ import annotations

import hashlib
import io
import sys
from pathlib import Path
from typing import Any

from characters import slices
from fontTools.misc.timeTools import timestampFromString
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables import otTables

REPOSITORY = Path(__file__).resolve().parent.parent.parent
FOLDER = REPOSITORY / "templates/static/fonts"
STYLE = REPOSITORY / "templates/static/style.css"
SOURCE = Path("/usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf")
SHA256 = "6075562b771f8b82f0c179e363389684f2dd09de30038269e2628e504bd7be0f"
FAMILY = "Notebook Math"
MADE = timestampFromString("Sat Nov 21 00:00:00 2026")
ERROR = 2.0  # thousandths of the letter size by which a quadratic outline may differ
VECTOR = 0x20D7
PRIMES = (0x2032, 0x2033, 0x2034, 0x2057)
MARK = "/* math font */"
END = "/* end of math font */"


def main() -> None:
    """Write the slices and the rules that name them."""
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit(f"error: {source} is not Latin Modern Math 1.959 as this script knows it")
    FOLDER.mkdir(exist_ok=True)
    rules = []
    for name, characters in slices(set(TTFont(source).getBestCmap())).items():
        packed = packed_slice(patched(data), characters)
        (FOLDER / f"{name}.woff2").write_bytes(packed)
        print(f"{name}.woff2: {len(packed)} bytes, {len(characters)} characters")
        rules.append(face(name, characters))
    style = STYLE.read_text(encoding="utf-8")
    before, _, after = style.partition(MARK)
    STYLE.write_text(
        before + MARK + "\n" + "\n".join(rules) + "\n" + END + after.partition(END)[2], encoding="utf-8"
    )


def patched(data: bytes) -> TTFont:
    """The whole font with our changes and our name, its outlines still as they were."""
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    center_vector(font)
    lower_primes(font)
    for record in list(font["name"].names):
        if record.nameID in {1, 4, 16}:
            record.string = FAMILY
        elif record.nameID == 6:
            record.string = FAMILY.replace(" ", "")
        elif record.nameID == 3:
            record.string = f"{FAMILY}, from Latin Modern Math 1.959"
    font["head"].created = font["head"].modified = MADE
    return font


def center_vector(font: TTFont) -> None:
    """U+20D7 has no advance and lies left of it: browsers set it as an operator, so it gets a box of its own."""
    name = font.getBestCmap()[VECTOR]
    glyphs = font.getGlyphSet()
    bounds = BoundsPen(glyphs)
    glyphs[name].draw(bounds)
    left, _, right, _ = bounds.bounds
    width = round(right - left)
    pen = T2CharStringPen(width, glyphs)
    glyphs[name].draw(TransformPen(pen, (1, 0, 0, 1, -left, 0)))
    top = font["CFF "].cff.topDictIndex[0]
    old = top.CharStrings[name]
    top.CharStrings[name] = pen.getCharString(private=old.private, globalSubrs=old.globalSubrs)
    font["hmtx"][name] = (width, 0)
    accents = font["MATH"].table.MathGlyphInfo.MathTopAccentAttachment
    if name in accents.TopAccentCoverage.glyphs:
        accents.TopAccentAttachment[accents.TopAccentCoverage.glyphs.index(name)].Value = width // 2


def lower_primes(font: TTFont) -> None:
    """Chromium does not ask for `ssty`, so the primes are those that are made for superscripts."""
    substitutions = font["GSUB"].table
    lookups = next(r for r in substitutions.FeatureList.FeatureRecord if r.FeatureTag == "ssty").Feature
    subtable = substitutions.LookupList.Lookup[lookups.LookupListIndex[0]].SubTable[0]
    alternates = getattr(subtable, "ExtSubTable", subtable).alternates
    known = font.getBestCmap()
    small = {code: alternates[known[code]][0] for code in PRIMES}
    for table in font["cmap"].tables:
        table.cmap.update({code: name for code, name in small.items() if code in table.cmap})


def packed_slice(font: TTFont, characters: set[int]) -> bytes:
    """The woff2 of these characters, with their larger sizes and the MATH table."""
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.desubroutinize = True
    options.glyph_names = False
    options.notdef_outline = False
    options.bidi_closure = False  # the mirrored signs are in their own slices
    options.name_IDs = [0, 1, 2, 3, 4, 6]
    options.drop_tables += ["FFTM", "GDEF", "GPOS", "GSUB"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    quadratic(font)
    if VECTOR in characters:
        base_class(font)
    out = io.BytesIO()
    font.flavor = "woff2"
    font.save(out)
    return out.getvalue()


def base_class(font: TTFont) -> None:
    """Tell shapers that U+20D7 is no mark: they take the advance of marks away."""
    font["GDEF"] = newTable("GDEF")
    table = font["GDEF"].table = otTables.GDEF()
    table.Version = 0x00010000
    table.AttachList = table.LigCaretList = table.MarkAttachClassDef = None
    table.GlyphClassDef = otTables.GlyphClassDef()
    table.GlyphClassDef.classDefs = {font.getBestCmap()[VECTOR]: 1}


def quadratic(font: TTFont) -> None:
    """Make the outlines TrueType's."""
    glyphs = font.getGlyphSet()
    made: dict[str, Any] = {}
    for name in font.getGlyphOrder():
        pen = TTGlyphPen(None)
        glyphs[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        made[name] = pen.glyph()
    del font["CFF "]
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = font.getGlyphOrder(), made
    for name, glyph in made.items():
        glyph.recalcBounds(table)
        font["hmtx"][name] = (font["hmtx"][name][0], glyph.xMin if glyph.numberOfContours else 0)
    limits = font["maxp"]
    limits.tableVersion = 0x00010000
    for field in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(limits, f"max{field}", 0)
    limits.maxZones, limits.maxSizeOfInstructions, limits.maxComponentElements = 1, 0, 0
    best = max((t for t in font["cmap"].tables if t.platformID == 3), key=lambda t: len(t.cmap))
    font["cmap"].tables = [best]
    font["post"].formatType = 3.0
    font.sfntVersion = "\0\1\0\0"


def face(name: str, characters: set[int]) -> str:
    """The CSS rule that tells browsers when to load a slice."""
    return (
        f'@font-face{{font-family:"{FAMILY}";src:url(fonts/{name}.woff2) format("woff2");font-display:swap;'
        f"unicode-range:{','.join(ranges(characters))}}}"
    )


def ranges(characters: set[int]) -> list[str]:
    """`U+41-5A` for each run of characters."""
    runs: list[list[int]] = []
    for code in sorted(characters):
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return [f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs]


if __name__ == "__main__":
    main()
