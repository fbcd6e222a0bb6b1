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
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import Engine, select

from broker.database import make_engine
from broker.parties.models import User
from tests.support.demo_market import VISITOR, Market, stage
from tests.support.pages import FILES, Address, addresses
from web.app import create_app
from web.config import from_environment
from web.extensions import db

STARTS_WITHIN = 150.0


@dataclass(frozen=True)
class Running:
    """A running installation: its address and its database."""

    address: str
    engine: Engine


@dataclass(frozen=True)
class House:
    """The installation with its market played on, and an app of its own that knows its routes and its key."""

    address: str
    app: Flask
    market: Market

    def pages(self, who: str) -> list[Address]:
        """Every page a person may open; files are no pages."""
        return [a for a in addresses(self.app, self.market, who) if a.endpoint not in FILES]

    def cookie(self, who: str, language: str) -> str:
        """The session of a person, as signing in would have made it."""
        session: dict[str, object] = {"language": language, "_permanent": True}
        if who != VISITOR:
            with self.app.app_context():
                query = select(User).where(User.email == self.market.people[who])
                user = db.session.scalars(query).one()
            session |= {"user": user.id, "epoch": user.epoch}
        signer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(signer.dumps(session))


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


@pytest.fixture(scope="session")
def house(installation: Running) -> Iterator[House]:
    """The same installation with the market of tests/support/demo_market.py."""
    data = Path(installation.engine.url.database or "").parent
    app = create_app(from_environment({"ALIANZA_DATA": str(data), "ALIANZA_DEMO": "1"}))
    yield House(installation.address, app, stage(installation.engine))
    with app.app_context():
        engine: Engine = db.engine
    engine.dispose()


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
