"""What a kit says of itself: its manifest, read in this one place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import NotebookError
from notebook_kb.files.folders import FRESH, OLD
from notebook_kb.publishing.entry_json import from_json
from notebook_kb.publishing.kit_key import is_ours
from notebook_kb.publishing.payload import Form, TargetName

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from notebook_kb.publishing.ledger import Entry

NAME = "manifest.json"
FORMAT = 1
SAFE_NAME = re.compile(r"[\w.-]+\Z")
_MOST_BYTES = 32 * 1024 * 1024
_SURROGATE = re.compile("[\ud800-\udfff]")
_TEXTS = ("key", "path", "title")


class ManifestError(NotebookError):
    """A manifest that cannot be used: `place` is its own, below the kits' folder."""

    code = "kit"

    def __init__(self, kit: Path, why: str, line: int = 1) -> None:
        super().__init__(
            f"{kit / NAME}:{line}: this kit cannot be used: {why}", "Make the kit anew, or delete its folder."
        )
        self.place = f"{kit.parent.name}/{kit.name}/{NAME}:{line}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A kit in `folder`: of which note (`key`, `path`, `title`) for what, its `files` with their SHA-256, and `entry`, what
    the ledger gets when it is published. `is_ours`: it was written on this machine.
    """

    folder: Path
    target: TargetName
    form: Form
    key: str
    path: str
    title: str
    files: Mapping[str, str]
    entry: Entry
    is_ours: bool

    @property
    def place(self) -> str:
        """`medium-article`: its name in the ledger."""
        return f"{self.target}-{self.form}"

    def has(self, name: str) -> bool:
        """Whether a name is that of one of the kit's files: no folder, no way up, no place of its own."""
        return name in self.files and bool(SAFE_NAME.match(name))


@dataclass(frozen=True, slots=True)
class Kits:
    """The kits of a notebook, and why others cannot be read."""

    found: tuple[Manifest, ...] = ()
    broken: tuple[ManifestError, ...] = ()


def read_manifest(kit: Path) -> Manifest | None:
    """The manifest of a kit's folder; None where there is none, or one of another version. Raises `ManifestError`."""
    place = kit / NAME
    try:
        if not place.is_file():
            return None
        if place.stat().st_size > _MOST_BYTES:
            raise ManifestError(kit, "it is too large")
        value = json.loads(place.read_bytes())
    except OSError as error:
        raise ManifestError(kit, error.strerror or "it cannot be read") from error
    except json.JSONDecodeError as error:
        raise ManifestError(kit, error.msg, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise ManifestError(kit, "this is no JSON") from error
    return manifest_in(kit, value)


def manifest_in(kit: Path, value: object) -> Manifest | None:
    """The same of the value of a manifest."""
    if not isinstance(value, dict):
        raise ManifestError(kit, "this is no object")
    version = value.get("version")
    if type(version) is not int:
        raise ManifestError(kit, "version is no number")
    if version != FORMAT:
        return None
    try:
        return _read(kit, value)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ManifestError(kit, _reason(error)) from error


def kits_in(folder: Path) -> Kits:
    """Every kit below `.kb/kits`, in the order of their names."""
    found: list[Manifest] = []
    broken: list[ManifestError] = []
    for place in sorted(folder.glob(f"*/*/{NAME}")):
        kit = place.parent
        if kit.is_symlink() or kit.parent.is_symlink() or kit.suffix in {FRESH, OLD}:
            continue
        try:
            manifest = read_manifest(kit)
        except ManifestError as error:
            broken.append(error)
            continue
        found += [manifest] if manifest else []
    return Kits(tuple(found), tuple(broken))


def _read(kit: Path, value: Mapping[str, Any]) -> Manifest:
    target, form = TargetName(_text(value, "target")), Form(_text(value, "form"))
    files = {name: _text(_table(value, "files"), name) for name in _table(value, "files")}
    key, path, title = (_text(value, name) for name in _TEXTS)
    return Manifest(kit, target, form, key, path, title, files, _entry(value, target, form), is_ours(value))


def _entry(value: Mapping[str, Any], target: TargetName, form: Form) -> Entry:
    """The entry for the ledger; everything in it has the type that it was written with."""
    entry = _table(value, "entry")
    pictures, pieces = _table(entry, "pictures"), entry["pieces"]
    texts: list[object] = [_text(pictures, name) for name in pictures]
    if type(entry["adapter"]) is not int:
        raise TypeError("adapter is no number")
    if not isinstance(pieces, list) or not all(isinstance(p, list) and len(p) == 3 for p in pieces):
        raise TypeError("pieces are no list of pieces")
    texts += [part for piece in pieces for part in piece]
    texts += [t for name, t in entry.items() if name not in {"adapter", "pictures", "pieces"}]
    if any(not isinstance(t, str) or _SURROGATE.search(t) for t in texts):
        raise TypeError("entry holds what is no text")
    return from_json(f"{target}-{form}", entry)


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value[name]
    if not isinstance(found, dict) or any(_SURROGATE.search(key) for key in found):
        raise TypeError(f"{name} is no table")
    return found


def _text(value: Mapping[str, Any], name: str) -> str:
    found = value[name]
    if not isinstance(found, str) or _SURROGATE.search(found):
        raise TypeError(f"{name} is no text")
    return found


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"{error} is missing"
    return "it is nested too deep" if isinstance(error, RecursionError) else str(error)
