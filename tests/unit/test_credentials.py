"""Tokens: kept where only their owner reads, shown nowhere, sent to their service alone."""

from __future__ import annotations

import copy
import json
import os
import pickle
import sys
import types
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import UsageError
from notebook_kb.publishing import contracts
from notebook_kb.publishing.credentials import (
    Credential,
    checked_token,
    credentials_path,
    expiry_warning,
    find_credential,
    forget_credential,
    require_credential,
    store_credential,
)
from notebook_kb.publishing.problems import RefusedError
from notebook_kb.publishing.secret import Secret, redact

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
WORD = "Zq8-Lm2vT+7yRw0Ph/5sKd1Bn=="
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no such bits")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A configuration folder of its own, no keyring, nothing in the environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("APPDATA", str(tmp_path / "config"))
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name in ("KB_LINKEDIN_TOKEN", "KB_MEDIUM_TOKEN", "KB_DEVTO_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def stored(days: int = 60) -> Path:
    """A LinkedIn token in the file; the file."""
    ends = NOW + timedelta(days=days)
    store_credential("linkedin", Credential(Secret(WORD), ends, "", "client", Secret("client-secret-1")))
    return credentials_path()


def test_a_secret_does_not_show_itself() -> None:
    """Printing, formatting, logging, copying and pickling give nothing away."""
    secret = Secret(WORD)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r:>40}",
        str([secret]),
        secret.tail,
    ]
    shown.append(repr(Credential(secret)))
    assert not [text for text in shown if WORD[:12] in text]
    for move in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            move(secret)
    with pytest.raises(TypeError):
        json.dumps(secret)


def test_redact_knows_how_tokens_are_written() -> None:
    """In the words of a service a token may be plain, in a URL, in JSON or in base64."""
    secret = Secret(WORD)
    for text in (WORD, "Zq8-Lm2vT%2B7yRw0Ph%2F5sKd1Bn%3D%3D", "WnE4LUxtMnZUKzd5UncwUGgvNXNLZDFCbj09"):
        assert redact(f"a {text} b").replace("[hidden]" * 2, "[hidden]") == "a [hidden] b"
    for start in range(len(WORD) - 15):  # a service may cut it
        assert redact(f"a {WORD[start : start + 16]}!") == "a [hidden]!"
    assert redact("a secret of ten letters, AQX-s") == "a secret of ten letters, AQX-s"
    assert secret


@posix_only
def test_the_file_is_its_owners_alone_from_the_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mode 0600 in the one call that creates it, whatever the umask; its folder is 0700."""
    modes: list[int] = []
    real = os.open

    def watched(path: Any, flags: int, mode: int = 0o777, **more: Any) -> int:
        if flags & os.O_CREAT and "config" in str(path):
            modes.append(mode)
        return real(path, flags, mode, **more)

    monkeypatch.setattr(os, "open", watched)
    before = os.umask(0)
    try:
        path = stored()
    finally:
        os.umask(before)
    assert modes == [0o600]
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_what_is_stored_is_found(home: Path) -> None:
    """Token, end and the app's id come back; another service's token stays beside it; --forget takes one."""
    stored()
    store_credential("devto", Credential(Secret("devto-key-1234")))
    found = require_credential("linkedin", NOW)
    assert (found.token.reveal(), found.client_id) == (WORD, "client")
    assert found.expires_at == NOW + timedelta(days=60)
    assert len(forget_credential("linkedin")) == 1
    assert find_credential("linkedin") is None
    other = find_credential("devto")
    assert other
    assert other.token.reveal() == "devto-key-1234"
    assert forget_credential("linkedin") == []


def test_the_environment_goes_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token for one command."""
    stored()
    monkeypatch.setenv("KB_LINKEDIN_TOKEN", " from-the-environment ")
    found = find_credential("linkedin")
    assert found
    assert (found.token.reveal(), found.source) == ("from-the-environment", "KB_LINKEDIN_TOKEN")


@posix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o610, 0o601])
def test_a_file_that_others_read_is_refused(home: Path, mode: int) -> None:
    """Group and others may have no bit; the message has the chmod and no token."""
    path = stored()
    path.chmod(mode)
    with pytest.raises(UsageError) as caught:
        find_credential("linkedin")
    assert f"chmod 600 {path}" in caught.value.hint
    assert WORD not in caught.value.message


@pytest.mark.parametrize("linked", [False, True])
def test_a_file_in_a_notebook_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch, linked: bool) -> None:
    """What lies in a notebook is shared: neither read nor written there, nor through a link into it."""
    book = home / "book"
    (book / "deep" / "kb").mkdir(parents=True)
    (book / "notebook.yml").write_text("title: x\n")
    if linked:
        (home / "config").mkdir()
        (home / "config" / "kb").symlink_to(book / "deep" / "kb")
    else:
        monkeypatch.setenv("XDG_CONFIG_HOME", str(book / "deep"))
        monkeypatch.setenv("APPDATA", str(book / "deep"))
    with pytest.raises(UsageError, match="notebook"):
        store_credential("devto", Credential(Secret("devto-key-1234")))
    assert not list((book / "deep" / "kb").iterdir())
    path = book / "deep" / "kb" / "credentials.toml"
    path.touch(0o600)
    path.write_text('[devto]\ntoken = "x"\n')
    with pytest.raises(UsageError, match="notebook"):
        find_credential("devto")


@posix_only
def test_a_file_that_is_a_link_into_a_notebook(home: Path) -> None:
    """The last step of the path may be the link, too."""
    book = home / "book"
    book.mkdir()
    (book / "notebook.yml").write_text("title: x\n")
    (book / "c.toml").touch(0o600)
    (home / "config" / "kb").mkdir(parents=True)
    credentials_path().symlink_to(book / "c.toml")
    with pytest.raises(UsageError, match="notebook"):
        find_credential("devto")


@pytest.mark.parametrize("text", ['token = "AQX-broken', "linkedin = 3", "[linkedin]\ntoken = 3", "\xff"])
def test_a_broken_file_is_not_quoted(home: Path, text: str) -> None:
    """The message names the file and shows none of it."""
    path = stored()
    path.write_text(text, "latin-1")
    with pytest.raises(UsageError) as caught:
        find_credential("linkedin")
    assert str(path) in caught.value.message
    assert "AQX" not in caught.value.message


@pytest.mark.parametrize("typed", ["", "  ", "two words", "line\nbreak", "é" * 20, "x" * 5000])
def test_what_is_no_token(typed: str) -> None:
    """It would break the header; and the message does not repeat it."""
    with pytest.raises(UsageError) as caught:
        checked_token(typed, "stdin")
    assert not typed.strip() or typed not in caught.value.message


def test_ends_are_watched(home: Path) -> None:
    """Expired is a refusal with its date; a week before there is a warning."""
    stored(days=-2)
    with pytest.raises(RefusedError, match="expired on 2026-11-20") as caught:
        require_credential("linkedin", NOW)
    assert "kb auth linkedin" in caught.value.hint
    stored(days=6)
    assert "2026-11-28" in expiry_warning("linkedin", require_credential("linkedin", NOW), NOW)
    stored(days=8)
    assert expiry_warning("linkedin", require_credential("linkedin", NOW), NOW) == ""
    with pytest.raises(RefusedError, match=r"no dev\.to token"):
        require_credential("devto", NOW)


class Ring(types.ModuleType):
    """A keyring that works, or one that does not."""

    def __init__(self, priority: float) -> None:
        super().__init__("keyring")
        self.kept: dict[tuple[str, str], str] = {}
        self.errors = types.ModuleType("keyring.errors")
        self.errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
        self._priority = priority

    def get_keyring(self) -> Any:
        return types.SimpleNamespace(priority=self._priority)

    def set_password(self, shelf: str, name: str, value: str) -> None:
        self.kept[shelf, name] = value

    def get_password(self, shelf: str, name: str) -> str | None:
        return self.kept.get((shelf, name))

    def delete_password(self, shelf: str, name: str) -> None:
        del self.kept[shelf, name]


@pytest.mark.parametrize(("priority", "used"), [(5, True), (0, False), (-1, False)])
def test_the_keyring_is_used_where_it_works(
    home: Path, monkeypatch: pytest.MonkeyPatch, priority: float, used: bool
) -> None:
    """With a backend that keeps things no file is made; without one there is the file."""
    ring = Ring(priority)
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", ring.errors)
    store_credential("devto", Credential(Secret("devto-key-1234")))
    assert bool(ring.kept) is used
    assert credentials_path().exists() is not used
    found = find_credential("devto")
    assert found
    assert found.token.reveal() == "devto-key-1234"
    assert len(forget_credential("devto")) == 1
    assert find_credential("devto") is None


# --- the table of facts --------------------------------------------------------------------------


def test_every_fact_has_a_source() -> None:
    """Nothing in the table is without where it comes from, and each value is of one kind."""
    facts = contracts.facts()
    assert len(facts) > 100
    assert not [name for name, fact in facts.items() if len(fact.source) < 5]
    assert contracts.as_of() == "2026-11-22"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8000",
        "http://[::1]:9/",
        "https://127.1.2.3",
    ],
)
def test_services_may_be_pointed_at_this_machine(url: str) -> None:
    """For tests against fakes."""
    assert contracts.base_url("linkedin.url", {"KB_LINKEDIN_URL": url}) == url.rstrip("/")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example",
        "http://localhost:80",  # a name: its address is for others to say
        "http://127.0.0.1.evil.example",
        "http://127.0.0.1@evil.example",
        "http://evil.example#127.0.0.1",
        "http://0.0.0.0:80",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "http://127.0.0.1:port",
        "http://127.0.0.1\\@evil.example",
        "//127.0.0.1",
        "http://2130706433",
    ],
)
@pytest.mark.parametrize("variable", sorted(contracts.URL_VARIABLES.values()))
def test_services_may_be_pointed_nowhere_else(url: str, variable: str) -> None:
    """The token would go there."""
    name = next(n for n, v in contracts.URL_VARIABLES.items() if v == variable)
    with pytest.raises(UsageError, match=variable):
        contracts.base_url(name, {variable: url})
