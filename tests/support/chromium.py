"""The machine's Chromium, driven by Playwright."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.missing import is_required

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-liberation")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


class NoChromium(Exception):
    """No browser can be had on this machine; the message says why."""


def find_chromium() -> str:
    """Return the path of the browser, installing Debian's package when one is required and we are root.

    Raises NoChromium.
    """
    found = _on_machine()
    if found is None and is_required("REQUIRE_BROWSER"):
        _install()
        found = _on_machine()
    if found is None:
        raise NoChromium(f"none of {', '.join(NAMES)} is installed")
    return found


@contextmanager
def open_browser(path: str) -> Iterator[Browser]:
    """Run the browser headless with a user folder of its own, until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def _on_machine() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _install() -> None:
    """Install the browser once, however many test workers ask for it at the same time."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    with Path(tempfile.gettempdir(), "alianza-test-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _on_machine():
            return
        _apt_get("update", "-qq")
        _apt_get("install", "-qq", "-y", "--no-install-recommends", *PACKAGES)


def _apt_get(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
