"""Which kits were written on this machine: their manifests are signed with a key that lies outside of any notebook.

A notebook from elsewhere may hold a folder that looks like a kit. The preview serves pages with its own rights, so it
shows none that it cannot tell to be its own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from typing import TYPE_CHECKING, Any

from notebook_kb.files.config_folder import config_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGNATURE = "signature"
LENGTH = 32


def key_path() -> Path:
    """The file of the key, beside that of the tokens."""
    return config_folder() / "kit.key"


def signed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest with its signature; without one where no key can be kept: such a kit is opened from its folder."""
    key = _key()
    return {**manifest, SIGNATURE: _signature(manifest, key)} if key else dict(manifest)


def is_ours(manifest: Mapping[str, Any]) -> bool:
    """Whether a manifest was signed on this machine."""
    given = manifest.get(SIGNATURE)
    key = _key() if isinstance(given, str) else b""
    return bool(key) and hmac.compare_digest(
        str(given).encode(errors="replace"), _signature(manifest, key).encode()
    )


def _signature(manifest: Mapping[str, Any], key: bytes) -> str:
    bare = {name: value for name, value in manifest.items() if name != SIGNATURE}
    said = json.dumps(bare, sort_keys=True, ensure_ascii=True).encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()


def _key() -> bytes:
    """The key, made when it is first asked for; b'' where it can be neither read nor made."""
    path = key_path()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
    except OSError:
        pass  # it is there, or cannot be made: reading tells
    try:
        found = path.read_bytes()
    except OSError:
        return b""
    return found if len(found) == LENGTH else b""
