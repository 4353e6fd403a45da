"""A real Chromium on the real site, served on loopback from this process."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.site import Saved, Site, save_postgresql, save_sqlite, serve_site
from tests.browser.visitor import PHONE, PICTURES, Visitor, open_window

CHROMIUM_OPTIONS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 15_000  # milliseconds: the machine may be busy with the rest of the suite

Serve = Callable[[str, str], Site]
Visit = Callable[..., Visitor]

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without its windows, which cost a fifth of the time and nobody sees."""
    path = shutil.which("chromium-headless-shell")
    assert path, "Chromium is missing: `make test` installs it"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        options = [*CHROMIUM_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str], Saved]:
    """The filled demonstration on the engine asked for, made on first use."""
    made: dict[str, Saved] = {}

    def get(kind: str) -> Saved:
        if kind not in made:
            folder, whole = tmp_path_factory.mktemp(kind), bool(PICTURES)
            if kind == "sqlite":
                made[kind] = save_sqlite(folder, whole=whole)
            else:
                made[kind] = save_postgresql(folder, request.getfixturevalue("postgres_server"), whole=whole)
        return made[kind]

    return get


@pytest.fixture(scope="session")
def serve(saved: Callable[[str], Saved], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Serve a copy of the filled demonstration, by engine and name; the same name is the same site."""
    sites: dict[tuple[str, str], Site] = {}
    with ExitStack() as stack:

        def start(kind: str, name: str) -> Site:
            if (kind, name) not in sites:
                url, folder = saved(kind).copy(name), tmp_path_factory.mktemp(name)
                sites[kind, name] = stack.enter_context(serve_site(url, folder))
            return sites[kind, name]

        yield start


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Open a window of a given width on a site."""
    opened: list[Visitor] = []

    def visitor(site: Site, width: int = PHONE, **options: Any) -> Visitor:
        opened.append(open_window(browser, site, width, **options))
        return opened[-1]

    yield visitor
    for one in opened:
        one.page.context.close()
