"""The cache of notes beside another process that writes it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from notebook_kb.notebook.cache import NoteCache

if TYPE_CHECKING:
    from pathlib import Path


def filled(path: Path) -> NoteCache:
    """A cache with one row."""
    cache = NoteCache(path)
    cache.put("a.md", "key", [1])
    cache.save({"a.md"})
    return cache


def test_a_cache_that_another_process_holds_is_left_alone(tmp_path: Path) -> None:
    """Red when it is deleted under the process that writes it."""
    path = tmp_path / "notes.sqlite"
    filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        other.execute("INSERT INTO notes VALUES ('b.md', 'key', '[2]')")
        assert NoteCache(path).get("a.md", "key") is None
        other.execute("COMMIT")
    assert NoteCache(path).get("a.md", "key") == [1]
    assert NoteCache(path).get("b.md", "key") == [2]


@pytest.mark.parametrize("content", [b"no database, but long enough to look like one" * 99, b"", None])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, content: bytes | None) -> None:
    """Also one with tables of another shape (None)."""
    path = tmp_path / "notes.sqlite"
    if content is None:
        with closing(sqlite3.connect(path)) as made, made:
            made.execute("CREATE TABLE notes (path TEXT)")
    else:
        path.write_bytes(content)
    filled(path)
    assert NoteCache(path).get("a.md", "key") == [1]
