"""What arrives of each public note of this repository at the services' editors: with the paste kit, and without.

Run it: `python tests/benchmarks/bench_paste.py`. The editors follow the dated table of `contracts.yml`. Exit 1 when
an element is lost with the kit. `--plain` draws pictures as colours, which is faster.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from notebook_kb.publishing.contracts import as_of
from notebook_kb.publishing.kit import write_kit
from notebook_kb.publishing.payload import TargetName
from notebook_kb.workspace.build import BuildOptions, build
from notebook_kb.workspace.sending import Outgoing
from notebook_kb.workspace.workspace import Workspace
from tests.support.editors import arrival, editor_page, paste
from tests.support.kits import PlainOutgoing
from tests.support.serving import served

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from notebook_kb.model.note import Note
    from notebook_kb.publishing.prepare import Prepared
    from tests.support.editors import Arrival

REPOSITORY = Path(__file__).resolve().parent.parent.parent
TODAY = "2026-12-31"
LINE = "{:<52} {:<9} {:>8} {:>6} {:>6} {:>9} {:>12}"


def chromium() -> str | None:
    """The system's Chromium, or the one that KB_CHROMIUM names."""
    names = (os.environ.get("KB_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


class Desk:
    """The folder that is served, and a page of the browser."""

    def __init__(self, page: Page, root: Path, url: str, out: Outgoing) -> None:
        self.page, self.root, self.url, self.out = page, root, url, out

    def with_kit(self, service: str, prepared: Prepared) -> Arrival:
        """Copied with the kit's button, pasted by keys."""
        pack = self.out.workspace.pack
        kit = write_kit(prepared, self.root / "kits", pack=pack)
        self.page.goto(f"{self.url}/{kit.page.relative_to(self.root).as_posix()}")
        self.page.get_by_role("button", name="Copy article").first.click()
        self.page.wait_for_selector("button.ok")
        return arrival(prepared, paste(self.page, f"{self.url}/{service}.html"))

    def naive(self, service: str, prepared: Prepared, note: Note) -> Arrival:
        """The page of the site, selected and copied as it is."""
        base = self.out.workspace.settings.base_url
        address = self.out.address(note.path).removeprefix(base)
        self.page.goto(f"{self.url}/site{address}")
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.press("ControlOrMeta+c")
        html = paste(self.page, f"{self.url}/{service}.html")
        # as if it had been copied from where the site is
        return arrival(prepared, html.replace(f"{self.url}/site", base))


def measure(desk: Desk) -> int:
    """Print a line for each note and service, and the sums; how many elements were lost with the kit."""
    print(f"editors as of {as_of()}")
    print(LINE.format("note", "service", "elements", "lost", "code", "pictures", "naive: lost"))
    all_lost = 0
    for service, target in (("medium", TargetName.MEDIUM), ("linkedin", TargetName.LINKEDIN)):
        sums = [0] * 5
        for note in desk.out.notebook.notes.values():
            prepared = desk.out.prepare(note, target)
            found, bare = desk.with_kit(service, prepared), desk.naive(service, prepared, note)
            row = [found.elements, len(found.lost), found.code, found.pictures, len(bare.lost)]
            sums = [a + b for a, b in zip(sums, row, strict=True)]
            print(LINE.format(note.path, service, *row))
        print(LINE.format(f"all {len(desk.out.notebook.notes)} notes", service, *sums))
        all_lost += sums[1]
    return all_lost


def main() -> None:
    """Measure in a scratch folder."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        root = Path(scratch)
        notebook = root / "notebook"
        notebook.mkdir()
        settings = (REPOSITORY / "notebook.yml").read_text(encoding="utf-8")
        address = "" if "base_url:" in settings else "base_url: https://notes.example.org\n"
        (notebook / "notebook.yml").write_text(settings + address, encoding="utf-8")
        (notebook / "notes").symlink_to(REPOSITORY / "notes", target_is_directory=True)
        workspace = Workspace(notebook, TODAY)
        build(workspace, BuildOptions(root / "site"))
        (root / "medium.html").write_text(editor_page("medium"), encoding="utf-8")
        (root / "linkedin.html").write_text(editor_page("linkedin"), encoding="utf-8")
        out = PlainOutgoing(workspace) if "--plain" in sys.argv[1:] else Outgoing(workspace)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        with served(root) as url:
            lost = measure(Desk(context.new_page(), root, url, out))
        browser.close()
    sys.exit(1 if lost else 0)


if __name__ == "__main__":
    main()
