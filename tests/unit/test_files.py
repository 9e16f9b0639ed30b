from __future__ import annotations

import errno
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import notebook_kb
from notebook_kb.errors import ChangedSinceReadError, EnvironmentFailedError
from notebook_kb.files import exchange, temps
from notebook_kb.files.lock import notebook_lock
from notebook_kb.files.read import MAX_BYTES, Snapshot, decode, digest_of, read_file
from notebook_kb.files.temps import CONFLICT_MARK
from notebook_kb.files.write import TEMP_PREFIX, append_line, remove_stale_temps, replace_output, write_file
from notebook_kb.files.yaml_places import YamlProblem, duplicate_key, read_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notebook_kb.files.yaml_places import Node

LINUX = sys.platform == "linux"
NOBODY = 65534
LENGTH = 900
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(notebook_kb.__file__).parents[1])}
SAVES = ("in place", "in place without truncating", "temp and replace", "rename away and create")


# --- helpers, used by tests/torture too ------------------------------------------------------------


def dice(seed: int) -> random.Random:
    """Chance that repeats itself."""
    return random.Random(seed)  # noqa: S311 - nothing secret


def save(path: Path, data: bytes, style: str, pause: float = 0.0) -> None:
    """Save as an editor does, with a pause in the middle."""
    half = len(data) // 2
    if style == "in place":
        with path.open("wb") as file:
            file.write(data[:half])
            file.flush()
            time.sleep(pause)
            file.write(data[half:])
    elif style == "in place without truncating":
        with path.open("r+b") as file:
            time.sleep(pause)
            file.write(data)
            file.truncate()
    elif style == "temp and replace":
        other = path.with_name("editor.tmp")
        other.write_bytes(data)
        time.sleep(pause)
        other.replace(path)
    else:
        path.rename(path.with_name(f"{path.name}~"))
        time.sleep(pause)
        path.write_bytes(data)


EDITOR = """
import random, sys, time
from pathlib import Path
import importlib.util
spec = importlib.util.spec_from_file_location("test_files", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
path = Path(sys.argv[2])
for line in sys.stdin:
    number, style, delay, pause = line.rstrip("\\n").split("|")
    end = time.perf_counter() + float(delay)
    while time.perf_counter() < end:
        pass
    try:
        module.save(path, module.user_bytes(int(number)), style, float(pause))
        print("saved", flush=True)
    except FileNotFoundError:
        print("gone", flush=True)
"""


def user_bytes(number: int) -> bytes:
    """As long as what was there, so that only the bytes tell them apart."""
    return f"the user's save {number}\n".encode().ljust(LENGTH, b".")


def texts_in(folder: Path, note: Path) -> set[bytes]:
    """The texts under the note's name and in conflict copies."""
    paths = [note, *folder.glob(f"*{CONFLICT_MARK}*")]
    return {path.read_bytes() for path in paths}


def race(folder: Path, count: int, seed: int = 1) -> dict[str, int]:
    """Let an editor and the tool save at once `count` times; a lost save fails. Counts how they ended."""
    generator = dice(seed)
    note = folder / "n.md"
    outcomes = {"written": 0, "refused": 0, "conflict": 0}
    command = [sys.executable, "-c", EDITOR, __file__, str(note)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT, bufsize=1
    ) as editor:
        assert editor.stdin is not None
        assert editor.stdout is not None
        for number in range(count):
            note.write_bytes(b"what was there\n".ljust(LENGTH, b"."))
            seen = read_file(note)
            pause = generator.choice((0.0, 0.0003, 0.002))
            style = generator.choice(SAVES)
            editor.stdin.write(f"{number}|{style}|{generator.uniform(0, 0.0015)}|{pause}\n")
            time.sleep(generator.uniform(0, 0.002))
            try:
                write_file(note, b"the tool's text\n" * 50, seen)
                outcomes["written"] += 1
            except ChangedSinceReadError:
                outcomes["refused"] += 1
            assert editor.stdout.readline() == "saved\n", (number, style)
            assert user_bytes(number) in texts_in(folder, note), (number, style)
            for copy in folder.glob(f"*{CONFLICT_MARK}*"):
                outcomes["conflict"] += 1
                copy.unlink()
            assert not list(folder.glob(f"{TEMP_PREFIX}*")), (number, style)
        editor.stdin.close()
    return outcomes


REWRITER = """
import sys
from pathlib import Path
from notebook_kb.files.read import read_file
from notebook_kb.files.write import write_file
path = Path(sys.argv[1])
texts = [letter * 200_000 for letter in (b"a", b"b")]
print("ready", flush=True)
while True:
    seen = read_file(path)
    write_file(path, texts[seen.data == texts[0]], seen)
"""


def kill_while_writing(folder: Path, count: int, seed: int = 1) -> int:
    """Kill a process `count` times while it rewrites a note; how many left a temporary file."""
    generator = dice(seed)
    note = folder / "n.md"
    whole = {letter * 200_000 for letter in (b"a", b"b")}
    note.write_bytes(b"a" * 200_000)
    left = 0
    for number in range(count):
        command = [sys.executable, "-c", REWRITER, str(note)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(generator.uniform(0, 0.02))
            process.kill()
        assert note.read_bytes() in whole, number
        removed, kept = remove_stale_temps(folder, older_than=-1)
        left += len(removed)
        assert kept == []
        assert [path.name for path in folder.iterdir()] == ["n.md"]
    return left


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A tmpfs of `size` at `folder`."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def can_mount() -> bool:
    """Whether this user may mount a tmpfs here."""
    if not LINUX or os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], check=False, capture_output=True)
        if mounted.returncode == 0:
            subprocess.run(["umount", folder], check=True)
        return mounted.returncode == 0


def write_on_full_disk(disk: Path, free: int) -> bool:
    """Rewrite a note with `free` bytes left; whether it was written. A damaged note fails."""
    note, filler = disk / "n.md", disk / "filler"
    filler.unlink(missing_ok=True)
    old, new = b"old\n" * 5000, b"new\n" * 6000
    note.write_bytes(old)
    facts = os.statvfs(disk)
    filler.write_bytes(b"x" * max(0, facts.f_bavail * facts.f_frsize - free))
    message = ""
    try:
        write_file(note, new, read_file(note))
    except EnvironmentFailedError as error:
        message = f"{error.message} {error.hint}"
    assert note.read_bytes() == (old if message else new)
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "n.md"]
    assert not message or ("No space left" in message and "free some space" in message)
    return not message


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Permissions mean nothing to root: be somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach (`tmp_path` is for its owner)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def temps_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob(f"{TEMP_PREFIX}*"))


# --- reading ---------------------------------------------------------------------------------------


def test_read_gives_bytes_and_digest(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"\xef\xbb\xbfa\r\nb")
    snapshot = read_file(path)
    assert snapshot == Snapshot(path, b"\xef\xbb\xbfa\r\nb", digest_of(b"\xef\xbb\xbfa\r\nb"))
    assert len(snapshot.digest) == 32


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "socket", "missing", "nul", "long", "loop"])
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "n.md"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path(os.devnull)
    elif kind == "socket":
        os.mknod(path, 0o140644)
    elif kind == "nul":
        path = tmp_path / "a\0b"
    elif kind == "long":
        path = tmp_path / ("n" * 300)
    elif kind == "loop":
        path.symlink_to(path)
    with pytest.raises(EnvironmentFailedError) as caught:
        read_file(path)
    assert "cannot read it" in caught.value.message
    assert caught.value.exit_code == 1


def test_unreadable_file_says_why(open_folder: Path) -> None:
    path = open_folder / "n.md"
    path.write_bytes(b"x")
    path.chmod(0)
    with ordinary_user(), pytest.raises(EnvironmentFailedError, match="Permission denied") as caught:
        read_file(path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ("", "")),
        (b"a\r\nb\rc\n", ("a\r\nb\rc\n", "")),
        (b"\xef\xbb\xbf# x", ("# x", "")),
        (b"\xef\xbb\xbf\xef\xbb\xbfx", ("\ufeffx", "")),
        ("𝔼 ü".encode(), ("𝔼 ü", "")),
        (b"a\0b", ("", "binary")),
        ("Größe".encode("latin-1"), ("", "not-utf-8")),
        ("text".encode("utf-16"), ("", "not-utf-8")),
        (b"\xed\xa0\x80", ("", "not-utf-8")),
        (b"x" * (MAX_BYTES + 1), ("", "too-large")),
        (b"x" * MAX_BYTES, ("x" * MAX_BYTES, "")),
    ],
)
def test_decode(data: bytes, expected: tuple[str, str]) -> None:
    assert decode(data) == expected


def test_huge_file_is_cut_and_cannot_be_written_over(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    with path.open("wb") as file:
        file.truncate(1 << 32)  # sparse
    snapshot = read_file(path)
    assert decode(snapshot.data)[1] == "too-large"
    with pytest.raises(ChangedSinceReadError):
        write_file(path, b"short", snapshot)
    assert path.stat().st_size == 1 << 32


# --- writing ---------------------------------------------------------------------------------------


def test_write_replaces_bytes_and_keeps_mode(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    path.chmod(0o640)
    snapshot = write_file(path, b"new\r\n", read_file(path))
    assert snapshot == read_file(path)
    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_mode & 0o7777 == 0o640
    write_file(path, b"third", snapshot)
    assert [p.name for p in tmp_path.iterdir()] == ["n.md"]


def test_writing_the_same_bytes_touches_nothing(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"same")
    before = path.stat()
    write_file(path, b"same", read_file(path))
    assert path.stat().st_ino == before.st_ino
    assert path.stat().st_mtime_ns == before.st_mtime_ns


def test_create_makes_folders_and_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "n.md"
    assert write_file(path, b"one", None) == read_file(path)
    with pytest.raises(ChangedSinceReadError, match="exists already"):
        write_file(path, b"two", None)
    assert path.read_bytes() == b"one"
    assert [p.name for p in path.parent.iterdir()] == ["n.md"]


def test_create_does_not_write_through_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "n.md").symlink_to(tmp_path / "elsewhere.md")
    with pytest.raises(ChangedSinceReadError):
        write_file(tmp_path / "n.md", b"x", None)
    assert not (tmp_path / "elsewhere.md").exists()


def test_two_creations_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.md"
    real = temps.move_to_free

    def late(old: Path, new: Path) -> None:
        path.write_bytes(b"the other one")
        real(old, new)

    monkeypatch.setattr("notebook_kb.files.write.move_to_free", late)
    with pytest.raises(ChangedSinceReadError):
        write_file(path, b"ours", None)
    assert path.read_bytes() == b"the other one"
    assert temps_in(tmp_path) == []


@pytest.mark.parametrize("way", ["rename", "copy"])
def test_create_without_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    if way == "copy":
        monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    path = tmp_path / "n.md"
    write_file(path, b"one", None)
    with pytest.raises(ChangedSinceReadError):
        write_file(path, b"two", None)
    assert path.read_bytes() == b"one"
    assert temps_in(tmp_path) == []


def test_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "n.md"
    target.write_bytes(b"old")
    link = tmp_path / "n.md"
    link.symlink_to(target)
    assert write_file(link, b"new", read_file(link)).path == link
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


@pytest.mark.parametrize("fallback", [False, True])
@pytest.mark.parametrize("what", ["changed", "deleted", "folder"])
def test_changed_note_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, fallback: bool
) -> None:
    if fallback:
        monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    seen = read_file(path)
    if what == "changed":
        path.write_bytes(b"the user's")
    else:
        path.unlink()
    if what == "folder":
        path.mkdir()
    with pytest.raises(ChangedSinceReadError) as caught:
        write_file(path, b"ours", seen)
    assert str(path) in caught.value.message
    assert "Run the command again" in caught.value.hint
    if what == "changed":
        assert path.read_bytes() == b"the user's"
    elif what == "folder":
        assert path.is_dir()
    else:
        assert not path.exists()
    assert temps_in(tmp_path) == []
    assert not list(tmp_path.glob(f"*{CONFLICT_MARK}*"))


def test_fallback_writes_and_keeps_mode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "_renameat2", lambda: None)
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_file(path, b"new", read_file(path))
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o7777 == 0o600
    assert temps_in(tmp_path) == []


class Steps:
    """Runs things right before or after the n-th exchange of two names."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.actions: dict[str, Callable[[], None]] = {}
        self.count = 0
        self._swap = exchange.swap
        monkeypatch.setattr(exchange, "swap", self)

    def __call__(self, first: Path, second: Path) -> None:
        self.count += 1
        self.actions.get(f"before {self.count}", lambda: None)()
        self._swap(first, second)
        self.actions.get(f"after {self.count}", lambda: None)()


@pytest.mark.skipif(not LINUX, reason="names are exchanged on Linux only")
@pytest.mark.parametrize("second", ["", "after 1", "before 2", "after 2", "after 3"])
@pytest.mark.parametrize("first", ["before 1", "after 1"])
@pytest.mark.parametrize("style", SAVES)
def test_saves_at_every_step_survive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, style: str, first: str, second: str
) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    seen = read_file(path)
    steps = Steps(monkeypatch)
    done: list[bytes] = []

    def saving(text: bytes) -> Callable[[], None]:
        def action() -> None:
            save(path, text, style)
            done.append(text)

        return action

    steps.actions[first] = saving(b"save one")
    if second and second != first:
        steps.actions[second] = saving(b"save two")
    message = ""
    try:
        write_file(path, b"ours", seen)
    except ChangedSinceReadError as error:
        message = error.message
    # The latest save has the note's name; what it did not replace itself is in a named copy.
    copies = list(tmp_path.glob(f"*{CONFLICT_MARK}*"))
    texts = {path.read_bytes(), *(copy.read_bytes() for copy in copies)}
    assert done[-1] in texts
    if first == "before 1":
        assert path.read_bytes() == done[-1]
        assert message
        assert b"save one" in texts or second in {"after 2", "after 3"}
    assert all(copy.name in message for copy in copies)
    assert temps_in(tmp_path) == []


@pytest.mark.skipif(not LINUX, reason="only Linux tells of writers")
def test_file_open_for_writing_is_left_to_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    seen = read_file(path)
    with path.open("r+b") as editor:
        with pytest.raises(ChangedSinceReadError):
            write_file(path, b"ours", seen)
        editor.write(b"the user's")
    assert path.read_bytes() == b"the user's"
    assert [p.name for p in tmp_path.iterdir()] == ["n.md"]


@pytest.mark.skipif(not LINUX, reason="names are exchanged on Linux only")
def test_restless_note_ends_with_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / ("é" * 110 + ".md")
    path.write_bytes(b"old")
    seen = read_file(path)
    steps = Steps(monkeypatch)
    for number in range(1, 40):
        steps.actions[f"before {number}"] = partial(save, path, f"save {number}".encode(), "temp and replace")
    with pytest.raises(ChangedSinceReadError, match="kb-conflict"):
        write_file(path, b"ours", seen)
    assert temps_in(tmp_path) == []


def test_editor_and_tool_at_once_100_times(tmp_path: Path) -> None:
    if LINUX:
        assert sum(race(tmp_path, 100).values()) >= 100


def test_kill_while_writing_30_times(tmp_path: Path) -> None:
    kill_while_writing(tmp_path, 30)


# --- when the system says no -----------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO, errno.EDQUOT])
@pytest.mark.parametrize("call", ["os.fsync", "os.open", "pathlib.Path.rename", "swap", "pathlib.Path.chmod"])
def test_failing_call_leaves_the_old_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    seen = read_file(path)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("notebook_kb.files.exchange.swap" if call == "swap" else call, fail)
        with pytest.raises(EnvironmentFailedError) as caught:
            write_file(path, b"new", seen)
    assert os.strerror(number) in caught.value.message
    assert path.read_bytes() == b"old"
    assert temps_in(tmp_path) == []


def test_read_only_folder(open_folder: Path) -> None:
    path = open_folder / "n.md"
    path.write_bytes(b"old")
    path.chmod(0o666)
    seen = read_file(path)
    with ordinary_user():
        if os.geteuid() != NOBODY:
            open_folder.chmod(0o555)
        with pytest.raises(EnvironmentFailedError, match="Permission denied") as caught:
            write_file(path, b"new", seen)
        with pytest.raises(EnvironmentFailedError):
            write_file(open_folder / "other.md", b"new", None)
        with pytest.raises(EnvironmentFailedError):
            replace_output(open_folder / "out.html", b"new")
        with pytest.raises(EnvironmentFailedError):
            append_line(open_folder / "log", "x")
    open_folder.chmod(0o755)
    assert "who may" in caught.value.hint
    assert [p.name for p in open_folder.iterdir()] == ["n.md"]
    assert path.read_bytes() == b"old"


def test_read_only_note_stays(open_folder: Path) -> None:
    open_folder.chmod(0o777)
    path = open_folder / "n.md"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with ordinary_user(), pytest.raises(EnvironmentFailedError, match="Permission denied"):
        write_file(path, b"new", read_file(path))
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not can_mount(), reason="mounting a small disk needs root")
def test_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "128k") as disk:
        assert [write_on_full_disk(disk, free) for free in (0, 8192, 20480, 32768)] == [False] * 3 + [True]


LIMITED = """
import resource, sys
from pathlib import Path
from notebook_kb.errors import EnvironmentFailedError
from notebook_kb.files.read import read_file
from notebook_kb.files.write import write_file
path = Path(sys.argv[1])
seen = read_file(path)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    write_file(path, b"n" * 50_000, seen)
except EnvironmentFailedError as error:
    print(error.message)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_write_cut_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    command = [sys.executable, "-c", LIMITED, str(path)]
    run = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    assert "File too large" in run.stdout
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["n.md"]


# --- what killed processes leave -------------------------------------------------------------------


def test_stale_temps(tmp_path: Path) -> None:
    new, seen = digest_of(b"new")[:16], digest_of(b"seen")[:16]
    for name, data in {
        f"{TEMP_PREFIX}1.part": b"half",
        f"{TEMP_PREFIX}2-{new}-{seen}": b"new",
        f"{TEMP_PREFIX}3-{new}-{seen}": b"seen",
        f"{TEMP_PREFIX}4-{new}-{seen}": b"a save of the user's",
        "n.md": b"a note",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert remove_stale_temps(tmp_path) == ([], [])
    removed, kept = remove_stale_temps(tmp_path, older_than=-1)
    assert len(removed) == 3
    assert [path.read_bytes() for path in kept] == [b"a save of the user's"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["n.md", kept[0].name]
    assert remove_stale_temps(tmp_path, older_than=-1) == ([], [])


@pytest.mark.skipif(not LINUX, reason="names are exchanged on Linux only")
def test_kill_right_after_the_exchange_keeps_a_save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "n.md"
    path.write_bytes(b"old")
    seen = read_file(path)
    steps = Steps(monkeypatch)

    def killed() -> None:
        raise KeyboardInterrupt

    steps.actions = {"before 1": lambda: save(path, b"the user's", "in place"), "after 1": killed}
    with pytest.raises(KeyboardInterrupt):
        write_file(path, b"new", seen)
    _, kept = remove_stale_temps(tmp_path, older_than=-1)
    assert [copy.read_bytes() for copy in kept] == [b"the user's"]


# --- files of our own ------------------------------------------------------------------------------


def test_replace_output(tmp_path: Path) -> None:
    path = tmp_path / "site" / "a" / "index.html"
    replace_output(path, b"one")
    replace_output(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in path.parent.iterdir()] == ["index.html"]
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentFailedError):
        replace_output(tmp_path / "folder", b"x")
    assert temps_in(tmp_path) == []


def test_append_line(tmp_path: Path) -> None:
    path = tmp_path / "log" / "a.jsonl"
    append_line(path, '{"a": "ü"}')
    append_line(path, "{}")
    path.write_bytes(path.read_bytes() + b'{"cut')
    append_line(path, "{}")
    assert path.read_text("utf-8") == '{"a": "ü"}\n{}\n{"cut\n{}\n'
    with pytest.raises(ValueError, match="line end"):
        append_line(path, "a\nb")


# --- the lock --------------------------------------------------------------------------------------

HOLDER = """
import sys, time
from pathlib import Path
from notebook_kb.files.lock import notebook_lock
with notebook_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_lock_is_exclusive_and_freed_by_death(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(EnvironmentFailedError) as caught, notebook_lock(tmp_path, wait=0.1):
            pass
        assert f"process {holder.pid}" in caught.value.message
        assert str(holder.pid) in (tmp_path / ".kb" / "lock").read_text()
        holder.kill()
        holder.wait()
        with notebook_lock(tmp_path, wait=2):
            assert str(os.getpid()) in (tmp_path / ".kb" / "lock").read_text()


def test_lock_waits_its_turn_and_frees_on_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), notebook_lock(tmp_path):
        raise RuntimeError
    with notebook_lock(tmp_path, wait=0):
        start = time.monotonic()
        with pytest.raises(EnvironmentFailedError), notebook_lock(tmp_path, wait=0.2):
            pass
        assert time.monotonic() - start >= 0.2
    assert (tmp_path / ".kb" / "lock").read_bytes() == b""


@pytest.mark.parametrize("text", [b"", b"garbage", b"[1]", b'{"pid": "x"}', b"\xff" * 5000, b"[" * 5000])
def test_damaged_lock_file_is_no_obstacle(tmp_path: Path, text: bytes) -> None:
    (tmp_path / ".kb").mkdir()
    (tmp_path / ".kb" / "lock").write_bytes(text)
    with notebook_lock(tmp_path, wait=0):
        pass


COUNTER = """
import sys
from pathlib import Path
from notebook_kb.files.lock import notebook_lock
root = Path(sys.argv[1])
for _ in range(50):
    with notebook_lock(root, wait=60):
        number = int((root / "n").read_text())
        (root / "n").write_text(str(number + 1))
"""


def test_processes_take_turns(tmp_path: Path) -> None:
    (tmp_path / "n").write_text("0")
    command = [sys.executable, "-c", COUNTER, str(tmp_path)]
    running = [subprocess.Popen(command, env=ENVIRONMENT) for _ in range(4)]
    assert [process.wait() for process in running] == [0] * 4
    assert (tmp_path / "n").read_text() == "200"


# --- YAML with places ------------------------------------------------------------------------------


def words(node: Node | None) -> Any:
    if node is None:
        return None
    if node.kind == "map":
        return {key.text: words(value) for key, value in node.pairs}
    return [words(item) for item in node.items] if node.kind == "list" else node.text


@pytest.fixture(params=["libyaml", "python"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    import yaml

    if request.param == "python":
        monkeypatch.setattr("notebook_kb.files.yaml_places._LOADER", yaml.SafeLoader)
    return str(request.param)


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("# only a comment\n", None),
        ("---\n", None),
        ("a:", {"a": ""}),
        ("a: no\nb: 12:30:45\nc: 1_000\nd: 017\ne: 2026\nf: null\ng: ~", None),
        ("a: 'it''s'\nb: \"x\\ty\"\nc: |\n  one\n  two\n", {"a": "it's", "b": "x\ty", "c": "one\ntwo\n"}),
        ("a: [x, {b: c}]\nd:\n- e\n", {"a": ["x", {"b": "c"}], "d": ["e"]}),
        ("<<: {a: b}", {"<<": {"a": "b"}}),
    ],
)
def test_yaml_keeps_words_as_typed(text: str, expected: object) -> None:
    if text.startswith("a: no"):
        expected = {"a": "no", "b": "12:30:45", "c": "1_000", "d": "017", "e": "2026", "f": "null", "g": "~"}
    assert words(read_yaml(text)) == expected


@pytest.mark.usefixtures("loader")
@pytest.mark.parametrize(
    ("text", "place", "part"),
    [
        ("title: Bayes: by counting", (1, 13), "colon"),
        ("a: 1\nb: *emphasis*", (2, 12), "alias"),
        ("a: *x", (1, 4), "alias"),
        ("a: &x 1", (1, 4), "anchor"),
        ("a: [&x 1, 2]", (1, 5), "anchor"),
        ("a: !!python/object:os.system x", (1, 4), "tag"),
        ("[a]: 2", (1, 1), "key"),
        ("? {a: 1}\n: 2", (1, 3), "key"),
        ("a: 1\n---\nb: 2", (2, 1), "second document"),
        ("a: 1\n...\nb", (3, 1), "after the end"),
        ("a:\n\tb: 1", (2, 1), "start any token"),
        ("a: 'open", (1, 9), "not closed"),
        ("a: \x07", (1, 4), "U+0007"),
        ("ü𝔼: \ud800", (1, 5), "U+D800"),
        ("[" * 20000, (1, 21), "deeper than 20"),
        ("- " * 21 + "a", (1, 41), "deeper than 20"),
        ("𝔼𝔼: [𝔼, *x]", (1, 9), "alias"),
        ("a: x\u2028y\r\nb: *d\r\n", (2, 4), "alias"),
        ("a: " + "x" * 70_000, (1, 65537), "too long"),
    ],
)
def test_yaml_problems_have_places(loader: str, text: str, place: tuple[int, int], part: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_yaml(text)
    if part == "start any token":  # said in plainer words
        part = "tab cannot indent" if loader == "libyaml" else "start any token"
    if text == "a: 1\nb: *emphasis*":  # where the alias's name stops being one
        assert caught.value.line == 2
    else:
        assert (caught.value.line, caught.value.column) == place
    assert part in caught.value.message


@pytest.mark.usefixtures("loader")
def test_yaml_places_and_ends() -> None:
    root = read_yaml("a:  'x'   # c\n\nb:\n  - 𝔼 y\n\n# c\n\nc: [1,\n 2]\nd:\n", first_line=2)
    assert root is not None
    found = {k.text: (v.line, v.column, v.end_line, v.end_column) for k, v in root.pairs}
    assert found["a"] == (2, 5, 2, 8)
    assert found["b"] == (5, 3, 5, 8)
    assert found["c"] == (9, 4, 10, 4)
    assert (root.line, root.column) == (2, 1)
    quoted = {k.text: v.quoted for k, v in root.pairs}
    assert quoted["a"]
    assert not quoted["d"]
    assert root.pairs[3][1].is_empty


def test_yaml_doubles() -> None:
    key = duplicate_key(read_yaml("a: 1\nb:\n- {c: 1, c: 2}\n"))
    assert key is not None
    assert (key.text, key.line, key.column) == ("c", 3, 10)
    assert duplicate_key(read_yaml("a: {b: 1}\nb: {b: 1}")) is None
    assert duplicate_key(None) is None


def test_yaml_survives_noise() -> None:
    generator = dice(3)
    alphabet = "ab:- \n\t[]{}'\"#&*!|>%@`,?~0𝔼\u2028\u0085\r"
    for _ in range(5000):
        text = "".join(generator.choices(alphabet, k=generator.randrange(30)))
        place = (1, 1)
        try:
            node = read_yaml(text)
        except YamlProblem as problem:
            place = (problem.line, problem.column)
        else:
            place = (node.line, node.column) if node else place
        assert min(place) >= 1, (text, place)
