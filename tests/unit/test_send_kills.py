"""Some of the faults of tests/torture/test_send_torture.py, every day."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.support.fakes.base import TOKEN
from tests.support.fakes.linkedin import LinkedInFake
from tests.support.send_driver import Driver
from tests.support.send_torture import Torture, new_case

if TYPE_CHECKING:
    from pathlib import Path


def test_30_kills_and_cuts_make_no_second_post(tmp_path: Path) -> None:
    """After a kill or cut at any point there is one post, or none and a refusal until a person has looked."""
    counts = Torture(tmp_path, 11).run(30)
    assert counts["unknown"] > 3, counts
    assert counts["killed"] > 3, counts


def test_two_processes_at_once_make_one_post(tmp_path: Path) -> None:
    """Both begin in the same instant: one sends, the other finds that out and sends nothing."""
    with LinkedInFake() as fake:
        env = {"KB_LINKEDIN_URL": fake.url, "KB_LINKEDIN_TOKEN": TOKEN, "XDG_CONFIG_HOME": str(tmp_path)}
        drivers = [Driver(env), Driver(env)]
        for number in range(6):
            case = new_case(tmp_path, number, random.Random(0)) | {"target": "linkedin", "picture": False}  # noqa: S311 - no secret
            for driver in drivers:
                driver.prepare(case)
            with ThreadPoolExecutor(2) as both:
                ends = sorted(both.map(Driver.go, drivers))
            assert len(fake.posts) == number + 1
            # 1: something was sent meanwhile; 0: the other one was through before this one looked
            assert ends in ([0, 0], [0, 1], [0, 3])
        for driver in drivers:
            driver.close()
