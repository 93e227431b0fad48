"""Pages as a person meets them: on a phone, in the dark, by keyboard, with nothing there yet, and lost."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Errors, new_visitor
from tests.factories.platform import PASSWORD, Platform

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
PUBLIC_PAGES = ["/", "/live", "/login", "/register", "/nowhere/at/all"]
FRENCH = {
    "/live": "Direct",
    "/shop": "Boutique",
    "/cart": "Panier",
    "/register": "Créer un compte",
    "/login": "Se connecter",
}


def violations(page: Page) -> list[str]:
    """What axe finds (WCAG 2.2 AA and best practice), one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(
        "async () => (await axe.run({runOnly: ['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice']}))"
        ".violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' '))"
    )
    return list(found)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_public_pages_are_accessible_and_fit_a_phone(
    browser: Browser, platform: Platform, errors: Errors, path: str, scheme: str
) -> None:
    visitor = new_visitor(browser, platform, errors)
    page = visitor.new_page()
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    page.goto(path)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    overflow = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0
    visitor.close()
    assert errors == []


def test_each_page_brings_its_texts_in_the_language_that_was_chosen(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Appearance and language").click()
    page.get_by_role("button", name="Français").click()
    for path, title in FRENCH.items():
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("html")).to_have_attribute("lang", "fr")
    # On a page that was visited, and on one that was not yet.
    page.get_by_role("button", name="Apparence et langue").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_role("link", name="Shop").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Shop")


def test_an_account_by_keyboard_alone(page: Page) -> None:
    page.goto("/register")
    page.get_by_label("Username").focus()
    page.keyboard.type("grace")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("grace@example.com")
    page.get_by_label("Password", exact=True).focus()
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/register" not in url)


def test_a_session_survives_a_reload_and_ends_with_log_out(page: Page, platform: Platform) -> None:
    with platform.streamer("hopper") as somebody:
        page.goto("/login")
        page.get_by_label("E-mail").fill(somebody.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/login" not in url)
        page.goto("/studio")
        expect(page.get_by_role("heading", name="Go live")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", name="Go live")).to_be_visible()
        stored = page.evaluate("() => JSON.stringify({...localStorage}) + JSON.stringify({...sessionStorage})")
        assert "eyJ" not in stored
        assert "vz_" not in stored


def test_a_wrong_password_is_said_in_words_and_keeps_the_form(page: Page) -> None:
    page.goto("/login")
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password", exact=True).fill("not the password at all")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("e-mail or the password", re.IGNORECASE))
    expect(page.get_by_label("E-mail")).to_have_value("nobody@example.com")


def test_the_studio_asks_strangers_to_log_in_and_brings_them_back(page: Page, platform: Platform) -> None:
    with platform.streamer("lovelace") as somebody:
        page.goto("/studio")
        page.get_by_label("E-mail").fill(somebody.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/studio*")
        expect(page.get_by_role("heading", name="Go live")).to_be_visible()


def test_the_api_page_shows_the_document_without_foreign_hosts(page: Page) -> None:
    page.goto("/api/v1/docs")
    expect(page.get_by_text("/api/v1/auth/register")).to_be_visible()
