"""Temporary files beside the file that they are for, with names that tell what may be deleted.

A process can be killed at any moment. What it leaves behind is one of two kinds:

- `.kb-tmp-<random>.part`: bytes that we were writing. Never anybody's only copy.
- `.kb-tmp-<random>-<new>-<seen>`: complete, and perhaps already exchanged with the note. The digests in the
  name are of what we wrote and of what we had read; bytes that match neither are a save of the user's that
  was displaced, and are kept.
"""

from __future__ import annotations

import errno
import os
import secrets
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from notebook_kb.files.exchange import UnsupportedError, rename_to_free
from notebook_kb.files.read import digest_of

if TYPE_CHECKING:
    from pathlib import Path

TEMP_PREFIX = ".kb-tmp-"
PART_SUFFIX = ".part"
CONFLICT_MARK = ".kb-conflict-"
_DIGEST_LENGTH = 16
_STEM_BYTES = 180  # with the mark, the time and the ending it stays below the 255 bytes of most file systems
_PRIVATE = 0o600
_NO_FOLDER_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES})
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_part(
    folder: Path, data: bytes, *, like: os.stat_result | None = None, mode: int = 0o666, sync: bool = True
) -> Path:
    """Write `data` to a new `.part` file in `folder` and return its path.

    `like` gives mode bits and, where allowed, the owner; without it the file is made with `mode`, less the umask.
    `sync` waits until the disk has it. Raises `OSError`, and then leaves no file.
    """
    path = folder / f"{TEMP_PREFIX}{secrets.token_hex(6)}{PART_SUFFIX}"
    # Until it has the note's own bits nobody else may look into it.
    first_mode = mode if like is None else _PRIVATE
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, first_mode)) as file:
            file.write(data)
            file.flush()
            if like is not None:
                _make_like(path, like)
            if sync:
                os.fsync(file.fileno())
    except OSError:
        discard(path)
        raise
    return path


def seal(part: Path, new_digest: str, seen_digest: str) -> Path:
    """Rename a complete `.part` file so that its name tells what it may hold after an exchange."""
    stem = part.name.removesuffix(PART_SUFFIX)
    sealed = part.with_name(f"{stem}-{new_digest[:_DIGEST_LENGTH]}-{seen_digest[:_DIGEST_LENGTH]}")
    part.rename(sealed)
    return sealed


def discard(path: Path) -> None:
    """Delete a temporary file; if that fails, `remove_stale_temps` gets it later."""
    with suppress(OSError):
        path.unlink()


def sync_folder(folder: Path) -> None:
    """Make renamings in `folder` last through a power cut, where folders can be synced."""
    if os.name == "nt":
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except PermissionError:  # a folder that one may write but not list
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def move_to_free(old: Path, new: Path) -> None:
    """Give `old` the name `new`, never over a file that has it.

    Raises `FileExistsError` if there is one, else `OSError`.
    """
    if os.name == "nt":
        old.rename(new)  # refuses an existing name there
        return
    try:
        new.hardlink_to(old)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
    else:
        old.unlink()
        return
    try:
        rename_to_free(old, new)
    except UnsupportedError:
        _copy_to_free(old, new)


def keep_as_conflict(path: Path, beside: Path) -> Path:
    """Rename `path` to `<stem>.kb-conflict-<time><suffix>` beside `beside` and return that path."""
    stem = beside.stem.encode("utf-8", "surrogateescape")[:_STEM_BYTES].decode("utf-8", "ignore")
    stamp = time.strftime("%Y%m%d-%H%M%S")
    number = 1
    while True:
        more = f"-{number}" if number > 1 else ""
        target = beside.with_name(f"{stem}{CONFLICT_MARK}{stamp}{more}{beside.suffix}")
        try:
            if path.is_dir() and not path.is_symlink():
                path.rename(target)
            else:
                move_to_free(path, target)
        except FileExistsError:
            number += 1
        else:
            sync_folder(target.parent)
            return target


def remove_stale_temps(folder: Path, older_than: float = 3600.0) -> tuple[list[Path], list[Path]]:
    """Clear what killed processes left in `folder` itself (not below it) more than `older_than` seconds ago.

    Returns (removed, kept): kept are the new paths of saves that were found in a temporary file and are now
    conflict copies. A file that cannot be looked at or moved is left. Raises `OSError` if the folder cannot
    be listed.
    """
    removed: list[Path] = []
    kept: list[Path] = []
    now = time.time()
    for path in sorted(folder.glob(f"{TEMP_PREFIX}*")):
        with suppress(OSError):
            facts = path.lstat()
            # The time of the last renaming counts too: a displaced note is as old as its text.
            if now - max(facts.st_mtime, facts.st_ctime) < older_than:
                continue
            if _is_ours(path):
                path.unlink()
                removed.append(path)
            else:
                kept.append(keep_as_conflict(path, folder / "recovered.md"))
    return removed, kept


def _is_ours(path: Path) -> bool:
    """Whether a temporary file holds nothing but what we wrote or had read."""
    if path.name.endswith(PART_SUFFIX):
        return True
    digests = path.name.removeprefix(TEMP_PREFIX).split("-")[1:]
    return digest_of(path.read_bytes())[:_DIGEST_LENGTH] in digests


def _make_like(path: Path, like: os.stat_result) -> None:
    """Give a file the mode bits of another, and its owner where the system allows it."""
    if os.name != "nt":
        with suppress(PermissionError):
            os.chown(path, like.st_uid, like.st_gid)
    path.chmod(like.st_mode & 0o7777)


def _copy_to_free(old: Path, new: Path) -> None:
    """The last resort of `move_to_free`: a crash in the middle leaves a cut new file and the whole old one."""
    data = old.read_bytes()
    with new.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            discard(new)
            raise
    discard(old)
