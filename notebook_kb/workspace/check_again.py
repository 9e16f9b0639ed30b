"""A check that asks only the notes whose findings may differ from those of the last one, and is remembered."""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from notebook_kb.checking import dependents, unjudged_of
from notebook_kb.checking.silence import Judged, judged
from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.write import replace_output
from notebook_kb.model.codec import decode
from notebook_kb.model.note import Note
from notebook_kb.workspace.check_inputs import SOURCES, digest_at, look, older, places_of, program
from notebook_kb.workspace.check_memory import (
    NAME,
    Checked,
    as_bytes,
    findings_in,
    is_file,
    places_in,
    row,
)
from notebook_kb.workspace.findings import site_facts, site_findings
from notebook_kb.workspace.history_problems import FUTURE, history_findings
from notebook_kb.workspace.own_words import source_findings
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notebook_kb.findings import Finding
    from notebook_kb.model.evidence import Evidence
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.workspace.check_inputs import Facts, Places
    from notebook_kb.workspace.check_memory import Recalled, Row

# where more notes than these changed, all are checked: finding out what depends on them costs as much
MOST_CHANGED = 100


def open_and_check(recalled: Recalled) -> tuple[Workspace, Loaded, Checked]:
    """Open and check the notebook that holds the current folder. Raises what `Workspace.open` and `load` raise."""
    workspace = Workspace.open()
    again = CheckAgain(workspace, recalled)
    loaded = workspace.load()
    return workspace, loaded, again.check(loaded)


class CheckAgain:
    """One check of a loaded notebook. `recalled` is what `recall` said before anything was read."""

    def __init__(self, workspace: Workspace, recalled: Recalled) -> None:
        self.workspace = workspace
        self.recalled = recalled
        self.places = notebook_places(workspace)
        self.root = str(workspace.root)
        self.before = look(self.root, self.places)
        self.same_sites = False

    def check(self, loaded: Loaded) -> Checked:
        """Check what has to be, and remember all. `loaded` was read after this was made."""
        notebook, evidence = loaded.notebook, self.workspace.evidence(loaded)
        kept = self.still_good(loaded, evidence)
        notes: dict[str, list[Any]] = {}
        asked: dict[str, Mapping[str, bool]] = {}
        shown: list[Finding] = []
        silenced: list[Finding] = []
        others: list[list[list[Row]]] = []
        for path, note in notebook.notes.items():
            if path in kept:
                notes[path], asked[path] = kept[path], self.kept["asked"].get(path, {})
                shown += findings_in(kept[path][2])
                silenced += findings_in(kept[path][3])
                continue
            found = judged(notebook, unjudged_of(notebook, path, evidence))
            known = [
                evidence_key(evidence, path),
                [row(f) for f in found.shown],
                [row(f) for f in found.silenced],
            ]
            notes[path], asked[path] = [note.digest, *known], notebook.asked.get(path, {})
            shown += found.shown
            silenced += found.silenced
        of_all = [
            *notebook.findings,
            *history_findings(notebook),
            *source_findings(notebook, self.workspace.shelf),
        ]
        for found in (self.of_sites(notebook), judged(notebook, of_all)):
            shown += found.shown
            silenced += found.silenced
            others.append([[row(f) for f in found.shown], [row(f) for f in found.silenced]])
        paths = [*notebook.notes, *notebook.unreadable]
        self.remember(notebook, {"notes": notes, "others": others, "asked": asked, "paths": paths})
        return Checked(self.root, shown, silenced, paths, len(notes) - len(kept))

    def of_sites(self, notebook: Notebook) -> Judged:
        """The findings of the sites; those of the last check where nothing changed that they depend on."""
        if self.same_sites:
            return Judged(*(list(findings_in(rows)) for rows in self.kept["others"][0]))
        return judged(notebook, site_findings(notebook))

    # what is known still

    @property
    def kept(self) -> dict[str, Any]:
        """The last check; {} where there was none."""
        return self.recalled.kept or {}

    def still_good(self, loaded: Loaded, evidence: Evidence) -> dict[str, list[Any]]:
        """Path → what was found in the notes that say the same now, where only notes changed."""
        kept, notebook = self.kept, loaded.notebook
        if not kept or kept["key"] != self.workspace.loader.key or places_in(kept) != self.places:
            return {}
        notes: dict[str, list[Any]] = kept["notes"]
        differ = {
            p for p in notes.keys() | notebook.notes.keys() if digest(notes, p) != note_digest(notebook, p)
        }
        if kept["files"] != list(notebook.files) or not self.recalled.differ.isdisjoint(
            {*self.places.files, *notebook.files}
        ):
            return {}  # settings, the roadmap or a picture: any note may say something else
        touched = self.touched(notebook, differ, notes)
        if touched is None:
            return {}
        touched |= {p for p in notes if p in notebook.notes and notes[p][1] != evidence_key(evidence, p)}
        touched |= {
            p
            for p, answers in kept["asked"].items()
            if any(is_file(self.root, f) != a for f, a in answers.items())
        }
        return {p: notes[p] for p in notebook.notes if p in notes and p not in touched}

    def touched(self, notebook: Notebook, differ: set[str], notes: Mapping[str, Any]) -> set[str] | None:
        """The notes that changed, and what depends on them; None where the notes of that time are not known any more."""
        if len(differ) > MOST_CHANGED:
            return None
        old = self.old_notes({p: notes[p][0] for p in differ if p in notes})
        if old is None:
            return None
        then = {p: n for p, n in notebook.notes.items() if p not in differ} | old
        now = replace(notebook, notes={p: then[p] for p in sorted(then)})
        told = {r[4] for rows in self.kept["others"][0] for r in rows}
        same = all(site_facts(old.get(p)) == site_facts(notebook.notes.get(p)) for p in differ)
        self.same_sites = same and told.isdisjoint(differ)
        found = set(differ)
        # what is made now is carried on from snapshot to snapshot
        _ = now.referrers, now.explanations
        for path in sorted(differ):
            note = notebook.notes.get(path)
            after = now.without_note(path) if note is None else now.with_note(note)
            found |= dependents(now, after, path)
            now = after
        return found

    def old_notes(self, digests: Mapping[str, str]) -> dict[str, Note] | None:
        """The notes as they were at the last check, by path → digest; None if one of them is not remembered."""
        rows = self.workspace.loader.cache.replaced(digests)
        found: dict[str, Note] = {}
        for path, wanted in digests.items():
            key, data = rows.get(path, ("", ""))
            if key != f"{self.workspace.loader.key}:{wanted}":
                return None
            try:
                found[path] = decode(Note, json.loads(data)[0])
            except (ValueError, TypeError, LookupError):
                return None
        return found

    # for the next time

    def remember(self, notebook: Notebook, found: dict[str, Any]) -> None:
        """Keep what was found, with all that it depends on. Where that is not possible the next check takes longer."""
        now = look(self.root, self.places)
        if self.recalled.moment is None or now.keys() != self.before.keys():
            return  # a file came or went in the meantime
        dates = sorted({n.date for n in notebook.notes.values() if n.date})
        codes = {r[0] for kinds in found["others"] for rows in kinds for r in rows}
        kept = {
            "program": program(),
            "places": list(self.places),
            "zone": notebook.settings.timezone,
            "dates": [
                max((d for d in dates if d <= notebook.today), default=""),
                min((d for d in dates if d > notebook.today), default=""),
            ],
            "saved": time.time(),
            "lasting": FUTURE not in codes,
            "key": self.workspace.loader.key,
            "looked": [self.looked(notebook, path, facts) for path, facts in now.items()],
            "asked": {path: answers for path, answers in found["asked"].items() if answers},
            "files": list(notebook.files),
            **{name: found[name] for name in ("notes", "others", "paths")},
        }
        state = self.workspace.root / notebook.settings.state / "cache"
        with suppress(EnvironmentFailedError):
            replace_output(state / NAME, as_bytes(kept))
            self.workspace.loader.cache.forget_replaced()

    def looked(self, notebook: Notebook, path: str, facts: Facts) -> list[Any]:
        """A file as it is kept: trusted where it was not touched since the check began, with the digest of what was checked."""
        moment = self.recalled.moment
        trusted = moment is not None and older(facts, moment)
        known = note_digest(notebook, path)
        if not known and trusted and self.wants_digest(path):
            known = digest_at(os.path.join(self.root, path))  # noqa: PTH118 - as check_inputs
        return [path, list(facts), trusted, known]

    def wants_digest(self, path: str) -> bool:
        """Whether a file that is no note is worth its digest, for when only its times have changed."""
        return path in self.places.files or path.endswith(".svg") or path.startswith(f"{SOURCES}/")


def notebook_places(workspace: Workspace) -> Places:
    """Where the findings of a notebook come from."""
    chosen = workspace.settings
    return places_of(chosen.notes, chosen.state, chosen.roadmap, (chosen.output, chosen.theme))


def digest(notes: Mapping[str, list[Any]], path: str) -> str:
    """The digest of a note at the last check, '' where there was none."""
    return str(notes[path][0]) if path in notes else ""


def note_digest(notebook: Notebook, path: str) -> str:
    """The digest of a note now, '' where there is none."""
    note = notebook.notes.get(path)
    return note.digest if note else ""


def evidence_key(evidence: Evidence, path: str) -> str:
    """A digest of what is known of a note besides its text; '' for nothing."""
    known = evidence.overlaps.get(path), evidence.code.get(path)
    if not any(known):
        return ""
    return hashlib.blake2b(repr(known).encode("utf-8", "replace"), digest_size=12).hexdigest()
