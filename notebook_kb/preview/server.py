"""The preview's server: pages from the table of addresses, one socket that tells of changes. Loopback only."""

from __future__ import annotations

import asyncio
import errno
import json
import signal
import socket
import time
from contextlib import asynccontextmanager, suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect, WebSocketState

from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.notebook.walk import classify
from notebook_kb.preview.assets import static_file
from notebook_kb.preview.guard import Guard, Tokens
from notebook_kb.preview.kits import KitDesk, KitRoutes
from notebook_kb.preview.pages import FEED_WRITERS, PUBLIC, TOKEN, feed, page_at, search_index
from notebook_kb.preview.review import ReviewRoutes
from notebook_kb.preview.running import ALIVE, announced, new_nonce
from notebook_kb.preview.view import CONTENT_TYPES
from notebook_kb.preview.watch import Watcher
from notebook_kb.website.addresses import INDEX_URL
from notebook_kb.website.attachments import public_bytes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path
    from types import FrameType

    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from notebook_kb.languages import LanguagePack
    from notebook_kb.preview.kits import DoneAnswer
    from notebook_kb.preview.state import Change, State
    from notebook_kb.publishing.kit_manifest import Manifest

HOST = "127.0.0.1"
TRIED_PORTS = 20
SOCKET = "/_kb/socket"
SCRIPT = "/_kb/preview.js"
STRANGER = 4401
FIRST_MESSAGE = 10.0
LONGEST_MESSAGE = 4096


class Preview:
    """Answers browsers and tells them of changes."""

    def __init__(
        self,
        state: State,
        *,
        poll: bool = False,
        say: Callable[[str], None],
        saved: Callable[[str, float], None],
        kit_done: Callable[[Manifest, str], DoneAnswer] | None = None,
    ) -> None:
        """`say` prints a line; `saved` is told of each save that a page has shown, with its milliseconds; `kit_done`
        is given the manifest of a paste kit and the address of what was published with it.
        """
        self.state = state
        self.tokens = Tokens()
        self.nonce = new_nonce()
        self.kits = KitRoutes(KitDesk(self.tokens, self.pack, kit_done), lambda: self.folder / "kits")
        self.review = ReviewRoutes(state, self.tokens)
        self.open: set[WebSocket] = set()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.saved = saved
        self.saves: dict[int, tuple[str, float]] = {}
        self.watcher = Watcher(state, self.changed, self.settled, poll=poll, say=say)

    def pack(self) -> LanguagePack:
        """The words of the notebook's language."""
        return self.state.workspace.pack

    @property
    def folder(self) -> Path:
        """The notebook's `.kb`."""
        return self.state.root / self.state.workspace.settings.state

    def app(self, port: int) -> Guard:
        """The application, behind its guard."""
        routes = [
            WebSocketRoute(SOCKET, self.socket),
            *self.kits.routes,
            *self.review.routes,
            Route(ALIVE, self.alive, methods=["GET"]),
            Route("/{path:path}", self.answer, methods=["GET"]),
        ]
        return Guard(Starlette(routes=routes, lifespan=self.lifespan), port)

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncIterator[None]:
        """Watch while the server runs."""
        self.loop = asyncio.get_running_loop()
        self.watcher.start()
        try:
            yield
        finally:
            await run_in_threadpool(self.watcher.stop)
            self.state.close()

    async def alive(self, _: Request) -> Response:
        """Which preview this is, for a command that looks for it."""
        return Response(self.nonce, media_type="text/plain")

    # pages

    async def answer(self, request: Request) -> Response:
        """Any GET or HEAD."""
        return await run_in_threadpool(self.response, request.scope["path"])

    def response(self, path: str) -> Response:
        """The answer for a path: only what stands in a table is served."""
        if path == SCRIPT:
            return Response(script(), media_type=CONTENT_TYPES[".js"])
        public = path.startswith(f"{PUBLIC}/")
        inside = path.removeprefix(PUBLIC) if public else path
        if inside.startswith("/static/"):
            return self.static(inside)
        if inside.startswith("/files/"):
            return self.file(inside, public=public)
        if inside in FEED_WRITERS:
            kind = CONTENT_TYPES[PurePosixPath(inside).suffix]
            return Response(feed(self.state, inside, public=public), media_type=kind)
        if inside == INDEX_URL:
            return Response(search_index(self.state, public=public), media_type=CONTENT_TYPES[".js"])
        if not path.endswith("/") and self.is_page(f"{inside}/", public=public or path == PUBLIC):
            return RedirectResponse(quote(f"{path}/"), status_code=307)
        version = self.state.version
        page = page_at(self.state, path)
        html = page.html.replace(TOKEN, self.tokens.new(version))
        headers = {"X-KB-Version": str(version), "X-KB-Shown": "1" if page.shown else "0"}
        return Response(html, status_code=page.status, media_type="text/html", headers=headers)

    def is_page(self, url: str, *, public: bool) -> bool:
        """Whether an address that lacks its last slash is a page's."""
        if url in {f"{PUBLIC}/", "/_kb/"}:
            return True
        with self.state.lock, suppress(Exception):
            return not url.startswith("//") and self.state.view(public=public).has(url)
        return False

    def static(self, path: str) -> Response:
        """A file of the theme."""
        with self.state.lock:
            data = self.state.workspace.theme.static.get(path.lstrip("/"))
        kind = CONTENT_TYPES.get(PurePosixPath(path).suffix.casefold())
        return Response(data, media_type=kind) if data is not None and kind else nothing()

    def file(self, path: str, *, public: bool) -> Response:
        """An attachment that a note of the view shows."""
        with self.state.lock:
            name = self.state.view(public=public).files.get(path)
        root = self.state.root
        if name is None or classify(root / name, root) != "file":
            return nothing()
        kind = CONTENT_TYPES[PurePosixPath(name).suffix.casefold()]
        if not public:
            return FileResponse(root / name, media_type=kind)
        try:
            data, bad = public_bytes(root / name, name)
        except OSError:
            return nothing()
        return nothing() if bad else Response(data, media_type=kind)

    # the socket

    async def socket(self, client: WebSocket) -> None:
        """One page: its token first, then it listens."""
        await client.accept()
        version = await self.first_message(client)
        if version is None:
            with suppress(RuntimeError, WebSocketDisconnect):
                await client.close(STRANGER)
            return
        self.open.add(client)
        try:
            words = {"connection_lost": self.state.workspace.pack.word("connection_lost")}
            await client.send_json({"kind": "hello", "version": self.state.version, "words": words})
            if version != self.state.version:
                await client.send_json({"kind": "page", "urls": ["*"], "version": self.state.version})
            while True:
                self.heard(await client.receive_text())
        except (WebSocketDisconnect, RuntimeError, asyncio.CancelledError):
            pass  # cancelled: the server ends, and this with it
        finally:
            self.open.discard(client)

    async def first_message(self, client: WebSocket) -> int | None:
        """The version that the page shows, if its token is ours."""
        try:
            text = await asyncio.wait_for(client.receive_text(), FIRST_MESSAGE)
            said = parsed(text)
            version = self.tokens.version(str(said.get("token", "")))
        except (TimeoutError, WebSocketDisconnect, RuntimeError, KeyError):
            return None
        seen = said.get("seen")
        return version if version is None or not isinstance(seen, int) else seen

    def heard(self, text: str) -> None:
        """A page says that it shows a version."""
        shown = parsed(text).get("shown")
        for version in [v for v in self.saves if isinstance(shown, int) and v <= shown]:
            path, started = self.saves.pop(version)
            self.saved(path, (time.monotonic() - started) * 1000)

    # changes (called by the watcher's thread)

    def changed(self, change: Change, started: float) -> None:
        """Tell every page; those of the saved note do not wait for the rest."""
        urls = sorted({u for url in change.urls for u in ((url, PUBLIC + url) if url != "*" else (url,))})
        if change.paths:
            self.saves = {self.state.version: (change.paths[0], started)}
        self.tell({"kind": change.kind, "urls": urls, "version": self.state.version})

    def settled(self) -> None:
        """Everything else: the other pages, and what is wrong in the whole notebook."""
        self.state.settle()
        self.tell({"kind": "page", "urls": ["*"], "version": self.state.version})

    def tell(self, message: dict[str, Any]) -> None:
        """Send to all pages, from another thread."""
        if self.loop is not None and not self.loop.is_closed():
            with suppress(RuntimeError):
                asyncio.run_coroutine_threadsafe(self.send(message), self.loop)

    async def send(self, message: dict[str, Any]) -> None:
        """Send to all pages; one that is gone is forgotten."""
        text = json.dumps(message)
        for client in list(self.open):
            try:
                if client.application_state is WebSocketState.CONNECTED:
                    await client.send_text(text)
            except (RuntimeError, WebSocketDisconnect):
                self.open.discard(client)


def parsed(text: str) -> dict[str, Any]:
    """A message as an object; {} for anything else."""
    try:
        value = json.loads(text) if len(text) <= LONGEST_MESSAGE else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def nothing() -> Response:
    """404 for what is no page."""
    return Response("404\n", status_code=404, media_type="text/plain")


def script() -> bytes:
    """The library that changes a page in place, and our script."""
    return b"\n".join(static_file(name) for name in ("idiomorph.min.js", "preview.js"))


class Server(uvicorn.Server):
    """Ends quietly on a signal."""

    def stop(self) -> None:
        """End when the answers that are under way are sent."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ctrl-C and SIGTERM are how one ends it: no traceback and no signal is handed on."""
        del frame
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        self.should_exit = True


def listen(port: int) -> tuple[socket.socket, int]:
    """A socket on this machine alone: on `port` or, where it is taken, on the next free one; 0 is any."""
    for number in [port] if port == 0 else range(port, min(port + TRIED_PORTS, 65536)):
        ears = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        ears.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ears.bind((HOST, number))
            ears.listen(128)
        except OSError as error:
            ears.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise EnvironmentFailedError(
                    f"port {number} cannot be used: {error.strerror}", "choose another `--port`"
                ) from error
            continue
        return ears, int(ears.getsockname()[1])
    raise EnvironmentFailedError(
        f"ports {port} to {port + TRIED_PORTS - 1} are taken", "choose another `--port`, or `--port 0`"
    )


def run(preview: Preview, ears: socket.socket, port: int) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    config = uvicorn.Config(
        preview.app(port),
        log_level="error",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=3,
        ws_max_size=LONGEST_MESSAGE,
        lifespan="on",
    )
    with announced(preview.state.root, preview.state.workspace.settings.state, port, preview.nonce):
        Server(config).run(sockets=[ears])
