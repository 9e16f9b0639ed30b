"""Who may talk to the preview: only this machine's own pages, under the names that mean this machine."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from notebook_kb.workspace.workspace import CSP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HTTP = 80
NAMES = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": f"{CSP}; frame-ancestors 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
WRONG_PLACE = 4403


class Guard:
    """Refuses requests before anything else looks at them, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self.app = app
        numbered = frozenset(f"{name}:{port}" for name in NAMES)
        self.hosts = numbered | frozenset(NAMES) if port == HTTP else numbered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if not self.allowed(scope["headers"], socket=scope["type"] == "websocket"):
            await refuse(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = with_headers(message.get("headers", ()))
            await send(message)

        await self.app(scope, receive, guarded)

    def allowed(self, headers: Iterable[tuple[bytes, bytes]], *, socket: bool) -> bool:
        """Whether Host, Origin and the kind of request are those of our own pages."""
        values: dict[bytes, list[str]] = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(value.decode("latin-1"))
        hosts, origins = values.get(b"host", []), values.get(b"origin", [])
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts or len(origins) > 1:
            return False
        if origins and origins[0] != f"http://{hosts[0].lower()}":
            return False
        if socket:
            return bool(origins)
        site = values.get(b"sec-fetch-site", ["none"])[0]
        mode = values.get(b"sec-fetch-mode", [""])[0]
        return site in {"none", "same-origin"} or mode == "navigate"


def with_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The answer's headers and ours; of two of one name ours stays."""
    names = {name.lower().encode() for name in HEADERS}
    kept = [(n, value) for n, value in headers if n.lower() not in names]
    return [*kept, *((n.lower().encode(), value.encode()) for n, value in HEADERS.items())]


async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """403, without a word of the notebook."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": WRONG_PLACE, "reason": ""})
        return
    body = b"403: this address is not the preview's own\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 403, "headers": with_headers(headers)})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


class Tokens:
    """One token for each load of a page; none is remembered, each proves itself."""

    def __init__(self) -> None:
        self.secret = secrets.token_bytes(32)

    def new(self, version: int) -> str:
        """A token for a page that shows this version of the notebook."""
        said = f"{version}.{secrets.token_hex(8)}"
        return f"{said}.{self.sign(said)}"

    def sign(self, said: str) -> str:
        """The proof."""
        return hmac.new(self.secret, said.encode(), hashlib.sha256).hexdigest()[:32]

    def version(self, token: str) -> int | None:
        """The version that the page showed; None for a token that is not ours."""
        said, _, proof = token.rpartition(".")
        if not hmac.compare_digest(self.sign(said).encode(), proof.encode()):
            return None
        return int(said.partition(".")[0])
