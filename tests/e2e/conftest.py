"""The product as `alianza run` starts it, in processes of its own, and people with a browser."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine

from broker.database import make_engine

STARTS_WITHIN = 150.0


@dataclass(frozen=True)
class Running:
    """A running installation: its address and its database."""

    address: str
    engine: Engine


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """`alianza run` in an empty folder: schema, demonstration market, a first matching, web and worker."""
    data = tmp_path_factory.mktemp("installation")
    port = _free_port()
    environment = os.environ | {"ALIANZA_DATA": str(data), "ALIANZA_DEMO": "1", "ALIANZA_HOST": "127.0.0.1"}
    environment.pop("ALIANZA_DATABASE_URL", None)
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "web.cli", "run", "--port", str(port)],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(f"http://127.0.0.1:{port}/", process, data / "log")
            engine = make_engine(f"sqlite:///{data / 'alianza.db'}")
            yield Running(f"http://127.0.0.1:{port}", engine)
            engine.dispose()
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def enter(browser: Browser, installation: Running) -> Iterator[Callable[..., Page]]:
    """Sign a person of the demonstration in, with a browser of her own: enter(email, language, width, javascript)."""
    contexts: list[BrowserContext] = []

    def sign_in(email: str, language: str = "es", *, width: int = 1440, javascript: bool = True) -> Page:
        from broker.demo.load import PASSWORD

        context = browser.new_context(
            base_url=installation.address,
            viewport={"width": width, "height": 900},
            locale="es-CO" if language == "es" else "en-US",
            java_script_enabled=javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.fill("[name=email]", email)
        page.fill("[name=password]", PASSWORD)
        page.click("main form button")
        if page.locator("html").get_attribute("lang") != language:
            page.click(f"button[name=language][value={language}]")
        assert page.locator("html").get_attribute("lang") == language
        return page

    yield sign_in
    for context in contexts:
        context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"the installation did not start:\n{log.read_text()[-3000:]}")
