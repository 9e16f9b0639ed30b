"""Running code: what it may not do is stopped or named as not contained, its results are data that survive damage."""

from __future__ import annotations

import ctypes
import json
import platform
import socket
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from notebook_kb.errors import EnvironmentFailedError, UsageError
from notebook_kb.model.code import CodePart
from notebook_kb.running import contain, runner
from notebook_kb.running.contain import FILES, MEMORY, NETWORK, PROCESSES
from notebook_kb.running.report import (
    CONTAINABLE,
    MEGABYTE,
    TIME,
    BlockRun,
    Fault,
    Limits,
    Run,
    read_report,
)
from notebook_kb.running.results import (
    Damaged,
    Result,
    figure_path,
    read_figure,
    read_result,
    result_path,
    write_result,
)
from notebook_kb.running.runner import choose_python, run_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PYTHON = Path(sys.executable)
KEY = "0" * 32


def go(*codes: str, seconds: int = 5, memory: int = 256, output: int = 1000) -> Run:
    """Run blocks; one that begins with `#check` is a check."""
    parts = tuple(CodePart(code, check=code.startswith("#check")) for code in codes)
    return run_code(parts, "notes/x.md", PYTHON, Limits(seconds, memory * MEGABYTE, output=output))


def fault(*codes: str, **limits: int) -> Fault:
    found = go(*codes, **limits).fault
    assert found
    return found


def test_the_blocks_of_a_note_share_their_names_and_keep_their_output_apart() -> None:
    """Red when a block does not see what an earlier one defined, or output lands at the wrong block."""
    run = go("x = 2\nprint('one')", "print(x + 1)", "#check\nassert x == 2\n")
    assert run.fault is None
    assert [b.stdout for b in run.blocks] == ["one\n", "3\n", ""]
    assert run.blocks[2].reached == ((2, 0),)
    assert run.versions["python"].startswith(f"{sys.version_info[0]}.{sys.version_info[1]}")


def test_a_failure_names_its_line_and_nothing_after_it_runs() -> None:
    """Red when the place of a failure is lost: of an exception, of a syntax error, of an assert."""
    run = go("print('before')", "def f(x):\n    return 1 / x\n", "y = 1\nf(0)\n", "print('after')")
    assert run.fault == Fault("ZeroDivisionError", "ZeroDivisionError: division by zero", 1, 2, 11)
    assert [b.stdout for b in run.blocks] == ["before\n", "", "", ""]
    wrong = fault("x = 1\ny = = 2\n")
    assert (wrong.kind, wrong.line) == ("SyntaxError", 2)
    assert fault("#check\nassert 1 == 2, 'sum'\n").message == "AssertionError: sum"


def test_a_failing_assert_is_seen_though_it_is_caught() -> None:
    """Red when `try … except` around an assert of a check makes wrong code pass."""
    for catch in ("except AssertionError", "except Exception", "except"):
        found = fault(f"#check\nimport math\ntry:\n    assert math.pi == 3\n{catch}:\n    pass\n")
        assert (found.kind, found.line) == ("swallowed", 4)


def test_an_assert_that_is_never_reached_is_not_reported() -> None:
    """Red when `if False:` around an assert counts as a check that was made."""
    run = go("#check\nif 1 > 2:\n    assert 1 == 2\nfor _ in ():\n    assert 1 == 2\nassert 2 == 2\n")
    assert run.blocks[0].reached == ((6, 0),)


def test_an_endless_loop_ends_with_its_time_and_its_line() -> None:
    """Red when a loop runs on after its time, also one that catches everything."""
    started = time.monotonic()
    found = fault("x = 1\nwhile True:\n    x += 1\n", seconds=1)
    assert (found.kind, found.message) == ("time", "it took longer than 1 s")
    assert found.line in {2, 3}
    stubborn = "while True:\n    try:\n        while True: pass\n    except BaseException: pass\n"
    assert "longer than 1 s" in fault(stubborn, seconds=1).message
    assert time.monotonic() - started < 8


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_memory_has_a_limit() -> None:
    """Red when a note can take all memory of the machine."""
    if MEMORY in go("x = 1").contained:
        assert (
            "MemoryError"
            in fault("x = []\nwhile True:\n    x.append(bytearray(10**7))\n", memory=128).message
        )


def test_output_is_cut_and_too_many_files_end_the_run() -> None:
    """Red when a note can fill the disk or the results."""
    run = go("print('x' * 5000)")
    assert (len(run.blocks[0].stdout), run.blocks[0].cut) == (1000, True)
    many = "i = 0\nwhile True:\n    i += 1\n    open(f'f{i}', 'wb').write(b'x' * 10**6)\n"
    assert "64 MB" in fault(many).message


# calls that kill, slow down or disturb another process of the same person
OTHERS_HARMED = (
    "fcntl.fcntl(os.pipe()[0], 8, os.getppid())",
    "fcntl.fcntl(os.pipe()[0], 10, 9)",
    "fcntl.ioctl(os.pipe()[0], 0x8901, os.getppid())",
    "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "os.sched_setaffinity(os.getppid(), {0})",
    "os.sched_setscheduler(os.getppid(), os.SCHED_IDLE, os.sched_param(0))",
)


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted by /proc")
def test_files_without_a_name_count() -> None:
    """Red when a note can fill the disk, or memory that holds a folder, with files that it has deleted."""
    nameless = """
import os, time
kept = []
for i in range(40):
    kept.append(open('f', 'wb', 0))
    os.unlink('f')
    kept[-1].write(b'z' * 15 * 2**20)
    time.sleep(0.05)
"""
    assert "64 MB" in fault(nameless).message


def test_a_deep_folder_goes_when_the_run_is_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Red when a chain of folders ends the run of all notes, or stays on the disk."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    deep = (
        "import os\nfor i in range(1900):\n    os.mkdir('d', 0o500 if i % 3 else 0o700)\n    os.chdir('d')\n"
    )
    go(deep.replace("0o500 if i % 3 else 0o700", "0o700") + "open('f', 'w').close()")
    go("import os\nos.mkdir('a')\nopen('a/f', 'w').close()\nos.mkdir('b', 0)\nos.symlink('/etc', 'c')")
    assert list(tmp_path.iterdir()) == []


FORGED = """
import sys
frame = sys._getframe()
while frame:
    driver = frame.f_locals.get("self")
    if hasattr(driver, "job"):
        {}
    frame = frame.f_back
"""


@pytest.mark.parametrize(
    "told",
    [
        'driver.tell("block")',
        'driver.tell("block", block=7, stdout="", cut=False, figures=[], reached=[])',
        'driver.tell("block", block=0, stdout="", cut=False, figures=["%%"], reached=[])',
        'driver.tell("block", block=0, stdout="F", cut=False, figures=[], reached=[[1, 0, True]])',
        'driver.tell("end", versions={})',
        'driver.tell("end", versions={"numpy": "\\x1b]0;mine\\x07"})',
        'driver.tell("fault", kind=3)',
        'driver.tell("what")',
        'driver.job["nonce"] = []',
    ],
)
def test_a_forged_report_is_data(told: str) -> None:
    """Red when code that takes the report in hand ends the run of all notes, or says how many blocks it has."""
    run = go(FORGED.format(told), "x = 1")
    assert len(run.blocks) == 2
    assert all("\x1b" not in v for v in run.versions.values())


def test_what_the_system_contains_it_contains(tmp_path: Path) -> None:
    """Red when a run is called contained and yet reaches home, other processes or the network."""
    canary = Path.home() / f"kb-canary-{tmp_path.name}"
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    attempts = {
        FILES: f"open({str(canary)!r}, 'w').write('x')",
        NETWORK: f"import socket\nsocket.create_connection(('127.0.0.1', {listener.getsockname()[1]}), 2)",
        PROCESSES: f"import subprocess, sys\nsubprocess.Popen(['touch', {str(canary)!r}]).wait()",
    }
    try:
        for what, code in attempts.items():
            run = go(code)
            assert (run.fault is not None) == (what in run.contained), what
        if set(CONTAINABLE) <= set(go("x = 1").contained):
            assert not canary.exists()
            with pytest.raises(TimeoutError):
                listener.accept()
            assert "Permission" in fault("import os\nos.kill(os.getppid(), 9)").message
            assert "Permission" in fault("import os\nos.fork()").message
            for call in OTHERS_HARMED:
                assert "Permission" in fault(f"import os, fcntl\n{call}").message, call
            # not a file of this repository: one that is installed for editing lies in the Python's own folders
            secret = tmp_path / "secret.txt"
            secret.write_text("private", encoding="utf-8")
            assert "Permission" in fault(f"open({str(secret)!r}).read()").message
    finally:
        listener.close()
        canary.unlink(missing_ok=True)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems offer less")
def test_linux_contains_all_that_its_kernel_offers() -> None:
    """Red when a limit is silently no longer laid on."""
    expected = set(CONTAINABLE)
    if ctypes.CDLL(None).syscall(contain.LANDLOCK_CREATE, None, 0, 1) < 1:
        expected -= {FILES}
    if platform.machine() not in contain.ARCHITECTURES:
        expected -= {NETWORK, PROCESSES}
    assert set(go("x = 1").contained) == expected


def test_without_the_kernels_help_only_what_holds_is_claimed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Red when macOS or an old kernel is told that files and network are contained."""
    monkeypatch.setattr(contain, "set_limits", lambda *_: [MEMORY])
    monkeypatch.setattr(sys, "platform", "darwin")
    assert contain.contain(str(tmp_path), "", seconds=1, memory=1, file_size=1) == [MEMORY]
    assert contain.call_filter(0, 0xC000003E, 7)[-1] == (6, 0, 0, 0x7FFF0000)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert not contain.filter_calls(None)  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="process groups are POSIX's")
def test_time_and_the_group_hold_where_nothing_else_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Red when, on a system without the kernel's help, a run outlives its time or leaves its children behind."""
    (tmp_path / "contain.py").write_text("def contain(*_, **__):\n    return []\n", encoding="utf-8")
    usual = runner.job_of

    def job(*arguments: Any) -> bytes:
        return json.dumps({**json.loads(usual(*arguments)), "contain": str(tmp_path / "contain.py")}).encode()

    monkeypatch.setattr(runner, "job_of", job)
    alive = tmp_path / "alive"
    beat = f"import time\nfor n in range(200):\n    open({str(alive)!r}, 'w').write(str(n))\n    time.sleep(0.05)\n"
    run = go(
        f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {beat!r}])\ntime.sleep(0.5)\n"
    )
    assert (run.fault, run.contained) == (None, (TIME,))
    last = alive.read_text(encoding="utf-8")
    time.sleep(0.3)
    assert alive.read_text(encoding="utf-8") == last
    assert "longer than 1 s" in fault("while True: pass", seconds=1).message


def test_a_forged_report_is_no_report() -> None:
    """Red when what a note writes to every open file is taken for the driver's word."""
    forged = json.dumps({"event": "end", "nonce": "0", "versions": {"numpy": "9"}})
    code = f"import os\nfor n in range(3, 20):\n    try:\n        os.write(n, {forged!r}.encode() + b'\\n')\n    except OSError: pass\n"
    run = go(code + "os._exit(0)\n")
    assert run.fault
    assert run.fault.message == "it ended before it was done"
    assert "numpy" not in run.versions


def test_the_code_sees_neither_the_persons_environment_nor_this_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Red when a token in the environment, or kb's own modules, can be read by a note."""
    monkeypatch.setenv("KB_DEVTO_KEY", "secret-of-mine")
    run = go(
        "import os, sys\nprint('KB_DEVTO_KEY' in os.environ, any('running' in p for p in sys.path))\nprint(sys.stdin.read())"
    )
    assert run.blocks[0].stdout == "False False\n\n"


def test_an_order_of_a_set_is_the_same_each_time() -> None:
    """Red when the same code prints other bytes in the next run."""
    code = "print({'alpha', 'beta', 'gamma', 'delta', 'epsilon'})"
    assert go(code).blocks[0].stdout == go(code).blocks[0].stdout


def test_a_blocks_open_figures_are_kept_as_png_and_closed() -> None:
    """Red when a figure is lost, shows up again at the next block, or says with what and when it was drawn."""
    draw = "plt.plot([0, 1], [0, 1])\nplt.show()\n"
    run = go(f"import matplotlib.pyplot as plt\n{draw}", draw, "x = 1\n", seconds=60, memory=2048)
    assert run.fault is None
    first, second, none = (b.figures for b in run.blocks)
    assert first == second != ()
    assert none == ()
    assert first[0].startswith(b"\x89PNG")
    assert b"Software" not in first[0]
    assert "matplotlib" in run.versions


@pytest.mark.parametrize(
    ("code", "kind", "line"),
    [
        ("import matplotlib.pyplot as plt\nprint('shown')\nplt.title(r'$\\frac{a$')", "ValueError", 3),
        ("print('shown')\nimport sys\nsys.stdout.write(b'x')", "TypeError", 3),
        ("print('shown')\nx = 1\nassert " + "1+" * 3000 + "1", "", 0),
    ],
)
def test_what_only_shows_when_a_block_is_over_or_begins_is_told_as_its_fault(
    code: str, kind: str, line: int
) -> None:
    """Red when it is told as "it ended before it was done", without a line, and what was printed is lost."""
    run = go(code, seconds=60, memory=2048)
    assert run.fault
    assert run.fault.kind == (kind or "RecursionError")
    assert run.fault.line == (line or 1)
    assert run.blocks[0].stdout == ("shown\n" if kind else "")


def test_which_python_runs_notes(tmp_path: Path) -> None:
    """Red when the order --python, KB_PYTHON, VIRTUAL_ENV, kb's own is another."""
    (tmp_path / "bin").mkdir()
    for name in ("bin/python", "a", "b"):
        (tmp_path / name).touch()
    env = {"KB_PYTHON": str(tmp_path / "a"), "VIRTUAL_ENV": str(tmp_path)}
    assert choose_python(str(tmp_path / "b"), env).name == "b"
    assert choose_python("", env).name == "a"
    assert choose_python("", {"VIRTUAL_ENV": str(tmp_path)}) == tmp_path / "bin" / "python"
    assert choose_python("", {}) == PYTHON
    with pytest.raises(UsageError, match="no program"):
        choose_python(str(tmp_path / "none"), {})
    with pytest.raises(UsageError, match="cannot be started"):
        run_code((CodePart("x = 1"),), "notes/x.md", tmp_path / "a")
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(UsageError, match="did not begin"):
        run_code((CodePart("x = 1"),), "notes/x.md", old)


# results

FIGURE = b"\x89PNG\r\n\x1a\n" + b"points"


def a_run() -> Run:
    return Run(
        (BlockRun("a\n", figures=(FIGURE,)), BlockRun(reached=((1, 0),))), None, {"python": "3.12.1"}, (TIME,)
    )


def test_a_result_comes_back_as_it_was_written_and_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    """Red when something of a result is lost on the way, or when it holds a time."""
    kept = write_result(tmp_path, "notes/x.md", a_run(), KEY)
    first = result_path(tmp_path, "notes/x.md").read_bytes()
    assert read_result(tmp_path, "notes/x.md") == kept
    assert read_figure(tmp_path, "notes/x.md", kept.blocks[0].figures[0]) == FIGURE
    write_result(tmp_path, "notes/x.md", a_run(), KEY)
    assert result_path(tmp_path, "notes/x.md").read_bytes() == first
    assert read_result(tmp_path, "notes/none.md") is None


def test_figures_of_an_earlier_run_go_and_no_other_file(tmp_path: Path) -> None:
    """Red when old figures pile up, or when tidying takes another note's file."""
    kept = write_result(tmp_path, "notes/x.md", a_run(), KEY)
    other = figure_path(tmp_path, "notes/x.md.more", kept.blocks[0].figures[0])
    other.write_bytes(FIGURE)
    write_result(tmp_path, "notes/x.md", Run((), None), KEY)
    assert sorted(p.name for p in (tmp_path / "results" / "notes").iterdir()) == ["x.md.json", other.name]


DAMAGE: dict[str, Callable[[str], str]] = {
    "cut": lambda text: text[: len(text) // 2],
    "not JSON": lambda _: "gASVCwAAAA==",
    "a list": lambda _: "[]",
    "another version": lambda text: text.replace('"version": 1', '"version": 2'),
    "a key that leads out": lambda text: text.replace(KEY, "../../x"),
    "a figure that leads out": lambda text: text.replace('"figures": [\n    "', '"figures": [\n    "../'),
    "deep": lambda _: "[" * 100_000,
    "text for a number": lambda text: text.replace("1,\n     0", '"1",\n     0'),
    "too large": lambda text: text + " " * 1_100_000,
    "versions of another kind": lambda text: text.replace('"versions": {', '"versions": "", "x": {'),
    "a version for the terminal": lambda text: text.replace('"3.12.1"', '"\\u001b]0;mine\\u0007"'),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_result_is_said_to_be_damaged(how: str, tmp_path: Path) -> None:
    """Red when a file from elsewhere stops a command, or is taken for a result."""
    write_result(tmp_path, "notes/x.md", a_run(), KEY)
    path = result_path(tmp_path, "notes/x.md")
    text = path.read_text(encoding="utf-8")
    damaged = DAMAGE[how](text)
    assert damaged != text
    path.write_text(damaged, encoding="utf-8")
    assert isinstance(read_result(tmp_path, "notes/x.md"), Damaged)


def mutations(value: Any) -> Iterator[Any]:
    """A JSON value with one part of it, each in turn, of another kind or missing."""
    yield from (None, "", "x", -1, 10**9, 1.5, True, [], {}, [[]], [None], {"x": None})
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {k: v for k, v in value.items() if k != key}
            yield from ({**value, key: other} for other in mutations(inner))
    if isinstance(value, list):
        for at, inner in enumerate(value):
            yield from ([*value[:at], other, *value[at + 1 :]] for other in mutations(inner))


def test_no_value_of_a_result_or_report_ends_a_command(tmp_path: Path) -> None:
    """Red when a value of another kind, anywhere, raises more than is said to be damaged."""
    write_result(tmp_path, "notes/x.md", replace(a_run(), fault=Fault("E", "e", 1, 2, 3)), KEY)
    path = result_path(tmp_path, "notes/x.md")
    for changed in mutations(json.loads(path.read_bytes())):
        path.write_text(json.dumps(changed), encoding="utf-8")
        assert isinstance(read_result(tmp_path, "notes/x.md"), (Damaged, Result))
    lines: list[dict[str, Any]] = [
        {"event": "contained", "held": ["memory"]},
        {"event": "start", "block": 0},
        {
            "event": "block",
            "block": 0,
            "stdout": "a",
            "cut": False,
            "figures": ["aaaa"],
            "reached": [[1, 0, True]],
        },
        {"event": "fault", "kind": "E", "message": "E: e", "block": 0, "line": 1, "column": 0},
        {"event": "end", "versions": {"python": "3.12.1"}},
    ]
    for at, line in enumerate(lines):
        for changed in mutations(line):
            if isinstance(changed, dict):
                run = read_report([*lines[:at], changed, *lines[at + 1 :]], 1, "", Limits())
                assert len(run.blocks) == 1


def test_a_result_is_not_kept_through_a_link(tmp_path: Path) -> None:
    """Red when a cloned notebook can have files of this computer written over, deleted or moved."""
    state, outside = tmp_path / "book" / ".kb", tmp_path / "outside"
    kept = write_result(outside, "notes/x.md", a_run(), KEY)
    (state / "results").mkdir(parents=True)
    (state / "results" / "notes").symlink_to(outside / "results" / "notes")
    before = {p: p.read_bytes() for p in outside.rglob("*") if p.is_file()}
    with pytest.raises(EnvironmentFailedError, match="leads out"):
        write_result(state, "notes/x.md", Run((), None), "1" * 32)
    assert {p: p.read_bytes() for p in outside.rglob("*") if p.is_file()} == before
    assert kept.blocks


def test_a_result_or_figure_that_is_a_link_out_of_the_notebook_is_not_read(tmp_path: Path) -> None:
    """Red when a cloned notebook can show a file of this computer."""
    state, outside = tmp_path / "book" / ".kb", tmp_path / "outside"
    kept = write_result(outside, "notes/x.md", a_run(), KEY)
    (state / "results").mkdir(parents=True)
    (state / "results" / "notes").symlink_to(outside / "results" / "notes")
    assert isinstance(read_result(state, "notes/x.md"), Damaged)
    assert read_figure(state, "notes/x.md", kept.blocks[0].figures[0]) == b""


def test_a_figure_that_is_not_what_its_name_says_is_not_shown(tmp_path: Path) -> None:
    """Red when a changed picture is published under the name of one that the code drew."""
    kept = write_result(tmp_path, "notes/x.md", a_run(), KEY)
    assert isinstance(kept, Result)
    name = kept.blocks[0].figures[0]
    figure_path(tmp_path, "notes/x.md", name).write_bytes(FIGURE + b"other")
    assert read_figure(tmp_path, "notes/x.md", name) == b""
