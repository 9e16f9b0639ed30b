"""What all tests share: no silent skips where it counts, one profile for Hypothesis, the system's Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Generator

# no test reads or writes what the person at this machine keeps: tokens, the key of the kits
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="kb-tests-config-")
REPOSITORY = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

# Machines under load are slow: time is measured by the benchmarks, not by these tests.
settings.register_profile("people", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)


def truthy(name: str) -> bool:
    """Whether the environment variable `name` says yes."""
    return os.environ.get(name, "").casefold() not in {"", "0", "false", "no"}


def no_skips() -> bool:
    """In CI, or with KB_NO_SKIPS=1, a test that did not run has not passed."""
    return truthy("CI") or truthy("KB_NO_SKIPS")


settings.load_profile("ci" if truthy("CI") else "people")


def _skip_reason(longrepr: object) -> str:
    """The words given to `pytest.skip`: a skip's `longrepr` is (path, line, reason)."""
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


def _fail_if_skipped(report: pytest.TestReport | pytest.CollectReport) -> None:
    # An expected failure is reported as skipped too; it ran, so it stays.
    if report.outcome == "skipped" and not hasattr(report, "wasxfail") and no_skips():
        report.outcome = "failed"
        report.longrepr = (
            f"{_skip_reason(report.longrepr)}\n(a skip counts as a failure: CI or KB_NO_SKIPS is set)"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _fail_if_skipped(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole file that skips itself."""
    report = yield
    _fail_if_skipped(report)
    return report


if (
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    and threading.current_thread() is threading.main_thread()
):
    # a shell starts jobs in the background with Ctrl-C ignored, and they hand that on: tests press it in their terminals
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root folder."""
    return REPOSITORY


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium, for Playwright's `executable_path`; KB_CHROMIUM names another one."""
    names = (os.environ.get("KB_CHROMIUM") or "", *CHROMIUM_NAMES)
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium here: install it or name it in KB_CHROMIUM")
    return found
