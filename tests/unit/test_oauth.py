"""LinkedIn's sign-in on this machine, with a browser that is played and a LinkedIn that is a fake."""

from __future__ import annotations

import socket
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.publishing import oauth
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.secret import Secret
from tests.support.fakes.base import TOKEN, Reply
from tests.support.fakes.linkedin import LinkedInFake

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CLIENT_SECRET = Secret("client-secret-123")


@pytest.fixture
def linkedin(monkeypatch: pytest.MonkeyPatch) -> Iterator[LinkedInFake]:
    with LinkedInFake() as fake:
        monkeypatch.setenv("KB_LINKEDIN_LOGIN_URL", fake.url)
        yield fake


def visit(url: str) -> int:
    """A browser: the status of the page."""
    try:
        with urllib.request.urlopen(url, timeout=5) as page:  # noqa: S310 - an address of this machine
            return int(page.status)
    except urllib.error.HTTPError as error:
        return error.code


def came_back(sign_in: oauth.SignIn, **query: str) -> str:
    """The address that LinkedIn sends the browser to."""
    return f"{sign_in.redirect}?{urlencode({'state': sign_in.state, **query})}"


def test_a_sign_in_from_end_to_end(linkedin: LinkedInFake) -> None:
    """The address asks for what is needed, other visits do not count, and the token has its end."""
    listener = oauth.Listener(0)
    sign_in = oauth.begin("client-1", CLIENT_SECRET, listener.port)
    asked = {k: v[0] for k, v in parse_qs(urlsplit(sign_in.url).query).items()}
    assert asked["scope"] == "openid profile w_member_social"
    assert asked["redirect_uri"] == f"http://127.0.0.1:{listener.port}/callback"
    assert len(asked["state"]) > 30
    assert "client-secret" not in sign_in.url
    linkedin.codes["code-1"] = sign_in.redirect
    got: list[str] = []
    waiting = threading.Thread(target=lambda: got.append(listener.wait(sign_in, 10)))
    waiting.start()
    assert visit(sign_in.redirect.replace("/callback", "/favicon.ico")) == 404
    assert visit(sign_in.redirect + "?code=stolen&state=wrong") == 404
    assert visit(sign_in.redirect + f"?code=a&state={sign_in.state}&state=b") == 404
    assert visit(came_back(sign_in, code="code-1")) == 200
    waiting.join(5)
    assert got == ["code-1"]
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", listener.port), 1)
    kept = Secret(TOKEN)  # LinkedIn may give the token out again that is known here already
    found = oauth.exchange("code-1", sign_in, NOW)
    assert found.token.reveal() == TOKEN == kept.reveal()
    assert found.expires_at == NOW + timedelta(days=60)


def test_it_listens_on_this_machine_only() -> None:
    """Nobody in the network reaches the listener."""
    listener = oauth.Listener(0)
    assert listener._socket.getsockname()[0] == "127.0.0.1"
    with pytest.raises(EnvironmentFailedError, match="cannot be used"):
        oauth.Listener(listener.port)
    listener.close()


def test_nobody_comes() -> None:
    """The wait ends, and so does the listening."""
    listener = oauth.Listener(0)
    sign_in = oauth.begin("c", CLIENT_SECRET, listener.port)
    with pytest.raises(UsageError, match="no answer came"):
        listener.wait(sign_in, 0.05)


def test_a_visitor_who_says_nothing_does_not_block() -> None:
    """A program that connects and is silent costs seconds, not the whole wait."""
    listener = oauth.Listener(0)
    sign_in = oauth.begin("c", CLIENT_SECRET, listener.port)
    with socket.create_connection(("127.0.0.1", listener.port)), pytest.raises(UsageError):
        listener.wait(sign_in, 0.3)


@pytest.mark.parametrize(
    ("address", "kind", "says"),
    [
        ("http://127.0.0.1:1/callback?code=x&state=other", UsageError, "state"),
        ("nonsense", UsageError, "state"),
        ("http://[::1", UsageError, "state"),
        ("{back}&error=user_cancelled_login&error_description=The+user+cancelled", RefusedError, "cancelled"),
        ("{back}", UsageError, "no code"),
    ],
)
def test_a_pasted_address_is_judged(address: str, kind: type[Exception], says: str) -> None:
    """--no-browser: only the answer to this very sign-in counts."""
    sign_in = oauth.begin("c", CLIENT_SECRET, 18920)
    with pytest.raises(kind, match=says):
        oauth.code_in(address.replace("{back}", came_back(sign_in)), sign_in)
    assert oauth.code_in(f" {came_back(sign_in, code='x')}\n", sign_in) == "x"


@pytest.mark.parametrize(
    "reply", [None, Reply(500, b"<html>"), Reply(200, {"no": "token"}), Reply(302, None)]
)
def test_no_token_no_words_of_ours(linkedin: LinkedInFake, reply: Reply | None) -> None:
    """LinkedIn's refusal is shown without the client secret and the code that it repeats."""
    if reply:
        linkedin.replies.append(("POST", "/oauth", reply))
    sign_in = oauth.begin("c", CLIENT_SECRET, 18920)
    with pytest.raises(RefusedError) as caught:
        oauth.exchange("code-from-nowhere", sign_in, NOW)
    shown = caught.value.message + caught.value.hint
    assert "client-secret-123" not in shown
    assert "code-from-nowhere" not in shown
