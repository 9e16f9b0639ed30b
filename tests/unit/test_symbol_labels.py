"""The labelled formulas: enough of them, of every area and hard case, split as promised, labels that can be met."""

from __future__ import annotations

import unicodedata
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import TypedDict
from xml.etree import ElementTree as ET

import yaml

from notebook_kb.parsing.symbols import BOLD, VARIATION
from notebook_kb.parsing.tex import TexConverter

HERE = Path(__file__).parent.parent / "fixtures" / "symbols"
AREAS = {"linear-algebra", "calculus", "probability", "optimisation", "deep-learning"}
CONVERTER = TexConverter({})
# one key for what is drawn in more ways than one (fixtures/symbols/README.md)
ALSO_DRAWN = {"ᵀ": "⊤T", "∣": "∣|"}


class Label(TypedDict):
    """One entry of the fixtures."""

    tex: str
    area: str
    hard: list[int]
    required: list[str]
    optional: list[str]


def read(half: str) -> list[Label]:
    found: list[Label] = yaml.safe_load((HERE / f"{half}.yml").read_text("utf-8"))
    return found


TUNE, TEST = read("tune"), read("test")
ALL = TUNE + TEST


def drawn(tex: str) -> str:
    """What a reader sees of a formula, in one run: without blanks, bold italic as bold."""
    root = ET.fromstring(CONVERTER.convert(tex, display=True).mathml)  # noqa: S314 - our own
    for annotation in root.iter("annotation"):
        annotation.text = ""
    text = "".join(root.itertext()).translate(VARIATION).translate(BOLD)
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


def test_every_formula_is_read() -> None:
    """A labelled formula that the converter refuses could not be measured."""
    refused = [
        (label["tex"], error)
        for label in ALL
        if (error := CONVERTER.convert(label["tex"], display=True).error)
    ]
    assert not refused


def test_entries_are_whole_and_none_is_there_twice() -> None:
    """A key with a slip in its name, a symbol both required and optional, or a formula twice would falsify the figures."""
    for label in ALL:
        assert set(label) == set(Label.__annotations__), label["tex"]
        assert label["area"] in AREAS
        assert label["hard"] == sorted(set(label["hard"]) & set(range(1, 10))), label["tex"]
        keys = Counter(label["required"] + label["optional"])
        assert keys
        assert max(keys.values()) == 1, (label["tex"], keys)
    spellings = Counter("".join(label["tex"].split()) for label in ALL)
    assert max(spellings.values()) == 1, spellings.most_common(1)


def test_there_are_as_many_as_promised() -> None:
    """160 formulas, 28 of each area, 65 hard ones (those hard for their signs alone not counted), each case in both halves."""
    assert len(ALL) >= 160
    areas = Counter(label["area"] for label in ALL)
    assert set(areas) == AREAS
    assert min(areas.values()) >= 28
    assert sum(bool(set(label["hard"]) - {8}) for label in ALL) >= 65
    for half in (TUNE, TEST):
        assert {case for label in half for case in label["hard"]} == set(range(1, 10))


def test_the_split_is_the_one_that_the_tex_gives() -> None:
    """A formula moved from one half to the other, to make a figure look better, shows."""
    for area in AREAS:
        texts = sorted(
            (label["tex"] for label in ALL if label["area"] == area),
            key=lambda tex: sha256(tex.encode()).hexdigest(),
        )
        tuned_on = {label["tex"] for label in TUNE if label["area"] == area}
        assert tuned_on == set(texts[: (len(texts) + 1) // 2])


def test_keys_are_drawn_by_their_formula() -> None:
    """A key is NFC, holds no TeX, and its letters are among those that the formula shows: no symbol out of thin air."""
    for label in ALL:
        seen = drawn(label["tex"])
        for key in label["required"] + label["optional"]:
            where = (label["tex"], key)
            assert unicodedata.is_normalized("NFC", key), where
            assert not set(key) & set("\\{}$ "), where
            base = key.partition("^")[0].removesuffix("|upright")
            assert base in seen or set(ALSO_DRAWN.get(base, "")) & set(seen), where
