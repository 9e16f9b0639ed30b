"""One Chromium for the tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Generator

    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Generator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield opened
        opened.close()
