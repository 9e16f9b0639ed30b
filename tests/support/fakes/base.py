"""A service on 127.0.0.1 that can fail in every way: the rules are the fakes', the faults are here."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
TOKEN = "AQX-secret-token-0123456789abcdef"  # noqa: S105 - the fakes' own


@dataclass
class Request:
    """What came in."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body or b"null")
        except ValueError:
            return None


@dataclass
class Reply:
    """What goes back. `body` may be a value, which becomes JSON, or bytes."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def data(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class Fault:
    """What goes wrong with the next request whose method and path begin as said.

    `when`: before (nothing is read or done), after (it is done, nothing is answered), half (the answer breaks off
    in its middle) or late (it breaks off after its headers).
    `how`: cut (the connection is reset) or kill (the client process `pid` gets SIGKILL, then the connection is reset).
    """

    when: str
    how: str = "cut"
    pid: int = 0
    method: str = ""
    path: str = ""


class Fake:
    """A service; `answer` of the sub-class holds its rules. `requests` are all that came in, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.replies: list[tuple[str, str, Reply]] = []
        """(method, start of path, reply): answered once in the place of the rules."""
        self.lock = threading.RLock()
        handler = _handler(self)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, request: Request) -> Reply:
        raise NotImplementedError

    def next_fault(self, request: Request) -> Fault | None:
        with self.lock:
            return _take(
                self.faults, lambda f: request.method.startswith(f.method) and request.path.startswith(f.path)
            )

    def reply_to(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append(request)
            fixed = _take(self.replies, lambda r: request.method == r[0] and request.path.startswith(r[1]))
            return fixed[2] if fixed else self.answer(request)

    def sent(self, method: str, path: str) -> list[Request]:
        """The requests of a method to a path."""
        return [r for r in self.requests if (r.method, r.path) == (method, path)]


def _take(items: list[T], fits: Callable[[T], bool]) -> T | None:
    """Take the first item that fits out of the list."""
    for item in items:
        if fits(item):
            items.remove(item)
            return item
    return None


def _handler(fake: Fake) -> type[BaseHTTPRequestHandler]:
    """The class that the server makes one object a request of."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            headers = {k.lower(): v for k, v in self.headers.items()}
            request = Request(self.command, parts.path, parse_qs(parts.query), headers, b"")
            fault = fake.next_fault(request)
            if fault and fault.when == "before":
                self.fail(fault)
                return
            request.body = self.rfile.read(int(headers.get("content-length", "0")))
            reply = fake.reply_to(request)
            if fault and fault.when == "after":
                self.fail(fault)
                return
            self.write(reply, fault.when if fault else "")
            if fault:
                self.fail(fault)

        do_GET = do_POST = do_PUT = do_DELETE = handle_any  # noqa: N815 - the names of http.server

        def write(self, reply: Reply, when: str) -> None:
            data = reply.data
            headers = {"Content-Type": "application/json", **reply.headers}
            lines = [
                f"HTTP/1.1 {reply.status} Answer",
                *(f"{name}: {value}" for name, value in headers.items()),
            ]
            lines.append(f"Content-Length: {len(data) + (40 if when == 'late' else 0)}")
            whole = "\r\n".join([*lines, "Connection: close", "", ""]).encode() + data
            self.wfile.write(whole[: len(whole) // 2] if when == "half" else whole)
            self.wfile.flush()
            self.close_connection = True

        def fail(self, fault: Fault) -> None:
            """Break off: with a reset, as a cable that is pulled."""
            self.close_connection = True
            if fault.how == "kill" and fault.pid:
                os.kill(fault.pid, signal.SIGKILL)
            if fault.when in {"before", "after"}:  # a reset may overtake what was written
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def finish(self) -> None:
            with suppress(OSError, ValueError):  # reset above
                super().finish()

    return Handler
