"""A Chromium that is on this machine, to print a page as a PDF. Nothing is installed or downloaded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from notebook_kb.errors import EnvironmentFailedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMED = "KB_CHROMIUM"
ON_PATH = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge", "brave-browser",
)  # fmt: skip
MAC = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
)
WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
SECONDS = 90


def find_chromium(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> str:
    """The program: what KB_CHROMIUM names, else the first that is found under its usual names; '' where there is none.

    Raises UsageError where KB_CHROMIUM names nothing that can be run.
    """
    env = os.environ if environment is None else environment
    named = env.get(NAMED, "")
    if named:
        found = shutil.which(named, path=env.get("PATH"))
        if not found:
            raise UsageError(f"{NAMED} names `{named}`, which cannot be run", f"correct it, or unset {NAMED}")
        return found
    return next(candidates(env, platform), "")


def candidates(env: Mapping[str, str], platform: str) -> Iterator[str]:
    """What is there under the usual names."""
    for name in ON_PATH:
        found = shutil.which(name, path=env.get("PATH"))
        if found:
            yield found
    folders: list[Path] = []
    if platform == "darwin":
        folders = [Path("/Applications"), Path(env.get("HOME", "/")) / "Applications"]
    if platform == "win32":
        folders = [Path(env[name]) for name in WINDOWS_FOLDERS if env.get(name)]
    for folder in folders:
        for name in MAC if platform == "darwin" else WINDOWS:
            if (folder / name).is_file():
                yield str(folder / name)


def print_pdf(program: str, html: str) -> bytes:
    """A page as PDF, its paper as its own style says. Raises EnvironmentFailedError with what the program said."""
    with tempfile.TemporaryDirectory(prefix="kb-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, pdf = folder / "page.html", folder / "page.pdf"
        page.write_text(html, encoding="utf-8")
        words = [
            program,
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            "--disable-extensions",
            "--no-pdf-header-footer",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={pdf}",
            page.as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            words.insert(1, "--no-sandbox")  # as root it does not start otherwise; the page is our own
        try:
            done = subprocess.run(words, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - a program that the user has
        except subprocess.TimeoutExpired:
            raise EnvironmentFailedError(
                f"{program} did not print within {SECONDS} s", "print the HTML file from a browser instead"
            ) from None
        except OSError as error:
            raise EnvironmentFailedError(
                f"{program}: {error.strerror or error}", f"correct {NAMED}"
            ) from error
        if not pdf.is_file():
            said = done.stderr.decode(errors="replace").strip().split("\n")[-1]
            raise EnvironmentFailedError(
                f"{program} printed nothing" + (f": {said}" if said else ""),
                "print the HTML file from a browser instead",
            )
        return pdf.read_bytes()
