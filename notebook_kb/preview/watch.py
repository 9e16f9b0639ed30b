"""Watches the notebook's files. Events only mark what may have changed; the state decides by content."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer

from notebook_kb.preview.tree import Kind, signature

if TYPE_CHECKING:
    from collections.abc import Callable

    from watchdog.events import FileSystemEvent
    from watchdog.observers.api import BaseObserver, ObservedWatch

    from notebook_kb.preview.state import Change, State

QUIET = 0.025
LONGEST_WAIT = 0.3
UNSURE_WAIT = 0.15
SETTLE_WAIT = 0.1
POLL = 0.4
# folders are looked through again after they changed: what was written into a new one may have come unseen
LOOK_AGAIN = (0.15, 1.0)
# reading is no change, nor is a closed file: its changes were told of before
SILENT = frozenset({"opened", "closed", "closed_no_write"})
MANY = 2000


class Marker(FileSystemEventHandler):
    """Marks the paths of events."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher

    def on_any_event(self, event: FileSystemEvent) -> None:
        """An event of the system: of a move both names are marked."""
        if event.event_type in SILENT or (event.is_directory and event.event_type == "modified"):
            return
        for raw in (event.src_path, event.dest_path):
            if raw:
                self.watcher.mark(
                    str(raw if isinstance(raw, str) else raw.decode()), folder=event.is_directory
                )


@dataclass
class Marked:
    """What may have changed since the last look; times are of the monotonic clock."""

    paths: set[str] = field(default_factory=set)
    look: bool = False
    first: float = 0.0
    last: float = 0.0


class Watcher:
    """A thread that brings changes to the state and tells of them."""

    def __init__(
        self,
        state: State,
        changed: Callable[[Change, float], None],
        settled: Callable[[], None],
        *,
        poll: bool = False,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`changed` gets each change with the time of its first event, `settled` is called when it was quiet since."""
        self.state = state
        self.changed = changed
        self.settled = settled
        self.poll = poll
        self.say = say
        self.root = state.root
        self.roots = (state.root, state.root.resolve())
        self.marked = Marked()
        self.unsure: dict[str, float] = {}
        self.looks: list[float] = []
        self.condition = threading.Condition()
        self.stopping = False
        self.next_poll = 0.0
        self.settle_at = time.monotonic()
        self.rebuilds = 0
        self.thread = threading.Thread(target=self.run, name="kb-preview", daemon=True)
        self.observer: BaseObserver | None = None
        self.watches: dict[Path, ObservedWatch] = {}
        self.watched: dict[Path, int] = {}

    def start(self) -> None:
        """Begin to watch; without the system's help by looking every now and then."""
        if not self.poll:
            try:
                # only now: where the system has no watches left, making one fails already
                self.observer = Observer()
                for folder, deep in self.folders():
                    self.watch(folder, deep=deep)
                self.observer.start()
            except OSError as error:
                self.observer = None
                self.poll = True
                self.say(
                    f"The system cannot watch the folders ({error.strerror or error}): looking every {POLL} s instead."
                )
        # what changed between the first reading and now
        self.look_soon()
        self.thread.start()

    def watch(self, folder: Path, *, deep: bool) -> None:
        """Watch a folder; of one that was made anew the old watch goes."""
        if self.observer is None:
            return
        if old := self.watches.pop(folder, None):
            with suppress(KeyError):
                self.observer.unschedule(old)
        self.watches[folder] = self.observer.schedule(Marker(self), str(folder), recursive=deep)
        self.watched[folder] = signature(folder)[2]

    def folders(self) -> list[tuple[Path, bool]]:
        """(folder, with all below it): the notebook, its state and its ledger alone, its notes, its theme, results
        and sources with what is in them.
        """
        settings = self.state.workspace.settings
        notes, theme = self.root / settings.notes, self.root / settings.theme
        if notes.resolve() == self.root.resolve():
            return [(self.root, True)]
        state = self.root / settings.state
        flat = (f for f in (state, self.root / self.state.tree.ledger) if f.is_dir())
        others = (self.root / f for f in (self.state.tree.results, self.state.tree.sources))
        deep = (f for f in (notes, theme, *others) if f.is_dir())
        return [(self.root, False), *((f, True) for f in deep), *((f, False) for f in flat)]

    def stop(self) -> None:
        """End the thread and the watching."""
        with self.condition:
            self.stopping = True
            self.condition.notify()
        if self.observer is not None and self.observer.is_alive():
            self.observer.stop()
            self.observer.join(2)
        if self.thread.is_alive():
            self.thread.join(5)

    # marking

    def mark(self, path: str, *, folder: bool = False) -> None:
        """Something happened to a file or a folder."""
        # some systems tell the path behind symbolic links
        inside = next((r for r in self.roots if Path(path).is_relative_to(r)), None)
        if inside is None:
            return
        name = Path(path).relative_to(inside).as_posix()
        if folder and self.state.tree.skips(name):
            return
        if not folder and self.state.tree.kind(name) is Kind.NONE:
            return
        with self.condition:
            now = time.monotonic()
            self.marked.first = self.marked.first or now
            self.marked.last = now
            if folder or len(self.marked.paths) > MANY:
                self.marked.look = True
                self.looks = [now + wait for wait in LOOK_AGAIN]
            else:
                self.marked.paths.add(name)
            self.condition.notify()

    def look_soon(self) -> None:
        """Look through all folders."""
        with self.condition:
            self.marked.look = True
            self.marked.first = self.marked.last = time.monotonic()
            self.condition.notify()

    # the thread

    def run(self) -> None:
        """Wait, take what is marked, bring it to the state; until `stop`."""
        while True:
            taken, sure = self.wait()
            if self.stopping:
                return
            try:
                self.take(taken, sure)
            except Exception as error:  # noqa: BLE001 - a change that cannot be read must not end the preview
                self.say(f"A change could not be read: {type(error).__name__}: {error}")

    def wait(self) -> tuple[Marked, set[str]]:
        """(what is marked, files whose grace is over), when it is time for them."""
        with self.condition:
            while not self.stopping:
                now = time.monotonic()
                due = self.due()
                if due <= now:
                    break
                self.condition.wait(min(due - now, 3600))
            now = time.monotonic()
            sure = {p for p, t in self.unsure.items() if t <= now}
            for path in sure:
                del self.unsure[path]
            taken = Marked()
            if self.ripe() <= now:
                taken, self.marked = self.marked, Marked()
            if self.poll and self.next_poll <= now:
                self.next_poll = now + POLL
                taken.look = True
            if any(t <= now for t in self.looks):
                self.looks = [t for t in self.looks if t > now]
                taken.look = True
            return taken, sure

    def ripe(self) -> float:
        """When what is marked was quiet for long enough."""
        if not self.marked.first:
            return inf
        return min(self.marked.last + QUIET, self.marked.first + LONGEST_WAIT)

    def due(self) -> float:
        """When there is something to do; what can wait does so until nothing is marked."""
        times = [self.ripe(), *self.unsure.values(), *self.looks]
        if self.poll:
            times.append(self.next_poll)
        if not self.marked.first:
            times.append(self.settle_at)
        return min(times)

    def take(self, taken: Marked, sure: set[str]) -> None:
        """Bring changes to the state, and look again at what was read meanwhile."""
        paths = set(taken.paths)
        # something happened to it again: its grace begins anew
        sure -= paths
        if taken.look:
            paths |= self.state.rescan() - sure
            self.watch_new_folders()
        if not paths and not sure:
            self.settle()
            return
        before = {p: signature(self.root / p) for p in paths | sure}
        started = taken.first or time.monotonic()
        for group, certain in ((paths, False), (sure, True)):
            if group:
                self.tell(self.state.apply(group, sure=certain), group, started)
        again = {p for p, how in before.items() if signature(self.root / p) != how}
        with self.condition:
            if again:
                self.marked.paths |= again
                self.marked.first = self.marked.first or time.monotonic()
                self.marked.last = time.monotonic()

    def tell(self, change: Change, group: set[str], started: float) -> None:
        """Tell of a change, and remember files that may come back."""
        with self.condition:
            for path in group - change.unsure:
                self.unsure.pop(path, None)
            for path in change.unsure:
                self.unsure.setdefault(path, time.monotonic() + UNSURE_WAIT)
        if change.kind:
            self.rebuilds += 1
            self.changed(change, started)
            self.settle_at = time.monotonic() + SETTLE_WAIT

    def settle(self) -> None:
        """It was quiet for a moment: everything that can wait."""
        if self.settle_at <= time.monotonic() and not self.marked.first:
            self.settle_at = inf
            self.settled()

    def watch_new_folders(self) -> None:
        """Watch the notes or the theme when their folder was made after the start."""
        if self.observer is None:
            return
        for folder, deep in self.folders():
            number = signature(folder)[2]
            if self.watched.get(folder) != number:
                self.watch(folder, deep=deep)
