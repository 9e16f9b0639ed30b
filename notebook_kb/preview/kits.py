"""Paste kits on this machine alone: shown by the running preview, or by a small server of their own until they are done.

A kit is read from `.kb/kits`; only the files that its manifest names are served. What a person says to be published is
handed on (`on_done`); nothing here writes a note.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from notebook_kb.errors import NotebookError
from notebook_kb.publishing.kit_manifest import ManifestError, kits_in, read_manifest
from notebook_kb.publishing.kit_page import kit_file
from notebook_kb.publishing.kit_source import service_name
from notebook_kb.publishing.remarks import RemarkError
from notebook_kb.publishing.targets.addresses import checked_address

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from notebook_kb.languages import LanguagePack
    from notebook_kb.preview.guard import Tokens
    from notebook_kb.publishing.kit_manifest import Kits, Manifest

KITS = "/_kb/kits/"
LONGEST_BODY = 4096
# what every kit has alike
SHARED = frozenset({"kit.js", "check.js", "kit.css", "icon.svg"})
TOKEN_PLACE = b'<meta name="kb-token" content="">'
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".pdf": "application/pdf",
}


@dataclass(frozen=True, slots=True)
class DoneAnswer:
    """What became of an address that a person gave, in words for people."""

    ok: bool
    message: str


class KitDesk:
    """Answers requests for kits."""

    def __init__(
        self,
        tokens: Tokens,
        pack: Callable[[], LanguagePack],
        on_done: Callable[[Manifest, str], DoneAnswer] | None,
    ) -> None:
        """`on_done` is given a kit's manifest and a checked address; without it the page shows the command."""
        self.tokens = tokens
        self.pack = pack
        self.on_done = on_done

    def file(self, kit: Path, name: str) -> Response:
        """A file of a kit, with the token of this load where it is a page."""
        wanted = name or "index.html"
        manifest = usable(kit)
        kind = TYPES.get(PurePosixPath(wanted).suffix)
        if manifest is None or not manifest.has(wanted) or not kind:
            return nothing()
        data = own_file(wanted) if wanted in SHARED else listed_file(kit / wanted, manifest.files[wanted])
        if data is None:
            return nothing()
        if self.on_done is not None:
            given = f'<meta name="kb-token" content="{self.tokens.new(0)}">'.encode()
            data = data.replace(TOKEN_PLACE, given, 1) if wanted.endswith(".html") else data
        return Response(data, media_type=kind)

    async def done(self, request: Request, kit: Path) -> DoneAnswer:
        """What became of the address in a POST. The answer is no for a request that is not from the kit's page."""
        token = request.headers.get("x-kb-token", "")
        typed = request.headers.get("content-type", "").partition(";")[0].strip()
        is_ours = bool(request.headers.get("origin")) and self.tokens.version(token) is not None
        if not is_ours or typed != "application/json":
            return DoneAnswer(ok=False, message="403")
        url = _url_in(await _body(request))
        return await run_in_threadpool(self.record, kit, url)

    def record(self, kit: Path, url: str) -> DoneAnswer:
        """Hand a good address on."""
        manifest = usable(kit)
        if self.on_done is None or manifest is None:
            return DoneAnswer(ok=False, message=self.pack().word("kit_no_server"))
        try:
            checked_address(manifest.target, url)
            return self.on_done(manifest, url)
        except RemarkError as error:
            return DoneAnswer(ok=False, message=replace(error.remark, place="").said(self.pack()))
        except NotebookError as error:
            return DoneAnswer(ok=False, message=" ".join(filter(None, (error.message, error.hint))))


def usable(kit: Path) -> Manifest | None:
    """The manifest of a kit, None where it cannot be used: the list of kits says why."""
    try:
        return read_manifest(kit)
    except ManifestError:
        return None


def own_file(name: str) -> bytes:
    """A script or style that all kits share: from the program, whatever lies in the folder."""
    return kit_file(name)


def listed_file(path: Path, digest: str) -> bytes | None:
    """The bytes of a kit's file, None where they are not those that the manifest lists."""
    try:
        data = b"" if path.is_symlink() else path.read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == digest else None


async def _body(request: Request) -> bytes:
    """The body of a request, b'' for one that is too long."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > LONGEST_BODY:
            return b""
    return data


def _url_in(body: bytes) -> str:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    url = said.get("url") if isinstance(said, dict) else None
    return url.strip() if isinstance(url, str) else ""


def answered(answer: DoneAnswer, then: Callable[[], None] | None = None) -> JSONResponse:
    """The answer as the page's script reads it; `then` is called after a good one was sent."""
    status = 403 if answer.message == "403" else 200
    task = BackgroundTask(then) if then and answer.ok else None
    return JSONResponse({"ok": answer.ok, "message": answer.message}, status_code=status, background=task)


def nothing() -> Response:
    """404 for what is no file of a kit."""
    return Response("404\n", status_code=404, media_type="text/plain")


# in the running preview


class KitRoutes:
    """All kits of a notebook, below `/_kb/kits/`. `folder` gives `.kb/kits`."""

    def __init__(self, desk: KitDesk, folder: Callable[[], Path]) -> None:
        self.desk = desk
        self.folder = folder

    @property
    def routes(self) -> list[Route]:
        """To be put before the preview's own."""
        return [
            Route(f"{KITS}{{kind}}/{{slug}}/done", self.post, methods=["POST"]),
            Route(KITS, self.listed, methods=["GET"]),
            Route(f"{KITS}{{kind}}/{{slug}}", self.slash, methods=["GET"]),
            Route(f"{KITS}{{kind}}/{{slug}}/{{name:path}}", self.get, methods=["GET"]),
        ]

    def kit(self, request: Request) -> Path | None:
        """The kit of an address: only one that is in the table of kits."""
        kind, slug = request.path_params["kind"], request.path_params["slug"]
        wanted = self.folder() / kind / slug
        return wanted if any(m.folder == wanted for m in self.kits().found) else None

    def kits(self) -> Kits:
        """The kits that were written on this machine, and what is broken."""
        kits = kits_in(self.folder())
        return replace(kits, found=tuple(m for m in kits.found if m.is_ours))

    async def get(self, request: Request) -> Response:
        """A file of a kit."""
        kit = await run_in_threadpool(self.kit, request)
        name = request.path_params["name"]
        return nothing() if kit is None else await run_in_threadpool(self.desk.file, kit, name)

    async def slash(self, request: Request) -> Response:
        """An address that lacks its last slash."""
        return RedirectResponse(quote(f"{request.scope['path']}/"), status_code=307)

    async def post(self, request: Request) -> Response:
        """A kit is done."""
        kit = await run_in_threadpool(self.kit, request)
        return nothing() if kit is None else answered(await self.desk.done(request, kit))

    async def listed(self, _: Request) -> Response:
        """The list of kits."""
        page = list_page(await run_in_threadpool(self.kits), self.desk.pack())
        return Response(page, media_type="text/html")


def list_page(kits: Kits, pack: LanguagePack) -> str:
    """The page that lists kits, in the theme's own style."""
    title = escape(pack.word("kit_list"))
    rows = "".join(
        f'<li><a href="{quote(f"{m.folder.parent.name}/{m.folder.name}/")}">{escape(m.title)}</a> '
        f'<span class="label">{escape(_kind_words(m, pack))}</span></li>\n'
        for m in kits.found
    )
    broken = "".join(f"<p>{escape(pack.word('kit_broken', place=e.place))}</p>\n" for e in kits.broken)
    body = f'<ul class="list">\n{rows}</ul>' if rows else f"<p>{escape(pack.word('kit_list_none'))}</p>"
    body += broken
    return (
        f'<!doctype html>\n<html lang="{escape(pack.code)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<title>{title}</title>\n<link rel="stylesheet" href="/static/style.css">\n</head>\n<body>\n'
        f'<header class="top"><a class="name" href="/_kb/">{escape(pack.word("dashboard"))}</a></header>\n'
        f'<div class="page"><main><h1>{title}</h1>\n{body}\n</main></div>\n</body>\n</html>\n'
    )


def _kind_words(kit: Manifest, pack: LanguagePack) -> str:
    return f"{service_name(kit.target, pack)} · {pack.word(f'kit_form_{kit.form}')}"
