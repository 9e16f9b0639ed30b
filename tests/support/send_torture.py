"""Sends that are killed or cut at random points, then settled as a person would: never a second post."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from notebook_kb.errors import NotebookError
from notebook_kb.publishing.ledger import Ledger
from notebook_kb.publishing.payload import Form, TargetName
from notebook_kb.publishing.problems import OutcomeUnknownError, RenamedError
from notebook_kb.publishing.send import retry, send
from notebook_kb.publishing.states import State
from tests.support.fakes.base import TOKEN, Fault
from tests.support.fakes.devto import DevToFake
from tests.support.fakes.linkedin import LinkedInFake
from tests.support.fakes.medium import MediumFake
from tests.support.send_driver import Driver, order
from tests.support.sending import desk, job, yes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.fakes.base import Fake

STEPS = {
    "linkedin": (
        ("GET", "/v2/userinfo"),
        ("POST", "/rest/images"),
        ("PUT", "/upload"),
        ("POST", "/rest/posts"),
    ),
    "medium": (("GET", "/v1/me"), ("POST", "/v1/images"), ("POST", "/v1/users")),
    "devto": (("GET", "/api/articles"), ("POST", "/api/articles"), ("PUT", "/api/articles")),
}
LONGEST = 0.045  # seconds that a send takes here: a kill by the clock falls within


class Torture:
    """Fakes, a driver, and what has come of it so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.random = random.Random(seed)  # noqa: S311 - no secret
        self.fakes: dict[str, Any] = {
            "linkedin": LinkedInFake(),
            "medium": MediumFake(),
            "devto": DevToFake(),
        }
        self.counts: Counter[str] = Counter()

    def run(self, count: int) -> Counter[str]:
        """`count` faults; the counts of what they led to. Raises `AssertionError` at a second post."""
        with contextlib.ExitStack() as stack:
            for fake in self.fakes.values():
                stack.enter_context(fake)
            env = {
                **{f"KB_{name.upper()}_URL": fake.url for name, fake in self.fakes.items()},
                **dict.fromkeys(("KB_LINKEDIN_TOKEN", "KB_MEDIUM_TOKEN", "KB_DEVTO_KEY"), TOKEN),
                "XDG_CONFIG_HOME": str(self.folder / "config"),
            }
            stack.enter_context(patch.dict(os.environ, env))
            driver = Driver(env)
            stack.callback(driver.close)
            for number in range(count):
                self.one(driver, number)
        return self.counts

    def one(self, driver: Driver, number: int) -> None:
        """One notebook with one note."""
        case = new_case(self.folder, number, self.random)
        if case["target"] != "medium" and self.random.random() < 0.3:
            send(desk(self.root(case), case["keys"]), job(order(_typed(case))), yes)
            case["words"] = ["Another beginning (1).", *case["words"][1:]]
            self.counts["updates"] += 1
        before = len(self.posts(case))
        status = self.with_fault(driver, case)
        self.counts["killed" if status < 0 else f"ended with {status}"] += 1
        assert status in {0, 1, 3, 4, -signal.SIGKILL}, (
            case,
            status,
            (self.root(case) / "log.txt").read_text(),
        )
        assert before <= len(self.posts(case)) <= 1, case
        if self.random.random() < 0.25:
            case = self.renamed(case)
        self.settle(case)
        assert len(self.posts(case)) == 1, (case, self.posts(case))
        self.compare(case)

    def with_fault(self, driver: Driver, case: dict[str, Any]) -> int:
        """Send in a process of its own, with something going wrong on the way."""
        fake: Fake = self.fakes[case["target"]]
        pid = driver.prepare(case)
        if self.random.random() < 0.4:
            delay = self.random.random() * LONGEST
            timer = threading.Timer(delay, _kill, (pid,))
            timer.start()
            status = driver.go()
            timer.cancel()
            timer.join()
            self.counts["by the clock"] += 1
            return status
        # mostly the requests that matter
        steps = STEPS[case["target"]]
        method, path = self.random.choice([*steps, steps[-1], steps[-1]])
        when, how = (
            self.random.choice(["before", "after", "half", "late"]),
            self.random.choice(["cut", "kill"]),
        )
        fake.faults[:] = [Fault(when, how, pid, method, path)]
        status = driver.go()
        self.counts[f"{how} {when}" if not fake.faults else "not reached"] += 1
        fake.faults.clear()
        return status

    def renamed(self, case: dict[str, Any]) -> dict[str, Any]:
        """The person renames the file, and the key was its path: nothing may go out before it is adopted."""
        new = case["path"].replace("/n", "/renamed-")
        moved = {**case, "key": new, "keys": [new], "path": new}
        place = desk(self.root(case), moved["keys"])
        known = {k for k in place.ledger.records if place.ledger.records[k].entries}
        known |= {s.key for s in (*place.journal.open_sends(), *place.journal.unnoted())}
        if not known:
            self.counts["renamed, nothing known"] += 1
            return moved
        count = len(self.posts(case))
        with pytest.raises(RenamedError) as caught:
            send(place, job(order(_typed(moved))), yes)
        assert caught.value.candidates == (case["key"],)
        assert len(self.posts(case)) == count
        place.adopt(case["key"], new)
        self.counts["renamed and adopted"] += 1
        return moved

    def settle(self, case: dict[str, Any]) -> None:
        """Run it again; where the outcome is unknown it must refuse, and a person looks and says it."""
        made = job(order(_typed(case)))
        root = self.root(case)
        for _ in range(4):
            place = desk(root, case["keys"])
            state = place.look(made).state
            count = len(self.posts(case))
            try:
                send(place, made, yes)
            except OutcomeUnknownError:
                assert state is State.UNKNOWN, state
                assert len(self.posts(case)) == count, case
                self.counts["unknown"] += 1
                self.say(case, made)
            except NotebookError as error:
                raise AssertionError(f"{case}: {error.message}") from error
            else:
                self.counts[f"then {state}"] += 1
                return
        raise AssertionError(f"{case}: never settled")

    def say(self, case: dict[str, Any], made: Any) -> None:
        """--retry, --done or --not-sent, as what is out there wants it."""
        place = desk(self.root(case), case["keys"])
        target = TargetName(case["target"])
        form = Form.POST if target is TargetName.LINKEDIN else Form.ARTICLE
        if target is not TargetName.MEDIUM and self.random.random() < 0.3:
            retry(place, made, yes)
            self.counts["settled by --retry"] += 1
        elif url := self.is_out(case):
            place.done(case["key"], target, form, url)
            self.counts["settled by --done"] += 1
        else:
            place.not_sent(case["key"], target, form)
            self.counts["settled by --not-sent"] += 1

    def is_out(self, case: dict[str, Any]) -> str:
        """The address of the post if the words of now are there, else ''."""
        for number, post in self.posts(case).items():
            if case["words"][0] in str(post.get("shown") or post.get("content") or post.get("body_markdown")):
                fallback = f"https://www.linkedin.com/feed/update/{number}"
                return str(
                    post.get("url")
                    or (f"https://medium.com/@ada/{number}" if case["target"] == "medium" else fallback)
                )
        return ""

    def posts(self, case: dict[str, Any]) -> dict[Any, Any]:
        """What the fake has of a note."""
        mark = case["words"][-1]
        found = self.fakes[case["target"]].posts
        with self.fakes[case["target"]].lock:
            return {
                number: post
                for number, post in found.items()
                if mark in str(post.get("shown") or post.get("content") or post.get("body_markdown"))
            }

    def compare(self, case: dict[str, Any]) -> None:
        """The ledger says what the fake has."""
        ((number, post),) = self.posts(case).items()
        (entry,) = Ledger(self.root(case) / ".kb").get(case["key"]).entries.values()
        assert entry.payload == order(_typed(case)).digest
        assert case["words"][0] in str(post.get("shown") or post.get("content") or post.get("body_markdown"))
        if entry.remote_id:
            assert entry.remote_id == str(number)

    def root(self, case: dict[str, Any]) -> Path:
        return self.folder / str(case["root"]).rsplit("/", 1)[-1]


def new_case(folder: Path, number: int, dice: random.Random) -> dict[str, Any]:
    """A note and where it goes."""
    root = folder / str(number)
    root.mkdir()
    words = [f"Sentence {k} of note {number} (f(x) = {k})." for k in range(5)]
    return {
        "root": str(root),
        "target": dice.choice(["linkedin", "linkedin", "devto", "medium"]),
        "words": words,
        "key": f"notes/n{number}.md",
        "keys": [f"notes/n{number}.md"],
        "path": f"notes/n{number}.md",
        "title": f"Note {number}",
        "canonical": f"https://example.org/n{number}/",
        "picture": dice.random() < 0.5,
    }


def _typed(case: dict[str, Any]) -> dict[str, Any]:
    return {**case, "target": TargetName(case["target"])}


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
