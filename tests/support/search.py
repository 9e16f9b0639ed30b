"""The labelled queries, this repository's notebook as a site, and the browser's search under node."""

from __future__ import annotations

import json
import random
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.website.search_index import index_file
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

REPOSITORY = Path(__file__).resolve().parents[2]
QUERIES = REPOSITORY / "tests" / "fixtures" / "search" / "queries.txt"
SCRIPT = REPOSITORY / "templates" / "static" / "search.js"
TODAY = "2026-12-31"
WANTED_AMONG = 3
ASK = """
const fs = require("fs"), [script, index, asked] = process.argv.slice(1);
(0, eval)(fs.readFileSync(script, "utf8"));
let search;
globalThis.kbSearchIndex = (rules, pages) => { search = kbSearch.makeIndex(rules, pages); };
(0, eval)(fs.readFileSync(index, "utf8"));
const queries = JSON.parse(fs.readFileSync(asked, "utf8"));
console.log(JSON.stringify(queries.map((q) => [search.terms(q), search.search(q).map((h) => [h.page, h.score])])));
"""


@cache
def labelled() -> tuple[tuple[str, str], ...]:
    """(query, address of the page that is wanted)."""
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" → ") for line in lines if line and not line.startswith("#"))
    return tuple((query, url) for query, url in pairs)


@cache
def own_index() -> bytes:
    """The search index of this repository's public site."""
    workspace = Workspace(REPOSITORY, today=TODAY)
    return index_file(workspace.public_site(workspace.load()))


def index_pages(data: bytes) -> list[str]:
    """The marked pages of an index file."""
    text = data.decode()
    pages: list[str] = json.loads(text[text.index(",[\n") + 1 : text.rindex(")")])
    return pages


def ask_script(
    data: bytes, queries: Iterable[str], folder: Path
) -> list[tuple[list[str], list[tuple[int, float]]]]:
    """What `search.js` answers on an index: for each query its words, and (page, score) of the hits."""
    (folder / "index.js").write_bytes(data)
    (folder / "queries.json").write_text(json.dumps(list(queries)), encoding="utf-8")
    words = ["node", "-e", ASK, str(SCRIPT), str(folder / "index.js"), str(folder / "queries.json")]
    done = subprocess.run(words, capture_output=True, text=True, check=True, encoding="utf-8")
    return [(terms, [(page, score) for page, score in hits]) for terms, hits in json.loads(done.stdout)]


def random_queries(vocabulary: Iterable[str], count: int, seed: int = 1) -> list[str]:
    """One to three words of an index: whole, begun, with one or two slips, in capitals, with accents, signs between."""
    chance = random.Random(seed)  # noqa: S311 - the same again
    known = sorted(vocabulary)
    return [
        "".join(word(chance, known) for _ in range(chance.randint(1, 3))).rstrip("_") for _ in range(count)
    ]


def word(chance: random.Random, known: list[str]) -> str:
    """One word of a random query with what stands behind it."""
    letters = list(chance.choice(known))
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        at = chance.randrange(len(letters))
        kind = chance.choice(["drop", "double", "swap", "other", "accent", "begin"])
        if kind == "drop" and len(letters) > 1:
            del letters[at]
        elif kind == "double":
            letters.insert(at, letters[at])
        elif kind == "swap" and at:
            letters[at - 1 : at + 1] = letters[at], letters[at - 1]
        elif kind == "other":
            letters[at] = chance.choice("abcxyzλß2")
        elif kind == "accent":
            letters[at] += chance.choice("\u0301\u0302\u0308")
        elif kind == "begin":
            letters = letters[: max(at, 1)]
    text = "".join(letters)
    return (text.upper() if chance.random() < 0.1 else text) + chance.choice(
        [" ", " ", "-", ", ", " ∑ ", "  "]
    )
