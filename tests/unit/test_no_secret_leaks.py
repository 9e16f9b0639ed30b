"""No token in any file, log, output or process list, whatever a service answers."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from tests.support.fakes.base import TOKEN, Reply
from tests.support.fakes.devto import DevToFake
from tests.support.fakes.linkedin import LinkedInFake
from tests.support.fakes.medium import MediumFake
from tests.support.send_driver import Driver
from tests.support.send_torture import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
KEY = TOKEN + "+/="  # with signs that URLs and JSON write otherwise
FORMS = [KEY, quote(KEY, safe=""), base64.b64encode(KEY.encode()).decode().rstrip("="), TOKEN]
NAMES = {"linkedin": LinkedInFake, "medium": MediumFake, "devto": DevToFake}
VARIABLES = {"linkedin": "KB_LINKEDIN_TOKEN", "medium": "KB_MEDIUM_TOKEN", "devto": "KB_DEVTO_KEY"}
ECHO = f"Bearer {KEY}"
WHERE = {"Location": f"https://evil.example/?token={quote(KEY)}", "X-Echo": ECHO, "Retry-After": ECHO}
ANSWERS = [
    Reply(401, {"message": ECHO, "error": ECHO, "errors": [{"message": ECHO, "code": 6005}]}, WHERE),
    Reply(403, {"message": f"{FORMS[2]} {FORMS[1]}"}, WHERE),
    Reply(
        422,
        {
            "code": "DUPLICATE_POST",
            "message": f"duplicate of urn:li:share:{TOKEN}",
            "error": f"canonical {ECHO}",
        },
    ),
    Reply(426, {"message": ECHO}),
    Reply(429, {"message": ECHO}, WHERE),
    Reply(500, f"<html><pre>Traceback: headers={{'authorization': '{ECHO}'}}</pre></html>".encode()),
    Reply(302, {"message": ECHO}, WHERE),
    Reply(
        200,
        {
            "sub": KEY,
            "value": {"uploadUrl": f"https://evil.example/{KEY}", "image": KEY},
            "data": {"id": KEY},
        },
    ),
    Reply(
        201,
        {"data": {"id": KEY, "url": f"https://medium.com/{KEY}"}, "url": f"https://dev.to/{KEY}", "id": 1},
        {"x-restli-id": KEY},
    ),
    Reply(201, ECHO.encode(), {"x-restli-id": f"urn:li:share:{TOKEN}"}),
]


@pytest.fixture
def case(tmp_path: Path) -> dict[str, Any]:
    """A note to send, with a picture."""
    (tmp_path / "book").mkdir()
    return {
        "root": str(tmp_path / "book"),
        "words": [f"Sentence {n}." for n in range(5)],
        "key": "rank",
        "keys": ["rank"],
        "path": "notes/rank.md",
        "title": "Rank",
        "canonical": "https://example.org/rank/",
        "picture": True,
    }


@pytest.fixture(params=sorted(NAMES))
def service(request: pytest.FixtureRequest) -> Iterator[tuple[str, Any]]:
    """A fake that knows our token, and looks at the list of processes at each request."""
    with NAMES[request.param](token=KEY) as fake:
        rules = fake.answer

        def watched(asked: Any) -> Reply:
            for line in Path("/proc").glob("[0-9]*/cmdline") if sys.platform == "linux" else ():
                try:
                    words = line.read_bytes().decode("utf-8", "replace")
                except OSError:  # it has ended
                    continue
                assert not leaks(words), words
            reply: Reply = rules(asked)
            return reply

        fake.answer = watched
        yield request.param, fake


def leaks(text: str) -> list[str]:
    """The forms of the token that a text holds."""
    return [form for form in FORMS if form in text]


def files_with_leaks(folder: Path) -> dict[str, list[str]]:
    """Files below a folder that hold the token."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path): leaks(path.read_bytes().decode("utf-8", "replace")) for path in files}
    return {path: forms for path, forms in found.items() if forms}


def test_no_answer_of_a_service_brings_the_token_out(
    tmp_path: Path, case: dict[str, Any], service: tuple[str, Any]
) -> None:
    """Each step of a send is answered in each bad way, with the token in it; then all goes well once."""
    name, fake = service
    env = {
        f"KB_{name.upper()}_URL": fake.url,
        VARIABLES[name]: KEY,
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
    }
    driver = Driver(env)
    case["target"] = name
    count = 0
    for method, path in STEPS[name]:
        for number, reply in enumerate(ANSWERS):
            root = tmp_path / f"book-{method}-{path.rsplit('/', 1)[-1]}-{number}"
            root.mkdir()
            fake.replies[:] = [(method, path, reply)] * 3
            driver.prepare({**case, "root": str(root), "title": f"Rank {count}"})
            assert driver.go() in {0, 1, 2, 3, 4}, (root / "log.txt").read_text()
            count += 1
    fake.replies.clear()
    driver.prepare(case)
    assert driver.go() == 0
    driver.close()
    assert (tmp_path / "book" / ".kb" / "published" / "rank.yml").exists()
    assert files_with_leaks(tmp_path) == {}
    assert count == len(STEPS[name]) * len(ANSWERS)


@pytest.mark.parametrize("reply", [None, *ANSWERS])
def test_kb_auth_shows_no_token(tmp_path: Path, service: tuple[str, Any], reply: Reply | None) -> None:
    """Stored from stdin and checked with the service, the token is in its own file alone."""
    name, fake = service
    kept = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    env = {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "APPDATA": str(tmp_path / "config"),
        f"KB_{name.upper()}_URL": fake.url,
    }

    def kb(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "notebook_kb", "auth", name, *words]
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=env,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    stored = kb(typed=f"{KEY}\n")
    if reply:
        fake.replies += [("GET", "/", reply)] * 6
    checked, as_json, forgotten = kb("--check"), kb("--check", "--json"), None
    kept_in = files_with_leaks(tmp_path)
    forgotten = kb("--forget")
    for done in (stored, checked, as_json, forgotten):
        assert not leaks(done.stdout + done.stderr), done
        assert "Traceback" not in done.stderr
    assert stored.returncode == forgotten.returncode == 0
    assert list(kept_in) == [str(tmp_path / "config" / "kb" / "credentials.toml")]
    assert files_with_leaks(tmp_path) == {}
    if reply is None:
        assert checked.returncode == as_json.returncode == 0
        assert json.loads(as_json.stdout)["who"]
