"""One request to a service: no redirects, timeouts, and what is known about whether it was sent."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from notebook_kb import __version__
from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.publishing.contracts import is_loopback
from notebook_kb.publishing.secret import redact

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
MOST_WAITS = 2
LONGEST_WAIT = 120
_TOO_MANY = 429
_SHOWN = 300
_MOST_BYTES = 64 * 1024 * 1024
# With these nothing of the request has left: there was no connection, or no tunnel through the proxy.
_NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class NotSentError(EnvironmentFailedError):
    """The service was not reached; certainly nothing was sent."""

    code = "not-reached"


class NoAnswerError(Exception):
    """The request went out, at least in part, and no whole answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer without tokens: headers by lower-case name, `body` the JSON (None if it is none)."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    text: str = ""

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether the service certainly did nothing: 4xx, but for a request that timed out there."""
        return 400 <= self.status < 500 and self.status != 408

    def value(self, *path: str) -> Any:
        """The value at a path of keys in the JSON, None where there is none."""
        found = self.body
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        return found

    def words(self, *path: str) -> str:
        """The same as a text: '' for anything that is no text or number."""
        found = self.value(*path)
        return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""

    @property
    def shown(self) -> str:
        """The start of what the service said, on one line, for a message."""
        said = self.words("message") or self.words("error") or self.text
        return " ".join(said.split())[:_SHOWN]


class Wire:
    """Sends requests to one service. `headers` (with the token) go along to `base` only."""

    def __init__(
        self, base: str, headers: Mapping[str, str], *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.base = base
        self._headers = {"User-Agent": f"notebook-kb/{__version__}", "Accept": "application/json"} | dict(
            headers
        )
        self._sleep = sleep

    def header(self, name: str) -> str:
        """What goes along under a name, '' if nothing does."""
        return self._headers.get(name, "")

    def request(
        self,
        method: str,
        path: str,
        *,
        json_body: Any = None,
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        keeps_tokens: bool = False,
    ) -> Answer:
        """The answer to one request; `path` is one of the service, or a whole URL that the caller has judged.

        `keeps_tokens`: the answer's JSON is left as it came, for the one request that a token is the answer to.

        429 with Retry-After is waited for, at most twice: then it is certain that nothing was done.
        Raises `NotSentError` when nothing left this machine, `NoAnswerError` when the outcome is unknown.
        """
        url = path if "://" in path else self.base + path
        for round_ in range(MOST_WAITS + 1):
            answer = self._once(
                url,
                {
                    "method": method,
                    "json": json_body,
                    "content": content,
                    "files": files,
                    "data": data,
                    "headers": {**self._headers, **(headers or {})},
                },
                keeps_tokens=keeps_tokens,
            )
            wait = retry_after(answer)
            if answer.status != _TOO_MANY or wait is None or wait > LONGEST_WAIT or round_ == MOST_WAITS:
                break
            self._sleep(wait)
        return answer

    def _once(self, url: str, arguments: dict[str, Any], *, keeps_tokens: bool) -> Answer:
        """One request on a connection of its own: on an old one it would be unknown whether it was sent."""
        try:
            with self._client() as client, client.stream(url=url, **arguments) as response:
                return _answer(response, keeps_tokens=keeps_tokens)
        except _NOTHING_SENT as error:
            host = urlsplit(url).hostname or url
            raise NotSentError(
                f"{host}: it cannot be reached ({redact(str(error))}). Nothing was sent.",
                "Check the network, then run the command again.",
            ) from None
        except httpx.HTTPError as error:
            raise NoAnswerError(redact(f"{type(error).__name__}: {error}")) from None

    def _client(self) -> httpx.Client:
        return httpx.Client(
            follow_redirects=False,
            verify=_certificates(),
            timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            trust_env=not is_loopback(self.base),  # a proxy is for the world outside
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
        )


@cache
def _certificates() -> ssl.SSLContext:
    """Whom to trust; read once, as each request has a client of its own."""
    return httpx.create_ssl_context()


def retry_after(answer: Answer) -> float | None:
    """The seconds that a service asks to wait, None if it does not say them."""
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else None


def _answer(response: httpx.Response, *, keeps_tokens: bool) -> Answer:
    """A response with every known token taken out, before anybody looks at it."""
    raw = _read(response).decode("utf-8", "replace")
    text = redact(raw)
    try:
        body = json.loads(raw if keeps_tokens else text)
    except (ValueError, RecursionError):
        body = None
    headers = {name.lower(): redact(value) for name, value in response.headers.items()}
    return Answer(response.status_code, headers, body, text)


def _read(response: httpx.Response) -> bytes:
    """The body, as much of it as came: status and headers are there already, and say what was done."""
    data = bytearray()
    with suppress(httpx.HTTPError):
        for part in response.iter_bytes():
            data += part
            if len(data) > _MOST_BYTES:
                break
    return bytes(data)
