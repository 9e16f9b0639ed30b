"""Titles of concepts in boxes: how wide they are, and how they are broken into two lines."""

from __future__ import annotations

TEXT, MOST = 17.2, 19.5  # what fits beside the sign, in average characters: well, and at most
_NARROW, _WIDE = frozenset("iljtfrI.,:;'’|()[] -"), frozenset("mwMWOQGDHN@%—…")


def text_length(text: str) -> float:
    """How wide a text is, in average characters."""
    return sum(2.0 if c >= "\u2e80" else 0.6 if c in _NARROW else 1.4 if c in _WIDE else 1.05 for c in text)


def wrap_title(title: str) -> list[str]:
    """A title in one line or two that fit a box, with … where even two are too short."""
    if text_length(title) <= TEXT:
        return [title]
    words = title.split()
    cuts = [(" ".join(words[:i]), " ".join(words[i:])) for i in range(1, len(words))]
    best = min(cuts, key=lambda p: max(text_length(p[0]), text_length(p[1])), default=("", title))
    if best[0] and max(map(text_length, best)) <= MOST:
        return list(best)
    head = next((a for a, _ in reversed(cuts) if text_length(a) <= MOST), "")
    if head:
        return [head, _clip(title[len(head) :].strip())]
    half = (len(title) + 1) // 2
    return [f"{title[:half]}-", title[half:]] if text_length(title) <= 2 * MOST - 3 else [_clip(title)]


def _clip(text: str) -> str:
    """The text, cut with … where it is too long."""
    if text_length(text) <= MOST:
        return text
    while text and text_length(text) > MOST - 1.4:
        text = text[:-1]
    return text.rstrip() + "…"
