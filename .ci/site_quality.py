"""Measure a built site: `python .ci/site_quality.py [NOTEBOOK] [--no-lighthouse]`, or `make quality`.

Nu HTML checker over every page, axe over every kind of page (light and dark, wide and narrow), Lighthouse on the front
page and a concept page. The tools are those of `.ci/quality/package.json`; they need Node, npm, Java and Chromium.
Exit 1 on an error, a violation, or a score below 100 that is not the speed: this machine's speed is only printed.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = REPOSITORY / ".ci/quality"
KIND = re.compile(rb'<body data-kind="([a-z]+)"')
PAGES_OF_A_KIND = 2
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder without a line for each request."""

    def log_message(self, *_: object) -> None:
        """Nothing."""


def main() -> int:
    """Build, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", nargs="?", type=Path, default=REPOSITORY)
    parser.add_argument("--no-lighthouse", action="store_true")
    options = parser.parse_args()
    ready()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "site"
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
        )
        address = f"http://localhost:{server.server_port}"
        build_site(options.notebook, folder, address)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        bad = nu(folder) + axe(folder, address)
        if not options.no_lighthouse:
            bad += lighthouse(folder, address)
        server.shutdown()
    print("\nnothing to mend" if not bad else f"\n{bad} to mend")
    return int(bool(bad))


def ready() -> None:
    """Install the tools once; say what is missing."""
    missing = [name for name in ("node", "npm", "java") if not shutil.which(name)]
    if missing:
        sys.exit(
            f"error: {', '.join(missing)} not found; Debian: apt-get install nodejs npm default-jre-headless"
        )
    if not (TOOLS / "node_modules/lighthouse").is_dir():
        subprocess.run(["npm", "ci", "--no-progress", "--ignore-scripts"], cwd=TOOLS, check=True)


def build_site(notebook: Path, folder: Path, address: str) -> None:
    """The notebook's public site as if it stood at `address`."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "notebook"
        kept = shutil.ignore_patterns(".git", ".venv", "node_modules", "site", ".kb")
        shutil.copytree(notebook, copy, ignore=kept)
        settings = copy / "notebook.yml"
        settings.write_text(
            f"{settings.read_text(encoding='utf-8')}\nbase_url: {address}\n", encoding="utf-8"
        )
        report = build(Workspace(copy), BuildOptions(folder))
    print(f"{report.pages} pages from {report.notes} notes")


def pages(folder: Path) -> Iterator[tuple[str, Path]]:
    """(kind, file) of each page."""
    for path in sorted(folder.rglob("*.html")):
        kind = KIND.search(path.read_bytes())
        yield (kind[1].decode() if kind else "redirect"), path


def nu(folder: Path) -> int:
    """The Nu HTML checker over all pages, style sheets included; how many errors."""
    jar = TOOLS / "node_modules/vnu-jar/build/dist/vnu.jar"
    run = subprocess.run(
        ["java", "-jar", str(jar), "--format", "json", "--skip-non-html", "--exit-zero-always", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    messages = json.loads(run.stderr or '{"messages": []}')["messages"]
    errors = [m for m in messages if m["type"] == "error"]
    checked = len(list(pages(folder)))
    print(f"\nNu HTML checker: {len(errors)} errors in {checked} pages ({len(messages) - len(errors)} hints)")
    for message in errors[:20]:
        where = message.get("url", "").rsplit("/site/", 1)[-1]
        print(f"  {where}:{message.get('lastLine', 0)}: {message['message'][:160]}")
    return len(errors)


def axe(folder: Path, address: str) -> int:
    """Axe on pages of each kind; how many violations."""
    chosen: dict[str, list[str]] = {}
    for kind, path in pages(folder):
        if kind != "redirect":
            chosen.setdefault(kind, []).append(path.relative_to(folder).as_posix().removesuffix("index.html"))
    found = 0
    source = (TOOLS / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            for width in (390, 1440):
                context = browser.new_context(
                    color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True
                )
                page = context.new_page()
                for kind, names in chosen.items():
                    for name in names[:PAGES_OF_A_KIND]:
                        page.goto(f"{address}/{name}")
                        page.evaluate(source)
                        for bad in page.evaluate("axe.run().then(r => r.violations)"):
                            found += 1
                            print(
                                f"  {kind} /{name} {scheme} {width}: {bad['id']}: {bad['nodes'][0]['html'][:140]}"
                            )
                context.close()
        browser.close()
    print(f"\naxe: {found} violations on {len(chosen)} kinds of page, light and dark, 390 and 1440 px")
    return found


def lighthouse(folder: Path, address: str) -> int:
    """Lighthouse on the front page and the largest concept page; how many scores, speed left out, are below 100."""
    concepts = [path for kind, path in pages(folder) if kind == "concept"]
    largest = max(concepts, key=lambda p: p.stat().st_size)
    below = 0
    print("\nLighthouse 12.8.2" + "".join(f"{c:>16}" for c in CATEGORIES))
    for name in ("", largest.relative_to(folder).as_posix().removesuffix("index.html")):
        for form in ("mobile", "desktop"):
            scores = lighthouse_scores(f"{address}/{name}", form)
            print(f"  {form:8}/{name:14}" + "".join(f"{scores[c]:>16}" for c in CATEGORIES))
            below += sum(scores[c] < 100 for c in CATEGORIES[1:])
    return below


def lighthouse_scores(url: str, form: str) -> dict[str, int]:
    """The four scores of a page."""
    command = ["node", str(TOOLS / "node_modules/lighthouse/cli/index.js"), url, "--output=json", "--quiet"]
    command += ["--chrome-flags=--headless=new --no-sandbox --disable-gpu"]
    command += ["--preset=desktop"] if form == "desktop" else []
    environment = {**os.environ, "CHROME_PATH": chromium()}
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    report: dict[str, Any] = json.loads(run.stdout)
    for audit in report["audits"].values():
        if (
            audit.get("score") is not None
            and audit["score"] < 0.9
            and audit["scoreDisplayMode"] in {"binary", "numeric"}
        ):
            print(f"    {audit['id']}: {audit.get('displayValue') or audit['title']}")
    return {c: round(report["categories"][c]["score"] * 100) for c in CATEGORIES}


def chromium() -> str:
    """The browser: `KB_CHROMIUM`, else the system's."""
    names = (os.environ.get("KB_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), "")
    return found or sys.exit("error: no Chromium here; KB_CHROMIUM may name one")


if __name__ == "__main__":
    sys.exit(main())
