"""What was derived from each note, remembered by the digest of its bytes. Deleting it costs only time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SCHEMA = "CREATE TABLE IF NOT EXISTS notes (path TEXT PRIMARY KEY, key TEXT NOT NULL, data TEXT NOT NULL)"

# rows as they were before they were replaced the first time, for who has to compare: `forget_replaced`
KEEPS_REPLACED = "SELECT 1 FROM sqlite_master WHERE name = 'replaced'"
REPLACE = "INSERT OR IGNORE INTO replaced SELECT path, key, data FROM notes WHERE path = ?"


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
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", None) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                return {}  # another process writes it just now
            with suppress(OSError):
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
                if connection.execute(KEEPS_REPLACED).fetchone():
                    connection.executemany(REPLACE, [(p,) for p in {*self.changed, *gone}])
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

    def replaced(self, paths: Iterable[str]) -> dict[str, tuple[str, str]]:
        """(key, data) of these notes as they were when `forget_replaced` was last called, as far as that is known."""
        found = {p: self.rows[p] for p in paths if p in self.rows}
        try:
            with closing(
                sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=2)
            ) as database:
                for path in paths:
                    row = database.execute(
                        "SELECT key, data FROM replaced WHERE path = ?", (path,)
                    ).fetchone()
                    if row:
                        found[path] = row
        except sqlite3.DatabaseError:
            pass  # nothing was replaced, or there is no file
        return found

    def forget_replaced(self) -> None:
        """From now on keep what the notes of now are replaced by."""
        if self.path is None or not self.path.is_file():
            return
        with (
            suppress(sqlite3.DatabaseError),
            closing(sqlite3.connect(self.path, timeout=2)) as database,
            database,
        ):
            database.execute(SCHEMA.replace("notes", "replaced", 1))
            database.execute("DELETE FROM replaced")
