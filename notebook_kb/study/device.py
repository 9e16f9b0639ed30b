"""The name under which this computer writes the review log of one notebook folder."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.config_folder import config_folder
from notebook_kb.files.failures import failed
from notebook_kb.files.temps import discard, move_to_free, sync_folder, write_part

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = "devices"
_NAME = re.compile(r"[a-z0-9]{4,32}\Z")
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Device:
    """A name, and what to tell the person where it could not be kept ('' where it could)."""

    name: str
    warning: str = ""


def device_of(state: Path) -> Device:
    """The name for the notebook whose kept state is in `state`: made once, kept in the user's own folder.

    It is bound to this computer and this folder: two clones, or one home on two computers, never write one file.
    Where it cannot be kept it is made from the two, so that it is the same the next time.
    """
    key = f"{platform.node()}\0{os.path.realpath(state)}"
    digest = hashlib.blake2b(key.encode("utf-8", "surrogateescape"), digest_size=16)
    made = _word(int.from_bytes(digest.digest(), "big"))
    try:
        path = config_folder() / _FOLDER / f"{digest.hexdigest()}.txt"
    except EnvironmentFailedError as error:
        return Device(made, _warning(error.message))
    try:
        return Device(_kept(path) or _keep(path, state))
    except OSError as error:
        return Device(made, _warning(failed("use", path, error).message))


def _kept(path: Path) -> str:
    """The name that a file holds; '' without a file."""
    try:
        with path.open("rb") as file:
            words = file.read(4096).decode("ascii", "replace").split()
    except FileNotFoundError:
        return ""
    name = words[0] if words else ""
    if not _NAME.match(name):
        raise OSError(0, "it holds no name of a device")
    return name


def _keep(path: Path, state: Path) -> str:
    """Make a name and keep it; if another process was quicker, its name counts. Raises `OSError`."""
    name = _word(secrets.randbits(128))
    text = f"{name}\nThe name of this computer in the review log of {os.path.realpath(state)}\n"
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = write_part(path.parent, text.encode("utf-8", "replace"), mode=0o600)
    try:
        move_to_free(part, path)
    except FileExistsError:
        discard(part)
        return _kept(path)
    except OSError:
        discard(part)
        raise
    sync_folder(path.parent)
    return name


def _word(number: int) -> str:
    """A short name of letters and digits that are not mixed up."""
    letters = []
    for _ in range(_LENGTH):
        number, index = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[index])
    return "".join(letters)


def _warning(why: str) -> str:
    """What to say where the name could not be kept."""
    return (
        f"{why}. Answers are kept all the same, under a name made from this computer's name and the "
        "notebook's folder. Set XDG_CONFIG_HOME to a folder that can be written to keep a name of its own."
    )
