"""How Obsidian's plugin Spaced Repetition was set in a vault; its defaults where it was not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import read_file
from notebook_kb.study.foreign import Dialect

if TYPE_CHECKING:
    from pathlib import Path

FILE = ".obsidian/plugins/obsidian-spaced-repetition/data.json"


def plugin_dialect(root: Path) -> Dialect:
    """The plugin's settings in the vault at `root`; what is not as it should be counts as not set."""
    path = root / FILE
    if not path.is_file():
        return Dialect()
    try:
        data = json.loads(read_file(path).data)
    except (EnvironmentFailedError, ValueError, RecursionError):
        return Dialect()
    given = data.get("settings") if isinstance(data, dict) else None
    return dialect_of(given) if isinstance(given, dict) else Dialect()


def dialect_of(given: dict[str, Any]) -> Dialect:
    """The settings that matter here."""
    usual = Dialect()

    def sign(key: str, default: str) -> str:
        value = given.get(key)
        return value.strip() if isinstance(value, str) and value.strip() else default

    def flag(key: str, default: bool) -> bool:
        value = given.get(key)
        return value if isinstance(value, bool) else default

    named = given.get("flashcardTags")
    tags = [t for t in named if isinstance(t, str)] if isinstance(named, list) else []
    folded = tuple(t.strip().removeprefix("#").strip("/").casefold() for t in tags)
    end = given.get("multilineCardEndMarker")
    return Dialect(
        tags=tuple(t for t in folded if t) or usual.tags,
        single=sign("singleLineCardSeparator", usual.single),
        single_reversed=sign("singleLineReversedCardSeparator", usual.single_reversed),
        multi=sign("multilineCardSeparator", usual.multi),
        multi_reversed=sign("multilineReversedCardSeparator", usual.multi_reversed),
        end=end.strip() if isinstance(end, str) else "",
        highlights=flag("convertHighlightsToClozes", usual.highlights),
        bold=flag("convertBoldTextToClozes", usual.bold),
        curly=flag("convertCurlyBracketsToClozes", usual.curly),
    )
