"""The way by hand: a kit is written, shown on this machine, and what was published is noted."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from notebook_kb.cli.console import clean, emit_json, note, style
from notebook_kb.cli.publish_words import ready_data
from notebook_kb.publishing.payload import TargetName

if TYPE_CHECKING:
    from notebook_kb.cli.publish_words import Wanted
    from notebook_kb.preview.kits import DoneAnswer
    from notebook_kb.publishing.kit import Kit
    from notebook_kb.publishing.kit_manifest import Manifest
    from notebook_kb.publishing.ledger import Entry
    from notebook_kb.workspace.publish_gate import Gate, Ready


def make_kit(gate: Gate, ready: Ready, wanted: Wanted, *, as_json: bool) -> int:
    """Write the kit, note that it was made, and show it where somebody is there to look."""
    payload = ready.prepared.payload
    entry = gate.copy_there(ready)
    if entry and entry.payload == payload.digest and not (as_json or wanted.output):
        note(f"nothing has changed since it went out: {clean(entry.url)}")
        note("a kit of the whole is made with --output FOLDER")
        return 0
    kit = write(gate, ready, wanted, entry)
    if payload.target is not TargetName.FOLDER:
        gate.desk.prepared(ready.job)
    if as_json:
        emit_json({**ready_data(ready), "folder": str(kit.folder), "files": list(kit.files)})
        return 0
    note(f"kit: {style(shown_path(kit), 'path', err=True)}")
    if entry and entry.url:
        note(f"it is there already, so the kit holds what has changed: edit {clean(entry.url)}")
    if wanted.no_serve or wanted.output or not sys.stdin.isatty():
        tell_by_hand(ready, kit)
        return 0
    return show(gate, ready, kit, wanted)


def write(gate: Gate, ready: Ready, wanted: Wanted, entry: Entry | None) -> Kit:
    """The kit's folder. Where a copy is out there, it is one of what has changed."""
    from notebook_kb.publishing.changed_pieces import compare_pieces
    from notebook_kb.publishing.entry_json import beside_changed, file_digests
    from notebook_kb.publishing.kit import write_kit

    payload = ready.prepared.payload
    workspace = gate.workspace
    folder = Path(wanted.output) if wanted.output else workspace.root / workspace.settings.state / "kits"
    changed = None
    if entry and entry.url:
        changed = replace(
            compare_pieces(entry.pieces, payload.pieces, title=(entry.title, payload.title)),
            beside=beside_changed(entry.about, payload),
            files=set(entry.pictures) != set(file_digests(payload)),
        )
    return write_kit(
        ready.prepared,
        folder,
        pack=workspace.pack,
        changed=changed,
        story_url=entry.url if entry else "",
        name=payload.path,
        today=date.fromisoformat(workspace.today),
        foreign=bool(wanted.output),
    )


def shown_path(kit: Kit) -> str:
    """The kit's folder as one would type it here."""
    try:
        return kit.folder.relative_to(Path.cwd()).as_posix() + "/"
    except ValueError:
        return str(kit.folder)


def tell_by_hand(ready: Ready, kit: Kit) -> None:
    """What to do with a kit that nobody shows."""
    note(f"open {style(str(kit.page), 'path', err=True)} in a browser; it says what to do")
    payload = ready.prepared.payload
    if payload.target is not TargetName.FOLDER:
        from notebook_kb.publishing.kit import done_command

        note(f"when it is published: {done_command(payload.target, payload.form, payload.path)} URL")


def show(gate: Gate, ready: Ready, kit: Kit, wanted: Wanted) -> int:
    """Show the kit until it is done: in the preview that runs for this notebook, else with a server of its own."""
    from notebook_kb.preview.kit_server import serve_kit
    from notebook_kb.preview.kits import KITS
    from notebook_kb.preview.running import running_preview
    from notebook_kb.publishing.kit_manifest import manifest_in

    settings = gate.workspace.settings
    preview = running_preview(gate.workspace.root, settings.state)
    if preview and not wanted.output:
        address = f"{preview.rstrip('/')}{KITS}{kit.folder.parent.name}/{kit.folder.name}/"
        note(f"the preview shows it: {style(address, 'path', err=True)}")
        if wanted.open_browser:
            click.launch(address)
        return 0

    def ready_at(address: str) -> None:
        note(f"open {style(address, 'path', err=True)} and follow the steps; Ctrl-C ends this, the kit stays")
        if wanted.open_browser:
            click.launch(address)

    manifest = manifest_in(kit.folder, kit.manifest)
    assert manifest is not None, "it was written just now"
    answer = serve_kit(
        kit.folder, lambda url: done(gate, manifest, url), pack=gate.workspace.pack, ready=ready_at
    )
    if answer is None:
        tell_by_hand(ready, kit)
    else:
        entry = gate.desk.ledger.get(manifest.key).entries[manifest.place]
        note(f"{clean(manifest.path)} is at {clean(entry.url)}")
    return 0


def done(gate: Gate, manifest: Manifest, url: str) -> DoneAnswer:
    """The address that was pasted into a kit's page goes into the ledger."""
    from notebook_kb.preview.kits import DoneAnswer

    return DoneAnswer(ok=True, message=gate.done_from_kit(manifest, url))
