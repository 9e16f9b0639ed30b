"""The paste kit: a folder with all that a person needs to bring a note to a service by hand, checked afterwards."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import UsageError
from notebook_kb.files.folders import replace_folder
from notebook_kb.languages import slugify
from notebook_kb.notebook.names import as_argument
from notebook_kb.publishing.adapters import ADAPTERS
from notebook_kb.publishing.entry_json import entry_of, to_json
from notebook_kb.publishing.kit_key import signed
from notebook_kb.publishing.kit_manifest import FORMAT, NAME, SAFE_NAME, ManifestError, read_manifest
from notebook_kb.publishing.kit_page import check_page, checklist, index_page, kit_file, standalone
from notebook_kb.publishing.kit_source import Source
from notebook_kb.publishing.markdown import MarkdownWriter
from notebook_kb.publishing.payload import Form, TargetName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from notebook_kb.languages import LanguagePack
    from notebook_kb.publishing.changed_pieces import ChangedPieces
    from notebook_kb.publishing.prepare import Prepared


@dataclass(frozen=True, slots=True)
class Kit:
    """A kit on disk: its folder, the names of its files, its manifest as it was written."""

    folder: Path
    files: tuple[str, ...]
    manifest: Mapping[str, Any]

    @property
    def page(self) -> Path:
        """The paste page."""
        return self.folder / "index.html"


def write_kit(
    prepared: Prepared,
    folder: Path,
    *,
    pack: LanguagePack,
    changed: ChangedPieces | None = None,
    story_url: str = "",
    post_text: str = "",
    document: bytes = b"",
    name: str = "",
    slug: str = "",
    today: date | None = None,
    foreign: bool = False,
) -> Kit:
    """Write `<folder>/<target>-<form>/<slug>/` anew and say what is in it.

    `folder` is `.kb/kits` of the notebook. `changed` (what differs from the story at `story_url`) makes a kit of the
    changed paragraphs; `today` dates its line "Corrected on …". `post_text` and `document` (a PDF) are those of a post,
    else the payload's. `foreign`: `folder` is the person's own, where nothing but kits may be replaced. `name` is what the person calls the note in commands (its path, where none is given), `slug` the
    folder's name. Raises `EnvironmentFailedError` when the disk refuses.
    """
    payload = prepared.payload
    is_post = payload.form is not Form.ARTICLE
    text = (post_text or payload.body) if is_post else ""
    pdf = document or payload.document
    source = Source(
        prepared,
        pack,
        done_command(payload.target, payload.form, name or payload.path),
        changed=changed,
        story_url=story_url,
        post_text=text,
        corrected=pack.word("kit_corrected_on", date=pack.long_date(today)) if changed and today else "",
        files=_own_files(payload.target, pdf),
    )
    files = _files(source, pdf)
    manifest = signed(manifest_of(source, files))
    files[NAME] = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    place = kit_place(
        folder, source, slug or slugify(PurePosixPath(payload.path).stem, pack), foreign=foreign
    )
    replace_folder(place, files)
    return Kit(place, tuple(sorted(files)), manifest)


def done_command(target: TargetName, form: Form, name: str) -> str:
    """The command that records the address of what was published, up to the address."""
    kind = f" --as {form}" if target is TargetName.LINKEDIN and form is not Form.POST else ""
    return f"kb publish {as_argument(name)} --to {target}{kind} --done"


def kit_place(folder: Path, source: Source, slug: str, *, foreign: bool) -> Path:
    """The folder of a kit: a fresh one, or that of the note's last kit. Where another's is there, this one's name gets some
    letters of the note's key. In a `foreign` folder what is no kit's is left alone; UsageError where both are taken.
    """
    payload = source.payload
    place = folder / f"{payload.target}-{payload.form}" / slug
    apart = place.with_name(f"{slug}-{hashlib.sha256(payload.key.encode()).hexdigest()[:6]}")
    for found in (place, apart):
        if is_free(found, payload.key, foreign=foreign):
            return found
    raise UsageError(f"{apart} holds files that no kit has", "move them away, or choose another `--output`")


def is_free(place: Path, key: str, *, foreign: bool) -> bool:
    """Whether a kit may take a folder's place: there is none, it is empty, or it holds a kit of the same note, and in a
    `foreign` folder nothing but that.
    """
    if place.is_symlink() or not place.exists():
        return True  # a link itself is taken away, what it leads to stays
    if not place.is_dir():
        return False
    there = {p.name for p in place.iterdir()}
    try:
        manifest = read_manifest(place)
    except ManifestError:
        return not foreign  # it is made anew
    if manifest is None:
        return not foreign or not there
    return manifest.key == key and (not foreign or there <= {*manifest.files, NAME})


def _own_files(target: TargetName, document: bytes) -> tuple[str, ...]:
    names = ["article.html", "article.md"] if target is TargetName.FOLDER else []
    return (*names, *(["document.pdf"] if document else []))


def _files(source: Source, document: bytes) -> dict[str, bytes]:
    """The files but for the manifest."""
    payload = source.payload
    files = {p.name: p.data for p in payload.pictures}
    assert all(SAFE_NAME.match(n) for n in files), "pictures are named by the shaping"
    if document:
        files["document.pdf"] = document
    if source.post_text:
        files["post.txt"] = (source.post_text.rstrip("\n") + "\n").encode()
    if payload.target is TargetName.FOLDER:
        files["article.html"] = standalone(source)
        writer = MarkdownWriter(lambda shown: shown.picture.name if shown.picture else shown.url)
        body = writer.write(source.blocks)
        files["article.md"] = f"# {payload.title}\n\n{body}".encode()
    files |= {name: kit_file(name) for name in ("kit.css", "kit.js", "icon.svg")}
    files["index.html"], files["checklist.txt"] = index_page(source), checklist(source)
    if source.is_checked:
        files["check.html"], files["check.js"] = check_page(source), kit_file("check.js")
    return files


def manifest_of(source: Source, files: Mapping[str, bytes]) -> dict[str, Any]:
    """All that the ledger and a check need to know of a kit. There is no clock and no place of this machine in it."""
    payload = source.payload
    adapter = ADAPTERS.get((payload.target, payload.form))
    return {
        "version": FORMAT,
        "target": str(payload.target),
        "form": str(payload.form),
        "key": payload.key,
        "path": payload.path,
        "title": payload.title,
        "canonical": payload.canonical,
        "language": payload.language,
        "topics": list(payload.topics),
        "payload": payload.digest,
        "adapter": adapter.version if adapter else payload.adapter,
        "story_url": source.story_url,
        "is_correction": source.is_correction,
        "command": source.command,
        "pieces": [{"kind": p.kind, "digest": p.digest, "begins": p.begins} for p in payload.pieces],
        "pictures": [source.picture(p) for p in payload.pictures],
        "outline": source.outline,
        "counts": dict(sorted(Counter(str(p["kind"]) for p in source.outline).items())),
        "entry": to_json(entry_of(payload, source.prepared.source, "")),
        "files": {n: hashlib.sha256(data).hexdigest() for n, data in sorted(files.items())},
    }
