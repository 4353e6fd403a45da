"""Somebody at a screen: does what a person does, sees what a person sees, looks at each page with a critical eye."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.site import Site

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
PICTURES = os.environ.get("PICTURES_DIR")  # where to keep screenshots, when somebody wants to look
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PHONE, DESK = 390, 1280
# Whether a button sends its form, which the browser would let through.
SENDS = "b => b.type === 'submit' && b.form !== null && (b.form.noValidate || b.form.checkValidity())"
# What a page answers on purpose: it refuses, it is being prepared.
MEANT = re.compile(r"status of (422|503) ")


@dataclass
class Visitor:
    """One person's window on the site."""

    page: Page
    site: Site
    width: int
    name: str = ""
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._receive)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not MEANT.search(message.text):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _receive(self, response: Response) -> None:
        if response.status >= 400 and response.status not in {422, 503}:
            self.faults.append(f"{response.url}: {response.status}")

    # What a person does

    def go(self, path: str) -> Response | None:
        """Open a page of the site."""
        return self.page.goto(self.site.url + path)

    def be(self, name: str) -> "Visitor":
        """Sign in through the page of characters."""
        self.go("/demo/")
        self.press(f"Être {name}")
        self.name = name
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)
        return self

    def menu(self, label: str) -> None:
        """Follow an entry of the main menu, opening it first on a phone."""
        if self.width < 900:
            self.page.get_by_role("button", name="Menu", exact=True).click()
        entry = self.page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=label, exact=True)
        self.leave_by(entry)

    def follow(self, label: str, *, within: Locator | None = None) -> None:
        """Follow a link."""
        self.leave_by((within or self.main).get_by_role("link", name=label).first)

    def press(self, label: str, *, within: Locator | None = None) -> None:
        """Press a button."""
        button = (within or self.main).get_by_role("button", name=label).first
        if button.evaluate(SENDS):
            self.leave_by(button)
        else:
            button.click()

    def leave_by(self, way: Locator) -> None:
        """Click on what leads to another page, and be there: a click alone does not wait for it."""
        with self.page.expect_navigation():
            way.click()

    def open(self, label: str) -> None:
        """Open what is folded away."""
        self.main.locator("summary", has_text=label).first.click()

    def type(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.main.get_by_label(label).first.fill(text)

    def tick(self, label: str, *, within: Locator | None = None) -> None:
        """Choose a box or an answer."""
        (within or self.main).get_by_label(label, exact=True).check()

    def choose(self, label: str, part: str) -> None:
        """Choose the line of a list that holds these words."""
        one = self.main.get_by_role("combobox", name=label)
        value = one.locator("option", has_text=part).first.get_attribute("value")
        one.select_option(value)

    # What a person sees

    @property
    def main(self) -> Locator:
        """The content of the page, without its frame."""
        return self.page.get_by_role("main")

    def card(self, text: str) -> Locator:
        """The card that holds a text."""
        return self.main.locator(".card", has_text=text).last

    def sees(self, *texts: str) -> None:
        """Fail unless all of this is on the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def misses(self, *texts: str) -> None:
        """Fail if any of this is on the page."""
        for text in texts:
            expect(self.main).not_to_contain_text(text)

    # The critical eye

    def look(self, name: str) -> None:
        """Fail on a serious fault of accessibility, sideways scrolling, or an error in the console."""
        if PICTURES:
            self.keep(name)
        self.check(name)

    def keep(self, name: str) -> None:
        """Keep a picture of the whole page."""
        folder = Path(str(PICTURES))
        folder.mkdir(parents=True, exist_ok=True)
        taken = len(list(folder.glob(f"{self.width}-*.png"))) + 1
        self.page.screenshot(path=folder / f"{self.width}-{taken:02d}-{name}.png", full_page=True)

    def check(self, name: str) -> None:
        """The same without a picture; both engines give the same page, so that one of the two is judged."""
        serious = serious_faults(self.page) if self.site.is_judged else []
        assert serious == [], f"{name} at {self.page.url}: {serious}"
        self.check_width(name)

    def check_width(self, name: str) -> None:
        """Fail on sideways scrolling, or an error in the console."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} scrolls sideways by {wide} px at {self.page.viewport_size}: {self.page.url}"
        assert self.faults == [], f"{name}: {self.faults}"


def serious_faults(page: Page) -> list[str]:
    """What axe calls serious or critical on this page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{fault['id']}: {node['target']} {node['html'][:120]}"
        for fault in found["violations"]
        if fault["impact"] in {"serious", "critical"}
        for node in fault["nodes"]
    ]


def open_window(browser: Browser, site: Site, width: int = PHONE, **options: Any) -> Visitor:
    """A window of that width, with its own cookies; who opens it closes its context."""
    height = 844 if width < 600 else 900
    usual = {"locale": "fr-FR", "reduced_motion": "reduce", "device_scale_factor": 2 if PICTURES else 1}
    context = browser.new_context(viewport={"width": width, "height": height}, **{**usual, **options})
    context.set_default_timeout(15_000)
    return Visitor(context.new_page(), site, width)
