"""A real Chromium on the real site, served on loopback from this process."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from coopgov.app import create_app
from coopgov.core.db import db
from tests.conftest import make_config

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = os.environ.get("PICTURES_DIR")  # where to keep screenshots, when somebody wants to look
CHROMIUM_OPTIONS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass
class Site:
    """The demonstration, served: its address and its application."""

    url: str
    app: Flask


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    assert path, "Chromium is missing: `make test` installs it"
    with sync_playwright() as playwright:
        options = [*CHROMIUM_OPTIONS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        launched = playwright.chromium.launch(executable_path=path, args=options)
        yield launched
        launched.close()


@pytest.fixture
def serve(tmp_path: Path, engines: Callable[[str], Any]) -> Iterator[Callable[[str], Site]]:
    """Serve an empty demonstration on the engine asked for."""
    stops: list[Callable[[], None]] = []

    def start(kind: str) -> Site:
        engine = engines(kind)
        engine.refresh()
        app = create_app(make_config(tmp_path, engine.url, demo=True))
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()

        def stop() -> None:
            server.shutdown()
            thread.join()
            server.server_close()
            with app.app_context():
                db.engine.dispose()

        stops.append(stop)
        return Site(f"http://localhost:{server.server_port}", app)

    yield start
    for stop in stops:
        stop()


@dataclass
class Visitor:
    """Somebody at a screen: looks, checks each page with axe, keeps a picture where asked."""

    page: Page
    site: Site
    width: int
    taken: int = 0

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.site.url + path)

    def look(self, name: str) -> None:
        """Fail on a serious fault of accessibility or on sideways scrolling; keep a picture when asked."""
        if PICTURES:
            self.taken += 1
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{self.width}-{self.taken:02d}-{name}.png", full_page=True)
        assert serious_faults(self.page) == [], f"{name} at {self.page.url}"
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px at {self.width} px"


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on this page."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{fault['id']}: {node['target']} {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Open a window of a given width on a site."""
    contexts = []

    def open_window(site: Site, width: int = 390) -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": 844 if width < 600 else 900}, locale="fr-FR")
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context.new_page(), site, width)

    yield open_window
    for context in contexts:
        context.close()
