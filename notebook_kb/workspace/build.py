"""`kb build`: load → public view → pages → audit → swap in."""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notebook_kb import __version__
from notebook_kb.checking.silence import judged
from notebook_kb.errors import LeakError, UsageError
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.read import decode, read_file
from notebook_kb.findings import Severity
from notebook_kb.model.edit import split_lines
from notebook_kb.notebook.public import with_shown_files
from notebook_kb.parsing.sections import normal
from notebook_kb.rendering.images.memory import Pictures
from notebook_kb.running.results import Result, read_result
from notebook_kb.website.addresses import note_url
from notebook_kb.website.attachments import public_bytes
from notebook_kb.website.audit import PrivateMatter, Scanner, Sources, find_leaks
from notebook_kb.website.audit_memory import AuditMemory
from notebook_kb.website.build import PageMemory, render_site
from notebook_kb.website.output import write_site
from notebook_kb.workspace.site_problems import at_its_key
from notebook_kb.workspace.workspace import FEEDS

if TYPE_CHECKING:
    from pathlib import Path

    from notebook_kb.findings import Finding
    from notebook_kb.notebook.load import Loaded
    from notebook_kb.notebook.notebook import Notebook
    from notebook_kb.website.audit import Leak
    from notebook_kb.website.build import Rendered
    from notebook_kb.website.plan import Site
    from notebook_kb.website.theme import Theme
    from notebook_kb.workspace.workspace import Workspace

SHOWN_LEAKS = 10
# lines that are no part of a paragraph with the next one, and beginnings that do not continue one
APART = re.compile(r"\s*(?:#{1,6}\s|[\w-]+:\s|-{3,}|$)")
STARTS = re.compile(r"\s*(?:#{1,6}\s|[-*+>|]|\d+[.)]\s|[\w-]+:\s|```|~~~|$)")


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What kind of build. `output` is a folder other than the configured one; `offline` makes links that work from
    disk; `base_url` stands for that of the settings.
    """

    output: Path | None = None
    mine: bool = False
    drafts: bool = False
    future: bool = False
    strict: bool = False
    clean: bool = False
    offline: bool = False
    base_url: str = ""

    @property
    def public(self) -> bool:
        """Whether the result may be shown to everybody."""
        return not (self.mine or self.drafts or self.future)


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: counts of files, parsed notes, seconds, findings."""

    folder: Path
    pages: int
    written: int
    unchanged: int
    removed: int
    parsed: int
    rendered: int
    seconds: float
    findings: tuple[Finding, ...]
    notes: int
    set_aside: int = 0


def build(workspace: Workspace, options: BuildOptions) -> BuildReport:
    """Build the site.

    LeakError when the audit finds private words in a page; LedgerError for a ledger that cannot be trusted; UsageError when two notes want one address, or a private
    kind of build would go to the configured output.
    """
    started = time.perf_counter()
    folder = target_folder(workspace, options)
    with notebook_lock(workspace.root):
        loaded = workspace.load()
        site = site_for(workspace, loaded, options)
        refuse_clashes(loaded.notebook, site)
        if workspace.copies.problem:
            raise workspace.copies.problem
        banner = "" if options.public else workspace.pack.word("mine_banner")
        meta = FEEDS | ({} if options.public else {"robots": "noindex"})
        view = workspace.site_view(site, banner=banner, meta=meta)
        memory = PageMemory(workspace.root / workspace.settings.state / "cache" / "pages.json", folder)
        pictures = Pictures(workspace.root / workspace.settings.state / "cache" / "images")
        kept = (memory, pictures) if options.public else (None, None)
        rendered = render_site(site, view, workspace.theme, *kept)
        if not options.mine:
            audit(workspace, loaded, site, rendered)
        backup = workspace.root / workspace.settings.state / "backup" if options.clean else None
        written = write_site(folder, rendered.files, backup=backup)
        if options.public:
            memory.save(rendered)
    found = (*loaded.notebook.findings, *note_findings(loaded, site), *rendered.findings)
    findings = tuple(judged(loaded.notebook, found).shown)
    if options.strict and any(f.severity is not Severity.INFO for f in findings):
        first = next(f for f in findings if f.severity is not Severity.INFO)
        raise UsageError(f"{first.place}: {first.message} ({first.code})", "run `kb check` for all findings")
    return BuildReport(
        folder,
        rendered.pages,
        written.written,
        written.unchanged,
        written.removed,
        loaded.parsed,
        rendered.rendered,
        time.perf_counter() - started,
        findings,
        len(site.notebook.notes),
        written.set_aside,
    )


def target_folder(workspace: Workspace, options: BuildOptions) -> Path:
    """Where the build goes; a private kind never to the configured output."""
    if options.output is None:
        if options.public:
            return workspace.output
        raise UsageError(
            "this build shows what is not public, so it needs a folder of its own", "add `--output FOLDER`"
        )
    folder = options.output.expanduser().absolute()
    if not options.public and folder.resolve() == workspace.output.resolve():
        raise UsageError(
            f"{workspace.settings.output}/ is the public site; a build with private notes may not go there",
            "choose another folder for `--output`",
        )
    refuse_notebook_folders(workspace, folder.resolve())
    return folder


def refuse_notebook_folders(workspace: Workspace, folder: Path) -> None:
    """UsageError when a build would go into, or over, what the notebook keeps: notes, theme, state, sources."""
    root, settings = workspace.root.resolve(), workspace.settings
    if folder == root or root.is_relative_to(folder):
        raise UsageError(f"{folder} holds the notebook itself", "choose a folder of its own for `--output`")
    kept = [root / name for name in (settings.theme, settings.state, "sources", ".git", ".obsidian")]
    in_place = workspace.loader.in_place
    if not in_place:
        kept.append(root / settings.notes)
    own = (root / settings.output).resolve()
    for held in (k.resolve() for k in kept):
        inside = folder.is_relative_to(held) and not folder.is_relative_to(own)
        if inside or held.is_relative_to(folder):
            name = held.relative_to(root).as_posix()
            raise UsageError(
                f"{folder} would overwrite {name}/ of the notebook",
                "choose a folder of its own for `--output`",
            )
    if folder.is_relative_to(root) and any(
        (root / path).resolve().is_relative_to(folder) for path in workspace.loader.walked_paths()
    ):
        raise UsageError(f"{folder} holds notes of the notebook", "choose a folder of its own for `--output`")


def site_for(workspace: Workspace, loaded: Loaded, options: BuildOptions) -> Site:
    """The view that is built."""
    if options.base_url:
        settings = replace(loaded.notebook.settings, base_url=options.base_url)
        loaded = replace(loaded, notebook=replace(loaded.notebook, settings=settings))
    if options.offline:
        # addresses on the web mean nothing on a disk, and no server adds `index.html`
        settings = replace(loaded.notebook.settings, urls="index", base_url="")
        loaded = replace(loaded, notebook=replace(loaded.notebook, settings=settings))
    if options.mine:
        site = workspace.private_site(loaded)
        return replace(site, notebook=with_shown_files(site.notebook))
    return workspace.public_site(loaded, drafts=options.drafts, future=options.future)


def refuse_clashes(notebook: Notebook, site: Site) -> None:
    """Two notes on one address, or a note on one that no page can have, stop the build, with the place."""
    found = site.address_findings()
    if found:
        first = at_its_key(notebook, found[0])
        raise UsageError(f"{first.place}: {first.message} ({first.code})", first.hint)


def note_findings(loaded: Loaded, site: Site) -> list[Finding]:
    """The findings of the notes that are on the site."""
    return [f for path in site.notebook.notes for f in loaded.notebook.notes[path].findings]


def audit(workspace: Workspace, loaded: Loaded, site: Site, rendered: Rendered) -> None:
    """Fail when a page holds private words."""
    texts = {n: d for n, d in rendered.files.items() if not n.startswith("static/")}
    passed = workspace.root / workspace.settings.state / "cache" / "audit"
    key = audit_key(workspace, loaded, site, texts)
    if remembered(passed) == key:
        return
    memory = AuditMemory(passed.with_name("audited.json"))
    leaks = find_leaks(texts, audit_sources(workspace, loaded, site), workspace.settings.audit_allow, memory)
    if leaks:
        raise LeakError(
            leak_message(leaks),
            "make the words private or public in both places; exceptions go under `audit: {allow: […]}`",
        )
    remember(passed, key)
    memory.save()


def audit_key(workspace: Workspace, loaded: Loaded, site: Site, texts: dict[str, bytes]) -> str:
    """The digest of all that the audit reads: the same pages from the same notes need no second audit."""
    state = hashlib.blake2b(
        f"{__version__}:{workspace.theme.digest}:{workspace.loader.key}".encode(), digest_size=16
    )
    state.update(repr((workspace.settings, workspace.loader.roadmap)).encode())
    for path, note in loaded.notebook.notes.items():
        state.update(f"{path}:{note.digest}:{path in site.notebook.notes}\n".encode())
    state.update(repr(sorted(site.copies.items())).encode())
    for name, data in texts.items():
        state.update(f"{name}:".encode() + hashlib.blake2b(data, digest_size=16).digest())
    for path in loaded.notebook.files:
        seen = (workspace.root / path).stat()
        state.update(f"{path}:{seen.st_size}:{seen.st_mtime_ns}:{path in site.notebook.files}\n".encode())
    return state.hexdigest()


def remembered(path: Path) -> str:
    """The key of the last audit that passed; '' when there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def remember(path: Path, key: str) -> None:
    """Keep the key of an audit that passed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(key, encoding="utf-8")
    except OSError:
        return  # a memory that cannot be written costs time only


def leak_message(leaks: list[Leak]) -> str:
    """Both places of each leak."""
    lines = [
        f"{len(leaks)} private {'piece' if len(leaks) == 1 else 'pieces'} would be published; the old site stays:"
    ]
    for leak in leaks[:SHOWN_LEAKS]:
        line = f":{leak.matter.line}" if leak.matter.line else ""
        lines.append(
            f"  {leak.page} shows “{leak.words}”, which is {leak.matter.why} in {leak.matter.path}{line}"
        )
    if len(leaks) > SHOWN_LEAKS:
        lines.append(f"  and {len(leaks) - SHOWN_LEAKS} more")
    return "\n".join(lines)


def audit_sources(workspace: Workspace, loaded: Loaded, site: Site) -> Sources:
    """Private and public matter from the files' raw text."""
    names = workspace.loader.names
    headings = frozenset(
        {*names.private_phrases, *(normal(x) for x in workspace.pack.parts.get("linkedin", ()))}
    )
    scanner = Scanner(headings, names.private_words)
    private: list[PrivateMatter] = []
    public: list[str] = [*public_words(workspace, site)]
    for path in loaded.notebook.notes:
        text, _ = decode(read_file(workspace.root / path).data)
        if path in site.notebook.notes:
            shown, hidden = scanner.split(text, path)
            public.append(shown)
            public.append(re.sub(r"[/.]", " ", path))
            public.append(path)
            private += hidden
        else:
            private += [
                PrivateMatter(line, path, n, "unpublished")
                for n, line in enumerate(paragraphs(text), start=1)
            ]
    for path in loaded.notebook.notes:
        shown, hidden = printed_by(workspace, loaded, site, path)
        public.append(shown)
        private += hidden
    hidden_notes = {p: n for p, n in loaded.notebook.notes.items() if p not in site.notebook.notes}
    shown_urls = {*site.urls.values(), site.page("")}
    urls = {note_url(site.notebook, n) for n in hidden_notes.values()} - shown_urls
    return Sources(
        tuple(private),
        tuple(public),
        frozenset(hidden_notes),
        frozenset(urls),
        hidden_files(workspace, loaded, site),
    )


def printed_by(
    workspace: Workspace, loaded: Loaded, site: Site, path: str
) -> tuple[str, list[PrivateMatter]]:
    """(what the public code of a note printed, what its private code did): all of it, also what no page shows now."""
    note = loaded.notebook.notes[path]
    result = read_result(workspace.root / workspace.settings.state, path) if note.code_key else None
    blocks = result.blocks if isinstance(result, Result) else ()
    shown: list[str] = []
    hidden: list[PrivateMatter] = []
    for number, block in enumerate(blocks):
        part = note.code[number] if number < len(note.code) else None
        if path in site.notebook.notes and part and not part.private:
            shown.append(block.stdout)
        else:
            line = part.line if part else 0
            hidden += [
                PrivateMatter(t, path, line, "printed by private code") for t in block.stdout.splitlines()
            ]
    return "\n".join(shown), hidden


def paragraphs(text: str) -> list[str]:
    """A text's lines, each with the next one of its paragraph, so that a run over a line end is seen."""
    lines = split_lines(text)
    after = [*lines[1:], ""][: len(lines)]
    return [
        line if APART.match(line) or STARTS.match(more) else f"{line} {more}"
        for line, more in zip(lines, after, strict=True)
    ]


def public_words(workspace: Workspace, site: Site) -> list[str]:
    """The theme, the words of the tool, the roadmap and the settings that pages show, addresses of copies elsewhere."""
    theme: Theme = workspace.theme
    texts = [
        p.read_text(encoding="utf-8", errors="replace")
        for folder in theme.folders
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.suffix in {".html", ".css", ".js", ".svg", ".txt"}
    ]
    settings, roadmap = workspace.settings, workspace.loader.roadmap
    texts += [
        settings.title,
        settings.author,
        settings.description,
        settings.base_url,
        *workspace.pack.words.values(),
        *settings.notation.values(),
    ]
    texts += [
        f"{c.title} {c.why} {c.id} {' '.join(c.read.values())} {' '.join(c.aliases)}"
        for c in roadmap.concepts.values()
    ]
    texts += [f"{r.title} {r.by} {r.id} {r.url}" for r in roadmap.resources.values()]
    texts += [f"{a.title} {a.why} {a.id}" for a in roadmap.areas]
    texts += [f"{c.place} {c.url}" for copies in site.copies.values() for c in copies]
    texts += [f"{p.title} {p.id}" for p in roadmap.problems] + [
        f"{a.title} {a.ask}" for a in roadmap.angles.values()
    ]
    return texts


def hidden_files(workspace: Workspace, loaded: Loaded, site: Site) -> dict[str, str]:
    """Digest of the published form → path, of attachments that no public page shows."""
    shown = set(site.notebook.files)
    table: dict[str, str] = {}
    for path in loaded.notebook.files:
        data, bad = public_bytes(workspace.root / path, path)
        key = hashlib.blake2b(data, digest_size=16).hexdigest()
        if path not in shown and not bad and data:
            table[key] = path
    for path in shown:
        data, _ = public_bytes(workspace.root / path, path)
        table.pop(hashlib.blake2b(data, digest_size=16).hexdigest(), None)
    return table


def finding_data(item: Finding) -> dict[str, object]:
    """A finding as `--json` shows it."""
    return {
        "code": item.code,
        "severity": str(item.severity),
        "message": item.message,
        "hint": item.hint,
        "path": item.path,
        "line": item.line,
        "column": item.column,
        "end_line": item.end_line,
        "end_column": item.end_column,
    }
