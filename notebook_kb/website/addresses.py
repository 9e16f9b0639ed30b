"""Every page's address: note paths to URLs, URLs to files and to relative links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_kb.findings import Finding, finding
from notebook_kb.languages import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

RESERVED = ("tags", "sources", "concepts", "roadmap", "compare", "archive", "search", "posts", "static", "files", "_kb")


def note_url(notebook: Notebook, note: Note) -> str:
    """A note's address: its path under the notes folder, each part slugged; `slug` replaces the last part and
    `permalink` all."""
    style = notebook.settings.urls
    if note.permalink:
        parts = [p for p in note.permalink.strip("/").split("/") if p not in {"", ".", ".."}]
        return page_url("/".join(parts), style)
    base = notebook.notes_folder
    inside = note.path[len(base) + 1 :] if base else note.path
    parts = inside.rsplit(".", 1)[0].split("/")
    slugs = [slugify(p, notebook.pack) for p in parts[:-1]]
    if note.slug:
        slugs.append(slugify(note.slug, notebook.pack))
    elif parts[-1].casefold() not in {"index", "_index", "readme"}:
        slugs.append(slugify(parts[-1], notebook.pack))
    return page_url("/".join(slugs), style)


def page_url(path: str, style: str) -> str:
    """`rank` → `/rank/`, or `/rank.html` in the style `file`; '' is the front page."""
    if not path:
        return "/"
    return f"/{path}.html" if style == "file" else f"/{path}/"


def concept_url(concept: str, style: str) -> str:
    """The address of a concept that has no note of its own."""
    return page_url(f"concepts/{concept}", style)


def output_file(url: str) -> str:
    """The file of a page: `/rank/` → `rank/index.html`."""
    path = url.lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def relative_url(url: str, from_url: str) -> str:
    """`url` as seen from the page `from_url`, so that the site works under any path."""
    if not url.startswith("/") or url.startswith("//"):
        return url
    up = "../" * from_url.lstrip("/").count("/")
    return (up + url.lstrip("/")) or "./"


def clashes(wanted: Iterable[tuple[str, str]]) -> list[Finding]:
    """Findings where two notes want one address, or a note wants one that the site needs. `wanted` is (URL, path)."""
    first: dict[str, str] = {}
    found: list[Finding] = []
    for url, path in wanted:
        key = url.casefold().rstrip("/")
        top = key.lstrip("/").split("/")[0].removesuffix(".html")
        if top in RESERVED or key == "/404.html":
            found.append(
                finding("KB205", f"`{url}` is an address that the site itself needs", "give the note a `slug:`", path=path)
            )
        elif key in first:
            found.append(
                finding("KB205", f"`{path}` and `{first[key]}` both want `{url}`",
                        "give one of them a `slug:` or `permalink:` of its own", path=path)
            )
        first.setdefault(key, path)
    return found
