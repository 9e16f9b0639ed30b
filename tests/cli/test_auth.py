"""`kb auth` at a real terminal, with a LinkedIn that is a fake and a browser that is a script."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.fakes.base import TOKEN
from tests.support.fakes.devto import DevToFake
from tests.support.fakes.linkedin import LinkedInFake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECRET = "client-secret-123"  # noqa: S105 - the fake's
BROWSER = """\
import sys, urllib.parse, urllib.request
asked = urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[1]).query)
back = urllib.parse.urlencode({"code": "code-1", "state": asked["state"][0]})
urllib.request.urlopen(asked["redirect_uri"][0] + "?" + back, timeout=5).read()
"""


@pytest.fixture
def linkedin(kb: Any, tmp_path: Path) -> Iterator[LinkedInFake]:
    """The fake, and a person with an own configuration folder and no keyring."""
    with LinkedInFake() as fake:
        kb.environment |= {
            "KB_LINKEDIN_URL": fake.url,
            "KB_LINKEDIN_LOGIN_URL": fake.url,
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "TERM": "dumb",
        }
        yield fake


def talk(kb: Any, words: list[str], answers: list[tuple[str, str | Callable[[str], str]]]) -> tuple[int, str]:
    """(exit code, all that the terminal showed) of a command that is answered after each of the words it shows."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        kb.words(*words),
        cwd=kb.folder,
        env=kb.env(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, end = "", time.monotonic() + 30
    waiting = list(answers)
    while time.monotonic() < end:
        try:
            more = os.read(ours, 65536).decode("utf-8", "replace")
        except OSError:  # the other end is closed
            break
        if not more:
            break
        shown += more
        if waiting and waiting[0][0] in shown:
            _, answer = waiting.pop(0)
            time.sleep(0.2)  # the prompt turns the echo off after it is shown
            os.write(ours, ((answer if isinstance(answer, str) else answer(shown)) + "\n").encode())
    os.close(ours)
    return process.wait(30), shown


def kept(tmp_path: Path) -> dict[str, Any]:
    """What the credentials file holds for LinkedIn."""
    table: dict[str, Any] = tomllib.loads(
        (tmp_path / "config" / "kb" / "credentials.toml").read_text("utf-8")
    )
    found: dict[str, Any] = table["linkedin"]
    return found


def test_signing_in_without_a_browser(kb: Any, linkedin: LinkedInFake, tmp_path: Path) -> None:
    """The address is printed, the one that is pasted is taken; neither secret nor token is ever shown."""

    def come_back(shown: str) -> str:
        url = next(word for word in shown.split() if "/oauth/v2/authorization?" in word)
        asked = {k: v[0] for k, v in parse_qs(urlsplit(url).query).items()}
        linkedin.codes["code-1"] = asked["redirect_uri"]
        return f"{asked['redirect_uri']}?code=code-1&state={asked['state']}"

    code, shown = talk(
        kb,
        ["auth", "linkedin", "--no-browser"],
        [("client ID", "app-1"), ("client secret", SECRET), ("that address", come_back)],
    )
    assert code == 0, shown
    assert TOKEN not in shown
    assert SECRET not in shown
    assert "code-1" not in shown
    assert kept(tmp_path)["token"] == TOKEN
    assert kept(tmp_path)["client_id"] == "app-1"
    assert "the token of Ada Lovelace" in kb("auth", "linkedin", "--check").stdout


def test_signing_in_with_a_browser(kb: Any, linkedin: LinkedInFake, tmp_path: Path) -> None:
    """The browser is opened, comes back to this machine, and that was it; the second time the app is known."""
    script = tmp_path / "browser.py"
    script.write_text(BROWSER)
    kb.environment["BROWSER"] = f"{sys.executable} {script} %s"
    linkedin.codes["code-1"] = "http://127.0.0.1:18921/callback"
    words = ["auth", "linkedin", "--port", "18921"]
    code, shown = talk(kb, words, [("client ID", "app-1"), ("client secret", SECRET)])
    assert code == 0, shown
    assert kept(tmp_path)["token"] == TOKEN
    code, shown = talk(kb, words, [("client ID", "")])
    assert code == 0, shown
    assert "client secret" not in shown
    assert TOKEN not in shown


def test_a_token_of_the_portal(kb: Any, linkedin: LinkedInFake, tmp_path: Path) -> None:
    """Without an app's id a token can be pasted, unseen."""
    code, shown = talk(kb, ["auth", "linkedin"], [("client ID", ""), ("LinkedIn token", TOKEN)])
    assert code == 0, shown
    assert TOKEN not in shown
    assert kept(tmp_path)["token"] == TOKEN
    assert "expires_at" in kept(tmp_path)


def test_a_key_is_typed_unseen(kb: Any, linkedin: LinkedInFake, tmp_path: Path) -> None:
    """The hidden prompt of the others; --json says whose it is."""
    with DevToFake() as devto:
        kb.environment["KB_DEVTO_URL"] = devto.url
        code, shown = talk(kb, ["auth", "devto"], [("dev.to token", TOKEN)])
        assert code == 0, shown
        assert TOKEN not in shown
        assert '"who": "ada"' in kb("auth", "devto", "--check", "--json").stdout
