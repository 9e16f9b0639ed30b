"""Kits on a server of this machine: only their files, only for their own page, and done once an address is good."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from notebook_kb.errors import UsageError
from notebook_kb.languages import language_pack
from notebook_kb.preview.kit_server import serve_kit
from notebook_kb.preview.kits import DoneAnswer
from notebook_kb.preview.running import announced, place_of, running_preview
from notebook_kb.preview.server import Preview, Server, listen
from notebook_kb.preview.state import State
from notebook_kb.publishing.kit import write_kit
from notebook_kb.publishing.kit_key import signed
from notebook_kb.publishing.kit_manifest import read_manifest
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.remarks import RemarkError
from notebook_kb.publishing.targets.addresses import checked_address
from notebook_kb.workspace.publish_gate import Gate
from notebook_kb.workspace.workspace import Workspace
from tests.support.canaries import write_files
from tests.support.kits import PlainOutgoing

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from notebook_kb.publishing.kit import Kit
    from notebook_kb.publishing.kit_manifest import Manifest

PACK = language_pack("en")
GOOD = "https://medium.com/@me/rank-1234"
TOKEN = re.compile(r'name="kb-token" content="([^"]+)"')


@pytest.fixture
def book(tmp_path: Path) -> Path:
    note = b"---\npublish: true\n---\n# Rank\n\nWords of the note.\n\n$$x^2$$\n"
    write_files(tmp_path, {"book/notebook.yml": b"title: A notebook\n", "book/notes/rank.md": note})
    return tmp_path / "book"


@pytest.fixture
def kit(book: Path) -> Kit:
    out = PlainOutgoing(Workspace(book, "2026-11-22"))
    prepared = out.prepare(out.notebook.notes["notes/rank.md"], TargetName.MEDIUM)
    return write_kit(prepared, book / ".kb" / "kits", pack=PACK)


class Done:
    """What was recorded."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []

    def __call__(self, manifest: Manifest, url: str) -> DoneAnswer:
        if "refuse" in url:
            raise UsageError("no such story", "look again")
        self.said.append((manifest.path, url))
        return DoneAnswer(ok=True, message=f"Recorded: {url}")


class Client:
    """Asks a server on this machine; paths go out as they are typed."""

    def __init__(self, host: str) -> None:
        self.host = host

    def ask(
        self, method: str, path: str, body: str = "", **headers: str
    ) -> tuple[int, str, Mapping[str, str]]:
        connection = http.client.HTTPConnection(self.host, timeout=20)
        connection.request(method, path, body or None, {k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read().decode("utf-8", "replace"), dict(answer.getheaders())
        finally:
            connection.close()

    def get(self, path: str) -> str:
        return self.ask("GET", path)[1]

    def post(self, at: str, url: object, *, proof: str | None = None, **headers: str) -> tuple[int, Any]:
        """A POST as the kit's page sends it, but for what is said otherwise."""
        found = TOKEN.search(self.get(at))
        token = (found[1] if found else "") if proof is None else proof
        ours = {"X_KB_Token": token, "Origin": f"http://{self.host}", "Content_Type": "application/json"}
        given = {k: v for k, v in {**ours, **headers}.items() if v}
        status, text, _ = self.ask("POST", f"{at}done", json.dumps({"url": url}), **given)
        return status, json.loads(text) if status == 200 else None


@contextmanager
def client_of(book: Path, done: Callable[[Manifest, str], DoneAnswer] | None) -> Generator[Client]:
    ears, port = listen(0)
    said: list[str] = []
    preview = Preview(State(book, "2026-11-22"), say=said.append, saved=lambda _, __: None, kit_done=done)
    server = Server(uvicorn.Config(preview.app(port), log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [ears]})
    thread.start()
    try:
        yield Client(f"127.0.0.1:{port}")
    finally:
        server.stop()
        thread.join(20)
        preview.state.close()


AT = "/_kb/kits/medium-article/rank/"


def test_the_preview_shows_only_what_a_kit_names(book: Path, kit: Kit) -> None:
    """Red when a file that is no part of a kit, or lies elsewhere, can be fetched through the kits' address."""
    (kit.folder / "stray.txt").write_text("stray")
    (kit.folder / "manifest.json").chmod(0o644)
    write_files(book, {".kb/kits/secret.txt": b"secret", ".kb/journal.jsonl": b"{}"})
    with client_of(book, Done()) as client:
        assert client.ask("GET", AT)[0] == 200
        assert client.ask("GET", AT[:-1])[2]["location"] == AT
        assert client.ask("GET", f"{AT}01-formula.png")[2]["content-type"] == "image/png"
        assert "Rank" in client.get("/_kb/kits/")
        bad = ("stray.txt", "manifest.json", "../../secret.txt", "%2e%2e/%2e%2e/secret.txt", "x/index.html")
        others = ("/_kb/kits/medium-article/../../journal.jsonl", "/_kb/kits/medium-article/none/")
        assert [client.ask("GET", p)[0] for p in (*(AT + b for b in bad), *others)] == [404] * 7


def test_no_way_leads_out_of_a_kit(book: Path, kit: Kit) -> None:
    """Red when a name with the same last part as a kit's file reaches a file elsewhere on the disk."""
    outside = book / "outside" / "checklist.txt"
    write_files(book, {"outside/checklist.txt": b"of somebody else"})
    ways = (
        f"{AT}../../../../outside/checklist.txt",
        f"{AT}..%2f..%2f..%2f..%2foutside%2fchecklist.txt",
        f"{AT}%2f{outside}",
        f"{AT}/{outside}",
        f"{AT}x/../checklist.txt",
        f"{AT}..%5c..%5coutside%5cchecklist.txt",
    )
    with client_of(book, Done()) as client:
        assert client.ask("GET", f"{AT}checklist.txt")[0] == 200
        assert not [w for w in ways if b"somebody" in str(client.ask("GET", w)).encode()]


def test_a_kit_from_elsewhere_is_not_served(book: Path, kit: Kit) -> None:
    """Red when a notebook can bring pages or scripts that the preview serves as its own."""
    planted = {
        "version": 1,
        "key": "x",
        "target": "medium",
        "form": "article",
        "title": "Evil",
        "files": {"index.html": "0"},
    }
    write_files(
        book,
        {
            ".kb/kits/medium-article/evil/manifest.json": json.dumps(planted).encode(),
            ".kb/kits/medium-article/evil/index.html": b"<script src=kit.js></script>",
        },
    )
    (kit.folder / "kit.js").write_text("evil()")
    page = kit.folder / "index.html"
    with client_of(book, Done()) as client:
        assert "Evil" not in client.get("/_kb/kits/")
        assert client.ask("GET", "/_kb/kits/medium-article/evil/")[0] == 404
        assert "evil()" not in str(client.ask("GET", f"{AT}kit.js"))
        assert client.ask("GET", AT)[0] == 200
        page.write_text(page.read_text() + "<p>changed</p>")
        assert client.ask("GET", AT)[0] == 404


def test_a_file_of_a_kit_that_became_a_link_is_not_followed(book: Path, kit: Kit) -> None:
    """Red when a picture that was replaced by a link leads out of the kit."""
    (book / "secret.png").write_bytes(b"secret")
    (kit.folder / "01-formula.png").unlink()
    (kit.folder / "01-formula.png").symlink_to(book / "secret.png")
    with client_of(book, Done()) as client:
        assert client.ask("GET", f"{AT}01-formula.png")[0] == 404


def test_done_is_for_the_kits_own_page(book: Path, kit: Kit) -> None:
    """Red when another site, a page without the token, or a form can record an address."""
    done = Done()
    with client_of(book, done) as client:
        assert client.post(AT, GOOD, proof="")[0] == 403
        assert client.post(AT, GOOD, proof="0.aa.bb")[0] == 403
        assert client.post(AT, GOOD, Origin="https://evil.example.org")[0] == 403
        assert client.post(AT, GOOD, Origin="")[0] == 403
        assert client.post(AT, GOOD, Host="evil.example.org:8321")[0] == 403
        assert client.post(AT, GOOD, Content_Type="text/plain")[0] == 403
        assert done.said == []
        assert client.post(AT, GOOD) == (200, {"ok": True, "message": f"Recorded: {GOOD}"})
    assert done.said == [("notes/rank.md", GOOD)]


def test_what_cannot_be_recorded_is_answered_in_words(book: Path, kit: Kit) -> None:
    """Red when a bad address reaches the ledger, or a refusal ends the server instead of being said."""
    done = Done()
    with client_of(book, done) as client:
        for url in ("", "http://medium.com/a", "javascript:alert(1)", "https://medium.com/", 7, "x" * 5000):
            status, said = client.post(AT, url)
            assert (status, said["ok"]) == (200, False)
            assert said["message"]
        assert client.post(AT, "https://medium.com/refuse/it")[1]["message"] == "no such story look again"
    assert done.said == []


def test_a_preview_that_records_nothing_shows_the_command(book: Path, kit: Kit) -> None:
    """Red when a page gets a token that leads nowhere."""
    with client_of(book, None) as client:
        assert 'name="kb-token" content=""' in client.get(AT)


@pytest.mark.parametrize(
    ("target", "url", "good"),
    [
        ("medium", GOOD, True),
        ("medium", "https://towardsdatascience.com/rank-1", True),
        ("medium", "https://medium.com", False),
        ("medium", "https://me@medium.com/x", False),
        ("medium", "https://medium.com:8443/x", False),
        ("medium", "https://medium.com/a b", False),
        ("medium", "https://localhost/x", False),
        ("linkedin", "https://www.linkedin.com/pulse/rank", True),
        ("linkedin", "https://linkedin.com.example.org/pulse/rank", False),
        ("linkedin", "https://notlinkedin.com/pulse/rank", False),
        ("devto", "https://dev.to/me/rank-1", True),
        ("folder", "https://blog.example.org/rank", True),
        ("folder", "ftp://blog.example.org/rank", False),
        ("folder", "https://[::1/rank", False),
    ],
)
def test_an_address_must_be_one_of_the_service(target: str, url: str, good: bool) -> None:
    """Red when an address elsewhere, or one that hides its host, is taken."""
    if good:
        assert checked_address(TargetName(target), url)
    else:
        with pytest.raises(RemarkError):
            checked_address(TargetName(target), url)


def odd(name: str, value: object) -> Any:
    def change(said: dict[str, Any]) -> bytes:
        bare = {k: v for k, v in said.items() if k != "signature"}
        return json.dumps(signed({**bare, name: value})).encode()

    return change


def lacking(name: str) -> Any:
    def change(said: dict[str, Any]) -> bytes:
        return json.dumps(signed({k: v for k, v in said.items() if k not in {name, "signature"}})).encode()

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda said: json.dumps(said).encode()[:200],
        lambda _: b"",
        lambda _: b"[]",
        lambda _: b"\xff\xfe",
        lambda _: b'{"version": 1, "x": ' + b"[" * 100_000,
        *(lacking(name) for name in ("version", "target", "key", "files", "entry")),
        *(odd(name, None) for name in ("target", "form", "key", "path", "title", "files", "entry")),
        odd("target", "nowhere"),
        odd("title", "\ud800"),
        odd("files", {"index.html": 5}),
        odd("files", ["index.html"]),
        odd("entry", {"adapter": 1e400}),
    ],
)
def test_a_malformed_manifest_of_our_own_is_told_of(book: Path, kit: Kit, change: Any) -> None:
    """Red when a kit whose manifest is cut off or odd raises somewhere, is served, or is passed over without a word."""
    manifest = kit.folder / "manifest.json"
    said = json.loads(manifest.read_bytes())
    manifest.write_bytes(change(said))
    done = Done()
    with client_of(book, done) as client:
        status, page, _ = client.ask("GET", "/_kb/kits/")
        assert status == 200
        assert client.ask("GET", AT)[0] == 404
        assert client.post(AT, GOOD)[0] == 404
        assert "medium-article/rank/manifest.json:1: this kit cannot be used" in page
    assert done.said == []
    desk = Gate(Workspace(book, "2026-11-22"))
    assert desk.kit_of("notes/rank.md", TargetName.MEDIUM, Form.ARTICLE) is None
    out = PlainOutgoing(Workspace(book, "2026-11-22"))
    prepared = out.prepare(out.notebook.notes["notes/rank.md"], TargetName.MEDIUM)
    again = write_kit(prepared, book / ".kb" / "kits", pack=PACK)
    assert again.folder == kit.folder
    assert read_manifest(again.folder)


def test_a_signature_of_odd_signs_is_none(kit: Kit) -> None:
    """Red when a signature that cannot be written as bytes raises."""
    manifest = kit.folder / "manifest.json"
    said = json.loads(manifest.read_bytes())
    manifest.write_text(json.dumps({**said, "signature": "\ud800"}))
    found = read_manifest(kit.folder)
    assert found
    assert not found.is_ours


def test_a_kits_page_answers_in_its_own_language(book: Path) -> None:
    """Red when a German kit is told in English what became of an address."""
    (book / "notebook.yml").write_text("title: A notebook\nlanguage: de\n")
    workspace = Workspace(book, "2026-11-22")
    out = PlainOutgoing(workspace)
    prepared = out.prepare(out.notebook.notes["notes/rank.md"], TargetName.MEDIUM)
    write_kit(prepared, book / ".kb" / "kits", pack=workspace.pack)

    def done(manifest: Manifest, url: str) -> DoneAnswer:
        return DoneAnswer(ok=True, message=Gate(workspace).done_from_kit(manifest, url))

    with client_of(book, done) as client:
        bad = client.post(AT, "https://localhost/x")[1]
        good = client.post(AT, "https://towards.example.com/rank")[1]
    assert bad == {"ok": False, "message": "localhost ist kein Name eines Servers."}
    assert good["message"].startswith("notes/rank.md ist unter https://towards.example.com/rank zu finden.")
    assert "als eigene Domain" in good["message"]


def test_one_kit_is_served_until_it_is_done(kit: Kit) -> None:
    """Red when the server does not end after a good address, or ends after a bad one."""
    ready: list[str] = []
    given: list[DoneAnswer | None] = []
    done, manifest = Done(), read_manifest(kit.folder)
    assert manifest
    thread = threading.Thread(
        target=lambda: given.append(
            serve_kit(kit.folder, lambda url: done(manifest, url), pack=PACK, ready=ready.append)
        )
    )
    thread.start()
    deadline = time.monotonic() + 20
    while not ready and time.monotonic() < deadline:
        time.sleep(0.01)
    client = Client(ready[0].removeprefix("http://").rstrip("/"))
    assert client.post("/", "nonsense")[1]["ok"] is False
    assert client.ask("GET", "/", Host="evil.example.org")[0] == 403
    assert client.ask("GET", "/manifest.json")[0] == 404
    assert client.post("/", GOOD)[1]["ok"] is True
    thread.join(20)
    assert not thread.is_alive()
    assert given == [DoneAnswer(ok=True, message=f"Recorded: {GOOD}")]


def test_a_running_preview_is_found_and_a_dead_one_is_not(book: Path) -> None:
    """Red when a command talks to whatever took the port of a preview that is gone, or does not find one that runs."""
    assert running_preview(book) is None
    command = [sys.executable, "-m", "notebook_kb", "serve", "--port", "0"]
    process = subprocess.Popen(command, cwd=book, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        deadline = time.monotonic() + 60
        while running_preview(book) is None and time.monotonic() < deadline:
            time.sleep(0.1)
        found = running_preview(book)
        assert found is not None
        assert found.startswith("http://127.0.0.1:")
        assert running_preview(book.parent) is None
        said = place_of(book).read_bytes()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
    assert not place_of(book).exists()
    place_of(book).write_bytes(said)
    assert running_preview(book) is None


def test_another_server_on_the_port_is_not_taken_for_the_preview(book: Path) -> None:
    """Red when an answer without the nonce is believed."""
    with socket.create_server(("127.0.0.1", 0)) as ears:
        port = ears.getsockname()[1]

        def answer() -> None:
            for body in (b"other", b""):
                client, _ = ears.accept()
                client.recv(4096)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                client.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with announced(book, ".kb", port, "mine"):
            assert running_preview(book) is None
            assert running_preview(book) is None
        thread.join(10)


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b'{"port": "x", "nonce": "y"}', b'{"port": 70000, "nonce": "y"}']
)
def test_a_damaged_file_of_the_preview_is_no_preview(book: Path, text: bytes) -> None:
    """Red when a cut or foreign file stops `kb publish`."""
    place_of(book).parent.mkdir(parents=True, exist_ok=True)
    place_of(book).write_bytes(text)
    assert running_preview(book) is None


def test_the_file_of_a_later_preview_is_left_alone(book: Path) -> None:
    """Red when a preview that ends takes away what another one has said since."""
    with announced(book, ".kb", 1000, "first"):
        with announced(book, ".kb", 1001, "second"):
            pass
        place_of(book).write_text('{"port": 1002, "nonce": "third"}')
    assert "third" in place_of(book).read_text()
