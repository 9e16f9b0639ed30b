"""What was appended to the log since it was last read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.study.log import file_bytes, log_files, read_lines
from notebook_kb.study.reading import Seen, fresh_hash
from notebook_kb.study.schedule import fronts_of

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.study.entries import Review
    from notebook_kb.study.log import Read
    from notebook_kb.study.reading import Reading


class News:
    """The new lines of a folder of files against a reading of it. Raises `LogTooNewError`, `EnvironmentFailedError`."""

    def __init__(self, reading: Reading, folder: Path) -> None:
        self.reading = reading
        self.size = 0
        self._reads: list[tuple[str, Read, Seen]] = []
        self._undone: set[str] = set()
        self._only_grown = True
        names = set(reading.files)
        for path in log_files(folder):
            names.discard(path.name)
            self._only_grown = self._only_grown and self._look(path)
        self._only_grown = self._only_grown and not names

    def apply(self) -> bool | None:
        """Bring the reading up to date; says whether others wrote anything.

        None if it cannot be done with the new lines alone: something before them changed or is needed.
        """
        reading = self.reading
        if not self._only_grown or (found := self._reviews()) is None:
            return None
        fronts = fronts_of(found)
        reviews = sorted((r for r in found if r.id not in self._undone), key=lambda r: r.key)
        if any(r.front and fronts[r.card, r.fingerprint] != r.front for r in found):
            return None
        # Two new ones of a card are in order, so each may be held against what was known before.
        if not (all(map(reading.front_fits, found)) and all(map(reading.fits, reviews))):
            return None
        reading.fronts |= fronts
        reading.new_ids |= {review.id for review in found}
        reading.add(reviews)
        changed = bool(reviews)
        for name, read, seen in self._reads:
            old = reading.files.get(name)
            changed = changed or bool(read.damage) or (old.unfinished if old else ()) != seen.unfinished
            reading.files[name] = seen
            reading.damage += read.damage
            for undo in read.undos:
                reading.own.discard(undo.id)
                reading.undone.add(undo.undone)
        return changed

    def _look(self, path: Path) -> bool:
        """Read what a file has more than before; False if it is not the same file with more."""
        data = file_bytes(path)
        old = self.reading.files.get(path.name) or Seen(0, 0, fresh_hash())
        digest = fresh_hash()
        digest.update(memoryview(data)[: old.size])
        if len(data) < old.size or digest.digest() != old.hash.digest():
            return False
        read = read_lines(path.name, data, old.size, old.lines)
        digest.update(memoryview(data)[old.size : read.size])
        self.size += read.size - old.size
        self._reads.append((path.name, read, Seen(read.size, read.lines, digest, tuple(read.unfinished))))
        return True

    def _reviews(self) -> list[Review] | None:
        """The new entries of others; None if the new lines repeat or undo something older."""
        reading = self.reading
        self._undone = {undo.undone for _, read, _ in self._reads for undo in read.undos}
        if any(map(reading.has, self._undone - reading.undone)):
            return None
        self._undone |= reading.undone
        found: dict[str, Review] = {}
        for _, read, _ in self._reads:
            for review in read.reviews:
                if review.id in reading.own:
                    reading.own.discard(review.id)
                    continue
                if review.id in found or reading.has(review.id):
                    return None
                found[review.id] = review
        return list(found.values())
