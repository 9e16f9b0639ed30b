"""The language server in a large notebook, asked as an editor asks: completion, and findings after the typing stops.

Run it: `python tests/benchmarks/bench_lsp.py [NOTES]`. The real server in its own process; it prints and never fails on a time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from lsprotocol import types as lsp

from notebook_kb.workspace.workspace import Workspace
from tests.support.big_notebook import BigNotebook
from tests.support.lsp_editor import Editor

NOTES = 2000
TIMES = 60


def p95(times: list[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return sorted(times)[max(int(len(times) * 0.95) - 1, 0)]


def tell(what: str, times: list[float], wanted: float) -> None:
    """Median, p95 and the most, in milliseconds."""
    print(
        f"{what:44} median {statistics.median(times):6.1f}  p95 {p95(times):6.1f}  most {max(times):6.1f} ms"
        f"  (wanted {wanted:.0f})"
    )


def completion(editor: Editor, path: str, line: int) -> list[float]:
    """Milliseconds from asking behind `[[` to the answer."""
    times = []
    place = editor.position(path, line, len(editor.texts[path].split("\n")[line]))
    for _ in range(TIMES):
        started = time.perf_counter()
        params = lsp.CompletionParams(editor.document(path), place)
        found = editor.run(editor.client.text_document_completion_async(params))
        times.append((time.perf_counter() - started) * 1000)
    print(f"{len(found.items):,} choices")
    return times


def findings(editor: Editor, path: str, line: int) -> list[float]:
    """Milliseconds from the last key to the findings, the pause included."""
    times = []
    for number in range(TIMES):
        started = time.perf_counter()
        editor.replace(path, line, 0, 0, "word " if number % 2 else "[[nowhere]] ")
        times.append((time.perf_counter() - started) * 1000)
    return times


def main() -> None:
    """Open one note of a large notebook, type and ask."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else NOTES
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        BigNotebook(count).write(root)
        workspace = Workspace(root)
        paths = list(workspace.load().notebook.notes)
        path = next(p for p in paths if (root / p).read_text(encoding="utf-8").count("[[") > 1)
        started = time.perf_counter()
        editor = Editor(root, "visual_studio_code@v1.65.2")
        text = (root / path).read_text(encoding="utf-8") + "\nSee [["
        editor.open(path, text)
        print(
            f"{count:,} notes: first findings after {time.perf_counter() - started:.1f} s, start of the server included"
        )
        line = text.count("\n")
        tell("completion behind [[", completion(editor, path, line), 50)
        tell("findings after the last key", findings(editor, path, line - 1), 300)
        editor.close()


if __name__ == "__main__":
    main()
