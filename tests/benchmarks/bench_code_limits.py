"""What becomes of code that does harm: stopped, or shown as not contained on this system. Prints a table; never fails.

Run it with `python tests/benchmarks/bench_code_limits.py`. Nothing in it harms the machine where a limit is missing: the
bombs end by themselves after a while, and what they would write is a small file that is removed.
"""

from __future__ import annotations

import platform
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from notebook_kb.model.code import CodePart
from notebook_kb.running.contain import FILE_SIZE, FILES, MEMORY, NETWORK, PROCESSES
from notebook_kb.running.report import MEGABYTE, TIME, Limits
from notebook_kb.running.runner import run_code

LIMITS = Limits(seconds=2, memory=256 * MEGABYTE)
CANARY = Path.home() / "kb-canary-of-the-benchmark"
MARK = "a sentence that nobody else has in a process"


def attempts(port: int) -> dict[str, tuple[str, str]]:
    """What is tried → (the limit that should stop it, the code)."""
    background = f"import time  # {MARK}\\nend = time.time() + 20\\nwhile time.time() < end: pass"
    return {
        "endless loop": (TIME, "while True: pass"),
        "loop that catches everything": (TIME, "while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        "sleep": (TIME, "import time\ntime.sleep(60)"),
        "memory bomb": (MEMORY, "x = []\nfor _ in range(200):\n    x.append(bytearray(10**7))\nprint('held', len(x) * 10, 'MB')"),
        "one large array": (MEMORY, "x = bytearray(2 * 10**9)\nprint('held 2 GB')"),
        "fork bomb": (PROCESSES, "import os, time\nfor _ in range(8):\n    os.fork()\ntime.sleep(1)\nprint('forked')"),
        "process left in the background": (
            PROCESSES,
            f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {background!r}], start_new_session=True)\nprint('left one behind')",
        ),
        "signal to kb": (PROCESSES, "import os\nos.kill(os.getppid(), 0)\nprint('could signal it')"),
        "signal to kb by an owned pipe": (
            PROCESSES,
            "import fcntl, os, time\nr, w = os.pipe()\nfcntl.fcntl(r, 10, 10)\nfcntl.fcntl(r, 8, os.getppid())\nprint('could have signalled it')",
        ),
        "slow kb down": (PROCESSES, "import os\nos.setpriority(os.PRIO_PROCESS, os.getppid(), 1)\nprint('slowed it down')"),
        "write to the home folder": (FILES, f"open({str(CANARY)!r}, 'w').write('x')\nprint('written')"),
        "read the home folder": (FILES, f"import os\nprint(len(os.listdir({str(Path.home())!r})), 'names read')"),
        "open a socket": (NETWORK, f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nprint('connected')"),
        "look up a name": (NETWORK, "import socket\nprint(socket.getaddrinfo('localhost', 80)[0][4])\ns = socket.socket()\nprint('socket')"),
        "huge output": ("output", "while True: print('x' * 100_000)"),
        "huge file": (FILE_SIZE, "with open('a', 'wb') as f:\n    for _ in range(100):\n        f.write(b'x' * 10**6)\nprint('100 MB')"),
        "files without a name": (
            "files in all",
            "import os, time\nkept = []\nfor i in range(40):\n    kept.append(open('f', 'wb', 0))\n    os.unlink('f')\n    kept[-1].write(b'z' * 10**7)\n    time.sleep(0.02)\nprint('400 MB')",
        ),
        "folders without end": ("files in all", "import os, time\nfor i in range(1900):\n    os.mkdir('d')\n    os.chdir('d')\ntime.sleep(1)\nprint('1900 deep')"),
        "many files": ("files in all", "for i in range(10**6):\n    open(f'f{i}', 'wb').write(b'x' * 10**5)"),
    }  # fmt: skip


def verdict(what: str, code: str, limit: str) -> str:
    """What became of one attempt."""
    started = time.perf_counter()
    run = run_code((CodePart(code),), "notes/harm.md", Path(sys.executable), LIMITS)
    seconds = time.perf_counter() - started
    said = run.fault.message if run.fault else " ".join(run.blocks[0].stdout.split())[:60]
    stopped = run.fault is not None
    known = limit in run.contained or limit in {"output", "files in all"}
    word = "stopped" if stopped else "NOT STOPPED" if known else "not contained on this system"
    return f"{what:32} {limit:12} {word:28} {seconds:5.1f} s   {said[:90]}"


def left_over() -> int:
    """Processes of the attempts that still run (Linux only)."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += MARK.encode() in path.read_bytes()
        except OSError:
            continue
    return found


def main() -> None:
    """Print the table."""
    listener = socket.create_server(("127.0.0.1", 0))
    probe = run_code((CodePart("x = 1"),), "notes/x.md", Path(sys.executable), LIMITS)
    print(f"{platform.system()} {platform.release()}, Python {platform.python_version()}")
    print(f"contained here: {', '.join(probe.contained)}\n")
    for what, (limit, code) in attempts(listener.getsockname()[1]).items():
        print(verdict(what, code, limit), flush=True)
    print(f"\ncanary in the home folder: {'written' if CANARY.exists() else 'untouched'}")
    print(f"processes left behind: {left_over()}")
    CANARY.unlink(missing_ok=True)
    listener.close()


if __name__ == "__main__":
    main()
