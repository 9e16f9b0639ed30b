"""What was derived from each note, remembered by the digest of its bytes. Deleting it costs only time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (path TEXT PRIMARY KEY, key TEXT NOT NULL, data TEXT NOT NULL)"


class NoteCache:
    """Rows of (path, key, data). A damaged or locked file is as good as none: it is remade or left alone."""

    def __init__(self, path: Path | None) -> None:
        """`path` of the database; None remembers nothing."""
        self.path = path
        self.rows: dict[str, tuple[str, str]] = {}
        if path is not None and path.is_file():
            self.rows = self._load(path)
        self.changed: dict[str, tuple[str, str]] = {}

    def _load(self, path: Path) -> dict[str, tuple[str, str]]:
        try:
            with closing(sqlite3.connect(path, timeout=2)) as connection:
                rows = connection.execute("SELECT path, key, data FROM notes").fetchall()
        except sqlite3.DatabaseError:
            path.unlink(missing_ok=True)
            return {}
        return {p: (k, data) for p, k, data in rows}

    def get(self, path: str, key: str) -> object | None:
        """The data remembered for this note under exactly this key."""
        row = self.changed.get(path) or self.rows.get(path)
        if row is None or row[0] != key:
            return None
        try:
            return json.loads(row[1])  # type: ignore[no-any-return]
        except ValueError:
            return None

    def put(self, path: str, key: str, data: object) -> None:
        """Remember; written by `save`."""
        self.changed[path] = (key, json.dumps(data, ensure_ascii=False, separators=(",", ":")))

    def save(self, present: set[str]) -> None:
        """Write what changed, and forget notes that are gone."""
        gone = set(self.rows) - present
        if self.path is None or (not self.changed and not gone):
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.path, timeout=2)) as connection, connection:
                connection.execute(SCHEMA)
                connection.executemany(
                    "INSERT OR REPLACE INTO notes VALUES (?, ?, ?)",
                    [(p, k, data) for p, (k, data) in self.changed.items()],
                )
                connection.executemany("DELETE FROM notes WHERE path = ?", [(p,) for p in gone])
        except (sqlite3.DatabaseError, OSError):
            # a cache that cannot be written costs time only
            return
        self.rows |= self.changed
        self.rows = {p: row for p, row in self.rows.items() if p in present}
        self.changed = {}
