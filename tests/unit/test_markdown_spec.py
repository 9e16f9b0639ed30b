"""CommonMark and GFM are read as their specifications say; what differs is listed with the rule that explains it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from notebook_kb.parsing.markdown import parser
from tests.support.html_compare import canonical, rendered

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "markdown"
COMMONMARK: list[dict[str, Any]] = json.loads((FOLDER / "commonmark-0.31.2.json").read_text("utf-8"))
GFM: list[dict[str, Any]] = json.loads((FOLDER / "gfm-0.29.json").read_text("utf-8"))


def wrong(examples: list[dict[str, Any]], **how: bool) -> set[int]:
    """The numbers of the examples that our own renderer gives in another way than the specification."""
    return {
        e["example"]
        for e in examples
        if canonical(rendered(e["markdown"], **how)) != canonical(e["html"])
    }
