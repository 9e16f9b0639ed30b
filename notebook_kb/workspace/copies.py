"""Where else public notes stand, from the ledger: what the site's pages say of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from notebook_kb.notebook.keys import key_of
from notebook_kb.publishing.ledger import FOLDER, Ledger, LedgerError
from notebook_kb.publishing.payload import TargetName
from notebook_kb.website.copies import Copy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.publishing.ledger import Entry

State = tuple[tuple[str, int, int], ...]


class Copies:
    """Reads the ledger of one notebook, again only when a file of it has changed.

    A ledger that cannot be trusted has no copies; `problem` says why. The preview and `kb check` go on without them, a
    build does not: it would take lines away from pages.
    """

    def __init__(self, state: Path, timezone: str) -> None:
        """`state` is the folder that keeps the ledger; `timezone` that of the dates."""
        self.state = state
        self.zone = ZoneInfo(timezone)
        self.seen: State | None = None
        self.problem: LedgerError | None = None
        self.known: dict[str, tuple[Copy, ...]] = {}

    def of(self, notebook: Notebook) -> Mapping[str, tuple[Copy, ...]]:
        """Path of a note → its copies that everybody can see, the oldest first."""
        now = self.signature()
        if now != self.seen:
            self.seen, self.problem, self.known = now, None, {}
            try:
                records = Ledger(self.state).records if now else {}
            except LedgerError as error:
                self.problem, records = error, {}
            for key, record in records.items():
                found = sorted(self.copies(record.entries), key=lambda c: (c.date or "~", c.place, c.url))
                self.known[key] = tuple(found)
        if not self.known:
            return {}
        keys = ((path, key_of(notebook, note)) for path, note in notebook.notes.items())
        return {path: self.known[key] for path, key in keys if self.known.get(key)}

    def signature(self) -> State:
        """The ledger's files with their sizes and times."""
        try:
            found = sorted((self.state / FOLDER).glob("*.yml"))
            return tuple((p.name, (s := p.stat()).st_size, s.st_mtime_ns) for p in found)
        except OSError:
            return ()

    def copies(self, entries: Mapping[str, Entry]) -> Iterator[Copy]:
        """The copies among a note's entries; of several with one address the first."""
        shown: set[str] = set()
        for place in sorted(entries):
            entry = entries[place]
            name = service(entry)
            if entry.status == "published" and name and entry.url not in shown:
                shown.add(entry.url)
                yield Copy(name, entry.url, self.day(entry.first_at))

    def day(self, moment: str) -> str:
        """The date of a moment in the notebook's time zone; '' for what is no moment."""
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            return ""
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(self.zone).date().isoformat()


def service(entry: Entry) -> str:
    """What a service is called, of a folder's copy its host; '' where the entry has no address of the web."""
    try:
        parts = urlsplit(entry.url)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in {"https", "http"} or not host:
        return ""
    return host.removeprefix("www.") if entry.target is TargetName.FOLDER else entry.target.shown
