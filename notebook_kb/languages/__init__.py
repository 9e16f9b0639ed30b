"""All words of the tool in one language: headings it knows, the theme's words, prompts, dates, slugs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from notebook_kb.errors import SettingsError
from notebook_kb.files.device_names import is_device
from notebook_kb.files.yaml_places import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from notebook_kb.files.yaml_places import Node

_MOST_CHARACTERS = 80
_MOST_BYTES = 200  # names of files end at 255 bytes, and an ending and a temporary name must still fit
_EMPTY_SLUG = "note"
# Latin letters that Unicode does not take apart into a letter and an accent.
_WHOLE_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"},
)


@dataclass(frozen=True, slots=True)
class LanguagePack:
    """The words of one language.

    `parts`, `angles` and `labels` map our names to the words people write, best first: `parts` the headings
    of a note's parts, `angles` those of explanations, `labels` line starts and markers (`source`,
    `read_aloud`, `where`, `me`, `question`, `answer`, `cloze`, the levels `easy`, `medium`, `hard`, and words that say nothing of a link or a picture). `words` are the texts of theme and terminal,
    `prompts` what a scaffold asks. `slug_map` are letters that a slug spells otherwise.
    """

    code: str
    name: str
    parts: Mapping[str, tuple[str, ...]]
    angles: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, tuple[str, ...]]
    words: Mapping[str, str]
    prompts: Mapping[str, str]
    months: tuple[str, ...]
    months_short: tuple[str, ...]
    date_format: str
    date_format_short: str
    slug_map: Mapping[str, str]

    def word(self, key: str, **values: object) -> str:
        """The text `key` with `values` put into its `{places}`.

        Raises `KeyError` for a key that no pack has, or a place without a value: a mistake in the program.
        """
        return self.words[key].format(**values)

    def counted(self, key: str, count: int) -> str:
        """The text `<key>_one` or `<key>_many` with `{count}`: `counted("minutes", 3)` is "3 minutes"."""
        return self.word(f"{key}_one" if count == 1 else f"{key}_many", count=count)

    def long_date(self, day: date) -> str:
        """A date in full: 18 November 2026."""
        return self.date_format.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def short_date(self, day: date) -> str:
        """A date for lists: 18 Nov 2026."""
        month = self.months_short[day.month - 1]
        return self.date_format_short.format(day=day.day, month=month, year=day.year)


@cache
def language_codes() -> tuple[str, ...]:
    """The codes of the packs that ship, sorted."""
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".yml") for name in names if name.endswith(".yml")))


def language_pack(code: str) -> LanguagePack:
    """The pack for a language code; `de-AT` or `de_AT` gets that of `de`.

    Raises `SettingsError` for a language without a pack; the message names those that ship.
    """
    base = re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]
    if base not in language_codes():
        ships = ", ".join(language_codes())
        raise SettingsError(f"there is no language pack '{code}'", f"These ship: {ships}.")
    return _load(base)


def slugify(text: str, pack: LanguagePack) -> str:
    """`text` as a part of a URL and a file name: lower case, letters and digits of any script, single `-`.

    Latin letters lose their accents after the language had its say (`ä` is `ae` in German). At most 80
    characters and 200 bytes; `note` if nothing is left; names that Windows keeps for devices get `-note`.
    A slug is its own slug.
    """
    # Twice: lowering can take a letter apart (İ).
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    spelled = "".join(pack.slug_map.get(letter, letter) for letter in lowered)
    slug = _cut(re.sub(r"-+", "-", _kept_letters(spelled)).strip("-"))
    if is_device(slug):
        return f"{slug}-{_EMPTY_SLUG}"
    return slug or _EMPTY_SLUG


def _kept_letters(text: str) -> str:
    """The letters and digits of `text` without Latin accents; everything else is `-`."""
    kept: list[str] = []
    base = ""
    for letter in unicodedata.normalize("NFD", text).translate(_WHOLE_LETTERS):
        category = unicodedata.category(letter)[0]
        if category in "LN":
            base = letter
            kept.append(letter)
        elif category == "M" and base:
            # A mark on a Latin letter is an accent; in other scripts it can be the vowel.
            if not unicodedata.name(base, "").startswith("LATIN "):
                kept.append(letter)
        else:
            base = ""
            kept.append("-")
    return unicodedata.normalize("NFC", "".join(kept))


def _cut(slug: str) -> str:
    """`slug` at its greatest allowed length."""
    short = slug[:_MOST_CHARACTERS].encode()[:_MOST_BYTES].decode(errors="ignore")
    return short.strip("-")


@cache
def _load(code: str) -> LanguagePack:
    """Read a pack's file, which is ours: it is as it should be, or a test fails."""
    text = resources.files(__name__).joinpath(f"{code}.yml").read_text(encoding="utf-8")
    root = read_yaml(text)
    assert root is not None, code
    top = {key.text: value for key, value in root.pairs}
    dates = {key.text: value for key, value in top["dates"].pairs}
    return LanguagePack(
        code=code,
        name=top["name"].text,
        parts=_lists(top["parts"]),
        angles=_lists(top["angles"]),
        labels=_lists(top["labels"]),
        words=_texts(top["words"]),
        prompts=_texts(top["prompts"]),
        months=_list(dates["months"]),
        months_short=_list(dates["months_short"]),
        date_format=dates["long"].text,
        date_format_short=dates["short"].text,
        slug_map=_texts(top["slug_map"]),
    )


def _texts(node: Node) -> dict[str, str]:
    """A mapping of texts."""
    return {key.text: value.text for key, value in node.pairs}


def _list(node: Node) -> tuple[str, ...]:
    """A list of texts."""
    return tuple(item.text for item in node.items)


def _lists(node: Node) -> dict[str, tuple[str, ...]]:
    """A mapping of lists."""
    return {key.text: _list(value) for key, value in node.pairs}
