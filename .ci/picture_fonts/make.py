"""Make the fonts of the pictures: subsets under names of their own, and the widths of their characters.

    npm pack source-serif@4.5.1 source-code-pro@2.42.0 && for f in *.tgz; do tar xf $f --one-top-level; done
    python .ci/picture_fonts/make.py source-serif-4.5.1/package source-code-pro-2.42.0/package

Needs fonttools (4.x) and ziamath 0.13 with ziafont 0.11, which ship STIX Two Math and DejaVu Sans. Licences: see the
README beside the fonts; where one reserves a font name, what is changed bears another. Same input, same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[2] / "notebook_kb" / "rendering" / "images" / "fonts"
SERIF, MONO = "Notebook Card Serif", "Notebook Card Mono"
SYMBOLS, SIGNS = "Notebook Card Symbols", "Notebook Card Signs"

LATIN = ((0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2010, 0x2044), (0x20AC, 0x20AC))
GREEK = ((0x386, 0x3CE), (0x3D0, 0x3F5))
LETTERS = (
    *LATIN,
    *GREEK,
    (0x1CD, 0x1DC),  # carons on vowels
    (0x2B0, 0x2E4),  # modifier letters
    (0x300, 0x30C),  # accents that combine
    (0x323, 0x323),
    (0x331, 0x338),
    (0x400, 0x45F),  # Cyrillic
    (0x490, 0x491),
    (0x1E00, 0x1EF9),
    (0x2070, 0x209C),  # raised and lowered
    (0x2116, 0x2122),
    (0x2150, 0x215F),
)
MARKS = ((0x2190, 0x21FF), (0x2202, 0x22FF), (0x25A0, 0x25FF), (0x2605, 0x2612), (0x2713, 0x2713))
SERIF_SET = (*LETTERS, *MARKS)
MONO_SET = (*LETTERS, *MARKS, (0x2300, 0x23FF), (0x2500, 0x259F), (0x27E6, 0x27EF))
SYMBOLS_SET = (
    (0x41, 0x5A),  # letters, for the accents that the serif lacks
    (0x61, 0x7A),
    (0x391, 0x3C9),
    (0x300, 0x315),
    (0x323, 0x338),
    (0x20D0, 0x20DC),  # arrows and rings over letters
    (0x2010, 0x2057),
    (0x2070, 0x209C),
    (0x2100, 0x214F),  # ℝ, ℓ, ℵ
    (0x2150, 0x215F),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2300, 0x230F),
    (0x2329, 0x232A),
    (0x239B, 0x23B3),
    (0x23CE, 0x23E1),
    (0x2460, 0x2473),
    (0x25A0, 0x25FF),
    (0x2605, 0x2612),
    (0x2660, 0x266F),
    (0x26A0, 0x26A0),
    (0x2713, 0x2713),
    (0x27C0, 0x27FF),
    (0x2900, 0x2937),
    (0x29B5, 0x29CF),
    (0x2A00, 0x2A10),
    (0x2A2F, 0x2A3F),
    (0x2A7D, 0x2A7E),
    (0x2AAF, 0x2AB0),
    (0x1D400, 0x1D49B),  # bold and italic
    (0x1D49C, 0x1D4CF),  # script
    (0x1D504, 0x1D56B),  # fraktur, double-struck
    (0x1D6A8, 0x1D755),  # Greek
    (0x1D7CE, 0x1D7E1),  # digits
)
SIGNS_SET = (
    *GREEK,
    (0x1D2C, 0x1D6A),  # ᵀ, ᵢ
    (0x1D9C, 0x1DBF),
    (0x2010, 0x2057),
    (0x2070, 0x209C),
    (0x2190, 0x21FF),
    (0x23CE, 0x23CE),
    (0x25A0, 0x25FF),
    (0x2600, 0x2612),
    (0x261B, 0x261F),
    (0x26A0, 0x26A1),
    (0x2701, 0x2727),
    (0x2756, 0x2767),
    (0x2776, 0x2794),
    (0x2798, 0x27BE),
    (0x2B00, 0x2B0D),
    (0x2C7C, 0x2C7D),
)


@dataclass(frozen=True, slots=True)
class Face:
    """One of our files: its family and style, the file it is cut from with its sha256, what is cut out of it."""

    name: str
    family: str
    style: str
    source: str
    sha256: str
    ranges: tuple[tuple[int, int], ...]
    features: tuple[str, ...] = ("mark", "ccmp")


FACES = (
    Face(
        "serif-regular",
        SERIF,
        "Regular",
        "serif/OTF/SourceSerif4-Regular.otf",
        "edf160d0d584deee8a3bb2c3371b2a7624ca63580fbe02c57c1f4c91e84d8787",
        SERIF_SET,
        ("kern", "mark", "ccmp"),
    ),
    Face(
        "serif-italic",
        SERIF,
        "Italic",
        "serif/OTF/SourceSerif4-It.otf",
        "f8062257f4693e438a8e317c9fe2b4393f0d4eed84d897edcbfd733c30a1c1a1",
        SERIF_SET,
    ),
    Face(
        "serif-bold",
        SERIF,
        "Bold",
        "serif/OTF/SourceSerif4-Semibold.otf",
        "25e034392847d9965c92f98971b3646436b7ab919ece9118b0c0e5ec94c02efc",
        (*LATIN, *GREEK, (0x400, 0x45F)),
    ),
    Face(
        "mono-regular",
        MONO,
        "Regular",
        "mono/OTF/SourceCodePro-Regular.otf",
        "9f9664e2edf6f045c11e774f9bd0be6993971f2544a39061a5ce478b96b051f8",
        MONO_SET,
    ),
    Face(
        "mono-italic",
        MONO,
        "Italic",
        "mono/OTF/SourceCodePro-It.otf",
        "6989245c8747ecef5d927f412b49e2cef495053434b635f560f20cc81a1433d1",
        LATIN,
    ),
    Face(
        "mono-bold",
        MONO,
        "Bold",
        "mono/OTF/SourceCodePro-Semibold.otf",
        "1be15ad5855dab0017af32153342989b91fec313efcdbeda69bdeec92794da0d",
        ((0x20, 0x7E), (0xA0, 0xFF)),
    ),
    Face(
        "symbols",
        SYMBOLS,
        "Regular",
        "stix/STIXTwoMath-Regular.ttf",
        "8f42cb183a85043a4dc3f8e41ac3821eb27bf178d68ace929ba439523622323c",
        SYMBOLS_SET,
    ),
    Face(
        "signs",
        SIGNS,
        "Regular",
        "dejavu/DejaVuSans.ttf",
        "7da195a74c55bef988d0d48f9508bd5d849425c1770dba5d7bfc6ce9ed848954",
        SIGNS_SET,
        (),
    ),
)


def main(serif: Path, mono: Path) -> None:
    """Write the fonts, their widths and their digests."""
    folders = {"serif": serif, "mono": mono, "stix": shipped("ziamath"), "dejavu": shipped("ziafont")}
    for old in TARGET.glob("*.[ot]tf"):
        old.unlink()
    widths: dict[str, dict[str, str]] = {}
    sums, known = [], set[int]()
    for face in FACES:
        folder, _, rest = face.source.partition("/")
        path = folders[folder] / rest
        if hashlib.sha256(path.read_bytes()).hexdigest() != face.sha256:
            sys.exit(f"{path}: not the file that this script was written for")
        # the last stands in for what the others lack, and need not repeat it
        font = made(path, face, without=known if face.family == SIGNS else set())
        out = TARGET / f"card-{face.name}{path.suffix}"
        font.save(out, reorderTables=True)
        if face.name in {"serif-regular", "symbols"}:
            known |= set(font.getBestCmap())
        widths[face.name] = by_width(font)
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        sums.append(f"{digest}  {out.name}\n")
        print(out.name, out.stat().st_size, "bytes,", len(font.getBestCmap()), "characters")
    text = json.dumps(widths, ensure_ascii=False, indent=None, separators=(",", ":"))
    (TARGET / "widths.json").write_text(text + "\n", encoding="utf-8")
    (TARGET / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    licences(serif / "LICENSE.md", mono / "LICENSE.md", folders["stix"], folders["dejavu"])


def licences(serif: Path, mono: Path, stix: Path, dejavu: Path) -> None:
    """The licences: the Open Font License with who holds the copyrights, and that of DejaVu Sans."""
    first, _, rest = serif.read_text(encoding="utf-8").partition("\n")
    code = mono.read_text(encoding="utf-8").partition("\n")[0]
    math = TTFont(stix / "STIXTwoMath-Regular.ttf")["name"].getDebugName(0)
    holders = (
        f"Source Serif: {first.strip()}\n\nSource Code Pro: {code.strip()}\n\nSTIX Two Math: {math.strip()}\n"
    )
    (TARGET / "OFL.md").write_text(holders + rest, encoding="utf-8")
    words = TTFont(dejavu / "DejaVuSans.ttf")["name"].getDebugName(13)
    text = "\n".join(line.rstrip() for line in words.splitlines()).strip()
    (TARGET / "DejaVu.txt").write_text(text + "\n", encoding="utf-8")


def shipped(package: str) -> Path:
    """The fonts of an installed package."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        sys.exit(f"{package} is not installed")
    return Path(spec.origin).parent / "fonts"


def by_width(font: TTFont) -> dict[str, str]:
    """Width in thousandths of the size → the characters that have it."""
    found: dict[int, str] = {}
    unit = font["head"].unitsPerEm
    for code, glyph in sorted(font.getBestCmap().items()):
        width = -(-font["hmtx"].metrics[glyph][0] * 1000 // unit)
        found[width] = found.get(width, "") + chr(code)
    return {str(width): characters for width, characters in sorted(found.items())}


def made(path: Path, face: Face, without: set[int]) -> TTFont:
    """The subset with its new name."""
    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = list(face.features)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.desubroutinize = False
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["MATH", "DSIG", "FFTM", "kern"]
    cutter = subset.Subsetter(options)
    wanted = {c for first, last in face.ranges for c in range(first, last + 1)}
    cutter.populate(unicodes=sorted(wanted - without))
    cutter.subset(font)
    rename(font, face)
    return font


def rename(font: TTFont, face: Face) -> None:
    """The names by which an SVG asks for the face, and none of those that the licences reserve."""
    whole = f"{face.family} {face.style}"
    names = {
        1: face.family,
        2: face.style,
        3: whole,
        4: whole,
        6: f"{face.family.replace(' ', '')}-{face.style}",
    }
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    if "CFF " in font:
        top = font["CFF "].cff
        top.fontNames = [names[6]]
        top.topDictIndex[0].FullName = names[4]
        top.topDictIndex[0].FamilyName = face.family


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
