"""Chromium itself, if it is installed, as a person has it in front of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Locator, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
"""None where it isn't installed: `apt-get install chromium`."""

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
"""The rules by which a page is checked for whoever doesn't see it, or has no mouse."""


@contextmanager
def browser() -> Iterator[Browser]:
    """Run it until the block is left. A container's root can't have its inner sandbox."""
    assert PROGRAM is not None
    with sync_playwright() as started:
        running = started.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


def leads_on(found: Locator) -> None:
    """Click on what leads to another page, and wait for that: what is looked for next is looked for there."""
    with found.page.expect_navigation():
        found.click()
