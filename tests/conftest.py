"""Fixtures every test may ask for: a fresh database of each kind, and a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from tests.support import chromium
from tests.support.catalogues import compile_catalogues
from tests.support.database import PostgresStore, Store, open_store
from tests.support.missing import MARK, stop_without
from tests.support.shared import open_shared_folder

HERE = Path(__file__).parent
LONG = {"e2e", "machines", "web"}
KINDS = ("sqlite", "postgresql")

# Speed is shown by `make bench`: a first example that loads data is no failure.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def stores() -> Iterator[Callable[[str], Store]]:
    """Give the store of a kind of database, opened when first asked for."""
    opened: dict[str, Store] = {}

    def store(kind: str) -> Store:
        if kind not in opened:
            opened[kind] = open_store(kind)
        return opened[kind]

    yield store
    for one in opened.values():
        if isinstance(one, PostgresStore):
            one.close()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Run the test once per kind of database."""
    return str(request.param)


@pytest.fixture
def database_url(database_kind: str, stores: Callable[[str], Store]) -> Iterator[str]:
    """Give a database of its own with every table and no row; the test runs once per kind."""
    store = stores(database_kind)
    url = store.fresh()
    yield url
    store.drop(url)


@pytest.fixture
def bare_database_url(database_kind: str, stores: Callable[[str], Store]) -> Iterator[str]:
    """Give a database of its own without any table, for migrations; the test runs once per kind."""
    store = stores(database_kind)
    url = store.bare()
    yield url
    store.drop(url)


@pytest.fixture
def sqlite_url(stores: Callable[[str], Store]) -> Iterator[str]:
    """Give an SQLite database of its own with every table, for a test that needs no second kind."""
    url = stores("sqlite").fresh()
    yield url
    stores("sqlite").drop(url)


@pytest.fixture(scope="session")
def database_urls(stores: Callable[[str], Store]) -> list[str]:
    """Give one database per kind with every table, shared by the whole session: only for reading tests."""
    return [stores(kind).fresh() for kind in KINDS]


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Give the path of the machine's Chromium."""
    try:
        return chromium.find_chromium()
    except chromium.NoChromium as reason:
        stop_without("the browser", str(reason), "REQUIRE_BROWSER")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """Give a running headless browser; open a context of your own on it for each test."""
    with chromium.open_browser(chromium_path) as running:
        yield running


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, in the process that starts the workers, and open the folder they share."""
    if not hasattr(config, "workerinput"):
        compile_catalogues()
        open_shared_folder()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders of long tests: one that begins last leaves the other workers waiting."""
    items.sort(key=lambda item: not LONG.intersection(item.path.relative_to(HERE).parts[:1]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what was not tested because the machine lacks it."""
    reasons = [
        str(report.longrepr[2])
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and MARK in str(report.longrepr[2])
    ]
    for reason in sorted(set(reasons)):
        terminalreporter.write_sep(
            "!", f"{reasons.count(reason)} tests SKIPPED, {reason}", red=True, bold=True
        )
