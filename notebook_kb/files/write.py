"""Writing: the one way a user's file is written, and plainer ways for files that are the tool's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import ChangedSinceReadError
from notebook_kb.files import exchange
from notebook_kb.files.failures import failed
from notebook_kb.files.read import Snapshot, digest_of
from notebook_kb.files.temps import (
    TEMP_PREFIX,
    discard,
    keep_as_conflict,
    move_to_free,
    remove_stale_temps,
    seal,
    sync_folder,
    write_part,
)

if TYPE_CHECKING:
    from io import FileIO

__all__ = ["TEMP_PREFIX", "append_line", "remove_stale_temps", "replace_output", "write_file"]

_MOST_SWAPS = 16
_RUN_AGAIN = "Nothing was overwritten. Run the command again to work on what is there now."


def write_file(path: Path, new: bytes, seen: Snapshot | None) -> Snapshot:
    """Write `new` to the note at `path` if it still holds what was `seen`, and return the new snapshot.

    `seen=None` creates the file (and its folder), never over one that exists. Otherwise the new bytes go to
    a hidden file beside the note, on to the disk, and are exchanged with the note in one step; then the bytes
    that came out are compared with `seen.data`. If they differ, or somebody has them open for writing, the
    two are exchanged back. So at any moment the note is whole: the old bytes or the new. Mode bits stay; a
    symbolic link is written through (whether it may lead there is for the caller to know).

    Where two names cannot be exchanged (macOS, Windows, some network disks) the note is read and compared
    right before it is replaced: there a save in the instant between those two is lost, and so is one by a
    program that had opened the note for writing before that instant and writes after it.

    Raises `ChangedSinceReadError` if the note changed, went away, or already exists (for `seen=None`): no save
    is lost, at worst one is kept in a conflict copy, which the message names. Raises `EnvironmentFailedError`
    when the system says no; the note is then as it was.
    """
    if seen is None:
        return _create(path, new)
    result = Snapshot(path, new, digest_of(new))
    if new == seen.data:
        return result
    try:
        _rewrite(Path(os.path.realpath(path)), new, seen)
    except FileNotFoundError as error:
        raise ChangedSinceReadError(f"{path}: it is no longer there", _RUN_AGAIN) from error
    except OSError as error:
        raise failed("write", path, error) from error
    return result


def replace_output(path: Path, data: bytes) -> None:
    """Write a generated file in one step, making its folder; readers see the old bytes or the new.

    It does not wait for the disk: what is generated can be generated again. Raises `EnvironmentFailedError`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = write_part(path.parent, data, sync=False)
        try:
            part.replace(path)
        except OSError:
            discard(part)
            raise
    except OSError as error:
        raise failed("write", path, error) from error


def append_line(path: Path, line: str | bytes) -> tuple[int, bytes]:
    """Add `line` (without its line end) to the log at `path` and wait until the disk has it.

    A last line that was cut short by a crash stays a line of its own. Returns at which byte it was written and what.
    Raises `EnvironmentFailedError` (the line may then stand there in part or whole), and `ValueError` if `line` holds
    a line end.
    """
    data = line.encode("utf-8") if isinstance(line, str) else line
    if b"\n" in data or b"\r" in data:
        raise ValueError("a line of a log holds no line end")
    try:
        _make_folder(path.parent)
        is_new = not path.exists()
        # Without a buffer: what was not written is not tried again behind the caller's back.
        with path.open("a+b", buffering=0) as file:
            data = _line_start(file) + data + b"\n"
            written = file.write(data)
            end = file.tell()
            while written < len(data):
                written += file.write(data[written:])
            os.fsync(file.fileno())
        if is_new:
            sync_folder(path.parent)
    except OSError as error:
        raise failed("write", path, error) from error
    return end - len(data), data


def _line_start(file: FileIO) -> bytes:
    """What goes before a new last line: a line end if the one before has none."""
    size = file.seek(0, os.SEEK_END)
    if not size:
        return b""
    file.seek(size - 1)
    return b"" if file.read(1) == b"\n" else b"\n"


def _make_folder(folder: Path) -> None:
    """Make a folder, and make that last. Raises `OSError`."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)


def _create(path: Path, new: bytes) -> Snapshot:
    """Publish a new file under a name that nothing has."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = write_part(path.parent, new)
        try:
            move_to_free(part, path)
        except OSError:
            discard(part)
            raise
        sync_folder(path.parent)
    except FileExistsError as error:
        raise ChangedSinceReadError(f"{path}: it exists already", _RUN_AGAIN) from error
    except OSError as error:
        raise failed("write", path, error) from error
    return Snapshot(path, new, digest_of(new))


def _rewrite(target: Path, new: bytes, seen: Snapshot) -> None:
    """Put `new` in the place of what was seen. Raises as `write_file`, and `OSError`."""
    facts = target.stat()
    # The cheap look first; also for a file that was too large to be read whole.
    if not stat.S_ISREG(facts.st_mode) or facts.st_size != len(seen.data):
        raise _changed(target, None)
    # Its folder may well be writable, but whoever made a note read-only meant it. Opening says so or that the
    # note is gone; asking for permission alone would mix up the two.
    os.close(os.open(target, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0)))
    part = write_part(target.parent, new, like=facts)
    try:
        temp = seal(part, digest_of(new), seen.digest)
    except OSError:
        discard(part)
        raise
    try:
        exchange.swap(temp, target)
    except exchange.UnsupportedError:
        _compare_and_replace(temp, target, seen)
        return
    except OSError:
        discard(temp)
        raise
    # From here on the temporary file may hold the only copy of a save: it is deleted only when it is known.
    if not _let_go(temp, seen.data):
        raise _changed(target, _give_back(temp, target, new))


def _let_go(temp: Path, expected: bytes) -> bool:
    """Delete what was displaced if it is `expected` and nobody is writing to it; say whether that was so."""
    with exchange.hold(temp) as held:
        if held is None or not held.is_quiet(expected):
            return False
        sync_folder(temp.parent)
        # An editor may have found the old file before the exchange and opened it only now.
        if not held.is_quiet(expected):
            return False
        temp.unlink()
    return True


def _give_back(temp: Path, target: Path, ours: bytes) -> Path | None:
    """Put the user's bytes in `temp` back under the note's name.

    Returns the conflict copy if one had to be kept: the note's name then has the user's latest save.
    """
    placed: bytes | None = ours
    for _ in range(_MOST_SWAPS):
        held = _bytes_at(temp)
        try:
            exchange.swap(temp, target)
        except FileNotFoundError:  # moved away this instant; whoever did it is about to create it anew
            return keep_as_conflict(temp, target)
        displaced = _bytes_at(temp)
        if displaced == placed:  # nobody saved between the two exchanges
            if displaced == ours and _let_go(temp, ours):
                return None
            return keep_as_conflict(temp, target)
        # A newer save came out: the next round puts it back, and what was put in now comes out.
        placed = held
    return keep_as_conflict(temp, target)


def _bytes_at(path: Path) -> bytes | None:
    """The bytes of the regular file at `path`, None if it is something else."""
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None


def _compare_and_replace(temp: Path, target: Path, seen: Snapshot) -> None:
    """The way without an exchange; see `write_file` for what it cannot promise."""
    try:
        if _bytes_at(target) != seen.data:
            raise _changed(target, None)
        temp.replace(target)
    except (OSError, ChangedSinceReadError):
        discard(temp)
        raise
    sync_folder(target.parent)


def _changed(target: Path, kept: Path | None) -> ChangedSinceReadError:
    """The error for a note that is not what was read, or that somebody has open for writing."""
    more = f", and again meanwhile; the earlier text is kept in {kept.name}" if kept else ""
    return ChangedSinceReadError(f"{target}: another program changed it since it was read{more}", _RUN_AGAIN)
