"""What a reader downloads for a page: gzipped bytes by kind, and requests, in a real Chromium.

Run it: `python tests/benchmarks/bench_page_weight.py`. Exit 1 when a bar is missed: a concept page with ten formulas and
code, and this repository's `eigen`.
"""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import shutil
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parent.parent.parent
WITHOUT_FONTS, WITH_FONTS, REQUESTS = 20_000, 80_000, 6
FORMULAS = (
    r"\hat\theta = \operatorname*{arg\,max}_{\theta} \sum_{i=1}^n \log p(x_i \mid \theta)",
    r"p(x) = \frac{1}{\sigma\sqrt{2\pi}} \exp\left(-\frac{(x-\mu)^2}{2\sigma^2}\right)",
    r"\mathbf{A}\mathbf{x} = \lambda\mathbf{x}, \quad \mathbf{x} \in \mathbb{R}^n",
    r"D(p\,\|\,q) = \mathbb{E}_{x\sim p}\left[\log\frac{p(x)}{q(x)}\right]",
    r"\begin{pmatrix} a & b \\ c & d \end{pmatrix} \begin{pmatrix} x \\ y \end{pmatrix}",
    r"f(x) = \begin{cases} x & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}",
    r"\nabla_\theta \mathcal{L}(\theta) = \frac{\partial \mathcal{L}}{\partial \theta}",
    r"\int_{-\infty}^{\infty} e^{-x^2}\,\mathrm{d}x = \sqrt{\pi}",
    r"\begin{aligned} a &= b + c \\ &= d \end{aligned}",
    r"\underbrace{a + b}_{\text{sum}} \ge \vec v \cdot \hat w",
)
CODE = "import math\n\n\ndef normal(x: float) -> float:\n    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)\n"
WORDS = "The same idea once more, told in plain words so that a reader can follow it without a pencil. " * 6


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a line for each request."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def note() -> str:
    """A concept with every angle, ten formulas and code."""
    parts = ["---\ntype: concept\npublish: true\ndate: 2026-01-01\n---\n# The normal distribution\n"]
    angles = ("Visual", "Simple", "Formal", "In my words")
    for i, angle in enumerate(angles):
        parts.append(f"## {angle}\n\n{WORDS}\n")
        parts += [f"$$\n{tex}\n$$\n\n{WORDS[:200]}\n" for tex in FORMULAS[i :: len(angles)]]
    parts.append(f"## Code\n\n```python\n{CODE}```\n")
    return "\n".join(parts)


def sites(folder: Path) -> dict[str, str]:
    """Build both sites under `folder`; label → address path."""
    made = folder / "made"
    (made / "notes").mkdir(parents=True)
    (made / "notebook.yml").write_text("title: Weight\n", encoding="utf-8")
    (made / "notes/normal.md").write_text(note(), encoding="utf-8")
    ours = folder / "ours"
    ours.mkdir()
    shutil.copy(REPOSITORY / "notebook.yml", ours)
    shutil.copytree(REPOSITORY / "notes", ours / "notes")
    build(Workspace(made), BuildOptions(folder / "web/made"))
    build(Workspace(ours), BuildOptions(folder / "web/ours"))
    return {"ten formulas": "made/normal/", "notes/eigen": "ours/eigen/"}


def weigh(browser: Browser, url: str, web: Path) -> tuple[dict[str, int], int]:
    """Gzipped bytes by kind of what the page asks for, and the number of requests."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url, wait_until="networkidle")
    page.close()
    bytes_by_kind: dict[str, int] = {}
    for address in asked:
        path = web / address.split("/", 3)[3]
        path = path / "index.html" if path.is_dir() else path
        kind = "fonts" if path.suffix == ".woff2" else path.suffix[1:]
        data = path.read_bytes()
        size = len(data) if kind == "fonts" else len(gzip.compress(data, 9, mtime=0))
        bytes_by_kind[kind] = bytes_by_kind.get(kind, 0) + size
    return bytes_by_kind, len(asked)


def words(browser: Browser, url: str, *, scripts: bool) -> str:
    """What the page says, less the buttons that scripts add."""
    page = browser.new_context(java_script_enabled=scripts).new_page()
    page.goto(url)
    main = page.locator("main")
    texts = [t.strip() for t in main.locator("p, math, pre, h1").all_text_contents()]
    page.context.close()
    return "\n".join(text.rstrip("¶# ") for text in texts)


def main() -> int:
    """Build, serve, open, print; 1 where a bar is missed."""
    names = (os.environ.get("KB_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    chromium = next((found for name in names if name and (found := shutil.which(name))), None)
    missed = 0
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        web = Path(name) / "web"
        addresses = sites(Path(name))
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=str(web))
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for label, path in addresses.items():
            url = f"http://localhost:{server.server_port}/{path}"
            kinds, requests = weigh(browser, url, web)
            readable = words(browser, url, scripts=False) == words(browser, url, scripts=True)
            fonts = kinds.get("fonts", 0)
            other = sum(kinds.values()) - fonts
            met = other <= WITHOUT_FONTS and other + fonts <= WITH_FONTS and requests <= REQUESTS and readable
            missed += not met
            print(
                f"{label}: {kinds}, {other} without fonts, {other + fonts} with, {requests} requests, "
                f"{'the same' if readable else 'NOT THE SAME'} without scripts: {'met' if met else 'NOT MET'}"
            )
            print(json.dumps({"benchmark": "page_weight", "page": label, **kinds, "requests": requests}))
        browser.close()
        server.shutdown()
        server.server_close()
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
