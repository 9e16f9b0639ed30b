"""LinkedIn's sign-in: the browser is sent there, and one answer is awaited on this machine."""

from __future__ import annotations

import secrets
import socket
import time
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.credentials import Credential
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.secret import Secret, redact
from notebook_kb.publishing.wire import NoAnswerError, Wire

if TYPE_CHECKING:
    from datetime import datetime

WAIT_SECONDS = 300.0
_HOST = "127.0.0.1"
_MOST_BYTES = 16 * 1024
_DONE = b"kb has the answer. You can close this page.\n"
_NOT_IT = b"This is not the answer that kb waits for.\n"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that was begun: `url` is for the browser, `state` must come back, `redirect` is where to."""

    url: str
    state: str
    redirect: str
    client_id: str
    client_secret: Secret


class Listener:
    """Waits on 127.0.0.1 for the browser to come back; made before the browser is opened, closed after one answer."""

    def __init__(self, port: int) -> None:
        """Raises `EnvironmentFailedError` if the port is taken."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.bind((_HOST, port))
            self._socket.listen(4)
        except OSError as error:
            self._socket.close()
            raise EnvironmentFailedError(
                f"port {port} of this machine cannot be used: {error.strerror or error}",
                "Name another with --port, and register its address at LinkedIn too.",
            ) from error
        self.port = int(self._socket.getsockname()[1])

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def wait(self, sign_in: SignIn, seconds: float = WAIT_SECONDS) -> str:
        """The code that the browser brings. Other visits (of other programs, or for an icon) are not it.

        Raises `RefusedError` for a no, and `UsageError` when nothing comes in time.
        """
        end = time.monotonic() + seconds
        path = contracts.text("linkedin.redirect_path")
        with closing(self._socket):
            while (left := end - time.monotonic()) > 0:
                self._socket.settimeout(left)
                try:
                    visitor, _ = self._socket.accept()
                except TimeoutError:
                    break
                with visitor:
                    target = _target_of(visitor, min(left, 5.0))
                    if urlsplit(target).path != path or not _state_fits(target, sign_in.state):
                        _reply(visitor, "404 Not Found", _NOT_IT)
                        continue
                    _reply(visitor, "200 OK", _DONE)
                    return code_in(target, sign_in)
        raise UsageError(
            f"no answer came from the browser within {seconds / 60:.0f} minutes",
            "Run it again; with --no-browser the address can be pasted.",
        )


def begin(client_id: str, client_secret: Secret, port: int) -> SignIn:
    """A sign-in that will come back to `port` of this machine."""
    state = secrets.token_urlsafe(32)
    redirect = f"http://{_HOST}:{port}{contracts.text('linkedin.redirect_path')}"
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect,
            "state": state,
            "scope": " ".join(contracts.texts("linkedin.scopes")),
        }
    )
    base = contracts.base_url("linkedin.login_url")
    url = f"{base}{contracts.text('linkedin.authorize_path')}?{query}"
    return SignIn(url, state, redirect, client_id, client_secret)


def code_in(address: str, sign_in: SignIn) -> str:
    """The code in the address that LinkedIn led the browser to.

    Raises `UsageError` for an address of something else, `RefusedError` if the person or LinkedIn said no.
    """
    if not _state_fits(address, sign_in.state):
        raise UsageError(
            "this address is not the answer to this sign-in (its state is another)",
            "Begin anew: kb auth linkedin.",
        )
    query = parse_qs(urlsplit(address.strip()).query)
    if "error" in query:
        said = " ".join(query.get("error_description", query["error"]))[:200]
        raise RefusedError(f"LinkedIn gave no token: {said}", "Run kb auth linkedin again and allow it.")
    code = query.get("code", [""])[0]
    if not code:
        raise UsageError("there is no code in this address", "Copy it whole from the browser's address bar.")
    return code


def exchange(code: str, sign_in: SignIn, now: datetime) -> Credential:
    """The credential for a code. Raises `RefusedError` if LinkedIn gives none, `NotSentError` if it is not reached."""
    hidden = Secret(code)  # so that no message shows it
    wire = Wire(contracts.base_url("linkedin.login_url"), {})
    form = {
        "grant_type": "authorization_code",
        "code": hidden.reveal(),
        "redirect_uri": sign_in.redirect,
        "client_id": sign_in.client_id,
        "client_secret": sign_in.client_secret.reveal(),
    }
    again = "Check the app's client secret and its redirect URL, then run kb auth linkedin again."
    try:
        answer = wire.request("POST", contracts.text("linkedin.token_path"), data=form, keeps_tokens=True)
    except NoAnswerError as error:
        raise RefusedError(f"LinkedIn did not answer ({error}); there is no token", again) from None
    token = answer.words("access_token")
    if not answer.is_good or not token:
        said = redact(answer.words("error_description") or answer.words("error"))
        raise RefusedError(
            f"LinkedIn gave no token ({answer.status}{': ' if said else ''}{said[:200]})", again
        )
    lasts = answer.words("expires_in")
    days = contracts.number("linkedin.token_days")
    seconds = int(lasts) if lasts.isdigit() else days * 86_400
    return Credential(
        Secret(token),
        (now + timedelta(seconds=seconds)).replace(microsecond=0),
        "sign-in",
        sign_in.client_id,
        sign_in.client_secret,
    )


def _state_fits(address: str, state: str) -> bool:
    """Whether an address carries our state; compared so that the time tells nothing."""
    try:
        found = parse_qs(urlsplit(address.strip()).query).get("state", [""])
    except ValueError:
        return False
    return len(found) == 1 and compare_digest(found[0].encode("utf-8", "replace"), state.encode())


def _target_of(visitor: socket.socket, seconds: float) -> str:
    """The target of a GET for this very machine, '' for anything else."""
    end = time.monotonic() + seconds
    data = b""
    try:
        while b"\r\n\r\n" not in data and len(data) < _MOST_BYTES and (left := end - time.monotonic()) > 0:
            visitor.settimeout(left)
            more = visitor.recv(4096)
            if not more:
                break
            data += more
    except OSError:
        return ""
    words = data.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
    return words[1] if len(words) == 3 and words[0] == "GET" and words[1].startswith("/") else ""


def _reply(visitor: socket.socket, status: str, body: bytes) -> None:
    """A short page; nothing of the request is in it."""
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nConnection: close\r\n\r\n"
    )
    try:
        visitor.sendall(head.encode() + body)
    except OSError:
        return
