"""The ground the other tests stand on: databases do not see each other, and the browser runs."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser
from sqlalchemy import create_engine, inspect, text

from tests.support.database import Store


def test_a_bare_database_has_no_table(bare_database_url: str, database_kind: str) -> None:
    engine = create_engine(bare_database_url)
    assert engine.dialect.name == database_kind
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_database_has_every_table_of_the_models(database_url: str) -> None:
    from broker.base import Base

    engine = create_engine(database_url)
    assert set(inspect(engine).get_table_names()) == set(Base.metadata.tables)
    engine.dispose()


def test_what_one_test_writes_the_next_does_not_see(
    stores: Callable[[str], Store], database_kind: str
) -> None:
    first, second = stores(database_kind).fresh(), stores(database_kind).fresh()
    assert _tables_after(first, "CREATE TABLE planted (id INTEGER)") - _tables_after(second) == {"planted"}
    for url in (first, second):
        stores(database_kind).drop(url)


def test_small_and_large_letters_of_spanish_are_folded_by_postgresql(stores: Callable[[str], Store]) -> None:
    store = stores("postgresql")
    url = store.bare()
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT lower('PLÁTANO ÑAME')")) == "plátano ñame"
    engine.dispose()
    store.drop(url)


def test_the_browser_shows_a_page(browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.set_content("<title>Alianza</title><p>hola</p>")
    assert page.title() == "Alianza"
    assert page.inner_text("p") == "hola"
    context.close()


def _tables_after(url: str, statement: str | None = None) -> set[str]:
    engine = create_engine(url)
    if statement:
        with engine.begin() as connection:
            connection.execute(text(statement))
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names
