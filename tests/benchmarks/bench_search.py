"""The search in figures: the index's size, its loading and asking in the browser's engine, `kb search`, labelled queries.

Run it: `python tests/benchmarks/bench_search.py [NOTEBOOK]`. Without a notebook it makes one of 1,000 public notes of 600
words over a random vocabulary, which compresses badly. It prints; it never fails on a time.
"""

from __future__ import annotations

import gzip
import itertools
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from notebook_kb.website.search_index import MARK, index_file, words_of
from notebook_kb.website.search_rank import Index
from notebook_kb.workspace.search import search_notes
from notebook_kb.workspace.workspace import Workspace

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))
from tests.support.search import (  # noqa: E402 - run as a script
    SCRIPT,
    TODAY,
    WANTED_AMONG,
    index_pages,
    labelled,
    own_index,
    random_queries,
)

NOTES, WORDS, VOCABULARY = 1000, 600, 12_000
QUERIES = 200
MINISEARCH = "minisearch 7.2 on the random notebook: 3.2 MB, 0.77 MB packed; with the text that hits are shown from 7.8 MB, 2.24 MB packed"
TIME = """
const fs = require("fs"), [script, index, asked] = process.argv.slice(1);
(0, eval)(fs.readFileSync(script, "utf8"));
const source = fs.readFileSync(index, "utf8"), queries = JSON.parse(fs.readFileSync(asked, "utf8"));
let search, begun = performance.now();
globalThis.kbSearchIndex = (rules, pages) => { search = kbSearch.makeIndex(rules, pages); };
(0, eval)(source);
const load = performance.now() - begun;
const times = queries.map((q) => { const t = performance.now(); search.search(q); return performance.now() - t; });
times.sort((a, b) => a - b);
console.log(JSON.stringify([load, times[times.length >> 1], times[Math.floor(times.length * 0.95)]]));
"""


def make_notebook(root: Path) -> None:
    """Notes of random words, frequent and rare ones as in a language (Zipf), with headings, symbols and formulas."""
    chance = random.Random(11)  # noqa: S311 - the same again
    syllables = ["".join(p) for p in itertools.product("bdfgklmnprst", "aeiou", ["", "n", "r", "s", "l"])]
    known = [
        "".join(chance.choice(syllables) for _ in range(chance.randint(1, 4))) for _ in range(VOCABULARY)
    ]
    weights = list(itertools.accumulate(1 / (rank + 3) for rank in range(VOCABULARY)))
    (root / "notes").mkdir(parents=True)
    (root / "notebook.yml").write_text("title: Bench\ntimezone: UTC\n", encoding="utf-8")
    for number in range(NOTES):
        words = chance.choices(known, cum_weights=weights, k=WORDS)
        lines = [
            "---\npublish: true\n---",
            f"# {' '.join(words[:3])} {number}",
            " ".join(words[3:100]) + ".",
        ]
        for part in range(1, 5):
            lines += [
                f"## {words[part]} {words[part + 9]}",
                " ".join(words[part * 100 : part * 100 + 90]) + ".",
            ]
        rows = "\n".join(f"- $\\{letter}$: the {words[k]}" for k, letter in enumerate(("sigma", "mu", "eta")))
        lines += ["## Symbols", "$$\n\\sigma = \\mu x_i + \\eta\n$$", rows, " ".join(words[500:])]
        (root / "notes" / f"n{number}.md").write_text("\n\n".join(lines) + "\n", encoding="utf-8")


def time_script(data: bytes, queries: list[str], folder: Path) -> tuple[float, float, float]:
    """(milliseconds to load the index, to answer: median, 95th of 100) in node."""
    (folder / "index.js").write_bytes(data)
    (folder / "queries.json").write_text(json.dumps(queries), encoding="utf-8")
    words = ["node", "-e", TIME, str(SCRIPT), str(folder / "index.js"), str(folder / "queries.json")]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    load, median, late = json.loads(done.stdout)
    return load, median, late


def print_found() -> None:
    """How many of the labelled queries find their page."""
    workspace = Workspace(REPOSITORY, today=TODAY)
    site = workspace.public_site(workspace.load())
    pages = index_pages(own_index())
    urls = ["/" + MARK.split(page)[2] for page in pages]
    index = Index(words_of(page) for page in pages)
    there = sum(w in [urls[h.page] for h in index.search(q)[:WANTED_AMONG]] for q, w in labelled())
    here = sum(
        w in [site.urls.get(h.path) for h in search_notes(workspace, q, WANTED_AMONG)] for q, w in labelled()
    )
    print(
        f"labelled queries, among the first {WANTED_AMONG}: site {there}, terminal {here} of {len(labelled())}"
    )


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name) / "notebook"
        if len(sys.argv) == 1:
            make_notebook(root)
        workspace = Workspace(root)
        loaded = workspace.load()
        begun = time.perf_counter()
        data = index_file(workspace.private_site(loaded))
        made = time.perf_counter() - begun
        index = Index(words_of(page) for page in index_pages(data))
        queries = random_queries(index.vocabulary, QUERIES)
        load, median, late = time_script(data, queries, Path(name))
        packed = len(gzip.compress(data, 9, mtime=0))
        times = []
        for query in queries[:10]:
            workspace = Workspace(root)
            begun = time.perf_counter()
            loaded = workspace.load()
            middle = time.perf_counter()
            search_notes(workspace, query, 10)
            times.append((middle - begun, time.perf_counter() - middle))
    print(f"{len(loaded.notebook.notes)} notes, {len(index.vocabulary)} words")
    print(f"index {len(data) / 1e6:.2f} MB, packed {packed / 1e3:.0f} kB, made in {made * 1000:.0f} ms")
    print(f"  {MINISEARCH}")
    print(
        f"in the browser's engine: loaded in {load:.0f} ms, a query {median:.1f} ms, the slowest of 20 {late:.1f} ms"
    )
    reading = min(t for t, _ in times)
    print(f"kb search: {min(t for _, t in times) * 1000:.0f} ms, of which the notes {reading * 1000:.0f} ms")
    print_found()


if __name__ == "__main__":
    main()
