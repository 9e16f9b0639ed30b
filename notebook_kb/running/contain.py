"""Limits that a process lays on itself before it runs the code of a note. Runs in the child, with the standard library
of whatever Python that is; nothing of kb is imported.

Help against accidents and the plain tricks of a strange note, no sandbox to keep an attacker in. Linux: `setrlimit`, a
seccomp filter (no processes, no sockets, no signals to others; seccomp(2)) and Landlock (landlock(7): files). Other systems
have the limits that `resource` offers. What could not be laid on is not in the list that comes back.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Iterable  # noqa: TC003 - one module, read by old Pythons too

MEMORY, FILE_SIZE, PROCESSES, NETWORK, FILES = "memory", "file size", "processes", "network", "files"

# name → (x86-64, arm64) number of the call, None where there is none: Linux' unistd.h
CALLS: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "fsopen": (430, 430),
    "move_mount": (429, 429),
    "open_tree": (428, 428),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    # how other processes run
    "setpriority": (141, 140),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # memory that the limit does not see, and that outlives the process
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # what Landlock does not watch: owners, modes, times, attributes, cutting a file by its name
    "truncate": (76, 45),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    # the machine itself, where root runs kb
    "setrlimit": (160, 164),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "syslog": (103, 116),
}
ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
CLONE, CLONE3, KILL, TKILL, TGKILL, PRLIMIT = (
    (56, 220),
    (435, 435),
    (62, 129),
    (200, 130),
    (234, 131),
    (302, 261),
)
CLONE_THREAD = 0x00010000
# ways to have a signal sent to another process: (call's numbers, what its second argument asks for): fcntl.h, sockios.h
OWNERS = (
    ((72, 25), (8, 10, 15)),  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX
    ((16, 29), (0x8901, 0x8902)),  # ioctl: FIOSETOWN, SIOCSPGRP
)
EPERM, ENOSYS = 1, 38
# BPF: load a word of the call's data, jumps, return
LOAD, EQUAL, AT_LEAST, HAS_BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
X32 = 0x40000000
AT_NUMBER, AT_ARCH = 0, 4
PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 22, 38
SECCOMP_MODE_FILTER = 2
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
# Landlock's rights (landlock.h); those that a version of it does not know are left out
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | 1 << 14 | 1 << 15
RIGHTS_BY_VERSION = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14), (5, 1 << 15))
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
# what programs read of a system; never the home folders
READABLE = (
    "/usr",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
    "/sys/devices/system",
    "/sys/fs/cgroup",
)

Code = tuple[int, int, int, int]


class SockFprog(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class RulesetAttr(ctypes.Structure):
    """`struct landlock_ruleset_attr`, its first member: all versions know it."""

    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class PathBeneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`."""

    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def contain(folder: str, home: str, *, seconds: int, memory: int, file_size: int) -> list[str]:
    """Lay every limit on this process that the system offers; the names of those that hold.

    `folder` is the only place to write in, `home` the person's folder, which is not read; `seconds` of processor time, `memory` and `file_size` in bytes.
    """
    held = set_limits(seconds, memory, file_size)
    if sys.platform != "linux":
        return held
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return held
    if restrict_files(libc, folder, home):
        held.append(FILES)
    if filter_calls(libc):
        held += [PROCESSES, NETWORK]
    return held


def set_limits(seconds: int, memory: int, file_size: int) -> list[str]:
    """The limits of `setrlimit`, as far as the system takes them."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return []
    wanted = (
        ("", "RLIMIT_CORE", 0),
        ("", "RLIMIT_CPU", seconds),
        ("", "RLIMIT_NOFILE", 64),  # bounds what files without a name may hold
        (FILE_SIZE, "RLIMIT_FSIZE", file_size),
        (MEMORY, "RLIMIT_AS", memory),
    )
    held = []
    for name, limit, value in wanted:
        number = getattr(resource, limit, None)
        if number is None:
            continue
        try:
            resource.setrlimit(number, (value, value))
        except (OSError, ValueError):
            continue
        held += [name] if name and resource.getrlimit(number)[0] == value else []
    return held


def filter_calls(libc: ctypes.CDLL) -> bool:
    """Refuse the calls that start processes, open sockets, signal others; False where the system has no such filter."""
    column, arch = ARCHITECTURES.get(platform.machine(), (None, 0))
    if column is None or struct.calcsize("P") != 8:
        return False
    program = b"".join(struct.pack("<HBBI", *step) for step in call_filter(column, arch, os.getpid()))
    attr = SockFprog(len(program) // 8, program)
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(attr), 0, 0) == 0)


def call_filter(column: int, arch: int, pid: int) -> list[Code]:
    """The filter as BPF steps (code, jump if true, jump if not, value)."""
    refuse, let = (RETURN, 0, 0, REFUSE | EPERM), (RETURN, 0, 0, ALLOW)
    steps: list[Code] = [(LOAD, 0, 0, AT_ARCH), (EQUAL, 1, 0, arch), refuse, (LOAD, 0, 0, AT_NUMBER)]
    if column == 0:  # a second table of numbers for the same calls
        steps += [(AT_LEAST, 0, 1, X32), refuse]
    for numbers in CALLS.values():
        if (number := numbers[column]) is not None:
            steps += [(EQUAL, 0, 1, number), refuse]
    # the C library asks for `clone` instead, whose flags can be read: threads may start, processes not
    steps += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, REFUSE | ENOSYS)]
    steps += [
        (EQUAL, 0, 4, CLONE[column]),
        (LOAD, 0, 0, argument(0)),
        (HAS_BITS, 0, 1, CLONE_THREAD),
        let,
        refuse,
    ]
    for call in (KILL, TKILL, TGKILL):  # `abort` signals its own process
        steps += [(EQUAL, 0, 4, call[column]), (LOAD, 0, 0, argument(0)), (EQUAL, 0, 1, pid), let, refuse]
    for numbers, wishes in OWNERS:
        steps += [(EQUAL, 0, 2 * len(wishes) + 2, numbers[column]), (LOAD, 0, 0, argument(1))]
        for wish in wishes:
            steps += [(EQUAL, 0, 1, wish), refuse]
        steps += [let]
    # reading a limit is harmless: the pointer to the new one is null
    steps += [(EQUAL, 0, 6, PRLIMIT[column]), (LOAD, 0, 0, argument(2)), (EQUAL, 0, 3, 0)]
    steps += [(LOAD, 0, 0, argument(2) + 4), (EQUAL, 0, 1, 0), let, refuse]
    return [*steps, let]


def argument(number: int) -> int:
    """Where the low half of a call's argument stands in `struct seccomp_data`."""
    return 16 + 8 * number


def restrict_files(libc: ctypes.CDLL, folder: str, home: str) -> bool:
    """Let files be written in `folder` alone, and read there, in Python's own folders and the system's."""
    version = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return False
    handled = 0
    for since, rights in RIGHTS_BY_VERSION:
        handled |= rights if version >= since else 0
    attr = RulesetAttr(handled)
    ruleset = libc.syscall(LANDLOCK_CREATE, ctypes.byref(attr), ctypes.sizeof(attr), 0)
    if ruleset < 0:
        return False
    allow(libc, ruleset, [folder], handled)
    allow(libc, ruleset, DEVICES, handled & (READ_FILE | WRITE_FILE | 1 << 14))
    allow(libc, ruleset, [*READABLE, *python_folders(home)], handled & (EXECUTE | READ_FILE | READ_DIR))
    done = bool(libc.syscall(LANDLOCK_RESTRICT, ruleset, 0) == 0)
    os.close(ruleset)
    return done


def allow(libc: ctypes.CDLL, ruleset: int, paths: Iterable[str], rights: int) -> None:
    """Add a rule for each path that is there."""
    for path in paths:
        try:
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rule = PathBeneath(rights if os.path.isdir(path) else rights & ON_FILES, handle)  # noqa: PTH112 - few imports here
        libc.syscall(LANDLOCK_ADD, ruleset, 1, ctypes.byref(rule), 0)
        os.close(handle)


def python_folders(home: str) -> list[str]:
    """Where this Python finds itself and its packages; never a whole home folder."""
    homes = {os.path.realpath(home), "/", "/home", "/root"}
    found = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sys.path}
    return sorted(p for p in found if p and os.path.realpath(p) not in homes)
