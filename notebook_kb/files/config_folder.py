"""The user's own folder for what belongs to this computer and not to a notebook: tokens, keys, names of devices."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def config_folder(environment: Mapping[str, str] | None = None) -> Path:
    """`kb` in the user's configuration folder; it may not exist yet."""
    env = os.environ if environment is None else environment
    if sys.platform == "win32" and env.get("APPDATA"):
        return Path(env["APPDATA"]) / "kb"
    base = env.get("XDG_CONFIG_HOME", "")
    # The standard says that a relative one is to be ignored.
    folder = Path(base) if base and Path(base).is_absolute() else Path.home() / ".config"
    return folder / "kb"
