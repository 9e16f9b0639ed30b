"""Names that Windows keeps for devices, with any ending: no file can have one there."""

from __future__ import annotations

import re

_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|\Z)", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether a file name without its folder is one of them."""
    return bool(_DEVICE.match(name))
