"""The site with the keyboard alone, and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Serve, Visit
from tests.browser.visitor import DESK, PHONE, Visitor

# More stops than any page has.
STOPS = 120
FOCUSED = """() => {
  const one = document.activeElement, label = one.labels?.[0] ?? one;
  const rings = [one, one.closest('.choice')].filter(Boolean).map(part => getComputedStyle(part));
  return {
    name: one.getAttribute('aria-label') ?? label.innerText ?? '',
    seen: rings.some(ring => ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2),
    body: one === document.body,
  };
}"""


def reach(page: Page, name: str) -> None:
    """Press Tab until the focus is on what bears that name; every stop on the way must be seen."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["seen"] or focused["body"], f"the focus is not seen on {focused['name']!r} of {page.url}"
        if " ".join(focused["name"].split()).startswith(name):
            return
    pytest.fail(f"the keyboard does not reach {name!r} on {page.url}")


def use(page: Page, name: str) -> None:
    """Reach a link or a button and press it."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(visitor: Visitor, name: str) -> Page:
    visitor.go("/demo/")
    use(visitor.page, f"Être {name}")
    return visitor.page


def test_a_vote_needs_no_mouse(serve: Serve, visit: Visit):
    awa = visit(serve("sqlite", "hands"), DESK)
    page = sign_in(awa, "Awa Diallo")
    use(page, "Votez avant l’assemblée")
    expect(page.get_by_role("heading", name="Voter")).to_be_visible()
    for _ in awa.main.locator("fieldset").all():
        reach(page, "Pour")
        page.keyboard.press("Space")
    use(page, "Vérifier mes choix")
    use(page, "Déposer dans l’urne")
    awa.sees("Mes accusés de dépôt")


def test_a_proposal_needs_no_mouse_and_its_faults_come_first(serve: Serve, visit: Visit):
    benoit = visit(serve("sqlite", "hands"), PHONE)
    page = sign_in(benoit, "Benoît Mercier")
    reach(page, "Menu")
    page.keyboard.press("Enter")
    use(page, "Propositions")
    use(page, "Écrire une proposition")
    reach(page, "Frais de paiement")
    page.keyboard.type("1")
    use(page, "Garder comme brouillon")
    expect(page.locator("#form-errors")).to_be_focused()
    use_in_page(page, "Titre")
    page.keyboard.type("Des frais plus bas")
    use(page, "Garder comme brouillon")
    benoit.sees("Votre brouillon est gardé", "Des frais plus bas")


def use_in_page(page: Page, name: str) -> None:
    """Follow a link to a field of the page."""
    reach(page, name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name=name)).to_be_focused()


def test_the_first_stop_skips_to_the_content(serve: Serve, visit: Visit):
    samir = visit(serve("sqlite", "hands"), DESK)
    page = sign_in(samir, "Samir Rossi")
    samir.go("/terms/")
    reach(page, "Aller au contenu")
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


def test_a_vote_needs_no_script(serve: Serve, visit: Visit):
    zoe = visit(serve("sqlite", "hands"), PHONE, java_script_enabled=False).be("Zoé Martin")
    zoe.menu("Assemblées")
    zoe.follow("Assemblée générale ordinaire du 19 mai 2026")
    zoe.follow("Voter")
    for question in zoe.main.locator("fieldset").all():
        zoe.tick("Contre", within=question)
    zoe.press("Vérifier mes choix")
    zoe.press("Changer quelque chose")
    expect(zoe.main.get_by_label("Contre", exact=True).first).to_be_checked()
    zoe.press("Vérifier mes choix")
    zoe.press("Déposer dans l’urne")
    zoe.sees("Mes accusés de dépôt")
