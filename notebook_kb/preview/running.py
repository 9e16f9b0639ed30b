"""How a command finds the preview that runs for the same notebook: a small file says where, the preview says who it is."""

from __future__ import annotations

import http.client
import json
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from notebook_kb.files.write import replace_output
from notebook_kb.preview.guard import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALIVE = "/_kb/alive"
HOST = NAMES[0]
TIMEOUT = 1.0
LONGEST_ANSWER = 256


def place_of(root: Path, state: str = ".kb") -> Path:
    """The file that says where the preview of a notebook answers."""
    return root / state / "cache" / "serve.json"


@contextmanager
def announced(root: Path, state: str, port: int, nonce: str) -> Iterator[None]:
    """Tell other commands of a preview while the block runs. The file of a later preview is left alone."""
    place = place_of(root, state)
    said = {"port": port, "pid": os.getpid(), "nonce": nonce}
    replace_output(place, (json.dumps(said) + "\n").encode())
    try:
        yield
    finally:
        if read_place(place).get("nonce") == nonce:
            with suppress(OSError):
                place.unlink()


def new_nonce() -> str:
    """What a preview proves itself with."""
    return secrets.token_hex(16)


def running_preview(root: Path, state: str = ".kb") -> str | None:
    """The address of the preview that runs for the notebook at `root`, None where none answers."""
    said = read_place(place_of(root, state))
    port, nonce = said.get("port"), said.get("nonce")
    if not isinstance(port, int) or not 0 < port < 65536 or not isinstance(nonce, str) or not nonce:
        return None
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request("GET", ALIVE)
        answer = connection.getresponse()
        proof = answer.read(LONGEST_ANSWER).decode("ascii", "replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    is_same = answer.status == http.HTTPStatus.OK and secrets.compare_digest(proof.encode(), nonce.encode())
    return f"http://{HOST}:{port}/" if is_same else None


def read_place(place: Path) -> dict[str, Any]:
    """What the file says, {} where there is none that can be read."""
    try:
        value = json.loads(place.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
