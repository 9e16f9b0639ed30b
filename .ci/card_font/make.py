"""Make the fonts of the pictures from Source Serif 4: a subset under a name of its own, and its widths.

    npm pack source-serif@4.5.1 && tar xf source-serif-4.5.1.tgz
    python .ci/card_font/make.py package/

Needs fonttools (4.x). Source Serif is Copyright 2014-2023 Adobe, SIL Open Font License 1.1, with the reserved font name
"Source": what is changed bears another name. The same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Notebook Card Serif"
TARGET = Path(__file__).resolve().parents[2] / "notebook_kb" / "rendering" / "images" / "fonts"
# style → (file of the package, its sha256)
FILES = {
    "Regular": (
        "SourceSerif4-Regular.otf",
        "edf160d0d584deee8a3bb2c3371b2a7624ca63580fbe02c57c1f4c91e84d8787",
    ),
    "Italic": ("SourceSerif4-It.otf", "f8062257f4693e438a8e317c9fe2b4393f0d4eed84d897edcbfd733c30a1c1a1"),
}
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
    (0x20AC, 0x20AC),
    (0x2116, 0x2122),
    (0x2190, 0x2193),
    (0x2202, 0x2265),
)


def main(package: Path) -> None:
    """Write the fonts, their widths and their digests."""
    widths: dict[str, dict[str, int]] = {}
    sums = []
    for style, (name, expected) in FILES.items():
        path = package / "OTF" / name
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            sys.exit(f"{path}: not the file that this script was written for")
        out = TARGET / f"card-serif-{style.lower()}.otf"
        font = made(path, style)
        font.save(out, reorderTables=True)
        metrics, table = font["hmtx"].metrics, font.getBestCmap()
        widths[style.lower()] = {chr(c): metrics[g][0] for c, g in sorted(table.items())}
        digest = hashlib.sha256(out.read_bytes()).hexdigest()
        sums.append(f"{digest}  {out.name}\n")
        print(out.name, out.stat().st_size, "bytes,", len(table), "characters")
    text = json.dumps(widths, ensure_ascii=False, indent=None, separators=(",", ":"))
    (TARGET / "widths.json").write_text(text + "\n", encoding="utf-8")
    (TARGET / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    licence = (package / "LICENSE.md").read_text(encoding="utf-8")
    (TARGET / "OFL.md").write_text(licence, encoding="utf-8")


def made(path: Path, style: str) -> TTFont:
    """The subset with its new name."""
    font = TTFont(path, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern"] if style == "Regular" else []
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.desubroutinize = False
    options.hinting = False
    options.notdef_outline = True
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[c for first, last in RANGES for c in range(first, last + 1)])
    cutter.subset(font)
    names = {
        1: FAMILY,
        2: style,
        3: f"{FAMILY} {style}",
        4: f"{FAMILY} {style}",
        6: f"NotebookCardSerif-{style}",
    }
    for record in font["name"].names:
        if record.nameID in names:
            record.string = names[record.nameID]
    top = font["CFF "].cff
    top.fontNames = [names[6]]
    top.topDictIndex[0].FullName = names[4]
    top.topDictIndex[0].FamilyName = FAMILY
    return font


if __name__ == "__main__":
    main(Path(sys.argv[1]))
