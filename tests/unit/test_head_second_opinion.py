"""Our heads against python-frontmatter's: what both can read, both read alike."""

from __future__ import annotations

from pathlib import Path

import frontmatter
import pytest

from notebook_kb.parsing.head import parse_head

NOTES = sorted((Path(__file__).resolve().parents[2] / "notes").rglob("*.md"))


@pytest.mark.parametrize("path", NOTES, ids=lambda p: p.name)
def test_the_same_keys_values_and_text(path: Path) -> None:
    """Red when a key, a text value or the beginning of the text differs from what python-frontmatter reads."""
    text = path.read_text(encoding="utf-8")
    ours, theirs = parse_head(text), frontmatter.loads(text)
    assert set(ours.entries) == set(theirs.metadata)
    for key, value in theirs.metadata.items():
        if isinstance(value, str):
            assert ours.text(key) == " ".join(value.split())
        elif isinstance(value, list):
            assert ours.texts(key) == tuple(str(v) for v in value)
    assert text[ours.body_offset :].strip() == theirs.content.strip()
