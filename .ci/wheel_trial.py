"""Try the installed wheel alone, as a person would: begin, write, publish, build, serve.

Run by .ci/run with the Python of an environment that holds the wheel and its dependencies only, in an
empty folder outside the checkout. Exit status 0: all went well; else the last lines say what did not.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.error
import urllib.request
from importlib.metadata import version
from pathlib import Path
from typing import Self

KB = Path(sys.executable).with_name("kb.exe" if os.name == "nt" else "kb")
SENTENCE = "The rank counts the directions that survive the map, forty-two sheep say so."
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")
PATIENCE = 60.0  # seconds; a machine under load is slow
HIDDEN = ("EDITOR", "VISUAL", "PYTHONPATH", "VIRTUAL_ENV")  # of the environment that `kb` gets

Environment = dict[str, str]


class TrialError(Exception):
    """Something is not as it should be."""


def need(condition: object, message: str) -> None:
    """Stop with `message` unless `condition` holds."""
    if not condition:
        raise TrialError(message)


def clean_environment() -> Environment:
    """The environment of this process without an editor or another place to import from."""
    return {name: value for name, value in os.environ.items() if name not in HIDDEN}


def kb(*arguments: str, cwd: Path) -> str:
    """Run `kb` without a terminal; what it wrote to stdout. Any other exit status than 0 stops the trial."""
    print(f"$ kb {' '.join(arguments)}", flush=True)
    done = subprocess.run(
        [KB, *arguments],
        cwd=cwd,
        env=clean_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    need(
        done.returncode == 0,
        f"kb {' '.join(arguments)}: exit status {done.returncode}\n{done.stdout}{done.stderr}",
    )
    return done.stdout


def check_install(folder: Path) -> None:
    """The package comes from the wheel, with its theme, and says its version."""
    import notebook_kb  # noqa: PLC0415 (only this step needs it)

    package = Path(notebook_kb.__file__).resolve().parent
    need(package.is_relative_to(Path(sysconfig.get_path("purelib")).resolve()), f"imported from {package}")
    need(any((package / "_theme").iterdir()), "the wheel holds no theme")
    said = kb("--version", cwd=folder)
    need(version("notebook-kb") in said, f"kb --version said {said!r}")


def fill_in(note: Path) -> None:
    """Write under the heading of the synthesis, as one would in an editor."""
    text = note.read_text("utf-8")
    heading = re.search(r"^#+ In my words[ \t]*$", text, re.MULTILINE)
    if heading:
        text = f"{text[: heading.end()]}\n\n{SENTENCE}\n{text[heading.end() :]}"
    else:
        text = f"{text.rstrip()}\n\n## In my words\n\n{SENTENCE}\n"
    note.write_text(text, "utf-8", newline="\n")


def write_and_build(folder: Path) -> Path:
    """From nothing to a built site with one published note; the notebook's folder."""
    kb("init", "ml-notes", cwd=folder)
    notebook = folder / "ml-notes"
    kb("write", "rank", cwd=notebook)
    note = notebook / "notes" / "rank.md"
    need(note.is_file(), "kb write rank made no notes/rank.md")
    fill_in(note)
    kb("build", cwd=notebook)
    need(not (notebook / "site" / "rank" / "index.html").exists(), "an unpublished note is on the site")
    kb("publish", "rank", cwd=notebook)
    kb("build", cwd=notebook)
    page = notebook / "site" / "rank" / "index.html"
    need(page.is_file(), "kb build made no site/rank/index.html")
    need(SENTENCE in page.read_text("utf-8"), "the page lacks the sentence that was written")
    return notebook


SHOWN_AS_PICTURES = r"""
## Example

| a | b | c |
|---|---|---|
| 1 | 2 | $x^2$ |

```python
rank = 2  # ∈ ℝ
```

$$
\operatorname{rank}(A) = 2
$$
"""


def prepare_copies(notebook: Path) -> None:
    """Kits with pictures of a table, code and a formula, and a PDF: fonts, words and pages come from the wheel."""
    note = notebook / "notes" / "rank.md"
    note.write_text(note.read_text("utf-8") + SHOWN_AS_PICTURES, "utf-8", newline="\n")
    kb("publish", "rank", "--to", "medium", cwd=notebook)
    kb("publish", "rank", "--to", "linkedin", "--as", "article", cwd=notebook)
    kb("publish", "rank", "--to", "linkedin", "--as", "document", cwd=notebook)
    kits = notebook / ".kb" / "kits"
    pictures = sorted(p.name for p in (kits / "linkedin-article" / "rank").glob("*.png"))
    need(len(pictures) == 3, f"the kit for LinkedIn has the pictures {pictures}")
    page = (kits / "medium-article" / "rank" / "index.html").read_text("utf-8")
    need(SENTENCE in page, "the kit for Medium lacks the sentence that was written")
    pdf = (kits / "linkedin-document" / "rank" / "document.pdf").read_bytes()
    need(pdf.startswith(b"%PDF-"), "the document for LinkedIn is no PDF")


class Server:
    """`kb serve` on a free port, as a context: ended when the context ends."""

    def __init__(self, notebook: Path) -> None:
        print("$ kb serve --port 0", flush=True)
        self.said: list[str] = []
        self.port = ""
        self._ready = threading.Event()
        self.process = subprocess.Popen(
            [KB, "serve", "--port", "0"],
            cwd=notebook,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Keep reading stderr, so that the server never waits for us; remember the address it says."""
        for line in self.process.stderr or ():
            self.said.append(line)
            if not self.port and (match := ADDRESS.search(line)):
                self.port = match[1]
                self._ready.set()
        self._ready.set()

    def address(self) -> str:
        """Where it listens, as it says itself."""
        self._ready.wait(PATIENCE)
        need(self.port, f"kb serve said no address:\n{''.join(self.said)}")
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise TrialError("kb serve did not end when asked to") from None
        self._reader.join(PATIENCE)


def fetch(address: str) -> str:
    """The page at `address`; waits a little for a server that has only just said where it is."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with opener.open(address, timeout=PATIENCE) as answer:
                need(answer.status == 200, f"{address}: {answer.status}")
                return str(answer.read().decode("utf-8"))
        except urllib.error.HTTPError as error:
            raise TrialError(f"{address}: {error.code}") from error
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def serve(notebook: Path) -> None:
    """The preview answers over loopback, and ends when asked to."""
    with Server(notebook) as server:
        page = fetch(f"{server.address()}/rank/")
        need(SENTENCE in page, "the preview's page lacks the sentence that was written")
    # Terminated: a clean end (0), the shell's number for it (143), or the signal itself (-15).
    fine = {0, 143, -15} if os.name != "nt" else {0, 1}
    status = server.process.returncode
    need(status in fine, f"kb serve ended with {status}:\n{''.join(server.said)}")
    need("Traceback" not in "".join(server.said), f"kb serve said:\n{''.join(server.said)}")


def main() -> int:
    """Run the trial in a new folder; the exit status."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        try:
            check_install(folder)
            notebook = write_and_build(folder)
            serve(notebook)
            prepare_copies(notebook)
        except (TrialError, OSError, subprocess.TimeoutExpired) as error:
            print(f"the wheel alone: {error}", file=sys.stderr)
            return 1
    print("the wheel alone: fine")
    return 0


if __name__ == "__main__":
    sys.exit(main())
