"""The user's own folder for what belongs to this computer and not to a notebook: tokens, keys, names of devices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.cache_mark import config_path

if TYPE_CHECKING:
    from collections.abc import Mapping


def config_folder(environment: Mapping[str, str] | None = None) -> Path:
    """`kb` in the user's configuration folder; it may not exist yet. EnvironmentFailedError where nobody knows the home."""
    path = Path(config_path(environment))
    if not path.is_absolute():
        raise EnvironmentFailedError(
            "this system does not say where your home directory is", "set HOME, or XDG_CONFIG_HOME"
        )
    return path
