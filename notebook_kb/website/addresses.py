"""Every page's address: note paths to URLs, URLs to files and to relative links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notebook_kb.findings import finding
from notebook_kb.languages import slugify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notebook_kb.findings import Finding
    from notebook_kb.model.note import Note
    from notebook_kb.notebook.notebook import Notebook

# folders that hold files rather than pages
RESERVED = frozenset({"static", "files", "_kb", "_public"})
# the site's own pages
OWN_PAGES = (
    "tags",
    "sources",
    "concepts",
    "roadmap",
    "compare",
    "archive",
    "search",
    "posts",
    "portfolio",
    "404",
)

# the script that holds the search index: it never moves, so that a page may ask for it
INDEX_URL = "/search-index.js"
# files that every site may have at its root
OWN_FILES = frozenset(
    {"feed.xml", "feed.json", "sitemap.xml", "search-index.js", "404.html", ".kb-manifest.json"}
)
# in bytes, as file systems count
LONGEST = 255
SHOWN = 60
# what file systems or servers refuse in a name
UNFIT = re.compile(r'[<>"|?*#\\\x00-\x1f\x7f]|[. ]$')


def note_url(notebook: Notebook, note: Note) -> str:
    """A note's address: its path under the notes folder, each part slugged; `slug` replaces the last part and
    `permalink` all.
    """
    if note.permalink:
        parts = [p for p in note.permalink.strip("/").split("/") if p not in {"", ".", ".."}]
        path = "/".join(parts)
        return f"/{path}" if path.endswith(".html") else page_url(path, notebook.settings.urls)
    return path_url(notebook, note.path.rsplit(".", 1)[0], note.slug)


def path_url(notebook: Notebook, path: str, slug: str = "") -> str:
    """The address of a note at `path` (without its ending); `slug` replaces the last part."""
    base = notebook.notes_folder
    inside = path.removeprefix(f"{base}/") if base else path
    parts = inside.split("/")
    slugs = [slugify(p, notebook.pack) for p in parts[:-1]]
    if slug:
        slugs.append(slugify(slug, notebook.pack))
    elif parts[-1].casefold() not in {"index", "_index", "readme"}:
        slugs.append(slugify(parts[-1], notebook.pack))
    return page_url("/".join(slugs), notebook.settings.urls)


def page_url(path: str, style: str) -> str:
    """`rank` → `/rank/`, `/rank.html` in the style `file`, `/rank/index.html` in the style `index`; '' is the front
    page.
    """
    folder = f"/{path}/" if path else "/"
    if style == "index":
        return folder + "index.html"
    return f"/{path}.html" if style == "file" and path else folder


def concept_url(concept: str, style: str) -> str:
    """The address of a concept that has no note of its own."""
    return page_url(f"concepts/{concept}", style)


def output_file(url: str) -> str:
    """The file of a page: `/rank/` → `rank/index.html`."""
    path = url.lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path


def no_file(url: str) -> str:
    """Why no file can stand at this address; '' when one can."""
    parts = output_file(url).split("/")
    if any(UNFIT.search(p) for p in parts):
        return "it holds signs that no file name may have"
    if any(len(p.encode()) > LONGEST for p in parts) or len(url.encode()) > 4 * LONGEST:
        return "it is longer than a file's name may be"
    return ""


def relative_url(url: str, from_url: str) -> str:
    """`url` as seen from the page `from_url`, so that the site works under any path.

    A first part with a colon would be read as a scheme (`javascript:`): `./` stands before it.
    """
    if not url.startswith("/") or url.startswith("//"):
        return url
    up = "../" * from_url.lstrip("/").count("/")
    path = url.lstrip("/")
    if not up and (not path or ":" in path.split("/", 1)[0]):
        up = "./"
    return up + path


def clashes(wanted: Iterable[tuple[str, str]], own: Iterable[str]) -> list[Finding]:
    """Findings where a note wants an address that no page can have, one of the site's own pages', or another note's.

    `wanted` is (URL, path) of notes, `own` the URLs of the site's own pages.
    """
    wanted = list(wanted)
    taken = {fold_url(url) for url in own}
    files = {output_file(url).casefold(): path for url, path in wanted}
    first: dict[str, str] = {}
    found: list[Finding] = []
    for url, path in wanted:
        key = fold_url(url)
        begins = {key.split("/")[1] if key else "", url.casefold().split("/")[1]}
        other = first.get(key) or next((files[f] for f in folders_of(url) if f in files), "")
        shown = url if len(url) <= SHOWN else f"{url[:SHOWN]}…"
        why = no_file(url)
        if why:
            message = f"`{shown}` can be no address: {why}"
            found.append(finding("KB205", message, "give the note another `permalink:`", path=path))
        elif key in taken or begins & (RESERVED | OWN_FILES):
            message = f"`{shown}` is an address that the site itself needs"
            found.append(finding("KB205", message, "give the note a `slug:` of its own", path=path))
        elif other:
            message = f"`{path}` and `{other}` both want `{shown}`"
            found.append(
                finding("KB205", message, "give one a `slug:` or `permalink:` of its own", path=path)
            )
        first.setdefault(key, path)
    return found


def folders_of(url: str) -> list[str]:
    """The folders in which the file of a page lies: none of them can be a page's file."""
    parts = output_file(url).casefold().split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]


def fold_url(url: str) -> str:
    """An address for comparing: file systems may ignore case."""
    return url.casefold().removesuffix("/index.html").rstrip("/").removesuffix(".html")
