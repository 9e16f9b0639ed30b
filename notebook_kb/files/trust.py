"""Which notebooks the person at this computer trusts to run code. Kept outside of the notebooks: none can trust itself.

A notebook is trusted by its real path and a token that lies in its state folder, out of git: another folder that later
stands at the same path is not trusted.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.config_folder import config_folder
from notebook_kb.files.read import read_file
from notebook_kb.files.write import replace_output

if TYPE_CHECKING:
    from pathlib import Path

TOKEN_NAME = "trusted"  # noqa: S105 - a file's name
TOKEN = re.compile(r"[0-9a-f]{32}")
LONGEST = 1024 * 1024


def is_trusted(root: Path, state: str) -> bool:
    """Whether the notebook at `root` with the state folder `state` may run code on this computer."""
    token = read_token(root / state / TOKEN_NAME)
    return bool(token) and read_trusted().get(str(root.resolve())) == token


def trust(root: Path, state: str) -> None:
    """Trust a notebook. Raises `EnvironmentFailedError` when that cannot be written."""
    path = root / state / TOKEN_NAME
    token = read_token(path)
    if not token:
        token = secrets.token_hex(16)
        replace_output(path, f"{token}\n".encode())
        keep_out_of_git(path)
    write_trusted({**read_trusted(), str(root.resolve()): token})


def revoke(root: Path, state: str) -> bool:
    """Trust a notebook no longer; False where it was not trusted."""
    known = read_trusted()
    gone = known.pop(str(root.resolve()), None)
    if gone is not None:
        write_trusted(known)
    with suppress(OSError):
        (root / state / TOKEN_NAME).unlink(missing_ok=True)
    return gone is not None


def trust_file() -> Path:
    """Where this computer keeps what is trusted."""
    return config_folder() / "trusted.json"


def read_trusted() -> dict[str, str]:
    """Real path → token; empty where nothing is trusted or the file cannot be read."""
    try:
        data = json.loads(read_file(trust_file(), LONGEST).data)
    except (EnvironmentFailedError, ValueError):
        return {}
    table = data.get("notebooks") if isinstance(data, dict) else None
    if not isinstance(table, dict):
        return {}
    return {
        k: v for k, v in table.items() if isinstance(k, str) and isinstance(v, str) and TOKEN.fullmatch(v)
    }


def write_trusted(table: dict[str, str]) -> None:
    """Keep what is trusted."""
    data = {"version": 1, "notebooks": dict(sorted(table.items()))}
    replace_output(trust_file(), (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode())


def read_token(path: Path) -> str:
    """The token in a file, '' where there is none; a link is none."""
    if path.is_symlink():
        return ""
    try:
        text = read_file(path, 256).data.decode("ascii").strip()
    except (EnvironmentFailedError, ValueError):
        return ""
    return text if TOKEN.fullmatch(text) else ""


def keep_out_of_git(path: Path) -> None:
    """Name the token in the state folder's .gitignore, where that is there and does not yet."""
    ignored = path.parent / ".gitignore"
    with suppress(EnvironmentFailedError, ValueError):
        text = read_file(ignored).data.decode()
        if path.name not in text.split():
            replace_output(ignored, f"{text.rstrip()}\n{path.name}\n".encode())
