"""SVG → PNG with resvg and the shipped fonts alone: no system font is asked, so that machines agree on the bytes."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FONTS = Path(__file__).resolve().parent / "fonts"
FAMILY, MONO = "Notebook Card Serif", "Notebook Card Mono"
# in the order in which resvg looks through them for a character that a family lacks
FILES = (
    "card-serif-regular.otf",
    "card-serif-italic.otf",
    "card-serif-bold.otf",
    "card-mono-regular.otf",
    "card-mono-italic.otf",
    "card-mono-bold.otf",
    "card-symbols.ttf",
    "card-signs.ttf",
)
FORMAT = 2  # raise when the same SVG comes to look different


@cache
def recipe() -> str:
    """What besides its input decides a picture's bytes: our format, the fonts, the versions of resvg and ziamath."""
    from importlib.metadata import version  # noqa: PLC0415 - asked only when a picture is wanted

    state = hashlib.sha256(f"{FORMAT}:{version('resvg-py')}:{version('ziamath')}".encode())
    for name in FILES:
        state.update((FONTS / name).read_bytes())
    return state.hexdigest()


def picture_key(*parts: str) -> str:
    """The name of the picture that is made from `parts` (an SVG, MathML): it changes with all that decides the bytes."""
    state = hashlib.sha256(recipe().encode())
    for part in parts:
        state.update(hashlib.sha256(part.encode()).digest())
    return state.hexdigest()[:32]


def to_png(svg: str, zoom: int = 1) -> bytes:
    """The PNG of an SVG of ours."""
    return svg_to_png(svg, zoom=zoom)


def svg_to_png(
    svg: str,
    *,
    zoom: float | None = None,
    width: int | None = None,
    height: int | None = None,
    background: str | None = None,
) -> bytes:
    """The PNG of any SVG, its text in the shipped fonts: no other is asked. Raises ValueError where it is none."""
    import resvg_py  # noqa: PLC0415 - a compiled library that only pictures need

    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            zoom=zoom,
            width=width,
            height=height,
            background=background,
            font_files=[str(FONTS / name) for name in FILES],
            skip_system_fonts=True,
            font_family=FAMILY,
            serif_family=FAMILY,
            sans_serif_family=FAMILY,
            cursive_family=FAMILY,
            fantasy_family=FAMILY,
            monospace_family=MONO,
        )
    )
