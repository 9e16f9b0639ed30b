"""Make the fonts of the pictures from Source Serif 4 and Source Code Pro: subsets under names of their own, with widths.

    npm pack source-serif@4.5.1 source-code-pro@2.42.0
    for each of the two archives: mkdir NAME && tar xf ARCHIVE -C NAME
    python .ci/card_font/make.py source-serif/package source-code-pro/package

Needs fonttools (4.x). Both are Copyright Adobe, SIL Open Font License 1.1, with the reserved font name "Source": what is
changed bears another name. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

SERIF, MONO = "Notebook Card Serif", "Notebook Card Mono"
TARGET = Path(__file__).resolve().parents[2] / "notebook_kb" / "rendering" / "images" / "fonts"
# style → (family, its file's stem, the package's file, its sha256)
FILES = {
    "regular": (
        SERIF,
        "card-serif-regular",
        "SourceSerif4-Regular.otf",
        "edf160d0d584deee8a3bb2c3371b2a7624ca63580fbe02c57c1f4c91e84d8787",
    ),
    "italic": (
        SERIF,
        "card-serif-italic",
        "SourceSerif4-It.otf",
        "f8062257f4693e438a8e317c9fe2b4393f0d4eed84d897edcbfd733c30a1c1a1",
    ),
    "bold": (
        SERIF,
        "card-serif-semibold",
        "SourceSerif4-Semibold.otf",
        "25e034392847d9965c92f98971b3646436b7ab919ece9118b0c0e5ec94c02efc",
    ),
    "mono": (
        MONO,
        "card-mono-regular",
        "SourceCodePro-Regular.otf",
        "9f9664e2edf6f045c11e774f9bd0be6993971f2544a39061a5ce478b96b051f8",
    ),
}
MONO_RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),
    (0x386, 0x3CE),
    (0x400, 0x45F),
    (0x2010, 0x2044),
    (0x2070, 0x209C),
    (0x20AC, 0x20AC),
    (0x2116, 0x2122),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2500, 0x25FF),  # lines and blocks, as programs print tables with them
    (0x2600, 0x27BF),
)
RANGES = (
    (0x20, 0x7E),
    (0xA0, 0x17F),  # Latin, Latin-1, Latin Extended-A
    (0x192, 0x192),
    (0x218, 0x21B),
    (0x386, 0x3CE),  # Greek
    (0x400, 0x45F),  # Cyrillic
    (0x490, 0x491),
    (0x1E80, 0x1E85),
    (0x1E9E, 0x1E9E),
    (0x2010, 0x2044),  # punctuation
    (0x2070, 0x209C),  # above and below the line
    (0x20AC, 0x20AC),
    (0x2116, 0x2122),
    (0x2190, 0x2193),
    (0x2202, 0x2265),
    (0x25A0, 0x27BF),
)


def main(serif: Path, mono: Path) -> None:
    """Write the fonts, their widths and their digests."""
    widths: dict[str, dict[str, int]] = {}
    sums = []
    for style, (family, stem, name, expected) in FILES.items():
        path = (mono if family == MONO else serif) / "OTF" / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            sys.exit(f"{path}: not the file that this script was written for")
        out = TARGET / f"{stem}.otf"
        font = made(path, style, family)
        font.save(out, reorderTables=True)
        metrics, table = font["hmtx"].metrics, font.getBestCmap()
        widths[style] = {chr(c): metrics[g][0] for c, g in sorted(table.items())}
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        sums.append(f"{digest}  {out.name}\n")
        print(out.name, out.stat().st_size, "bytes,", len(table), "characters")
    text = json.dumps(widths, ensure_ascii=False, indent=None, separators=(",", ":"))
    (TARGET / "widths.json").write_text(text + "\n", encoding="utf-8")
    (TARGET / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    for package, name in ((serif, "OFL.md"), (mono, "OFL-mono.md")):
        licence = (package / "LICENSE.md").read_text(encoding="utf-8")
        (TARGET / name).write_text(licence, encoding="utf-8")


def made(path: Path, style: str, family: str) -> TTFont:
    """The subset with its new name."""
    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern"] if style in {"regular", "bold"} else []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.desubroutinize = False
    options.hinting = False
    options.notdef_outline = True
    ranges = MONO_RANGES if family == MONO else RANGES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for first, last in ranges for c in range(first, last + 1)])
    cutter.subset(font)
    shown = {"mono": "Regular"}.get(style, style.capitalize())
    names = {
        1: family,
        2: shown,
        3: f"{family} {shown}",
        4: f"{family} {shown}",
        6: f"{family.replace(' ', '')}-{shown}",
    }
    for record in list(font["name"].names):
        if record.nameID in names:
            record.string = names[record.nameID]
    if style == "bold":
        font["OS/2"].usWeightClass = 700
    top = font["CFF "].cff
    top.fontNames = [names[6]]
    top.topDictIndex[0].FullName = names[4]
    top.topDictIndex[0].FamilyName = family
    return font


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
